/* SPDX-License-Identifier: GPL-2.0-only */
#include "map-file.c"
#include "storm-call.c"
#include "vmsplice.c"
#include <sched.h>

static void hold_for_a_while(struct worker *w)
{
	static const long us[] = { 0, 500, 2000, 2000, 8000 };

	sleep_us(us[draw(w, 5)]);
}

/* Stores to pages, pins them, changes some near them, lets go, checks all. */
static void run_round(struct worker *w)
{
	int pinned = draw(w, 8) != 0, calls = draw(w, 6) != 0;
	struct vmsplice pin;
	long off, len;
	char *data;

	draw_pages(w, &off, &len);
	store(w, off, len);
	if (pinned)
		vmsplice_take(&pin, w->map + off, len);
	if (calls)
		begin_call(w, off, len);
	if (pinned) {
		hold_for_a_while(w);
		if (calls)
			judge_pinned(w, off, len);
		data = vmsplice_release(&pin);
		/* a write may have reached the pages or not */
		if (!calls || w->call != WRITE || !meets(w, off, len))
			must_hold(w, "the pin", data, off, len);
		free(data);
	}
	if (calls)
		end_call(w);
	if (!flag(&w->storm->stop))
		check(w, -1, calls ? w->off : 0, calls ? w->bytes : w->len);
}

static void *work(void *arg)
{
	struct worker *w = arg;

	while (!flag(&w->storm->stop)) {
		if (flag(&w->storm->calm))
			sleep_us(1000);
		else
			run_round(w);
	}
	return NULL;
}

static void add_worker(struct storm *s, int i, uint64_t seed)
{
	struct worker *w = &s->all[i];

	*w = (struct worker){ .storm = s,
			      .number = i,
			      .random = seed + (uint64_t)(i + 1) * 0xd1342543de82ef95ull,
			      .len = s->size / s->workers,
			      .at = i * (s->size / s->workers) };
	w->map = map_file(s->name, s->fd, w->at, w->len, PROT_READ | PROT_WRITE, MAP_SHARED,
			  i % 2 == 0);
	w->want = malloc(w->len);
	if (!w->want)
		die("malloc");
	if (pread(s->fd, w->want, w->len, w->at) != w->len)
		die(s->name);
}

/* Threads that start from now on run on the CPU of this one. */
static void stay_here(cpu_set_t *before, int one_cpu)
{
	cpu_set_t here_only;

	sched_getaffinity(0, sizeof(*before), before);
	CPU_ZERO(&here_only);
	CPU_SET(sched_getcpu(), &here_only);
	if (one_cpu)
		sched_setaffinity(0, sizeof(here_only), &here_only);
}

/* DAX_SEED in the environment gives another storm. The file is a hole at the end. */
static void storm(struct storm *s)
{
	const char *seed = getenv("DAX_SEED") ? getenv("DAX_SEED") : "1";
	struct worker all[WORKERS_MAX];
	cpu_set_t before;

	s->all = all;
	s->stop = s->calm = 0;
	printf("# storm of seed %s\n", seed);
	stay_here(&before, s->one_cpu);
	for (int i = 0; i < s->workers; i++)
		add_worker(s, i, strtoull(seed, NULL, 0));
	for (int i = 0; i < s->workers; i++) {
		errno = pthread_create(&all[i].thread, NULL, work, &all[i]);
		if (errno)
			die("pthread_create");
	}
	for (double end = now_ms() + (double)s->ms; now_ms() < end && !flag(&s->stop);)
		sleep_us(1000);
	__atomic_store_n(&s->stop, 1, __ATOMIC_RELEASE);
	for (int i = 0; i < s->workers; i++)
		pthread_join(all[i].thread, NULL);
	sched_setaffinity(0, sizeof(before), &before);
	for (int i = 0; i < s->workers; i++) {
		if (!failures)
			check(&all[i], s->fd, 0, all[i].len);
		munmap(all[i].map, all[i].len);
		free(all[i].want);
	}
	if (fallocate(s->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, s->size))
		die(s->name);
}
