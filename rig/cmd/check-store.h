/* SPDX-License-Identifier: GPL-2.0-only */
/* `daxrig check --store`. */
#ifndef RIG_CHECK_STORE_H
#define RIG_CHECK_STORE_H

#include "base/err.h"
#include "host/paths.h"

/*
 * Looks at all that is kept and prints a line for each kernel, its symbols, each image and
 * template: is it as it was made, and what mends it? *@damaged is how many are not.
 */
struct err *check_store(const struct paths *p, unsigned int *damaged) __must_check;

#endif
