/* SPDX-License-Identifier: GPL-2.0-only */
/* Shows the results of a run. */
#ifndef RIG_RUN_RESULTS_PRIVATE_H
#define RIG_RUN_RESULTS_PRIVATE_H

#include "run/private.h"

/* The record of the planned case at @place that did not run; case_record_destroy() it. */
struct case_record *run_not_run(const struct run *r, size_t place, const char *reason);

/*
 * Writes results.ktap: always all of the plan, in its order. What has not run yet is an error,
 * because of @reason, so that a killed run leaves a whole file.
 */
struct err *run_results_write(const struct run *r, const char *reason) __must_check;

/* What the run comes to, in one line; free() it. */
char *run_conclusion(const struct run *r);

/* Writes the results as a page of HTML; *@path is the file, free() it, also after an error. */
struct err *run_page_write(const struct run *r, char **path) __must_check;

/* Prints a summary to standard output, by the record as it was written last. @page may be NULL. */
void run_show_brief(const struct run *r, const char *page);

#endif
