/* SPDX-License-Identifier: GPL-2.0-only */
#include "workloads/oracles/flush-instance.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "base/files.h"
#include "workloads/model/flush-trace.h"

#define TRACEFS "/sys/kernel/tracing"
#define PROBE FLUSH_INSTANCE "/events/daxrig/" TRACE_FLUSH_EVENT

int flush_instance_prepare(void)
{
	int ret;

	if (!path_exists(TRACEFS "/instances"))
		mount("tracefs", TRACEFS, "tracefs", 0, NULL);
	if (mkdir(FLUSH_INSTANCE, 0700) && errno != EEXIST)
		return -errno;
	/* the order of events of all processors, which no clock keeps when a task moves */
	ret = file_poke(FLUSH_INSTANCE "/trace_clock", "counter");
	if (ret < 0)
		return ret;
	ret = file_poke(FLUSH_INSTANCE "/events/fs_dax/dax_writeback_one/enable", "1");
	return ret < 0 ? ret : 0;
}

int flush_instance_lengths(void)
{
	int ret = path_exists(PROBE) ? 0 : file_poke(TRACEFS "/kprobe_events", TRACE_FLUSH_PROBE);

	if (ret >= 0)
		ret = file_poke(PROBE "/enable", "1");
	return ret < 0 ? ret : 0;
}

int flush_instance_open(void)
{
	int fd = open(FLUSH_INSTANCE "/trace_pipe", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}
