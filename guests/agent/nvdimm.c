/* SPDX-License-Identifier: GPL-2.0-only */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "base/program.h"
#include "guests/agent/agent.h"

#define ND "/sys/bus/nd/devices"
#define NDCTL "/usr/sbin/ndctl"
#define NDCTL_MS 120000
#define DEVICE_MS 20000
#define REGIONS_MAX 8

/* The first line of a small sysfs file; "" if it cannot be read. */
static void read_line(const char *path, char *out, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, out, size - 1);

	if (fd >= 0)
		close(fd);
	out[MAX(n, 0)] = '\0';
	out[strcspn(out, "\n")] = '\0';
}

/* The region's guest physical address; 0 if the kernel does not show it. */
static uint64_t region_start(unsigned int id)
{
	char path[128], text[32];

	snprintf(path, sizeof(path), ND "/region%u/resource", id);
	read_line(path, text, sizeof(text));
	return strtoull(text, NULL, 0);
}

/*
 * Lists the regions by address, at most @max. Their numbers follow the NFIT, which
 * QEMU fills from a hash table; their addresses follow QEMU's command line.
 */
static size_t find_regions(unsigned int *regions, size_t max)
{
	uint64_t starts[REGIONS_MAX];
	struct dirent *e;
	size_t n = 0;
	DIR *d = opendir(ND);

	while (d && n < max && (e = readdir(d))) {
		unsigned int id;
		uint64_t start;
		size_t i;
		char tail;

		if (sscanf(e->d_name, "region%u%c", &id, &tail) != 1)
			continue;
		start = region_start(id);
		for (i = n++; i > 0 && starts[i - 1] > start; i--) {
			regions[i] = regions[i - 1];
			starts[i] = starts[i - 1];
		}
		regions[i] = id;
		starts[i] = start;
	}
	if (d)
		closedir(d);
	return n;
}

/* A device to wait for: of @class, made by the @layer ("pfn") of region @region. */
struct device_wait {
	const char *class, *layer;
	unsigned int region;
	char name[32]; /* result */
};

static bool find_device(void *arg)
{
	struct device_wait *w = arg;
	char path[PATH_MAX], real[PATH_MAX], region[32], layer[32];
	struct dirent *e;
	DIR *d = opendir(w->class);

	snprintf(region, sizeof(region), "/region%u/", w->region);
	snprintf(layer, sizeof(layer), "/%s%u.", w->layer, w->region);
	w->name[0] = '\0';
	while (d && !w->name[0] && (e = readdir(d))) {
		if (e->d_name[0] == '.' || strlen(e->d_name) >= sizeof(w->name))
			continue;
		snprintf(path, sizeof(path), "%s/%s", w->class, e->d_name);
		if (!realpath(path, real) || !strstr(real, region) || !strstr(real, layer))
			continue;
		snprintf(path, sizeof(path), "/dev/%s", e->d_name);
		if (access(path, F_OK) == 0)
			snprintf(w->name, sizeof(w->name), "%s", e->d_name);
	}
	if (d)
		closedir(d);
	return w->name[0];
}

static void create_namespace(unsigned int region, const char *mode)
{
	char ns[32], reg[32], path[128], size[32];
	const char *by_name[] = {
		NDCTL, "create-namespace", "-f", "-e", ns, "-m", mode, "-M", "mem", NULL
	};
	const char *by_region[] = { NDCTL, "create-namespace", "-r", reg, "-m", mode, "-M", "mem",
				    NULL };
	struct buf out = BUF_INIT;
	struct err *err;

	snprintf(ns, sizeof(ns), "namespace%u.0", region);
	snprintf(reg, sizeof(reg), "region%u", region);
	snprintf(path, sizeof(path), ND "/%s/size", ns);
	read_line(path, size, sizeof(size));
	/* A DIMM with labels starts with a namespace of size 0, which is a template. */
	err = run_program(strtoull(size, NULL, 0) ? by_name : by_region, NDCTL_MS, &out);
	if (err) {
		agent_log("region %u: %s", region, err->message);
		err_free(err);
	}
	buf_deinit(&out);
}

/* Gives @w->region's namespace ndctl's @mode (@want in sysfs); waits for its device. */
static bool make_namespace(struct device_wait *w, const char *mode, const char *want)
{
	int events = uevent_open();
	char path[128], now[32];
	bool found;

	snprintf(path, sizeof(path), ND "/namespace%u.0/mode", w->region);
	read_line(path, now, sizeof(now));
	if (strcmp(now, want) != 0)
		create_namespace(w->region, mode);
	found = uevent_wait(events, DEVICE_MS, find_device, w);
	if (!found)
		agent_log("region %u: no %s device appeared", w->region, mode);
	if (events >= 0)
		close(events);
	return found;
}

void nvdimm_setup(struct guest_facts *facts)
{
	struct device_wait pmem = { .class = "/sys/class/block", .layer = "pfn" };
	struct device_wait dax = { .class = "/sys/bus/dax/devices", .layer = "dax" };
	unsigned int regions[REGIONS_MAX];
	char path[128], text[32];
	size_t n;

	/* Reading it waits until the bus has probed all devices. */
	read_line(ND "/ndbus0/wait_probe", text, sizeof(text));
	n = find_regions(regions, REGIONS_MAX);
	if (!n) {
		agent_log("no NVDIMM region");
		return;
	}
	pmem.region = regions[0];
	if (make_namespace(&pmem, "fsdax", "memory"))
		snprintf(facts->pmem, sizeof(facts->pmem), "/dev/%s", pmem.name);
	if (n < 2)
		return;
	dax.region = regions[1];
	if (!make_namespace(&dax, "devdax", "dax"))
		return;
	snprintf(facts->devdax, sizeof(facts->devdax), "/dev/%s", dax.name);
	snprintf(path, sizeof(path), "/sys/bus/dax/devices/%s/align", dax.name);
	read_line(path, text, sizeof(text));
	facts->devdax_align = strtoull(text, NULL, 0);
}

bool nvdimm_ready(void)
{
	return path_exists("/sys/bus/nd/drivers/nd_pmem") &&
	       path_exists("/sys/bus/nd/drivers/dax_pmem") &&
	       path_exists("/sys/bus/dax/drivers/device_dax") && path_exists(ND "/ndbus0");
}
