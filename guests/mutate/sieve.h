/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Compiles mutants, each its own file alone, to find those that are not worth a kernel: the file
 * does not compile, or the object code is the same as without the mutant.
 */
#ifndef GUESTS_SIEVE_H
#define GUESTS_SIEVE_H

#include "base/err.h"
#include "base/progress.h"

enum sieve_result {
	SIEVE_KEPT,
	SIEVE_SAME,   /* the same object code */
	SIEVE_BROKEN, /* it does not compile */
	SIEVE_ABSENT, /* this kernel is built without the file */
};

/* "kept", "same code", "does not compile", "not in this kernel" */
const char *sieve_result_name(enum sieve_result result);

struct sieve;

/*
 * Prepares the source of @spec, "src:7.2+fast", and builds it, unless it is there as a build left
 * it. Holds the source until sieve_close().
 */
struct err *sieve_open(const char *data_dir, const char *spec, const struct progress *say,
		       struct sieve **out) __must_check;

/* NULL is fine. */
void sieve_close(struct sieve *s);

/* The folder of the source, without any patch. */
const char *sieve_source(const struct sieve *s);

/* Tries a mutant: @patch is the text of the patch @path, which changes @file alone. */
struct err *sieve_try(struct sieve *s, const char *file, const char *path, const char *patch,
		      enum sieve_result *out) __must_check;

#endif
