/* SPDX-License-Identifier: GPL-2.0-only */
/* What takes a file's last descriptor away, or the device beneath it. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "workloads/model/effects.h"

static int run_unlink(const struct op_call *c, struct op_target *t)
{
	(void)c;
	return unlink(t->path[0]) || close(t->fd[0]) ? -errno : 0;
}

static void apply_unlink(struct model *m, const struct op_call *c, unsigned int gen)
{
	struct model_file *f = model_file(m, c->file[0]);

	(void)gen;
	effect_lose(m, f, 0, MODEL_TO_THE_END);
	f->gone = true;
}

const struct operation op_unlink = {
	.name = "unlink",
	.args = "f",
	.summary = "unlink and last close",
	.c = { .call = "unlink_last($F, $f)", .part = "unlink-last" },
	.wait = WAIT_MAY,
	.traits = OP_ANYWHERE | OP_LAST_CLOSE,
	.run = run_unlink,
	.apply = apply_unlink,
	.range = op_range_up,
	.result = op_succeeds,
	.flush = { OP_FLUSH_ALL },
	.cases =
		(const struct op_case[]){
			{ "unlink", "unlink and last close", "unlink $f", WAIT_MAY, REACH_FILE, 0,
			  NULL },
			{ 0 },
		},
};

static void lose_all(struct model *m, const struct op_call *c, unsigned int gen)
{
	(void)c, (void)gen;
	effect_lose_all(m);
}

static int run_umount(const struct op_call *c, struct op_target *t)
{
	(void)c;
	return umount2(t->mountpoint, 0) ? -errno : 0;
}

const struct operation op_umount = {
	.name = "umount",
	.args = "",
	.summary = "last close of every file, then umount",
	.c = { .call = "unmount()", .part = "unmount" },
	.wait = WAIT_MAY,
	.traits = OP_ANYWHERE | OP_LAST_CLOSE | OP_NO_FILE | OP_UNMOUNTS,
	.run = run_umount,
	.apply = lose_all,
	.range = op_range_args,
	.result = op_succeeds,
	.flush = { OP_FLUSH_ALL },
	.cases =
		(const struct op_case[]){
			{ "umount", "last close of every file, then umount", "umount", WAIT_MAY,
			  REACH_FILESYSTEM, 0, NULL },
			{ 0 },
		},
};

/* Writes the device's name to its driver's unbind, which returns when the driver has let go. */
static int run_unbind(const struct op_call *c, struct op_target *t)
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
	ret = write(fd, name, strlen(name)) < 0 ? -errno : 0;
	close(fd);
	return ret;
}

const struct operation op_unbind = {
	.name = "unbind",
	.args = "",
	.summary = "the namespace's driver lets go of it, with the filesystem mounted",
	.c = { .call = "unbind()",
	       .part = "unbind",
	       .first = "need_unbind();",
	       .needs = "root, and a pmem device that may be taken away from its driver" },
	.wait = WAIT_MAY,
	.traits = OP_ANYWHERE | OP_NO_FILE | OP_SPOILS | OP_UNBINDS,
	.run = run_unbind,
	.apply = lose_all,
	.range = op_range_args,
	.result = op_succeeds,
	.flush = { OP_FLUSH_ALL },
	.no_cases = "the guest is discarded after it",
};
