/* SPDX-License-Identifier: GPL-2.0-only */
#include "compare.c"
#include "guard.c"
#include "measure.c"
#include <fcntl.h>
#include <pthread.h>

#define WORKERS_MAX 8
#define PAGES_MAX 16 /* of a store, of a pin and of most operations */

enum { PUNCH, ZERO_RANGE, WRITE, FALLOCATE, NR_CALLS };

struct worker;

/* Workers that store to ranges of one file, pin pages there and change them, at the same time. */
struct storm {
	const char *name; /* of the file */
	int fd, file;	  /* file: of file_names */
	long size, ms;
	int workers, one_cpu;
	int unstick;	/* end waits that only a page table entry prolongs */
	int calls;	/* bit N: the call N of the enum above */
	int stop, calm; /* atomic; calm: operations that want no new pins */
	struct worker *all;
};

struct worker {
	struct storm *storm;
	int number;
	uint64_t random;
	long at, len;	  /* its range of the file */
	char *map, *want; /* the range as it is mapped; the bytes that it must hold */
	/* its operation, which another thread calls */
	int call;
	long off, bytes;  /* in the range */
	char *data;	  /* of a write */
	int result, done; /* done: atomic */
	double from, to;
	pthread_t thread, caller;
};

static pthread_mutex_t report_lock = PTHREAD_MUTEX_INITIALIZER;
static int last_write = 1000; /* of those of storms; atomic */

static int flag(int *f)
{
	return __atomic_load_n(f, __ATOMIC_ACQUIRE);
}

static void sleep_us(long us)
{
	const struct timespec t = { us / 1000000, us % 1000000 * 1000 };

	nanosleep(&t, NULL);
}

/* splitmix64: what a worker does depends on the seed alone, but not how they interleave. */
static long draw(struct worker *w, long n)
{
	uint64_t z = w->random += 0x9e3779b97f4a7c15ull;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	return (long)((z ^ z >> 31) % (uint64_t)n);
}

static void draw_pages(struct worker *w, long *off, long *len)
{
	*len = 4096 * (1 + draw(w, PAGES_MAX));
	*off = 4096 * draw(w, (w->len - *len) / 4096 + 1);
}

/* malloc()s bytes that no other write of the storm has, for @off of the range. */
static char *new_bytes(struct worker *w, long off, long len)
{
	int gen = __atomic_add_fetch(&last_write, 1, __ATOMIC_RELAXED) & 0xffff;

	return make_bytes(WROTE(w->storm->file, gen, w->at + off), len);
}

static void storm_fail(struct worker *w, const char *what, const char *why)
{
	pthread_mutex_lock(&report_lock);
	fail("worker %d: %s: %s", w->number, what, why);
	pthread_mutex_unlock(&report_lock);
	__atomic_store_n(&w->storm->stop, 1, __ATOMIC_RELEASE);
}

/* @data was read at @off of the range, which must hold the worker's bytes there. */
static void must_hold(struct worker *w, const char *what, const char *data, long off, long len)
{
	char found[96], expected[96], why[256];
	uint64_t word;
	long i = 0;

	while (i < len && data[i] == w->want[off + i])
		i++;
	if (i == len)
		return;
	i -= i % 8;
	memcpy(&word, data + i, sizeof(word));
	describe(found, sizeof(found), word);
	memcpy(&word, w->want + off + i, sizeof(word));
	describe(expected, sizeof(expected), word);
	snprintf(why, sizeof(why), "offset %#lx holds %s, not %s", w->at + off + i, found,
		 expected);
	storm_fail(w, what, why);
}

static void store(struct worker *w, long off, long len)
{
	char *data = new_bytes(w, off, len);

	memcpy(w->want + off, data, len);
	if (copy_guarded(w->map + off, data, len))
		storm_fail(w, "a store", "SIGBUS");
	free(data);
}

/* [off, off + len) of the range as the mapping shows it, or (@fd) as read(2) does. */
static void check(struct worker *w, int fd, long off, long len)
{
	char *data = malloc(len);

	if (!data)
		die("malloc");
	if (fd >= 0 && pread(fd, data, len, w->at + off) != len)
		storm_fail(w, "read(2) of the file", strerror(errno));
	else if (fd < 0 && copy_guarded(data, w->map + off, len))
		storm_fail(w, "a load", "SIGBUS");
	else
		must_hold(w, fd < 0 ? "the mapping" : "the file", data, off, len);
	free(data);
}
