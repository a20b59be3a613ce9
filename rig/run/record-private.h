/* SPDX-License-Identifier: GPL-2.0-only */
/* Writes the record of a run. */
#ifndef RIG_RUN_RECORD_PRIVATE_H
#define RIG_RUN_RECORD_PRIVATE_H

#include "run/private.h"

/* Sums up the names and texts of the plan's cases: another plan has another digest. */
void run_record_plan(struct run *r);
/* Fills in what run.json says about the run itself, as far as known. Fine to call again. */
void run_record_begin(struct run *r);
/* Keeps a digest of the list of cases as it is now; call it before a shard is taken. */
void run_record_list(struct run *r);
/* Writes run.json while the run goes on: what the journal adds its cases to. */
struct err *run_record_open(struct run *r) __must_check;
/*
 * Writes the whole record, ends the journal and sets the links to the latest run. @reason says
 * why the run is not @complete; NULL: none. After an error the journal stays.
 */
struct err *run_record_close(struct run *r, bool complete, const char *reason) __must_check;

/* After --repeat: notes each case whose verdict changed, and the totals. */
void run_tell_rates(struct run *r);

#endif
