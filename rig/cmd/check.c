/* SPDX-License-Identifier: GPL-2.0-only */
/* 'daxrig check': what the host has and lacks. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/arch.h"
#include "base/files.h"
#include "cmd/check-store.h"
#include "cmd/cmd.h"
#include "guests/geometry.h"
#include "guests/image/tools.h"
#include "host/leftover.h"
#include "host/paths.h"
#include "host/virt.h"
#include "wire/filesystem/filesystem.h"

/* A kernel unpacked, its image, and a run's logs. */
#define DISK_WANTED (2ull << 30)

static unsigned int problems;
static bool store; /* check the store, not the host */

static void __printf(3, 4) line(bool ok, const char *what, const char *fmt, ...)
{
	va_list ap;

	printf("%-8s %-12s ", ok ? "ok" : "MISSING", what);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	problems += !ok;
}

static void check_program(const char *program, const char *package)
{
	_cleanup_free_ char *path = tools_find(program);

	if (path)
		line(true, "program", "%s", path);
	else
		line(false, "program", "%s: apt-get install %s", program, package);
}

static void check_programs(void)
{
	const char *program, *package;

	check_program(ARCH_HERE->emulator, ARCH_HERE->emulator_package);
	check_program("depmod", "kmod");
	check_program("ndctl", "ndctl");
	for (size_t i = 0; (program = filesystem_program(i, &package)); i++)
		check_program(program, package);
	check_program("apt-get", "apt");
}

static void check_agent(const struct paths *p)
{
	_cleanup_free_ char *agent = NULL;
	_cleanup_err_ struct err *err = paths_agent(p, &agent);

	line(!err, "agent", "%s", err ? err->message : agent);
}

/* /dev/kvm may open and KVM still not run a kernel: only `daxrig run` finds out. */
static void check_accel(void)
{
	_cleanup_close_ int fd = open("/dev/kvm", O_RDWR | O_CLOEXEC);

	if (fd >= 0)
		line(true, "accelerator", "/dev/kvm opens; 'run' finds out whether it boots");
	else
		line(true, "accelerator", "TCG, slow: /dev/kvm: %s", strerror(errno));
}

static void check_space(const char *what, const char *path, uint64_t wanted)
{
	struct statvfs st;
	uint64_t left;

	if (statvfs(path, &st)) {
		line(false, what, "%s: %s", path, strerror(errno));
		return;
	}
	left = (uint64_t)st.f_bavail * st.f_frsize;
	line(left >= wanted, what, "%llu MiB free in %s, %llu MiB wanted",
	     (unsigned long long)(left >> 20), path, (unsigned long long)(wanted >> 20));
}

static void check_memory(void)
{
	struct geometry g;
	uint64_t have = (uint64_t)sysconf(_SC_AVPHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE);
	uint64_t wanted;

	geometry_init(&g);
	wanted = g.memory + geometry_nvdimm_total(&g);
	line(have >= wanted, "memory", "%llu MiB free, %llu MiB wanted",
	     (unsigned long long)(have >> 20), (unsigned long long)(wanted >> 20));
}

static void check_libvirt(const struct paths *p)
{
	_cleanup_free_ char *cache = xasprintf("%s/libvirt", p->cache);
	_cleanup_err_ struct err *err = NULL;
	_cleanup_free_ char *root = NULL;
	struct leftover *leftover = NULL;
	struct virt_versions versions;
	struct virt *virt = NULL;

	err = leftover_begin(p->state, &leftover, NULL);
	line(!err, "state", "%s", err ? err->message : p->state);
	if (err)
		return;
	root = xasprintf("%s/v", leftover_folder(leftover));
	err = virt_open(NULL, root, cache, &virt);
	if (!err)
		err = virt_versions(virt, &versions);
	if (err)
		line(false, "libvirt", "%s", err->message);
	else
		line(true, "libvirt", "%s with QEMU %s", versions.libvirt, versions.qemu);
	virt_close(virt);
	leftover_end(leftover);
}

static struct err *look_at_store(const struct paths *p, int *status)
{
	unsigned int damaged;
	struct err *err = check_store(p, &damaged);

	*status = damaged ? EXIT_INFRA : 0;
	return err;
}

static struct err *option(void *state, int key, const char *value)
{
	(void)state;
	(void)key;
	(void)value;
	store = true;
	return NULL;
}

static struct err *check(void *state, char **operands, int n, int *status)
{
	struct paths p;
	struct err *err;

	(void)state;
	if (n)
		return err_create(ERR_USAGE, "unexpected '%s': 'check' takes no operands",
				  operands[0]);
	err = paths_init(&p);
	if (!err)
		err = paths_make(&p);
	if (err)
		return err;
	if (store) {
		err = look_at_store(&p, status);
		paths_deinit(&p);
		return err;
	}
	check_programs();
	check_agent(&p);
	check_accel();
	check_libvirt(&p);
	check_memory();
	check_space("data", p.data, DISK_WANTED);
	check_space("shared mem", "/dev/shm", 0);
	paths_deinit(&p);
	if (problems)
		printf("\n'make packages' in daxrig's folder installs what is missing\n");
	*status = problems ? EXIT_INFRA : 0;
	return NULL;
}

static const struct command_option check_options[] = {
	{ "store", NULL,
	  "check the stored kernels, symbols, images and templates instead of the\n"
	  "host: is each as it was made, and if not, which command repairs it",
	  256 },
	{ NULL, NULL, NULL, 0 },
};

const struct command cmd_check = {
	.name = "check",
	.operands = "",
	.summary = "check the host: what it has, what is missing, and how to get it",
	.help = "Exit status: 0 nothing is missing, 3 something is missing or damaged.\n",
	.options = check_options,
	.option = option,
	.run = check,
};
