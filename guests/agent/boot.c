/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/files.h"
#include "guests/agent/agent.h"
#include "guests/agent/parse.h"

#define ORDER "/modules/order"

static const struct {
	const char *type, *dir, *options;
	unsigned long flags;
} mounts[] = {
	{ "devtmpfs", "/dev", "mode=0755", MS_NOSUID },
	{ "proc", "/proc", NULL, MS_NOSUID | MS_NODEV | MS_NOEXEC },
	{ "sysfs", "/sys", NULL, MS_NOSUID | MS_NODEV | MS_NOEXEC },
	{ "debugfs", "/sys/kernel/debug", NULL, MS_NOSUID | MS_NODEV | MS_NOEXEC },
	{ "tracefs", "/sys/kernel/tracing", NULL, MS_NOSUID | MS_NODEV | MS_NOEXEC },
	{ "tmpfs", "/tmp", "mode=1777", MS_NOSUID | MS_NODEV },
	{ "tmpfs", "/run", "mode=0755", MS_NOSUID | MS_NODEV },
	{ "tmpfs", "/dev/shm", "mode=1777", MS_NOSUID | MS_NODEV },
};

/* For a PID 1 that the kernel started without a console. */
static void open_console(void)
{
	int fd = open("/dev/console", O_RDWR | O_NOCTTY);

	if (fd < 0)
		fd = open("/dev/null", O_RDWR);
	for (int i = 0; fd >= 0 && i < 3; i++)
		if (fd != i)
			dup2(fd, i);
	if (fd > 2)
		close(fd);
}

void boot_mount(void)
{
	int errs[ARRAY_SIZE(mounts)] = { 0 };

	mkdir("/mnt", 0755);
	for (size_t i = 0; i < ARRAY_SIZE(mounts); i++) {
		mkdir(mounts[i].dir, 0755);
		if (mount(mounts[i].type, mounts[i].dir, mounts[i].type, mounts[i].flags,
			  mounts[i].options))
			errs[i] = errno;
	}
	open_console();
	for (size_t i = 0; i < ARRAY_SIZE(mounts); i++)
		if (errs[i])
			agent_log("cannot mount %s on %s: %s", mounts[i].type, mounts[i].dir,
				  strerror(errs[i]));
}

static const struct {
	const char *path, *value;
} settings[] = {
	/* every kernel message goes to the console */
	{ "/proc/sys/kernel/printk", "7" },
	{ "/proc/sys/kernel/printk_ratelimit", "0" },
	{ "/proc/sys/kernel/printk_devkmsg", "on\n" },
	/* after an error the guest stays up, so that the agent can collect evidence */
	{ "/proc/sys/kernel/panic", "0" },
	{ "/proc/sys/kernel/panic_on_oops", "0" },
	{ "/proc/sys/kernel/panic_on_warn", "0" },
	{ "/proc/sys/kernel/hung_task_panic", "0" },
	{ "/proc/sys/kernel/hung_task_warnings", "-1" },
	{ "/proc/sys/kernel/sysrq", "1" },
	/* programs run at the same addresses each time: QEMU need not translate them again */
	{ "/proc/sys/kernel/randomize_va_space", "0" },
	/* symbols and stacks for the host, which can read this guest's memory anyway */
	{ "/proc/sys/kernel/kptr_restrict", "0" },
};

void boot_sysctl(void)
{
	struct rlimit none = { 0, 0 };
	int ret;

	for (size_t i = 0; i < ARRAY_SIZE(settings); i++) {
		ret = file_poke(settings[i].path, settings[i].value);
		if (ret && ret != -ENOENT)
			agent_log("cannot set %s: %s", settings[i].path, strerror(-ret));
	}
	setrlimit(RLIMIT_CORE, &none);
}

/* One RAM disk for each pin that odirect.c supports at a time; each must fit the largest. */
static const char *module_options(const char *path)
{
	return strstr(path, "-brd.ko") ? "rd_nr=16 rd_size=65536" : "";
}

static void load_module(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0) {
		agent_log("cannot open module %s: %s", path, strerror(errno));
		return;
	}
	if (syscall(SYS_finit_module, fd, module_options(path), 0) && errno != EEXIST)
		agent_log("cannot load module %s: %s", path, strerror(errno));
	close(fd);
}

void boot_modules(void (*loaded)(void *arg), void *arg)
{
	struct buf order = BUF_INIT;
	char path[512];
	const char *pos;
	struct err *err;

	if (!path_exists(ORDER))
		return; /* everything is built into the kernel */
	err = file_read(ORDER, 1 << 20, &order);
	if (err) {
		agent_log("%s", err->message);
		err_free(err);
		return;
	}
	pos = buf_str(&order);
	while (order_next(&pos, path, sizeof(path))) {
		load_module(path);
		loaded(arg);
	}
	buf_deinit(&order);
}
