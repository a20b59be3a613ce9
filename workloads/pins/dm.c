/* SPDX-License-Identifier: GPL-2.0-only */
#include "workloads/pins/dm.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/dm-ioctl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define DM_CONTROL "/dev/mapper/control"
#define DM_BUFFER 16384

/* The argument of an ioctl: the header, and space for a target or an answer. */
union request {
	struct dm_ioctl io;
	char room[DM_BUFFER];
};

static void request_init(union request *r, const char *name, uint32_t flags)
{
	memset(r, 0, sizeof(*r));
	r->io.version[0] = DM_VERSION_MAJOR;
	r->io.data_size = sizeof(*r);
	r->io.data_start = sizeof(r->io);
	r->io.flags = flags;
	if (name)
		snprintf(r->io.name, sizeof(r->io.name), "%s", name);
}

static int request_send(union request *r, unsigned long command)
{
	int fd = open(DM_CONTROL, O_RDWR | O_CLOEXEC);
	int ret;

	if (fd < 0)
		return -errno;
	ret = ioctl(fd, command, r) ? -errno : 0;
	close(fd);
	return ret;
}

static int simple_request(const char *name, unsigned long command, uint32_t flags)
{
	union request r;

	request_init(&r, name, flags);
	return request_send(&r, command);
}

static int load_linear(const char *name, const char *backing, uint64_t bytes)
{
	union request r;
	struct dm_target_spec *spec = (void *)(r.room + sizeof(r.io));
	char *params = (char *)(spec + 1);
	struct stat st;

	if (stat(backing, &st))
		return -errno;
	if (!S_ISBLK(st.st_mode))
		return -ENOTBLK;
	request_init(&r, name, 0);
	r.io.target_count = 1;
	spec->length = bytes / 512;
	snprintf(spec->target_type, sizeof(spec->target_type), "linear");
	snprintf(params, 64, "%u:%u 0", major(st.st_rdev), minor(st.st_rdev));
	return request_send(&r, DM_TABLE_LOAD);
}

int dm_create(struct dm *d, const char *name, const char *backing, uint64_t bytes)
{
	union request r;
	int ret;

	snprintf(d->name, sizeof(d->name), "%s", name);
	request_init(&r, name, 0);
	ret = request_send(&r, DM_DEV_CREATE);
	if (ret)
		return ret;
	snprintf(d->path, sizeof(d->path), "/dev/dm-%u", minor(r.io.dev));
	ret = load_linear(name, backing, bytes);
	if (!ret)
		ret = dm_resume(d);
	if (ret)
		dm_remove(d);
	return ret;
}

int dm_suspend(struct dm *d)
{
	return simple_request(d->name, DM_DEV_SUSPEND, DM_SUSPEND_FLAG | DM_SKIP_LOCKFS_FLAG);
}

int dm_resume(struct dm *d)
{
	return simple_request(d->name, DM_DEV_SUSPEND, 0);
}

int dm_remove(struct dm *d)
{
	return simple_request(d->name, DM_DEV_REMOVE, DM_DEFERRED_REMOVE);
}
