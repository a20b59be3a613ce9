/* SPDX-License-Identifier: GPL-2.0-only */
#include "report.c"
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef STATX_ATTR_DAX
#define STATX_ATTR_DAX 0x00200000
#endif

static char folder[4096];     /* the program's own; it is also the current one */
static pid_t owner;	      /* a child must leave the folder alone */
static void (*restore)(void); /* what comes before the folder is removed; NULL: nothing */

static void clean_up(void)
{
	struct dirent *e;
	DIR *d;

	if (getpid() != owner)
		return;
	if (restore)
		restore();
	d = opendir(folder);
	if (!d)
		return;
	while ((e = readdir(d)))
		if (e->d_name[0] != '.')
			unlinkat(dirfd(d), e->d_name, 0);
	closedir(d);
	if (chdir("/") == 0)
		rmdir(folder);
}

/* Makes a folder below the mount point, whose files must be DAX; some use a device, too. */
static void set_up(int argc, char **argv)
{
	struct statx st;
	int fd;

	if (argc != 2 && argc != 3) {
		fprintf(stderr, "usage: %s MOUNTPOINT [DEVICE-DAX]\n", argv[0]);
		exit(1);
	}
	if (argc == 3)
		setenv("DAX_DEVICE", argv[2], 1);
	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("KTAP version 1\n1..1\n");
	snprintf(folder, sizeof(folder), "%s/daxrig-XXXXXX", argv[1]);
	if (!mkdtemp(folder) || chdir(folder) || !getcwd(folder, sizeof(folder)))
		die(argv[1]);
	owner = getpid();
	atexit(clean_up);
	fd = open("dax-proof", O_RDWR | O_CREAT, 0644);
	if (fd < 0 || statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &st))
		die("dax-proof");
	close(fd);
	unlink("dax-proof");
	if (!(st.stx_attributes & STATX_ATTR_DAX))
		skip("files there are not DAX: statx reports no STATX_ATTR_DAX");
}
