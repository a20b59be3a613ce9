/* SPDX-License-Identifier: GPL-2.0-only */
/* Shared by run-json-merge.c and run-json-shards.c only. */
#ifndef REPORTS_RUN_MERGE_PRIVATE_H
#define REPORTS_RUN_MERGE_PRIVATE_H

#include <jansson.h>

#include "reports/record/run-json-merge.h"

struct shard {
	const struct run_shard *in;
	struct run_places *at;
	json_t *root;
	const json_t *cases; /* in root */
	uint64_t late_ns;    /* from the start of the first shard to that of this one */
};

struct shards {
	struct shard *v; /* by number, once shards_check() found all of them */
	size_t n;
};

/* The text of @outer.@inner, of @inner alone without @outer; "" when there is none. */
const char *shard_text(const struct shard *s, const char *outer, const char *inner);

/* Whether @s are all shards of one plan. Sorts them and fills in their places. */
struct err *shards_check(struct shards *s) __must_check;

#endif
