/* SPDX-License-Identifier: GPL-2.0-only */
/* The hooks of a real guest: marks in the kernel log, cleaning, sysrq. */
#include <errno.h>
#include <fcntl.h>
#include <linux/dm-ioctl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/klog.h>
#include <sys/mount.h>
#include <time.h>
#include <unistd.h>

#include "base/files.h"
#include "guests/agent/agent.h"
#include "guests/agent/case.h"
#include "guests/agent/names.h"
#include "guests/agent/parse.h"

#define SYSRQ_MS 60000
#define RELEASE_MS 10000
#define CLEAN_MS 20000
#define UMOUNT_MS 3000
#define EVIDENCE_MAX (1u << 20)
/* actions of klogctl(2), for which no header exists; and the console level of boot.c */
#define SYSLOG_ACTION_CONSOLE_LEVEL 8
#define CONSOLE_LEVEL 7

#define DM_CONTROL "/dev/mapper/control"
#define DM_BUF 16384u

static void begin(const char *name)
{
	file_poke("/sys/kernel/debug/clear_warn_once", "1");
	agent_log("case %s begins", name);
}

static void end(const char *name)
{
	agent_log("case %s ends", name);
}

/* Copies the rest of @log (/dev/kmsg) to @fd, without the numbers of each record. */
static void copy_log(int log, int fd)
{
	char record[8192];
	ssize_t n;

	while ((n = read(log, record, sizeof(record) - 1)) > 0 || errno == EPIPE) {
		char *text;

		if (n <= 0)
			continue; /* records were overwritten: goes on with the oldest left */
		record[n] = '\0';
		text = strchr(record, ';');
		if (text)
			dprintf(fd, "%.*s\n", (int)strcspn(text + 1, "\n"), text + 1);
	}
}

/*
 * Blocked and running tasks go to the console, in case nothing else gets out. The
 * list of all tasks takes half a second on an emulated UART: that goes to @fd.
 */
static int sysrq_helper(int fd, const void *arg)
{
	_cleanup_close_ int log = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	(void)arg;
	agent_log("evidence begins");
	file_poke("/proc/sysrq-trigger", "w");
	file_poke("/proc/sysrq-trigger", "l");
	lseek(log, 0, SEEK_END);
	klogctl(SYSLOG_ACTION_CONSOLE_LEVEL, NULL, 1);
	file_poke("/proc/sysrq-trigger", "t");
	klogctl(SYSLOG_ACTION_CONSOLE_LEVEL, NULL, CONSOLE_LEVEL);
	copy_log(log, fd);
	agent_log("evidence ends");
	return 0;
}

static void evidence(struct buf *out)
{
	helper_run(sysrq_helper, NULL, SYSRQ_MS, EVIDENCE_MAX, out);
}

static int dm_call(int fd, unsigned long request, struct dm_ioctl *io, const char *name)
{
	memset(io, 0, sizeof(*io));
	io->version[0] = 4;
	io->data_size = DM_BUF;
	io->data_start = sizeof(*io);
	snprintf(io->name, sizeof(io->name), "%s", name);
	return ioctl(fd, request, io) ? -errno : 0;
}

/* Sends @request to every mapped device; returns how many failed. @log may be NULL. */
static int dm_each(unsigned long request, const char *what, struct buf *log)
{
	int fd = open(DM_CONTROL, O_RDWR | O_CLOEXEC), failed = 0, ret;
	char *list, *call, *end;
	struct dm_name_list *n;

	if (fd < 0)
		return 0;
	list = xcalloc(1, DM_BUF);
	call = xcalloc(1, DM_BUF);
	ret = dm_call(fd, DM_LIST_DEVICES, (struct dm_ioctl *)list, "");
	n = (struct dm_name_list *)(list + sizeof(struct dm_ioctl));
	end = list + DM_BUF;
	while (!ret && n->dev && (char *)n + sizeof(*n) < end) {
		ret = dm_call(fd, request, (struct dm_ioctl *)call, n->name);
		if (ret) {
			failed++;
			if (log)
				buf_addf(log, "cannot %s device '%.64s': %s\n", what, n->name,
					 strerror(-ret));
		}
		ret = 0;
		if (!n->next || (char *)n + n->next >= end)
			break;
		n = (struct dm_name_list *)((char *)n + n->next);
	}
	free(call);
	free(list);
	close(fd);
	return failed;
}

static int release_helper(int fd, const void *arg)
{
	(void)fd;
	(void)arg;
	/* DM_DEV_SUSPEND without DM_SUSPEND_FLAG is resume. */
	return dm_each(DM_DEV_SUSPEND, "resume", NULL) != 0;
}

static void release(void)
{
	if (path_exists(DM_CONTROL))
		helper_run(release_helper, NULL, RELEASE_MS, 0, NULL);
}

/* The newest mount below /mnt; false if there is none. */
static bool last_mount(char *dir, size_t size)
{
	struct buf text = BUF_INIT;
	struct err *err = file_read("/proc/self/mounts", 1 << 20, &text);
	const char *pos = buf_str(&text);
	char one[512];
	bool found = false;

	while (!err && mounts_next(&pos, one, sizeof(one))) {
		if (strncmp(one, "/mnt", 4) == 0 && (!one[4] || one[4] == '/')) {
			snprintf(dir, size, "%s", one);
			found = true;
		}
	}
	err_free(err);
	buf_deinit(&text);
	return found;
}

static bool unmount_all(struct buf *log)
{
	uint64_t end = now_ns() + UMOUNT_MS * 1000000ull;
	struct timespec nap = { .tv_nsec = 10000000 };
	char dir[512];

	while (last_mount(dir, sizeof(dir))) {
		if (umount2(dir, UMOUNT_NOFOLLOW) == 0)
			continue;
		/* io_uring drops its files some time after the process exits, without an event. */
		if (errno == EBUSY && now_ns() < end) {
			nanosleep(&nap, NULL);
			continue;
		}
		buf_addf(log, "cannot unmount '%s': %s\n", dir, strerror(errno));
		return false;
	}
	return true;
}

static int clean_helper(int fd, const void *arg)
{
	struct buf log = BUF_INIT;
	bool ok = unmount_all(&log);

	(void)arg;
	if (dm_each(DM_DEV_REMOVE, "remove", &log))
		ok = false;
	if (log.len && write(fd, log.data, log.len) < 0)
		ok = false;
	buf_deinit(&log);
	return !ok;
}

static bool clean(struct buf *log)
{
	int ret;
	char dir[512];

	/* Most cases leave nothing: then do not fork. */
	if (!last_mount(dir, sizeof(dir)) && !path_exists(DM_CONTROL))
		return true;
	ret = helper_run(clean_helper, NULL, CLEAN_MS, 65536, log);
	if (ret < 0)
		buf_adds(log, "cleaning the guest hung\n");
	return ret == 0;
}

static uint64_t taint(void)
{
	struct buf text = BUF_INIT;
	struct err *err = file_read("/proc/sys/kernel/tainted", 64, &text);
	uint64_t v = strtoull(buf_str(&text), NULL, 10);

	err_free(err);
	buf_deinit(&text);
	return v;
}

const struct case_hooks guest_hooks = {
	.begin = begin,
	.end = end,
	.evidence = evidence,
	.release = release,
	.clean = clean,
	.taint = taint,
	.welcome = welcome_take,
	.file = files_take,
	.names = names_send,
};
