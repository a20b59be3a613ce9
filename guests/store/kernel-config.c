/* SPDX-License-Identifier: GPL-2.0-only */
#include "guests/store/kernel-config.h"

#include <string.h>

#include "wire/filesystem/filesystem.h"

#define B KERNEL_NEED_BUILT_IN
#define A KERNEL_NEED_ANY
#define W KERNEL_NEED_WISH
#define M KERNEL_NEED_MEANS

static const struct kernel_need ground[] = {
	/* daxrig refuses a kernel without one of these three */
	{ "CONFIG_FS_DAX", B, "what is tested" },
	{ "CONFIG_BLK_DEV_INITRD", B, "the guest's programs are in an initramfs" },
	{ "CONFIG_RD_ZSTD", B, "the initramfs is compressed so" },
	/* the machine, and a program in it */
	{ "CONFIG_64BIT", A, "the agent is a program for x86-64" },
	{ "CONFIG_SMP", W, "an operation at work while another waits" },
	{ "CONFIG_PRINTK", A, "the console tells what went wrong" },
	{ "CONFIG_BUG", A, "warnings are what is looked for" },
	{ "CONFIG_BINFMT_ELF", A, "to run the agent" },
	{ "CONFIG_BINFMT_SCRIPT", W, "tools of the filesystems may be scripts" },
	{ "CONFIG_MULTIUSER", A, "system calls the tools make" },
	{ "CONFIG_FUTEX", A, "threads of the agent" },
	{ "CONFIG_EPOLL", A, "the agent waits with it" },
	{ "CONFIG_SIGNALFD", A, "the agent waits with it" },
	{ "CONFIG_EVENTFD", A, "the agent waits with it" },
	{ "CONFIG_POSIX_TIMERS", A, "time limits in the agent" },
	{ "CONFIG_FILE_LOCKING", A, "the tools of the filesystems lock" },
	{ "CONFIG_ADVISE_SYSCALLS", W, "MADV_HWPOISON" },
	{ "CONFIG_PROC_FS", A, "is an operation asleep, and where" },
	{ "CONFIG_PROC_SYSCTL", M, "SYSCTL, where that is not offered by itself" },
	{ "CONFIG_SYSCTL", A, "settings of the guest" },
	{ "CONFIG_SYSFS", A, "devices are found there" },
	{ "CONFIG_DEVTMPFS", A, "device nodes" },
	{ "CONFIG_SHMEM", A, "tmpfs" },
	{ "CONFIG_TMPFS", A, "/tmp, /run and /dev/shm" },
	{ "CONFIG_UNIX", A, "the agent and its helpers talk so" },
	{ "CONFIG_NET", A, "device events, and RDMA" },
	{ "CONFIG_INET", W, "soft-RoCE" },
	{ "CONFIG_TTY", A, "the console" },
	{ "CONFIG_SERIAL_8250", A, "the console" },
	{ "CONFIG_SERIAL_8250_CONSOLE", A, "the console" },
	{ "CONFIG_ACPI", A, "the NVDIMM is found by it" },
	{ "CONFIG_PCI", A, "the link to the host" },
	{ "CONFIG_VIRTIO_MENU", M, "VIRTIO_PCI" },
	{ "CONFIG_VIRTIO_PCI", A, "the link to the host" },
	{ "CONFIG_VIRTIO_CONSOLE", A, "the link to the host" },
	/* pages for the NVDIMM, and its drivers */
	{ "CONFIG_SPARSEMEM_VMEMMAP", A, "struct pages for the NVDIMM" },
	{ "CONFIG_MEMORY_HOTPLUG", A, "struct pages for the NVDIMM" },
	{ "CONFIG_MEMORY_HOTREMOVE", A, "struct pages for the NVDIMM" },
	{ "CONFIG_ZONE_DEVICE", A, "struct pages for the NVDIMM" },
	{ "CONFIG_TRANSPARENT_HUGEPAGE", M, "FS_DAX_PMD" },
	{ "CONFIG_BLOCK", A, "filesystems" },
	{ "CONFIG_BLK_DEV", M, "LIBNVDIMM" },
	{ "CONFIG_LIBNVDIMM", A, "the NVDIMM" },
	{ "CONFIG_ACPI_NFIT", A, "the NVDIMM" },
	{ "CONFIG_BLK_DEV_PMEM", A, "the NVDIMM as a block device" },
	{ "CONFIG_NVDIMM_PFN", A, "namespaces of mode fsdax" },
	{ "CONFIG_FS_DAX_PMD", W, "2 MiB entries" },
	{ "CONFIG_NVDIMM_DAX", W, "namespaces of mode devdax, the control" },
	{ "CONFIG_DAX", A, "direct access" },
	{ "CONFIG_DEV_DAX", W, "device-DAX, the control" },
	{ "CONFIG_DEV_DAX_PMEM", W, "device-DAX, the control" },
};

