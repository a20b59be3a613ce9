/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which cases enter a function of the clean kernel: those that may catch a mutant of it are run
 * first. A function that the compiler put into its callers has no name of its own there; then
 * nothing is known, and also a known one may have such a copy. So it decides no verdict.
 */
#ifndef RIG_MUTANTS_REACH_H
#define RIG_MUTANTS_REACH_H

#include "host/paths.h"

/* Zero: nothing is known. */
struct reach {
	struct reach_function {
		char *name;
		char **cases;
		size_t n;
	} * functions;
	size_t nr_functions;
};

/*
 * Reads what a run with each_coverage left in @folder, of the functions of the scope.
 * reach_deinit() *@out, also after an error.
 */
struct err *reach_read(const struct paths *p, const char *folder, struct reach *out) __must_check;
void reach_deinit(struct reach *r);

/* The function @name, as "fs/dax.c:dax_fault" or without the file; NULL: not known. */
const struct reach_function *reach_find(const struct reach *r, const char *name);

#endif
