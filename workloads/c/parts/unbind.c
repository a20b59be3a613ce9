/* SPDX-License-Identifier: GPL-2.0-only */
#include "guard.c"
#include "mounted.c"

static char driver[4096], device[256]; /* "/sys/bus/nd/drivers/nd_pmem", "pfn0.1" */

/* Makes the driver let go of the device, or take it again: 0, or -1 with errno. */
static long tell_driver(const char *what)
{
	char path[4200];
	ssize_t n;
	int fd, err;

	snprintf(path, sizeof(path), "%s/%s", driver, what);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -1;
	n = write(fd, device, strlen(device));
	err = errno;
	close(fd);
	errno = err;
	return n < 0 ? -1 : 0;
}

static int is_bound(void)
{
	char path[4400];

	snprintf(path, sizeof(path), "%s/%s", driver, device);
	return access(path, F_OK) == 0;
}

/* The filesystem is of no more use without its device: both are set up anew. */
static void bind_again(void)
{
	if (is_bound())
		return;
	if (chdir("/") || umount2(here.dir, MNT_DETACH) || tell_driver("bind") || mount_it())
		printf("# the filesystem is not mounted again: %s\n", strerror(errno));
}

static void need_unbind(void)
{
	const char *slash = strrchr(here.source, '/'), *disk = slash ? slash + 1 : here.source;
	char link[512], path[256];
	ssize_t n;

	snprintf(link, sizeof(link), "/sys/class/block/%s/device", disk);
	n = readlink(link, path, sizeof(path) - 1);
	path[n < 0 ? 0 : n] = '\0';
	slash = strrchr(path, '/');
	snprintf(device, sizeof(device), "%s", slash ? slash + 1 : path);
	snprintf(link, sizeof(link), "/sys/class/block/%s/device/driver", disk);
	if (!device[0] || !realpath(link, driver) || !is_bound())
		skip("the device beneath the filesystem has no driver that lets go of it");
	catch_faults(); /* who maps pages of the device may get SIGBUS */
	restore = bind_again;
}

/* The driver lets go of the device, with the filesystem mounted. */
static long unbind(void)
{
	return tell_driver("unbind");
}
