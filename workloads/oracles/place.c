/* SPDX-License-Identifier: GPL-2.0-only */
#include "workloads/oracles/place.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/arch.h"
#include "base/files.h"
#include "workloads/oracles/fsmap.h"

/* The first byte of the pmem device that the file's filesystem is on; 0: it is on none. */
static uint64_t device_start(const struct stat *st)
{
	_cleanup_free_ char *path = xasprintf("/sys/dev/block/%u:%u/device/resource",
					      major(st->st_dev), minor(st->st_dev));
	_cleanup_buf_ struct buf text = BUF_INIT;
	_cleanup_err_ struct err *err = file_read(path, 64, &text);

	return err ? 0 : strtoull(buf_str(&text), NULL, 0);
}

int place_main(const char *path, const char *offset)
{
	uint64_t off = strtoull(offset, NULL, 10) & ~(uint64_t)(PAGE - 1), start;
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct extent e;
	struct stat st;
	int n;

	if (fd < 0 || fstat(fd, &st)) {
		printf("cannot open '%s': %s\n", path, strerror(errno));
		return 1;
	}
	start = device_start(&st);
	n = fsmap_of_file(fd, off, PAGE, &e, 1);
	if (!start || n < 0)
		printf("'%s' is not on a pmem device with a filesystem that tells its blocks\n",
		       path);
	else if (n == 0)
		printf("'%s' has no block at %" PRIu64 "\n", path, off);
	else
		printf("0x%" PRIx64 "\n", (start + e.at) / PAGE);
	return n != 1 || !start;
}
