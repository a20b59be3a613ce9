/* SPDX-License-Identifier: GPL-2.0-only */
/* Finds the cases of a run from the names the user gave. */
#ifndef RIG_CASES_H
#define RIG_CASES_H

#include "host/paths.h"
#include "plan/plan.h"

/* Adds the cases of the plan @name, or of the plan file with that path. */
struct err *cases_from_plan(const struct paths *p, const char *name, struct plan *out) __must_check;

/*
 * Adds the cases that @word names: a scenario file (it ends in ".scn", or is "-"), a pack
 * (case-pack.h), a line of a plan that begins with "program ", a library scenario, or cases of any
 * plan by full name, by a glob, or by the part of the name before a "/".
 */
struct err *cases_from_word(const struct paths *p, const char *word, struct plan *out) __must_check;

#endif
