/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The oracle that asks the filesystem whether a block is free while its page is held: the
 * next file that gets the block gets the DMA. The oracle sees that as soon as the operation
 * that freed the block has returned, before another file happens to get the block.
 */
#include "workloads/oracles/oracle.h"
#include "workloads/exec/pins.h"
#include "workloads/exec/tasks.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "workloads/model/blocks.h"
#include "workloads/oracles/freed-program.h"
#include "workloads/oracles/fsmap.h"

#define EXTENTS_MAX 8

/* The blocks of the pages that a pin holds. */
struct ground {
	unsigned int id; /* of the pin */
	dev_t dev;	 /* of their filesystem */
	struct extent extents[EXTENTS_MAX];
	unsigned int n;
};

/* Index: as in x->pins. The entry is of an earlier pin until its id is that of @p. */
static struct ground *ground_of(struct exec *x, const struct exec_pin *p)
{
	if (!x->oracle[ORACLE_BLOCKS])
		x->oracle[ORACLE_BLOCKS] = xcalloc(EXEC_THINGS_MAX, sizeof(struct ground));
	return (struct ground *)x->oracle[ORACLE_BLOCKS] + (p - x->pins);
}

/* Whether the pin holds the block of the file there, not a private copy of the page. */
static bool is_the_files(const struct exec_pin *p, const struct piece *held)
{
	const struct piece *b = blocks_at(&p->file->m->blocks, p->off + held->off);

	return b && b->src + (p->off + held->off - b->off) == held->src;
}

enum sight freed_blocks_sight(int errnum)
{
	return errnum == EOPNOTSUPP || errnum == ENOTTY ? SIGHT_LACKING : SIGHT_CUT;
}

/* Finds the blocks that @p holds. */
static void freed_blocks_pinned(struct exec *x, struct exec_pin *p)
{
	struct extent found[EXTENTS_MAX];
	struct ground *g = ground_of(x, p);
	struct stat st;

	g->id = p->pin.id;
	g->n = 0;
	/* not in a repeat block: it would take most of the time of a round */
	if (x->block || !(p->traits & PIN_HOLDS) || !p->file || p->file->fd < 0 ||
	    exec_task_pending(x, p->file))
		return;
	if (fstat(p->file->fd, &st))
		return;
	g->dev = st.st_dev;
	for (size_t i = 0; i < p->m->blocks.n; i++) {
		const struct piece *held = &p->m->blocks.v[i];
		int n;

		if (held->kind != PIECE_DATA || !is_the_files(p, held))
			continue;
		n = fsmap_of_file(p->file->fd, p->off + held->off, held->len, found,
				  EXTENTS_MAX - g->n);
		if (n < 0)
			oracle_lost(x, ORACLE_BLOCKS, freed_blocks_sight(-n), "FIEMAP: %s",
				    errno_name(-n));
		for (int j = 0; j < n; j++)
			g->extents[g->n++] = found[j];
	}
}

void freed_blocks_commit(const struct exec *x)
{
	_cleanup_close_ int fd = -1;

	if (!x->ctx->fs->frees_by_fsync)
		return;
	fd = open(EXEC_WINDOW_FILE, O_RDWR | O_CLOEXEC);
	if (fd >= 0 && futimens(fd, NULL) == 0)
		fsync(fd);
}

/* Opens the mount point; -1 when an operation unmounted the filesystem. */
static int open_mount(const struct ground *g)
{
	int fd = open(EXEC_MOUNTPOINT, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct stat st;

	if (fd >= 0 && (fstat(fd, &st) || st.st_dev != g->dev)) {
		close(fd);
		fd = -1;
	}
	return fd;
}

/* After umount all of the device is free: fails the case if an exclusive open succeeds. */
static void check_device(const struct exec *x, const struct exec_pin *p, struct ground *g,
			 struct outcome *o)
{
	_cleanup_close_ int fd = open(x->ctx->guest->pmem, O_RDONLY | O_EXCL | O_CLOEXEC);

	if (fd < 0)
		return;
	outcome_fail(o, RULE_BLOCK_FREED, "the blocks of a held page belong to a file",
		     "umount came back, and the device beneath '%s' (%s) is free", p->pin.name,
		     p->pin.kind->name);
	g->n = 0;
}

/* True when a block is free; @o then has the failure. */
static bool look_for_free(struct exec *x, const struct exec_pin *p, const struct ground *g, int fd,
			  struct outcome *o)
{
	struct extent gone;

	for (unsigned int i = 0; i < g->n; i++) {
		int ret = fsmap_free(fd, &g->extents[i], &gone);

		if (ret < 0)
			oracle_lost(x, ORACLE_BLOCKS, freed_blocks_sight(-ret), "GETFSMAP: %s",
				    errno_name(-ret));
		if (ret <= 0)
			continue;
		outcome_fail(o, RULE_BLOCK_FREED, "the blocks of a held page belong to a file",
			     "%llu bytes at %#llx of the device, beneath '%s' (%s), are free",
			     (unsigned long long)gone.len, (unsigned long long)gone.at, p->pin.name,
			     p->pin.kind->name);
		return true;
	}
	return false;
}

/*
 * When to stop looking, 0: after one look. A filesystem may free the blocks of an inode long
 * after its unlink; statfs() makes it begin.
 */
static uint64_t last_look(struct exec *x, int fd)
{
	struct statfs unused;
	bool gone = false;

	for (unsigned int i = 0; i < x->model.nr_files; i++)
		gone |= x->model.files[i].gone;
	if (!gone || !x->ctx->fs->frees_late || fstatfs(fd, &unused))
		return 0;
	return now_ns() + x->window_ms * 1000000;
}

/*
 * Reports each pin only once. After a completed umount all blocks of the device are free,
 * unless an exclusive open of the device fails.
 */
static void freed_blocks_standing(struct exec *x, struct exec_pin *p, struct outcome *o)
{
	const struct timespec gap = { .tv_nsec = 5000000 };
	struct ground *g = ground_of(x, p);
	_cleanup_close_ int fd = -1;
	uint64_t last;

	if (g->id != p->pin.id || !g->n)
		return;
	/* an operation that spins may have locked the filesystem */
	if (!exec_tasks_busy(x))
		fd = open_mount(g);
	if (!x->mounted && !x->unbound)
		check_device(x, p, g, o);
	if (fd < 0)
		return;
	freed_blocks_commit(x);
	last = last_look(x, fd);
	while (!look_for_free(x, p, g, fd, o)) {
		if (now_ns() >= last)
			return;
		nanosleep(&gap, NULL);
	}
	g->n = 0;
}

const struct oracle_ops oracle_blocks = {
	.rules = RULE_BIT(RULE_BLOCK_FREED),
	.pinned = freed_blocks_pinned,
	.standing = freed_blocks_standing,
	.beside = freed_program_beside,
	.unmounted = freed_program_unmounted,
};
