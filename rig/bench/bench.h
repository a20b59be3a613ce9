/* SPDX-License-Identifier: GPL-2.0-only */
/* The program behind `make bench`: runs ./daxrig, reads its records, compares. */
#ifndef RIG_BENCH_H
#define RIG_BENCH_H

#include <sys/types.h>

#include "base/err.h"
#include "bench/stats.h"
#include "host/paths.h"
#include "reports/record/run-json.h"

#define BENCH_ARGS_MAX 24

struct rusage;

struct bench {
	struct paths paths; /* as daxrig has them */
	const char *daxrig; /* the program */
	char *out;	    /* folder of all that the bench makes; removed at its end */
	const char *kernel; /* SPEC; NULL: daxrig's default */
	bool has_jobs;	    /* this daxrig knows --jobs */
	char accel[32];	    /* QEMU's words for what guests run on */
	uint64_t deadline;  /* no round begins that would likely end behind it */
};

/*
 * Looks at a child while it runs, every few milliseconds. NULL: nobody looks.
 */
struct watcher {
	void (*look)(void *arg);
	void *arg;
	int every_ms;
};

/* True once SIGINT or SIGTERM came. */
bool bench_interrupted(void);

/* Starts argv[0], its output to the file @log (made anew). It dies with the bench. */
struct err *child_start(const char *const argv[], const char *log, pid_t *pid) __must_check;

/*
 * Waits for it; it is ended when it lasts past @deadline or the bench is interrupted,
 * which is an error as is its death by a signal. *@status is its exit status.
 */
struct err *child_wait(pid_t pid, uint64_t deadline, const struct watcher *w, int *status)
	__must_check;

/* The same; *@usage is what the child used. NULL: it is not asked. */
struct err *child_wait_usage(pid_t pid, uint64_t deadline, const struct watcher *w, int *status,
			     struct rusage *usage) __must_check;

/* "NAME ended with STATUS: " and the last line that it printed to the file @log. */
struct err *child_last_words(const char *name, const char *log, int status) __must_check;

/* Waits until @w has set *@ready, then ends it; its end before that is an error. */
struct err *child_until(pid_t pid, uint64_t deadline, const struct watcher *w,
			const uint64_t *ready) __must_check;

/*
 * `daxrig run` with @args (NULL behind the last) and the bench's own kernel and folder;
 * a case that fails is fine, one that ends in error is not. run_summary_deinit() *@out.
 */
struct err *bench_run(const struct bench *b, const char *const args[], const struct watcher *w,
		      struct run_summary *out) __must_check;

/* One function a figure or more; each fills what it is given, measured or not. */
void bench_warm(struct bench *b, struct figure *step, struct figure *plan);
void bench_jobs(struct bench *b, struct figure *rate, struct figure *two);
void bench_oracles(struct bench *b, struct figure *f);
void bench_memory(struct bench *b, struct figure *f);
void bench_boot(struct bench *b, struct figure *f);
void bench_cycles(struct bench *b, struct figure *f);
void bench_splat(struct bench *b, struct figure *speed, struct figure *memory);

/* Is there time for another round that takes @ns? */
bool bench_has_time(const struct bench *b, uint64_t ns);

/* Takes @text. */
void figure_set(struct figure *f, double value, char *text);
/* Not measured; frees @err, whose message is the reason. */
void figure_fail(struct figure *f, struct err *err);

#endif
