/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A night as a batch script of Slurm: shards of a plan as a job array, and a job that merges
 * them. Pure.
 */
#ifndef RIG_SBATCH_H
#define RIG_SBATCH_H

#include "base/buf.h"

/* Borrowed strings, which may have any bytes; NULL where an option is not given. */
struct sbatch {
	const char *daxrig; /* path of the program, the same on all hosts */
	const char *base;   /* absolute path, without '\\', of a folder that all hosts share */
	const char *kernel; /* SPEC */
	const char *plan;
	const char *match, *geometry, *accel, *night, *known; /* as of 'daxrig run' */
	unsigned int shards;				      /* at least 1 */
	unsigned int jobs;    /* guests at once; 0: a shard has a host of its own, and fills it */
	unsigned int minutes; /* a shard may take */
};

/*
 * Appends the script. "sh SCRIPT" submits it, prints the ids of both jobs, and leaves below
 * BASE:
 *
 *	slurm/shard-ARRAY_I.log, slurm/merge-JOB.log	output of the jobs
 *	slurm/ARRAY/runs/				the shards
 *	runs/						the merged run
 *
 * The second job starts when no shard runs any more, so that it tells which one is missing.
 * After a requeue a shard starts anew; of its runs, the one that ended is merged.
 */
void sbatch_write(struct buf *out, const struct sbatch *s);

#endif
