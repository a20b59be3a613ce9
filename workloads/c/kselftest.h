/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Scenarios as a folder of the kernel's tree, tools/testing/selftests/dax: a program for each,
 * with a test for each variant, that uses kselftest_harness.h. Pure.
 */
#ifndef WORKLOADS_C_KSELFTEST_H
#define WORKLOADS_C_KSELFTEST_H

#include "base/buf.h"
#include "base/err.h"
#include "workloads/lang/scenario.h"

#define KSELFTEST_PROGRAMS_MAX 256u
#define KSELFTEST_FILES_MAX (KSELFTEST_PROGRAMS_MAX + 256u)

struct kselftest_file {
	char *name; /* "punch-waits.c", "lib/bytes.h" */
	struct buf text;
	bool is_script;
};

/* A scenario that became a program. */
struct kselftest_program {
	char *name;
	unsigned int fs; /* a set: filesystem_bit() */
	bool needs_verbs;
};

struct kselftest {
	struct kselftest_file files[KSELFTEST_FILES_MAX];
	unsigned int nr_files;
	struct kselftest_program programs[KSELFTEST_PROGRAMS_MAX];
	unsigned int nr_programs, nr_tests;
	struct buf refused; /* a line for each variant that cannot be told, and why */
};

/* Zeroed memory is an empty folder. Frees what it has. */
void kselftest_deinit(struct kselftest *k);

/*
 * Adds the program for the scenario @name, all variants of which are read already. ERR_USAGE
 * when one is no scenario, the name cannot be a program's or is there already, or there are too
 * many; variants that cannot be told are left out.
 */
struct err *kselftest_add(struct kselftest *k, const char *name,
			  const struct scenario_variants *variants) __must_check;

/* Adds all other files, once all programs are there. */
void kselftest_finish(struct kselftest *k);

#endif
