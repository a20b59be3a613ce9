/* SPDX-License-Identifier: GPL-2.0-only */
#include "report.h"
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef STATX_ATTR_DAX
#define STATX_ATTR_DAX 0x00200000
#endif

static char folder[4096];     /* the test's own; it is also the current one */
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
	owner = 0;
}

/* Makes a folder below the mount point, whose files must be DAX. */
static void set_up(void)
{
	const char *mount = getenv("DAX_MOUNT");
	struct statx st;
	int fd;

	if (!mount)
		skip("DAX_MOUNT must name a folder on a filesystem with DAX");
	snprintf(folder, sizeof(folder), "%s/dax-XXXXXX", mount);
	if (!mkdtemp(folder) || chdir(folder) || !getcwd(folder, sizeof(folder)))
		die(mount);
	owner = getpid();
	fd = open("dax-proof", O_RDWR | O_CREAT, 0644);
	if (fd < 0 || statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &st))
		die("dax-proof");
	close(fd);
	unlink("dax-proof");
	if (!(st.stx_attributes & STATX_ATTR_DAX))
		skip("files there are not DAX: statx reports no STATX_ATTR_DAX");
}

FIXTURE(dax)
{
	int unused;
};

FIXTURE_SETUP(dax)
{
	metadata = _metadata;
	set_up();
}

FIXTURE_TEARDOWN(dax)
{
	clean_up();
}
