/* SPDX-License-Identifier: GPL-2.0-only */
/* The shards that 'daxrig merge' is given, or finds in a shared folder. */
#ifndef RIG_MERGE_SHARDS_H
#define RIG_MERGE_SHARDS_H

#include "base/buf.h"
#include "base/err.h"

struct merge_shard {
	char *folder;	 /* of the run */
	struct buf text; /* of its run.json */
};

struct merge_shards {
	struct merge_shard *v;
	size_t n;
};

/*
 * Adds the run whose record is the file @path. All records together may have RUN_JSON_FILE_MAX
 * bytes, as has the one that is made of them.
 */
struct err *merge_shards_add(struct merge_shards *s, const char *path) __must_check;

/*
 * Adds the newest complete set of shards in @dir/runs. Shards are of one set when they are
 * of the same plan, --match, kernel, geometry, accelerator, daxrig and night; of a shard
 * that ran more than once the newest run that ended counts. Without a complete set it adds
 * those of the newest one, so that merging them tells what is missing.
 */
struct err *merge_shards_find(struct merge_shards *s, const char *dir) __must_check;

void merge_shards_deinit(struct merge_shards *s);

#endif
