/* SPDX-License-Identifier: GPL-2.0-only */
/* From what the user named to the cases of a run. */
#ifndef RIG_CASES_H
#define RIG_CASES_H

#include "host/paths.h"
#include "plan/plan.h"

/* Adds the cases of plan @name, or of the plan file of that path. */
struct err *cases_from_plan(const struct paths *p, const char *name, struct plan *out) __must_check;

/*
 * Adds what @word names: a scenario file (it ends in ".scn"), a
 * library scenario, or cases of any plan by name: in full, by a glob, or by the words
 * before a "/".
 */
struct err *cases_from_word(const struct paths *p, const char *word, struct plan *out) __must_check;

#endif
