/* SPDX-License-Identifier: GPL-2.0-only */
#include "set-up.c"
#include <sched.h>
#include <sys/mount.h>
#include <time.h>

/* The mount that the program's folder is in, as /proc/self/mountinfo has it. */
static struct {
	char source[256], dir[4096], type[64], options[1024];
	unsigned long flags;
} here;

/* "/mnt\0401" is "/mnt 1". */
static void unescape(char *text)
{
	char *to = text;

	for (; *text; text++) {
		unsigned int code;

		if (*text == '\\' && sscanf(text + 1, "%3o", &code) == 1) {
			*to++ = (char)code;
			text += 3;
		} else {
			*to++ = *text;
		}
	}
	*to = '\0';
}

static unsigned long mount_flags(char *options)
{
	static const struct {
		const char *word;
		unsigned long flag;
	} flags[] = { { "nosuid", MS_NOSUID },
		      { "nodev", MS_NODEV },
		      { "noexec", MS_NOEXEC },
		      { "noatime", MS_NOATIME },
		      { "nodiratime", MS_NODIRATIME } };
	unsigned long all = 0;
	char *at = NULL;

	for (char *word = strtok_r(options, ",", &at); word; word = strtok_r(NULL, ",", &at))
		for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
			if (strcmp(word, flags[i].word) == 0)
				all |= flags[i].flag;
	return all;
}

/* ID PARENT DEV ROOT DIR FLAGS [TAG...] - TYPE SOURCE OPTIONS */
static int read_mount(const char *line, int id)
{
	const char *rest = strstr(line, " - ");
	char flags[256];
	int number;

	if (sscanf(line, "%d %*d %*s %*s %4095s %255s", &number, here.dir, flags) != 3 ||
	    number != id || !rest ||
	    sscanf(rest, " - %63s %255s %1023s", here.type, here.source, here.options) != 3)
		return 0;
	unescape(here.dir);
	unescape(here.source);
	here.flags = mount_flags(flags);
	return 1;
}

static void find_mount(void)
{
	int fd = open(".", O_RDONLY | O_DIRECTORY), id = -1, found = 0;
	char path[64], line[8192];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	f = fopen(path, "r");
	while (f && fgets(line, sizeof(line), f))
		sscanf(line, "mnt_id: %d", &id);
	if (f)
		fclose(f);
	close(fd);
	f = fopen("/proc/self/mountinfo", "r");
	while (f && !found && fgets(line, sizeof(line), f))
		found = read_mount(line, id);
	if (f)
		fclose(f);
	if (!found)
		skip("/proc/self/mountinfo does not show where the filesystem is mounted");
}

/* Mounts it, and goes to the folder of the program: 0, or -1 with errno. */
static int mount_it(void)
{
	if (mount(here.source, here.dir, here.type, here.flags, here.options))
		return -1;
	return chdir(folder);
}

/* Unmounts it; others may look at it for a moment: 0, or -1 with errno. */
static int umount_it(void)
{
	const struct timespec tick = { .tv_nsec = 10000000 };
	int ret = umount2(here.dir, 0);

	for (int ms = 0; ret && errno == EBUSY && ms < 1000; ms += 10) {
		nanosleep(&tick, NULL);
		ret = umount2(here.dir, 0);
	}
	return ret;
}

/* Whether nothing uses the device beneath the filesystem. */
static int device_is_free(void)
{
	int fd = open(here.source, O_RDONLY | O_EXCL | O_CLOEXEC);

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/* A mount namespace of the program's own would keep the filesystem mounted elsewhere. */
static void join_init(void)
{
	int fd = open("/proc/1/ns/mnt", O_RDONLY | O_CLOEXEC);

	if (fd < 0 || setns(fd, CLONE_NEWNS))
		skip("it needs root");
	close(fd);
	if (chdir(folder))
		skip("the filesystem is not mounted where init sees it");
}

/* Whatever happens, it is mounted at the end. */
static void mount_at_exit(void)
{
	if (access(folder, F_OK))
		mount_it();
}

/* The filesystem must be one that can be unmounted: try that while nothing uses it. */
static void need_mount(void)
{
	join_init();
	find_mount();
	if (chdir("/") || umount_it())
		skip("the filesystem cannot be unmounted: others use it, too");
	restore = mount_at_exit;
	if (!device_is_free())
		skip("the filesystem is mounted a second time, or is on no block device");
	if (mount_it())
		skip("the filesystem cannot be mounted again with the options that it had");
}
