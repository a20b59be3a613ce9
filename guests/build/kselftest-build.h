/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's own selftests (tools/testing/selftests), built from the source of source.h into
 * its folder, DIR/kselftest/, and kept there:
 *
 *	usr/include/	the kernel's headers for programs
 *	mm/cow		a program; mm/cow.log is what make printed
 *
 * A program is called by its path, "mm/cow", also where the source has the folder "vm" (6.1).
 */
#ifndef GUESTS_KSELFTEST_BUILD_H
#define GUESTS_KSELFTEST_BUILD_H

#include "guests/build/source.h"

struct kselftests {
	struct source source;
	char *dir; /* with what is built */
};

/*
 * Prepares the source that @spec names, "src:6.12" or "tree:PATH@REV", and holds it until
 * kselftests_deinit(), which the caller calls in any case. ERR_USAGE: there is none.
 */
struct err *kselftests_open(const char *data_dir, const char *spec, const struct progress *say,
			    struct kselftests *out) __must_check;
void kselftests_deinit(struct kselftests *k);

/* Whether the source has the program @name in C; @arg is a struct kselftests. */
bool kselftests_has(void *arg, const char *name);

/* Where the program @name is once it is built; free() it. */
char *kselftests_path(const struct kselftests *k, const char *name);

/*
 * Builds the programs @names that are not built. ERR_BUILD: the headers cannot be. A program
 * that cannot be is not at its path then: kselftests_why() says why.
 */
struct err *kselftests_build(struct kselftests *k, const char *const *names, size_t n,
			     const struct progress *say) __must_check;

/* Why the program @name was not built, in one line, printable; free() it. */
char *kselftests_why(const struct kselftests *k, const char *name);

#endif
