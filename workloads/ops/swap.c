/* SPDX-License-Identifier: GPL-2.0-only */
/* What defragmentation calls: two files get each other's blocks. */
#include <errno.h>
#include <linux/ioctl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "workloads/model/effects.h"

/* XFS_IOC_SWAPEXT and its argument, of fs/xfs/libxfs/xfs_fs.h (7.2). */
struct swap_time {
	int64_t sec;
	int32_t nsec, pad;
};

struct swap_extents {
	int64_t version, target, tmp, off, len;
	char pad[16];
	/* struct xfs_bstat of the target; of this the kernel looks at two times */
	uint64_t before[5];
	struct swap_time atime, mtime, ctime;
	uint64_t after[6];
};

#define SWAPEXT _IOWR('X', 109, struct swap_extents)

_Static_assert(sizeof(struct swap_extents) == 56 + 136, "not as the kernel has it");

static struct swap_time time_of(const struct timespec *t)
{
	return (struct swap_time){ .sec = t->tv_sec, .nsec = (int32_t)t->tv_nsec };
}

static int run(const struct op_call *c, struct op_target *t)
{
	struct swap_extents arg = { .target = t->fd[0], .tmp = t->fd[1] };
	struct stat st;

	(void)c;
	if (fstat(t->fd[0], &st))
		return -errno;
	arg.len = st.st_size;
	arg.mtime = time_of(&st.st_mtim);
	arg.ctime = time_of(&st.st_ctim);
	return ioctl(t->fd[0], SWAPEXT, &arg) ? -errno : 0;
}

static void apply(struct model *m, const struct op_call *c, unsigned int gen)
{
	(void)gen;
	effect_swap(m, model_file(m, c->file[0]), 0, model_file(m, c->file[1]), 0,
		    model_file(m, c->file[0])->size);
}

/* All of both files. */
static void range(struct model *m, const struct op_call *c, const struct model_file *f,
		  uint64_t *off, uint64_t *len)
{
	(void)m, (void)c, (void)f;
	*off = 0;
	*len = MODEL_TO_THE_END;
}

/* xfs_swap_extents_check_format(): the first must not have fewer extents, which nobody knows. */
static int result(struct model *m, const struct op_call *c)
{
	const struct model_file *f = model_file(m, c->file[0]), *g = model_file(m, c->file[1]);

	return f->size != g->size ? EFAULT : MODEL_EITHER;
}

const struct operation op_swapext = {
	.name = "swapext",
	.args = "ff",
	.summary = "XFS_IOC_SWAPEXT: two files of one size get each other's blocks",
	.c = { .call = "swap_extents($f, $g)", .part = "need-swap", .first = "need_swap();" },
	.wait = WAIT_MUST,
	.traits = OP_ANYWHERE | OP_BOTH_FILES | OP_REFUSES | OP_OPTIONAL,
	.run = run,
	.apply = apply,
	.range = range,
	.result = result,
	.flush = { OP_FLUSH_ALL, OP_FLUSH_ALL },
	.no_cases = "the blocks are taken by a third file: see the library",
};
