/* SPDX-License-Identifier: GPL-2.0-only */
/* The outcome of a step. */
#ifndef WORKLOADS_EXEC_OUTCOME_H
#define WORKLOADS_EXEC_OUTCOME_H

#include "base/buf.h"
#include "base/rule.h"
#include "wire/msg.h"

/* The outcome of one step. */
struct outcome {
	enum step_status status;
	enum rule rule; /* with STEP_FAIL */
	char expected[256];
	char found[512];
	struct buf detail;
	int errnum;
	bool hung; /* something does not end: the case stops here */
};

/* Resets @o to success; keeps the memory of the detail. */
void outcome_reset(struct outcome *o);
void outcome_fail(struct outcome *o, enum rule rule, const char *expected, const char *found, ...)
	__printf(4, 5);
void outcome_skip(struct outcome *o, const char *found, ...) __printf(2, 3);
void outcome_error(struct outcome *o, const char *found, ...) __printf(2, 3);

#endif
