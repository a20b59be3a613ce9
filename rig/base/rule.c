/* SPDX-License-Identifier: GPL-2.0-only */
#include "base/rule.h"

#include <string.h>

const char *step_status_name(enum step_status status)
{
	static const char *const names[] = {
		[STEP_OK] = "ok",
		[STEP_FAIL] = "fail",
		[STEP_SKIP] = "skip",
		[STEP_ERROR] = "error",
	};

	return names[status];
}

#define RULE(rule, says, means, ...)                                                               \
	[RULE_##rule] = { .name = says, .meaning = means, ##__VA_ARGS__ },
const struct rule_info rules[RULES] = {
#include "base/rule-list.h"
};

bool rule_find(const char *name, enum rule *out)
{
	for (enum rule i = 0; i < RULES; i++) {
		if (!rule_is(name, i))
			continue;
		*out = i;
		return true;
	}
	return false;
}

bool rule_is(const char *name, enum rule rule)
{
	return strcmp(name, rules[rule].name) == 0;
}
