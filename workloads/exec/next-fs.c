/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The next filesystem of the device. One of its files is in no folder, as those of the case; a
 * filesystem may give each folder blocks of a group of its own.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "workloads/exec/fs.h"
#include "workloads/exec/tasks.h"
#include "workloads/model/pattern.h"
#include "workloads/oracles/oracle.h"

#define FOLDERS 5
#define FILE_BYTES (8ull << 20)
#define CHUNK (1u << 20)

static int write_file(const char *path, const void *chunk)
{
	_cleanup_close_ int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	ssize_t n;

	if (fd < 0)
		return -errno;
	for (uint64_t done = 0; done < FILE_BYTES; done += (uint64_t)n) {
		n = pwrite(fd, chunk, CHUNK, (off_t)done);
		if (n <= 0)
			return n ? -errno : -ENOSPC;
	}
	return fsync(fd) ? -errno : 0;
}

static void fill(struct outcome *o)
{
	void *chunk = xcalloc(1, CHUNK);
	char path[64];
	int ret;

	pattern_fill(chunk, CHUNK, ORIGIN_NEXT, 0, 0);
	ret = write_file(EXEC_MOUNTPOINT "/next-file", chunk);
	for (int i = 0; i < FOLDERS && !ret; i++) {
		snprintf(path, sizeof(path), EXEC_MOUNTPOINT "/next-%d", i);
		ret = mkdir(path, 0700) ? -errno : 0;
		snprintf(path, sizeof(path), EXEC_MOUNTPOINT "/next-%d/file", i);
		ret = ret ? ret : write_file(path, chunk);
	}
	free(chunk);
	/* a small device is full before */
	if (ret && ret != -ENOSPC)
		outcome_error(o, "cannot write to the next filesystem: %s", errno_name(-ret));
}

void exec_mkfs(struct exec *x, const struct step *st, struct outcome *o)
{
	const struct exec_task *t;

	(void)st;
	model_make_anew(&x->model);
	/* the umount that comes before, or what keeps the filesystem busy */
	t = exec_task_pending(x, NULL);
	if (t) {
		snprintf(o->found, sizeof(o->found), "nothing is made: '%s' has not ended",
			 t->name);
		return;
	}
	if (x->mounted) {
		if (!exec_fs_unmount(x, o))
			return;
		oracles_tell(x, flushed, NULL, "the umount", o);
	}
	exec_look_at_device(x, o);
	if (o->status == STEP_OK)
		exec_fs_make(x, o);
	if (o->status == STEP_OK)
		fill(o);
}
