/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RIG_CMD_KSELFTEST_LIST_H
#define RIG_CMD_KSELFTEST_LIST_H

#include "host/paths.h"
#include "plan/kselftest.h"

/* Reads the list that daxrig brings. Deinit @out after success only. */
struct err *kselftest_list_read(const struct paths *p, struct kselftest_list *out) __must_check;

/* Prints it, for 'daxrig list kselftests'. */
struct err *kselftest_list_print(const struct paths *p) __must_check;

#endif
