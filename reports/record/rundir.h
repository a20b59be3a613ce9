/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The folder of a run:
 *
 *	BASE/runs/20261120-105301-4711/		one run; its name is that of the folder
 *		run.json			see run-json.h
 *		cases.jsonl			while it goes on: see journal.h
 *		cases/007-xfs-truncate-rdma/	one case: console.log, evidence
 *	BASE/runs/latest			points to the run that ended last
 *
 * It holds untrusted data of guests: names are made safe, sizes are bounded.
 */
#ifndef REPORTS_RUNDIR_H
#define REPORTS_RUNDIR_H

#include <time.h>

#include "base/buf.h"
#include "base/err.h"

#define RUNDIR_FILE_MAX ((size_t)8 << 20)  /* bytes of one file of a case */
#define RUNDIR_CASE_MAX ((size_t)16 << 20) /* bytes of all files of a case */
#define RUNDIR_FILES_MAX 256		   /* files of a case */
#define RUNDIR_PACKED "evidence.tar.zst"   /* what was in cases/ and guests/ */
#define RUNDIR_KEEP "keep"		   /* a file that says why the run is kept for good */

struct rundir {
	char *path; /* absolute if @base was */
};

/*
 * Makes the folder of a run that process @pid began at @started. An error when the folder
 * exists already, when "runs" belongs to a third user, and when all users can replace files
 * of others in it.
 */
struct err *rundir_create(struct rundir *dir, const char *base, time_t started, long pid)
	__must_check;

/* Uses the folder @path of a run that was interrupted. */
void rundir_open(struct rundir *dir, const char *path);

/* Points the link @word, such as "latest", to the run, by a rename: it always exists. */
struct err *rundir_point(const struct rundir *dir, const char *word) __must_check;

void rundir_deinit(struct rundir *dir);

/* The folder of a case, made with its first file. */
struct rundir_case {
	const struct rundir *dir;
	char *path;   /* relative to the run's folder: "cases/007-name" */
	size_t bytes; /* written so far */
	unsigned int files;
};

/* @number is that of the case in its run, from 1. Writes nothing yet. */
void rundir_case_init(struct rundir_case *c, const struct rundir *dir, unsigned int number,
		      const char *name);

void rundir_case_deinit(struct rundir_case *c);

/*
 * Writes @len bytes as the file @name, which is made safe and, if it exists, numbered.
 * What exceeds the bounds is cut out of the middle, and a line there says so: a log ends with
 * the panic. A case that has reached its bounds writes nothing more, which is no error. *@path
 * is the file, relative to the
 * folder of the run (free() it), or NULL when nothing was written. @path may be NULL.
 */
struct err *rundir_case_write(struct rundir_case *c, const char *name, const void *data, size_t len,
			      char **path) __must_check;

/* Whether a guest may write @len more bytes. It gets half of the bounds, daxrig the rest. */
bool rundir_case_takes(const struct rundir_case *c, size_t len);

#define RUNDIR_BRING_MAX ((size_t)128 << 20) /* bytes of a file that another run made */

/*
 * Makes the new file @to the same as @from, a file in the folder of another run: by a hard
 * link if it is this user's and the host allows that, else by a copy. What is no regular
 * file, such as a symbolic link, is left out.
 */
struct err *rundir_bring(const char *from, const char *to) __must_check;

/*
 * Makes a safe file name of any string: at most 80 letters, digits, '.', '_' and '-', not
 * beginning with '.', never empty. free() it.
 */
char *rundir_safe_name(const char *name);

#endif
