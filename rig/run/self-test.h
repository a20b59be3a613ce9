/* SPDX-License-Identifier: GPL-2.0-only */
/* The self-tests: what the agent leaves out on purpose, by name. Pure. */
#ifndef RIG_RUN_SELF_TEST_H
#define RIG_RUN_SELF_TEST_H

#include "base/err.h"
#include "wire/msg.h"

/* The values of --self-test: name, what the agent does, and the separator after it in --help. */
/* clang-format off */
#define SELF_TESTS(row) \
	row("no-pin", SABOTAGE_NO_PIN, ", ") \
	row("no-unpin", SABOTAGE_NO_UNPIN, ", ") \
	row("no-dax", SABOTAGE_NO_DAX, ", ") \
	row("no-gate", SABOTAGE_NO_GATE, ", ") \
	row("no-count", SABOTAGE_NO_COUNT, ", ") \
	row("no-flush", SABOTAGE_NO_FLUSH, ", ") \
	row("dirty-fs", SABOTAGE_DIRTY_FS, ", ") \
	row("splat-only", SABOTAGE_SPLAT_ONLY, ",\n") \
	row("bare", SABOTAGE_BARE, " or ") \
	row("panic", SABOTAGE_PANIC, "")
/* clang-format on */
#define SELF_TEST_WORDS(name, sabotage, next) name next

/* "no-pin"; NULL for SABOTAGE_NONE. */
const char *self_test_name(enum sabotage sabotage);

/* Finds it by its name; else ERR_USAGE. */
struct err *self_test_parse(const char *name, enum sabotage *out) __must_check;

#endif
