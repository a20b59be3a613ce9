/* SPDX-License-Identifier: GPL-2.0-only */
/* What is written down of a run. */
#ifndef RIG_RUN_RECORD_PRIVATE_H
#define RIG_RUN_RECORD_PRIVATE_H

#include "run/private.h"

/* What run.json will say of the run itself, as far as it is known; again is fine. */
void run_record_begin(struct run *r);
/* Writes run.json as of now. */
struct err *run_record_write(struct run *r, bool complete, const char *reason) __must_check;

/* What --repeat was for: cases whose verdict changed, as notes. */
void run_tell_rates(struct run *r);

#endif
