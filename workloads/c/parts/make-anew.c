/* SPDX-License-Identifier: GPL-2.0-only */
#include "unmount.c"
#include <sys/wait.h>

/* What the next filesystem's files are full of: 32 bytes, with the last. */
static const char next_bytes[] = "the next filesystem's file.....";

static void write_next(const char *sub)
{
	static char chunk[1 << 20];
	char path[4200], dir[4200];
	int fd;

	for (size_t at = 0; at < sizeof(chunk); at += sizeof(next_bytes))
		memcpy(chunk + at, next_bytes, sizeof(next_bytes));
	snprintf(dir, sizeof(dir), "%s%s", here.dir, sub);
	if (*sub && mkdir(dir, 0700))
		die(dir);
	snprintf(path, sizeof(path), "%s%s/next-file", here.dir, sub);
	fd = open(path, O_WRONLY | O_CREAT, 0600);
	if (fd < 0)
		die(path);
	for (int n = 0; n < 8; n++)
		if (write(fd, chunk, sizeof(chunk)) < 0 && errno != ENOSPC)
			die(path);
	if (fsync(fd))
		die(path);
	close(fd);
}

static int run_mkfs(const char *tool, const char *how)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		execlp(tool, tool, how, here.source, (char *)NULL);
		_exit(127);
	}
	return waitpid(pid, &status, 0) != pid || status;
}

/*
 * The device gets another filesystem, with other files. Not while somebody uses the device: an
 * unmount that waits for who holds a page has not come back. It is unmounted at the end.
 */
static void make_anew(void)
{
	static const char *const folders[6] = { "",	   "/next-1", "/next-2",
						"/next-3", "/next-4", "/next-5" };
	char tool[80];

	if (!device_is_free()) {
		printf("# the device is in use: no filesystem is made on it\n");
		return;
	}
	snprintf(tool, sizeof(tool), "mkfs.%s", here.type);
	if (run_mkfs(tool, strcmp(here.type, "xfs") ? "-qFb4096" : "-qf"))
		die(tool);
	if (mount(here.source, here.dir, here.type, here.flags, here.options))
		die("the next filesystem cannot be mounted");
	if (mkdir(folder, 0700))
		die(folder);
	for (int i = 0; i < 6; i++)
		write_next(folders[i]);
	if (umount_it())
		fail("umount of the next filesystem: %s", strerror(errno));
}

/* Nobody's files may be lost. */
static void need_spare(void)
{
	const char *spare = getenv("DAX_PMEM");

	if (!spare || strcmp(spare, here.source))
		skip("the filesystem is made anew: set DAX_PMEM to its device if all may be lost");
}
