/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Makes one record of those of all shards of a plan, without loss: as if one run had run the
 * whole plan. Pure; the files that records name are the caller's to bring along.
 */
#ifndef REPORTS_RUN_JSON_MERGE_H
#define REPORTS_RUN_JSON_MERGE_H

#include "base/err.h"

/* The record of a shard; borrowed. */
struct run_shard {
	const char *name; /* the folder of its run; the record keeps what follows the last '/' */
	const char *text; /* its run.json */
	size_t len;
};

/* The numbers that files of runs are named by, in the shard and in the whole. */
struct run_places {
	unsigned int shard, of; /* "2/3", from 1 */
	size_t cases;		/* of this shard */
	size_t round, all;	/* cases of a round, in the shard and in the whole */
	size_t before;		/* cases of the shards before this one, when order is the seed's */
	bool shuffled;
};

/*
 * The number in the whole of case @number of the shard, from 1; 0: it has no such case. It
 * is the one that a run of the whole plan would give.
 */
size_t run_places_case(const struct run_places *p, size_t number);

/* The same for a guest; numbers of guests differ from those of a run of the whole. */
size_t run_places_guest(const struct run_places *p, size_t number);

/*
 * Merges @n records, in any order. *@text is the new one, with all cases in the plan's order;
 * free() it. @argv is the command that merges, NULL after the last word. places[i] is filled
 * in for shards[i].
 *
 * ERR_USAGE when they are no shards of one plan: another plan, kernel, geometry, accelerator,
 * daxrig; one given twice. ERR_INFRA when one is missing, did not end, or is not readable.
 */
struct err *run_json_merge(const struct run_shard *shards, size_t n, const char *const *argv,
			   struct run_places *places, char **text) __must_check;

#endif
