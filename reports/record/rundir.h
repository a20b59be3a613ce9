/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The folder of a run:
 *
 *	BASE/runs/20261120-105301-4711/		one run; BASE/runs/latest points to it
 *		run.json			see run-json.h
 *		cases/007-xfs-truncate-rdma/	one case: console.log, evidence
 *
 * What a guest sends ends up here: names are made safe, sizes are bounded.
 */
#ifndef REPORTS_RUNDIR_H
#define REPORTS_RUNDIR_H

#include <time.h>

#include "base/buf.h"
#include "base/err.h"

#define RUNDIR_FILE_MAX ((size_t)8 << 20)  /* bytes of one file of a case */
#define RUNDIR_CASE_MAX ((size_t)16 << 20) /* bytes of all files of a case */
#define RUNDIR_FILES_MAX 256		   /* files of a case */

struct rundir {
	char *path; /* absolute when @base was */
};

/*
 * Makes the folder of a run that began at @started by process @pid and points
 * "latest" to it. A folder of that name already there is an error, and so are a folder "runs"
 * of a third user and one in which all users can exchange what is not theirs.
 */
struct err *rundir_create(struct rundir *dir, const char *base, time_t started, long pid)
	__must_check;

void rundir_deinit(struct rundir *dir);

/* One case's folder; made with its first file. */
struct rundir_case {
	const struct rundir *dir;
	char *path;   /* relative to the run's folder: "cases/007-name" */
	size_t bytes; /* written so far */
	unsigned int files;
};

/* @number counts the run's cases from 1. Writes nothing yet. */
void rundir_case_init(struct rundir_case *c, const struct rundir *dir, unsigned int number,
		      const char *name);

void rundir_case_deinit(struct rundir_case *c);

/*
 * Writes @len bytes as the file @name, made safe and, when taken, numbered. What is
 * past the bounds is cut off, with a last line that says so; a case that has used up
 * its share writes nothing more, which is no error. *@path: where it is, relative to
 * the run's folder, for free(); NULL when nothing was written. @path may be NULL.
 */
struct err *rundir_case_write(struct rundir_case *c, const char *name, const void *data, size_t len,
			      char **path) __must_check;

/* May a guest have @len bytes more written? It has half of the bounds, daxrig the rest. */
bool rundir_case_takes(const struct rundir_case *c, size_t len);

/*
 * A file name of at most 80 bytes out of anything: letters, digits, '.', '_' and '-',
 * no '.' in front, never empty. free() it.
 */
char *rundir_safe_name(const char *name);

#endif