/* These follow the options that the filesystems need. */
static const struct kernel_need rest[] = {
	/* ways to hold a page */
	{ "CONFIG_INFINIBAND", W, "RDMA" },
	{ "CONFIG_INFINIBAND_USER_ACCESS", W, "RDMA" },
	{ "CONFIG_INFINIBAND_ON_DEMAND_PAGING", W, "the pin rdma-odp" },
	{ "CONFIG_RDMA_RXE", W, "soft-RoCE" },
	{ "CONFIG_NETDEVICES", M, "DUMMY" },
	{ "CONFIG_NET_CORE", M, "DUMMY" },
	{ "CONFIG_DUMMY", W, "the interface of soft-RoCE" },
	{ "CONFIG_MD", M, "BLK_DEV_DM" },
	{ "CONFIG_BLK_DEV_DM", W, "the pin odirect: a device that can be suspended" },
	{ "CONFIG_BLK_DEV_RAM", W, "the pin odirect: what lies beneath" },
	{ "CONFIG_IO_URING", W, "the pin uring" },
	{ "CONFIG_X86_MCE", M, "MEMORY_FAILURE" },
	{ "CONFIG_MEMORY_FAILURE", W, "the operation hwpoison" },
	/* needed by the oracles */
	{ "CONFIG_KALLSYMS", W, "addresses, for the ledger and the gate" },
	{ "CONFIG_KALLSYMS_ALL", W, "addresses of data, for the ledger" },
	{ "CONFIG_BPF_SYSCALL", M, "DEBUG_INFO_BTF" },
	{ "CONFIG_DEBUG_KERNEL", M, "DEBUG_INFO_BTF, KALLSYMS_ALL" },
	{ "CONFIG_DEBUG_INFO_DWARF_TOOLCHAIN_DEFAULT", M, "DEBUG_INFO_BTF" },
	{ "CONFIG_DEBUG_INFO_BTF", W, "layout of struct page, for the ledger; made by pahole" },
	{ "CONFIG_FTRACE", M, "EVENT_TRACING" },
	{ "CONFIG_ENABLE_DEFAULT_TRACERS", M, "EVENT_TRACING" },
	{ "CONFIG_EVENT_TRACING", W, "tracepoints of fs_dax, for flush.missing" },
	{ "CONFIG_DEBUG_FS", W, "warnings that come once are armed again for each case" },
	{ "CONFIG_STACKTRACE", W, "kernel stacks of what hangs" },
	{ "CONFIG_MAGIC_SYSRQ", W, "all tasks, when something hangs" },
	{ "CONFIG_DETECT_HUNG_TASK", W, "tasks that hang" },
	{ "CONFIG_SOFTLOCKUP_DETECTOR", W, "processors that hang" },
};

struct kernel_need kernel_need(size_t n)
{
	if (n < ARRAY_SIZE(ground))
		return ground[n];
	n -= ARRAY_SIZE(ground);
	for (size_t i = 0; filesystems[i]; i++) {
		const struct filesystem *fs = filesystems[i];

		for (size_t j = 0; j < ARRAY_SIZE(fs->config) && fs->config[j].option; j++)
			if (n-- == 0)
				return (struct kernel_need){ fs->config[j].option, W,
							     fs->config[j].why };
	}
	return n < ARRAY_SIZE(rest) ? rest[n] : (struct kernel_need){ NULL, W, NULL };
}

char kernel_config_value(const char *config, const char *option)
{
	size_t n = strlen(option);

	for (const char *p = config; *p;) {
		size_t len = strcspn(p, "\n");

		if (len > n + 1 && !memcmp(p, option, n) && p[n] == '=') {
			if (len == n + 2 && (p[n + 1] == 'y' || p[n + 1] == 'm'))
				return p[n + 1];
			return len == n + 2 && p[n + 1] == 'n' ? 'n' : 'v';
		}
		p += len + (p[len] == '\n');
	}
	return 'n';
}

bool kernel_need_met(const struct kernel_need *need, const char *config)
{
	char value = kernel_config_value(config, need->option);

	return need->level == KERNEL_NEED_MEANS || value == 'y' ||
	       (value == 'm' && need->level != KERNEL_NEED_BUILT_IN);
}

const char *kernel_config_lacks(const char *config)
{
	struct kernel_need need;

	for (size_t i = 0; (need = kernel_need(i)).option; i++) {
		if (need.level == KERNEL_NEED_BUILT_IN && !kernel_need_met(&need, config))
			return need.option;
	}
	return NULL;
}

void kernel_config_fragment(struct buf *out)
{
	struct kernel_need need;

	for (size_t i = 0; (need = kernel_need(i)).option; i++) {
		static const char *const says[] = {
			[KERNEL_NEED_BUILT_IN] = "needed, built in",
			[KERNEL_NEED_ANY] = "needed",
			[KERNEL_NEED_WISH] = "wanted",
			[KERNEL_NEED_MEANS] = "brings in",
		};

		buf_addf(out, "# %s: %s\n%s=y\n", says[need.level], need.why, need.option);
	}
}
