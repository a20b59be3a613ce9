/* SPDX-License-Identifier: GPL-2.0-only */
#include "storm-worker.c"

static void *call(void *arg)
{
	static const int modes[] = { [PUNCH] = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
				     [ZERO_RANGE] = FALLOC_FL_ZERO_RANGE,
				     [FALLOCATE] = 0 };
	struct worker *w = arg;
	long at = w->at + w->off, ret;

	w->from = now_ms();
	if (w->call == WRITE)
		ret = pwrite(w->storm->fd, w->data, w->bytes, at) == w->bytes ? 0 : -1;
	else
		ret = fallocate(w->storm->fd, modes[w->call], at, w->bytes);
	w->result = ret ? errno : 0;
	w->to = now_ms();
	__atomic_store_n(&w->done, 1, __ATOMIC_RELEASE);
	return NULL;
}

/* Begins an operation: on all of the range at times, else near [off, off + len). */
static void begin_call(struct worker *w, long off, long len)
{
	do
		w->call = (int)draw(w, NR_CALLS);
	while (!(w->storm->calls & 1 << w->call));
	draw_pages(w, &w->off, &w->bytes);
	if (!draw(w, 24)) {
		w->off = 0;
		w->bytes = w->len;
	} else if (draw(w, 3)) {
		w->off = off + 4096 * draw(w, len / 4096);
		if (w->bytes > w->len - w->off)
			w->bytes = w->len - w->off;
	}
	w->data = w->call == WRITE ? new_bytes(w, w->off, w->bytes) : NULL;
	w->done = 0;
	errno = pthread_create(&w->caller, NULL, call, w);
	if (errno)
		die("pthread_create");
}

/* Whether it changes a page of [off, off + len). */
static int meets(const struct worker *w, long off, long len)
{
	return w->off < off + len && off < w->off + w->bytes;
}

/* It must not have returned while the worker's own pin of [off, off + len) stood. */
static void judge_pinned(struct worker *w, long off, long len)
{
	char why[128];

	if (!flag(&w->done) || !meets(w, off, len) || w->call == WRITE || w->call == FALLOCATE)
		return;
	snprintf(why, sizeof(why), "it returned after %.1f ms, while a page of its range was held",
		 w->to - w->from);
	storm_fail(w, w->call == PUNCH ? "PUNCH_HOLE" : "ZERO_RANGE", why);
}

/* In some kernels a page that was touched during the wait is not idle until it is unmapped. */
static void unstick(struct storm *s)
{
	for (int i = 0; s->unstick && i < s->workers; i++)
		madvise(s->all[i].map, s->all[i].len, MADV_DONTNEED);
}

/* Waits for its end, and asks others to take no pins if that takes long. */
static void wait_for_call(struct worker *w)
{
	double from = now_ms(), next = from + (double)window_ms;
	int calm = 0;

	while (!flag(&w->done)) {
		sleep_us(500);
		if (!calm && now_ms() > from + 100) {
			calm = 1;
			__atomic_add_fetch(&w->storm->calm, 1, __ATOMIC_RELAXED);
		}
		if (now_ms() > next) {
			unstick(w->storm);
			next = now_ms() + (double)window_ms;
		}
		if (now_ms() > from + (double)grace_ms) {
			storm_fail(w, "its operation", "it does not end");
			stop();
		}
	}
	pthread_join(w->caller, NULL);
	if (calm)
		__atomic_sub_fetch(&w->storm->calm, 1, __ATOMIC_RELAXED);
}

/* Ends it, and expects the bytes that it left. */
static void end_call(struct worker *w)
{
	wait_for_call(w);
	if (w->result)
		storm_fail(w, "its operation", strerror(w->result));
	else if (w->call == WRITE)
		memcpy(w->want + w->off, w->data, w->bytes);
	else if (w->call != FALLOCATE)
		memset(w->want + w->off, 0, w->bytes);
	free(w->data);
}
