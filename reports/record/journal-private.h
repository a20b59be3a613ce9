/* SPDX-License-Identifier: GPL-2.0-only */
/* Shared by the files that read and write run.json and its journal. */
#ifndef REPORTS_JOURNAL_PRIVATE_H
#define REPORTS_JOURNAL_PRIVATE_H

#include <jansson.h>

#include "reports/record/run-json.h"

/* The JSON of a case. */
json_t *run_json_case(const struct case_record *rec);

/* Reads it back; NULL when it has no name or verdict. */
struct case_record *run_json_take_case(const json_t *o);

/* Copies @text. */
void run_summary_add_note(struct run_summary *s, const char *text);

/*
 * Adds what the journal beside the run.json @path has to @s, and puts the cases in the plan's
 * order. A journal that is missing, or of another generation, has nothing.
 */
struct err *journal_read(const char *path, bool raw, struct run_summary *s) __must_check;

/* Adds the verdicts that it has to s->counts. */
void journal_count(const char *path, struct run_summary *s);

#endif
