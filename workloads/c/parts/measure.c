/* SPDX-License-Identifier: GPL-2.0-only */
#include "create.c"
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

static long window_ms, grace_ms; /* how long to look at a task, and to wait for its end */

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* All time limits depend on how long an operation takes here while no page is held. */
static void measure(void)
{
	static char data[256 * 1024];
	double slowest = 0;
	int fd = create("window");

	for (int i = 0; i < 4; i++) {
		double from;
		char *p;

		if (pwrite(fd, data, sizeof(data), 0) != sizeof(data))
			die("window");
		p = mmap(NULL, sizeof(data), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
		if (p == MAP_FAILED)
			die("window");
		memset(p, 1, sizeof(data));
		from = now_ms();
		fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, sizeof(data) / 2);
		if (ftruncate(fd, 0))
			die("window");
		if (now_ms() - from > slowest)
			slowest = now_ms() - from;
		munmap(p, sizeof(data));
	}
	close(fd);
	window_ms = slowest * 10 < 60 ? 60 : slowest * 10 > 1000 ? 1000 : (long)(slowest * 10);
	/* a busy machine is slow, and what hangs does so for longer, too */
	grace_ms = window_ms * 10 < 10000 ? 10000 : window_ms * 10;
}
