/* SPDX-License-Identifier: GPL-2.0-only */
/* What splat.c looks for, as data. */
#ifndef REPORTS_SPLAT_RULES_H
#define REPORTS_SPLAT_RULES_H

#include "splat.h"

enum splat_rule_flags {
	/* looks like a report and is none */
	SPLAT_RULE_NOISE = 1 << 0,
	/* close behind another report's first line it belongs to that report */
	SPLAT_RULE_JOINS = 1 << 1,
	/* a WARNING or BUG line close behind this one belongs to it */
	SPLAT_RULE_LEADS = 1 << 2,
	/* belongs to the report before it when that goes on and has the same class */
	SPLAT_RULE_REPEATS = 1 << 3,
	/* ends the kernel: belongs to the report before it, whatever that was */
	SPLAT_RULE_PANIC = 1 << 4,
};

/*
 * The first rule whose pattern matches a line (without its timestamp) opens a report.
 * Named groups of the pattern: file, line, func, text.
 *
 * The title may hold {func} and {text}; behind an unknown function " in {func}" goes.
 * {access} is " Read" or " Write" where a later line says so.
 *
 * sources: where the function comes from, the first that gives a trustworthy one:
 * h the pattern's func, a "at: func+" behind "trying to acquire lock", r RIP, t the
 * call trace.
 */
struct splat_rule {
	enum splat_class cls;
	unsigned int flags;	/* enum splat_rule_flags */
	const char *key;	/* a part of every line that matches: a quick no */
	const char *pattern;
	const char *title;
	const char *sources;
};

extern const struct splat_rule splat_rules[];
extern const size_t splat_rules_count;

/* Functions that never name a report: whole names, as one pattern. */
extern const char splat_helper_functions[];

/* timestamp and caller tag; groups tag and msg */
extern const char splat_prefix_pattern[];
/* a line of a call trace; groups unsure ("? ") and func */
extern const char splat_frame_pattern[];
/* the instruction pointer in the kernel; group func */
extern const char splat_rip_pattern[];
/* the lock about to be taken; group func */
extern const char splat_at_pattern[];
/* "Read of size 8"; group access */
extern const char splat_access_pattern[];
/* file:line of a suspicious RCU usage and the like; groups file, line */
extern const char splat_place_pattern[];

#endif
