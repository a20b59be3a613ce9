/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How a step came out, and what a kernel can be found guilty of. In a message, a record and a
 * known list a rule is a name, and that may be one that this daxrig does not have. Pure.
 */
#ifndef BASE_RULE_H
#define BASE_RULE_H

#include <stdbool.h>

enum step_status {
	STEP_OK,
	STEP_FAIL,  /* the kernel broke a rule */
	STEP_SKIP,  /* this kernel or filesystem lacks something */
	STEP_ERROR, /* the rig or the scenario is at fault */
};

/* "ok", "fail", "skip", "error"; static. */
const char *step_status_name(enum step_status status);

#define RULE(name, ...) RULE_##name,
enum rule {
#include "base/rule-list.h"
	RULES,
};
#undef RULE

struct rule_info {
	const char *name;    /* "contract.waits" */
	const char *meaning; /* one line */
	bool timed; /* something did not end in time: a host that stood still does that, too */
};

extern const struct rule_info rules[RULES];

/* The rule of that name; false when there is none. */
bool rule_find(const char *name, enum rule *out);

/* @name, which may be any, is @rule's. */
bool rule_is(const char *name, enum rule rule);

#endif
