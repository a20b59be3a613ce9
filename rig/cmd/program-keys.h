/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RIG_PROGRAM_KEYS_H
#define RIG_PROGRAM_KEYS_H

#include "base/buf.h"
#include "base/err.h"

/*
 * Adds "NAME=VALUE " to @keys, the options of a plan's line about a program. Checks the value at
 * once, so that a mistake is told by its option: ERR_USAGE.
 */
struct err *program_keys_add(struct buf *keys, const char *name, const char *value) __must_check;

#endif
