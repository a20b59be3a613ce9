/* SPDX-License-Identifier: GPL-2.0-only */
/* What makes two findings, or two cases of different runs, the same one. Pure. */
#ifndef REPORTS_IDENTITY_H
#define REPORTS_IDENTITY_H

#include "reports/record/verdict.h"

/* @found with "N" for each number, "" for NULL: with the rule, what a finding is. free() it. */
char *identity_found(const char *found);

#define IDENTITY_HASH 17 /* bytes, with the NUL */

void identity_hash(const char *text, char out[IDENTITY_HASH]);

/*
 * The hash of a scenario, comments and blank lines left out: the same name with another hash is
 * another case.
 */
void identity_scenario(const char *text, char out[IDENTITY_HASH]);

/* The name of the case that @name is a try of: without the number of a repeat. free() it. */
char *identity_case(const char *name);

#endif
