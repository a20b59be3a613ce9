/* SPDX-License-Identifier: GPL-2.0-only */
/* What a program does through its mapping of a file. */
#include <errno.h>
#include <sys/mman.h>

#include "workloads/model/effects.h"

/* One access to each page; a store covers what the call has of it. */
static int access_pages(const struct op_call *c, struct op_target *t)
{
	const uint8_t *data = t->data;
	uint8_t byte;

	for (uint64_t done = 0, n; done < c->len; done += n) {
		n = MIN(c->len - done, MODEL_PAGE - ((uintptr_t)t->addr + done) % MODEL_PAGE);
		if (data ? !t->copy(t->addr + done, data + done, n) :
			   !t->copy(&byte, t->addr + done, 1))
			return -EFAULT;
	}
	return 0;
}

static int result_load(struct model *m, const struct op_call *c)
{
	const struct model_map *map = model_map(m, c->map);

	if (!map->live || map->file->poisoned || map->file->unsure)
		return MODEL_EITHER;
	/* SIGBUS; a private copy that still covers the page goes with the file's end, too */
	return map->off + c->off[0] + c->len > page_up(map->file->size) ? EFAULT : 0;
}

const struct operation op_load = {
	.name = "load",
	.args = "mol",
	.summary = "a load from every page of a mapping's range",
	.c = { .call = "load($m, $l)", .part = "load" },
	.wait = WAIT_NEVER,
	.traits = OP_ANYWHERE | OP_FAULTS,
	.run = access_pages,
	.apply = op_changes_nothing,
	.range = op_range_args,
	.result = result_load,
	.flush = { OP_FLUSH_NOTHING },
	.cases =
		(const struct op_case[]){
			{ "load", "a read fault through a new mapping", "load q $r", WAIT_NEVER,
			  REACH_RANGE, CASE_KEEPS | CASE_MAPS, NULL },
			{ 0 },
		},
};

static void apply_store(struct model *m, const struct op_call *c, unsigned int gen)
{
	model_map_write(m, model_map(m, c->map), c->off[0], c->len, gen);
}

static int result_store(struct model *m, const struct op_call *c)
{
	return model_map(m, c->map)->writable ? result_load(m, c) : EFAULT;
}

const struct operation op_store = {
	.name = "store",
	.args = "mol",
	.summary = "new bytes stored to a mapping's range",
	.c = { .call = "copy_guarded($m, $d, $l)", .part = "guard" },
	.wait = WAIT_NEVER,
	.traits = OP_ANYWHERE | OP_FAULTS | OP_NEW_BYTES,
	.run = access_pages,
	.apply = apply_store,
	.range = op_range_args,
	.result = result_store,
	.flush = { OP_FLUSH_ALL },
	.cases =
		(const struct op_case[]){
			{ "store", "a write fault through a new mapping", "store q $r", WAIT_NEVER,
			  REACH_RANGE, CASE_KEEPS | CASE_MAPS, NULL },
			{ "fsync", "a store through a new mapping, then fsync(2)", "fsync   $f",
			  WAIT_NEVER, REACH_RANGE, CASE_KEEPS | CASE_MAPS | CASE_INLINE, NULL },
			{ 0 },
		},
};

static int poison(const struct op_call *c, struct op_target *t)
{
	return madvise(t->addr, c->len, MADV_HWPOISON) ? -errno : 0;
}

static void apply_poison(struct model *m, const struct op_call *c, unsigned int gen)
{
	(void)gen;
	model_file(m, c->file[0])->poisoned = true;
	model_map_spoil(m, model_map(m, c->map), c->off[0], c->len);
}

const struct operation op_hwpoison = {
	.name = "hwpoison",
	.args = "mo",
	.summary = "MADV_HWPOISON of a page",
	.c = { .call = "poison_page($m)",
	       .part = "poison-page",
	       .needs = "root, and a device a page of which may be poisoned until a reboot" },
	.wait = WAIT_NEVER,
	.traits = OP_ANYWHERE | OP_SPOILS | OP_OPTIONAL | OP_POISONS,
	.lacking = EINVAL, /* an unknown advice is an invalid one */
	.run = poison,
	.apply = apply_poison,
	.range = op_range_args,
	.result = op_succeeds,
	.flush = { OP_FLUSH_ALL },
	.no_cases = "the guest is discarded after it",
};
