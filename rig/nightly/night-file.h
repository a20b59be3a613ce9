/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a night does: a text file; a line is a comment (#) or one of
 *
 *	kernel  SPEC		a kernel to test; once for each, in this order
 *	plan    NAME		a plan, or a file FILE.plan; default quick
 *	shard   I/N		only one of N parts of the plan
 *	known   FILE|none	the findings that are known; default the installed ones
 *	recheck N		how often to repeat what fails and is not known; default 5
 *	budget  TIME		no case starts after so much time: 90m, 6h
 *	site    DIR		where the pages go
 *	keep    AGE SIZE	older runs are removed, 60d, and the oldest above 20G
 *	mail    COMMAND		gets the mail on its standard input, when something changed
 *	jobs    N		guests at once
 *	vmcore  N		keep the memory of N guests of a kernel at most
 *
 * Pure.
 */
#ifndef RIG_NIGHT_FILE_H
#define RIG_NIGHT_FILE_H

#include "base/err.h"
#include "plan/plan.h"

#define NIGHT_KERNELS_MAX 64
#define NIGHT_RECHECK_MAX 100
#define NIGHT_JOBS_MAX 64

struct night_file {
	char *kernels[NIGHT_KERNELS_MAX];
	size_t nr_kernels;
	char *plan, *known; /* known: NULL is the default, "none" nothing */
	struct plan_shard shard;
	unsigned int recheck, jobs, vmcores;
	uint64_t budget_ns;	     /* 0: none */
	char *site, *mail;	     /* NULL: none */
	uint64_t keep_s, keep_bytes; /* 0: everything is kept */
};

/*
 * Parses @len bytes at @text; messages name the file @origin with line and column. ERR_USAGE
 * for a wrong or doubled line, and when no kernel is given. Deinit *@out after success.
 */
struct err *night_file_parse(const char *origin, const char *text, size_t len,
			     struct night_file *out) __must_check;

void night_file_deinit(struct night_file *n);

#endif
