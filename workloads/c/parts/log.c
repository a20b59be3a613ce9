/* SPDX-License-Identifier: GPL-2.0-only */
#include "report.c"
#include <fcntl.h>
#include <unistd.h>

/* The kernel log, from here on; -1: it cannot be read. */
static int mark_log(void)
{
	int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK);

	if (fd < 0)
		printf("# the kernel log is not judged: /dev/kmsg: %s\n", strerror(errno));
	else
		lseek(fd, 0, SEEK_END);
	return fd;
}

static void read_log(int fd)
{
	static const char *const bad[] = { "WARNING: ",
					   "BUG: ",
					   "kernel BUG at",
					   "Oops: ",
					   "general protection fault",
					   "INFO: task ",
					   "Internal error",
					   "corruption" };
	char line[8192];
	ssize_t n;

	while (fd >= 0 && ((n = read(fd, line, sizeof(line) - 1)) > 0 || errno == EPIPE)) {
		if (n <= 0)
			continue;
		line[n] = '\0';
		line[strcspn(line, "\n")] = '\0';
		if (strstr(line, "hardware memory corruption"))
			continue; /* the kernel tells of a page that was poisoned on purpose */
		for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
			if (!strstr(line, bad[i]))
				continue;
			fail("the kernel log says: %s",
			     strchr(line, ';') ? strchr(line, ';') + 1 : line);
			break;
		}
	}
}
