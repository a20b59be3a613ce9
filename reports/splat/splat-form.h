/* SPDX-License-Identifier: GPL-2.0-only */
/* The forms of kernel reports, as data: how each begins, and how it gets its name. */
#ifndef REPORTS_SPLAT_FORM_H
#define REPORTS_SPLAT_FORM_H

#include "reports/splat/splat.h"

enum splat_form_flags {
	/* belongs to another report if it comes close after that report's first line */
	SPLAT_FORM_JOINS = 1 << 0,
	/* a WARNING or BUG line close after this one belongs to it */
	SPLAT_FORM_LEADS = 1 << 1,
	/* belongs to the report before it if that has the same class and no end marker yet */
	SPLAT_FORM_REPEATS = 1 << 2,
	/*
	 * the kernel panics: belongs to the report before it, unless that has ended; with
	 * SPLAT_FORM_DETAIL, to one that has ended, too
	 */
	SPLAT_FORM_PANIC = 1 << 3,
	/* the trace shows where a CPU was interrupted: the name is that of the work it did */
	SPLAT_FORM_STALL = 1 << 4,
	/* the trace shows a task that waits: all waits of one kind get one name */
	SPLAT_FORM_HANG = 1 << 5,
	/* a line of any other report; if that is not before it, its head is lost */
	SPLAT_FORM_DETAIL = 1 << 6,
};

/*
 * The first form whose pattern matches a line (without its time stamp) opens a report.
 * Named groups of the pattern: file, line, func, text.
 *
 * The title may hold {func}, {text} and {access} (" Read" or " Write", if a line says so).
 *
 * where: how to find {func} in the lines of the report, one letter for each step, and
 * alternatives after '|'. h is the pattern's own func, t the frames of a trace up to the next
 * trace; splat_steps has all other letters; all but h and l begin after the first line. The
 * report is named after the pattern's own func, else after the first function found; helpers
 * do not count. If none is left, the name is "corrupted".
 */
struct splat_form {
	enum splat_class cls;
	unsigned int flags; /* enum splat_form_flags */
	const char *key;    /* a part of every matching line, to reject others fast */
	const char *pattern;
	const char *title;
	const char *where;
	const char *skip; /* helpers besides those of all forms, as a pattern; NULL: none */
};

/* The line that WARN() prints first, before its text and its WARNING line. */
#define SPLAT_CUT_HERE "-[ cut here ]-"

/*
 * Each line that has a form contains one of these, and so does SPLAT_CUT_HERE. The whole log
 * is searched for them, so they must be few, and rare outside of reports; see needles.h.
 */
extern const char *const splat_needles[];
extern const size_t splat_needles_count;

extern const struct splat_form splat_forms[];
extern const size_t splat_forms_count;

/*
 * A step goes to the next line that matches, whose func, if it has one, is a candidate. If
 * the line of a capital letter is missing, the report's first line becomes its title.
 */
struct splat_step {
	char letter;
	const char *pattern;
};

extern const struct splat_step splat_steps[];
extern const size_t splat_steps_count;

/* The functions that never name a report. */
extern const char splat_helpers[];
/* The function that one of these calls is the work of a stalled CPU. */
extern const char splat_stall_anchors[];
/* Helpers in the trace of a hung task. */
extern const char splat_hang_helpers[];

/*
 * a line of a call trace; groups unsure ("? "), func without the compiler's suffix, pc for an
 * instruction pointer, full, offset, size, module; caller if an ARM trace names two functions
 */
extern const char splat_frame_pattern[];
/* the first line of a trace, or of a paragraph that does not belong to the report */
extern const char splat_trace_pattern[];
/* a message with a trace of its own that is no report */
extern const char splat_alien_pattern[];
/* "Read of size 8"; group access */
extern const char splat_access_pattern[];
/* words of a program: a message by /dev/kmsg or audit, or text that a message quotes */
extern const char splat_user_pattern[];
/* the task that ran; groups cpu, pid, task, taint, kernel, build */
extern const char splat_task_pattern[];
/* registers that describe a fault */
extern const char splat_registers_pattern[];
/* file:line of a suspicious RCU usage and the like; groups file, line */
extern const char splat_place_pattern[];

/* Patterns of titles, and the community's word for such a report; the first one counts. */
struct splat_type {
	const char *pattern, *type;
};

extern const struct splat_type splat_types[];
extern const size_t splat_types_count;

#endif
