/* SPDX-License-Identifier: GPL-2.0-only */
/* Finds the record of a run by what the user calls it. */
#ifndef RIG_FIND_RUN_H
#define RIG_FIND_RUN_H

#include "base/err.h"
#include "host/paths.h"

/*
 * Sets *@path to the run.json of @word: the folder of a run, a run.json, "-", or the name of
 * a run in our own data folder; NULL is the latest of these. free() it. Else ERR_USAGE.
 */
struct err *find_run(const struct paths *p, const char *word, char **path) __must_check;

#endif
