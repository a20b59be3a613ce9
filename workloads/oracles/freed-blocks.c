/* SPDX-License-Identifier: GPL-2.0-only */
#include "workloads/oracles/freed-blocks.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "workloads/model/blocks.h"

/* Whether the pin holds the file's own block there, no private copy of its page. */
static bool is_the_files(const struct exec_pin *p, const struct piece *held)
{
	const struct piece *b = blocks_at(&p->file->m->blocks, p->off + held->off);

	return b && b->src + (p->off + held->off - b->off) == held->src;
}

static enum sight sight_of(int errnum)
{
	return errnum == EOPNOTSUPP || errnum == ENOTTY ? SIGHT_LACKING : SIGHT_CUT;
}

void exec_freed_note(struct exec *x, struct exec_pin *p)
{
	struct extent found[EXEC_EXTENTS_MAX];
	struct stat st;

	/* in a block of rounds it would be most of what a round takes */
	if (!exec_looks(x) || x->block || !(p->traits & PIN_HOLDS) || !p->file || p->file->fd < 0 ||
	    exec_task_pending(x, p->file))
		return;
	if (fstat(p->file->fd, &st))
		return;
	p->dev = st.st_dev;
	for (size_t i = 0; i < p->m->blocks.n; i++) {
		const struct piece *held = &p->m->blocks.v[i];
		int n;

		if (held->kind != PIECE_DATA || !is_the_files(p, held))
			continue;
		n = fsmap_of_file(p->file->fd, p->off + held->off, held->len, found,
				  EXEC_EXTENTS_MAX - p->nr_extents);
		if (n < 0)
			exec_lost(x, ORACLE_BLOCKS, sight_of(-n), "FIEMAP: %s", errno_name(-n));
		for (int j = 0; j < n; j++)
			p->extents[p->nr_extents++] = found[j];
	}
}

/* For a filesystem that frees blocks when its journal is committed: a small change does that. */
static void commit(const struct exec *x)
{
	_cleanup_close_ int fd = -1;

	if (!x->ctx->fs->frees_by_fsync)
		return;
	fd = open(EXEC_WINDOW_FILE, O_RDWR | O_CLOEXEC);
	if (fd >= 0 && futimens(fd, NULL) == 0)
		fsync(fd);
}

/* The mount, unless an operation took it away: -1. */
static int open_mount(const struct exec_pin *p)
{
	int fd = open(EXEC_MOUNTPOINT, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct stat st;

	if (fd >= 0 && (fstat(fd, &st) || st.st_dev != p->dev)) {
		close(fd);
		fd = -1;
	}
	return fd;
}

/* Without its filesystem all of the device is there for the next who opens it. */
static void check_device(const struct exec *x, struct exec_pin *p, struct outcome *o)
{
	_cleanup_close_ int fd = open(x->ctx->guest->pmem, O_RDONLY | O_EXCL | O_CLOEXEC);

	if (fd < 0)
		return;
	outcome_fail(o, RULE_BLOCK_FREED, "the blocks of a held page are a file's",
		     "umount came back, and the device beneath '%s' (%s) is free", p->pin.name,
		     p->pin.kind->name);
	p->nr_extents = 0;
}

/* True when one is free; *@o has it then. */
static bool look_for_free(struct exec *x, struct exec_pin *p, int fd, struct outcome *o)
{
	struct extent gone;

	for (unsigned int i = 0; i < p->nr_extents; i++) {
		int ret = fsmap_free(fd, &p->extents[i], &gone);

		if (ret < 0)
			exec_lost(x, ORACLE_BLOCKS, sight_of(-ret), "GETFSMAP: %s",
				  errno_name(-ret));
		if (ret <= 0)
			continue;
		outcome_fail(o, RULE_BLOCK_FREED, "the blocks of a held page are a file's",
			     "%llu bytes at %#llx of the device, beneath '%s' (%s), are free",
			     (unsigned long long)gone.len, (unsigned long long)gone.at, p->pin.name,
			     p->pin.kind->name);
		return true;
	}
	return false;
}

/*
 * When to look no more: a filesystem may take an inode apart when its unlink is long over; to
 * ask how full it is has that begin.
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

void exec_freed_check(struct exec *x, struct exec_pin *p, struct outcome *o)
{
	const struct timespec gap = { .tv_nsec = 5000000 };
	/* what spins may have locked the filesystem */
	_cleanup_close_ int fd = p->nr_extents && !exec_tasks_busy(x) ? open_mount(p) : -1;
	uint64_t last;

	if (p->nr_extents && !x->mounted && !x->unbound)
		check_device(x, p, o);
	if (fd < 0)
		return;
	commit(x);
	last = last_look(x, fd);
	while (!look_for_free(x, p, fd, o)) {
		if (now_ns() >= last)
			return;
		nanosleep(&gap, NULL);
	}
	p->nr_extents = 0;
}
