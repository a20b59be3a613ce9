/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The result of a step, and the rules that a kernel can break. Messages, records and known
 * lists hold a rule by name, which may be one that this version of daxrig lacks. Pure.
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
	bool timed;	     /* a time limit ran out, which a host that stood still causes, too */
};

extern const struct rule_info rules[RULES];

/* Sets *@out to the rule called @name; false if there is none. */
bool rule_find(const char *name, enum rule *out);

/* Is @name, any string, the name of @rule? */
bool rule_is(const char *name, enum rule rule);

#endif
