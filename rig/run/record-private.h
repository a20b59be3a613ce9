/* SPDX-License-Identifier: GPL-2.0-only */
/* Writes the record of a run. */
#ifndef RIG_RUN_RECORD_PRIVATE_H
#define RIG_RUN_RECORD_PRIVATE_H

#include "run/private.h"

/* Fills in what run.json says about the run itself, as far as known. Fine to call again. */
void run_record_begin(struct run *r);
/* Keeps a digest of the list of cases as it is now; call it before a shard is taken. */
void run_record_list(struct run *r);
/* Writes run.json. @reason says why the run is not @complete; NULL: none. */
struct err *run_record_write(struct run *r, bool complete, const char *reason) __must_check;

/* After --repeat: notes each case whose verdict changed, and the totals. */
void run_tell_rates(struct run *r);

#endif
