/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Measures the time of an operation while no page is held: all time limits depend on it.
 * Each case measures it on its own filesystem.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "workloads/exec/operation.h"

#define ROUNDS 4
#define PROBE (256u << 10)
/* A window this many times the slowest of ROUNDS operations, within bounds. */
#define WINDOW_FACTOR 10
#define WINDOW_MIN_MS 60
#define WINDOW_MAX_MS 1000 /* eight of them must fit in the time limit of a case */
/* KERNEL.md: 2 s on a machine where a window is the shortest. */
#define GRACE_MIN_MS 2000

static int probe_once(const struct filesystem *fs, int fd, void *bytes, uint64_t *ns)
{
	uint64_t start;
	void *p;

	if (pwrite(fd, bytes, PROBE, 0) != PROBE)
		return -EIO;
	p = mmap(NULL, PROBE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (p == MAP_FAILED)
		return -errno;
	memset(p, 1, PROBE);
	start = now_ns();
	if (((fs->features & FILESYSTEM_PUNCH) &&
	     fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, PROBE / 2)) ||
	    ftruncate(fd, 0)) {
		munmap(p, PROBE);
		return -errno;
	}
	*ns = now_ns() - start;
	munmap(p, PROBE);
	return 0;
}

void exec_measure_window(struct exec *x, struct outcome *o)
{
	int fd = open(EXEC_WINDOW_FILE, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	void *bytes = xcalloc(1, PROBE);
	uint64_t ns = 0, slowest = 0;
	int ret = fd < 0 ? -errno : 0;

	for (int i = 0; i < ROUNDS && !ret; i++) {
		ret = probe_once(x->ctx->fs, fd, bytes, &ns);
		slowest = MAX(slowest, ns);
	}
	free(bytes);
	/* keep the file: a freed inode would make the inode order of the case's files random */
	close_fd(&fd);
	if (ret) {
		outcome_error(o, "cannot measure an operation: %s", strerror(-ret));
		return;
	}
	x->window_ms = MAX(slowest * WINDOW_FACTOR / 1000000, WINDOW_MIN_MS);
	x->window_ms = MIN(x->window_ms, WINDOW_MAX_MS);
	x->grace_ms = MAX(x->window_ms * 10, GRACE_MIN_MS);
}
