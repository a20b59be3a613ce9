/* SPDX-License-Identifier: GPL-2.0-only */
/* `daxrig check --store`. */
#ifndef RIG_CHECK_STORE_H
#define RIG_CHECK_STORE_H

#include "base/err.h"
#include "host/paths.h"

/*
 * Checks each stored kernel, its symbols, each image and each template, and prints a line for
 * each: whether it is as it was made, and if not, which command repairs it. *@damaged is the
 * number of damaged ones.
 */
struct err *check_store(const struct paths *p, unsigned int *damaged) __must_check;

#endif
