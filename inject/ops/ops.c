/* SPDX-License-Identifier: GPL-2.0-only */
#include "inject/ops/ops.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <linux/fs.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <unistd.h>

#define PAGE 4096u

/* XFS_IOC_EXCHANGE_RANGE of 6.10, which the headers at hand may not have. */
struct exchange_range {
	int32_t file1_fd;
	uint32_t pad;
	uint64_t file1_offset, file2_offset, length, flags;
};

#define EXCHANGE_RANGE _IOW('X', 129, struct exchange_range)

static int result(int ret)
{
	return ret < 0 ? -errno : 0;
}

static int op_truncate(const struct mutator_call *c, struct op_target *t)
{
	return result(ftruncate(t->fd[0], (off_t)c->size));
}

static int op_fallocate(const struct mutator_call *c, struct op_target *t)
{
	static const struct {
		const char *name;
		int mode;
	} modes[] = {
		{ "punch", FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE },
		{ "zero", FALLOC_FL_ZERO_RANGE },
		{ "collapse", FALLOC_FL_COLLAPSE_RANGE },
		{ "insert", FALLOC_FL_INSERT_RANGE },
		{ "falloc", 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(modes); i++)
		if (word_eq(c->mutator->name, modes[i].name))
			return result(fallocate(t->fd[0], modes[i].mode, (off_t)c->off[0],
						(off_t)c->len));
	return -ENOSYS;
}

static int op_clone(const struct mutator_call *c, struct op_target *t)
{
	(void)c;
	return result(ioctl(t->fd[1], FICLONE, t->fd[0]));
}

static int op_clone_range(const struct mutator_call *c, struct op_target *t)
{
	struct file_clone_range arg = {
		.src_fd = t->fd[0],
		.src_offset = c->off[0],
		.src_length = c->len,
		.dest_offset = c->off[1],
	};

	return result(ioctl(t->fd[1], FICLONERANGE, &arg));
}

static int op_dedupe(const struct mutator_call *c, struct op_target *t)
{
	struct {
		struct file_dedupe_range range;
		struct file_dedupe_range_info info;
	} arg = {
		.range = { .src_offset = c->off[0], .src_length = c->len, .dest_count = 1 },
		.info = { .dest_fd = t->fd[1], .dest_offset = c->off[1] },
	};

	if (ioctl(t->fd[0], FIDEDUPERANGE, &arg) < 0)
		return -errno;
	if (arg.info.status == FILE_DEDUPE_RANGE_DIFFERS)
		return -EBADE;
	return arg.info.status;
}

static int op_write(const struct mutator_call *c, struct op_target *t)
{
	const char *p = t->data;
	uint64_t done = 0;

	while (done < c->len) {
		ssize_t n = pwrite(t->fd[0], p + done, c->len - done, (off_t)(c->off[0] + done));

		if (n < 0)
			return -errno;
		done += (uint64_t)n;
	}
	return 0;
}

static int op_read(const struct mutator_call *c, struct op_target *t)
{
	char *p = t->into;
	uint64_t done = 0;

	while (done < c->len) {
		ssize_t n = pread(t->fd[0], p + done, c->len - done, (off_t)(c->off[0] + done));

		if (n <= 0)
			return n ? -errno : -EIO;
		done += (uint64_t)n;
	}
	return 0;
}

static int op_exchange(const struct mutator_call *c, struct op_target *t)
{
	struct exchange_range arg = {
		.file1_fd = t->fd[0],
		.file1_offset = c->off[0],
		.file2_offset = c->off[1],
		.length = c->len,
	};

	return result(ioctl(t->fd[1], EXCHANGE_RANGE, &arg));
}

/* One access to each page; a store covers what the call has of it. */
static int op_access(const struct mutator_call *c, struct op_target *t)
{
	const uint8_t *data = t->data;
	uint8_t byte;

	for (uint64_t done = 0, n; done < c->len; done += n) {
		n = MIN(c->len - done, PAGE - ((uintptr_t)t->addr + done) % PAGE);
		if (data ? !t->copy(t->addr + done, data + done, n) :
			   !t->copy(&byte, t->addr + done, 1))
			return -EFAULT;
	}
	return 0;
}

static int op_hwpoison(const struct mutator_call *c, struct op_target *t)
{
	return result(madvise(t->addr, c->len, MADV_HWPOISON));
}

static int op_unlink(const struct mutator_call *c, struct op_target *t)
{
	(void)c;
	if (unlink(t->path[0]))
		return -errno;
	return result(close(t->fd[0]));
}

/* Writes the device's name to its driver's unbind, which returns when the driver has let go. */
static int op_unbind(const struct mutator_call *c, struct op_target *t)
{
	char path[128], link[256];
	const char *disk = strrchr(t->pmem, '/') + 1, *name;
	ssize_t n;
	int fd, ret;

	(void)c;
	snprintf(path, sizeof(path), "/sys/class/block/%.32s/device", disk);
	n = readlink(path, link, sizeof(link) - 1);
	if (n < 0)
		return -errno;
	link[n] = '\0';
	name = strrchr(link, '/') ? strrchr(link, '/') + 1 : link;
	snprintf(path, sizeof(path), "/sys/class/block/%.32s/device/driver/unbind", disk);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	ret = result(write(fd, name, strlen(name)) < 0 ? -1 : 0);
	close(fd);
	return ret;
}

static int op_umount(const struct mutator_call *c, struct op_target *t)
{
	(void)c;
	return result(umount2(t->mountpoint, 0));
}

static const struct {
	const char *name;
	int (*run)(const struct mutator_call *c, struct op_target *t);
} ops[] = {
	{ "truncate", op_truncate }, { "punch", op_fallocate },
	{ "zero", op_fallocate },    { "collapse", op_fallocate },
	{ "insert", op_fallocate },  { "falloc", op_fallocate },
	{ "clone", op_clone },	     { "clone-range", op_clone_range },
	{ "dedupe", op_dedupe },     { "write", op_write },
	{ "read", op_read },	     { "exchange", op_exchange },
	{ "load", op_access },	     { "store", op_access },
	{ "hwpoison", op_hwpoison }, { "unbind", op_unbind },
	{ "unlink", op_unlink },     { "umount", op_umount },
};

bool op_lacking(const struct mutator_call *c, int ret)
{
	if (!(c->mutator->traits & MUTATOR_OPTIONAL))
		return false;
	/* an advice that is not known is an invalid one */
	return ret == -ENOTTY || ret == -EOPNOTSUPP || ret == -ENOSYS ||
	       (ret == -EINVAL && word_eq(c->mutator->name, "hwpoison"));
}

int op_run(const struct mutator_call *call, struct op_target *t)
{
	for (size_t i = 0; i < ARRAY_SIZE(ops); i++)
		if (word_eq(ops[i].name, call->mutator->name))
			return ops[i].run(call, t);
	return -ENOSYS;
}
