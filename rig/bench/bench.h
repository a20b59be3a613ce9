/* SPDX-License-Identifier: GPL-2.0-only */
/* The program that `make bench` runs: it runs ./daxrig, reads its records and compares. */
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
	struct paths paths; /* the same as daxrig's */
	const char *daxrig; /* path of the program */
	char *out;	    /* folder for all files of the bench; removed at its end */
	const char *kernel; /* SPEC; NULL: daxrig's default */
	bool has_jobs;	    /* this daxrig has the option --jobs */
	char accel[32];	    /* QEMU's name of the accelerator */
	uint64_t deadline;  /* no round begins that would likely end after it */
};

/*
 * Calls look() every @every_ms while a child runs. Pass NULL for no watcher.
 */
struct watcher {
	void (*look)(void *arg);
	void *arg;
	int every_ms;
};

/* True after SIGINT or SIGTERM. */
bool bench_interrupted(void);

/* Starts argv[0] with its output to the file @log (truncated). It dies with the bench. */
struct err *child_start(const char *const argv[], const char *log, pid_t *pid) __must_check;

/*
 * Waits for the child and sets *@status to its exit status. Ends it at @deadline or when the
 * bench is interrupted; both are errors, as is its death by a signal.
 */
struct err *child_wait(pid_t pid, uint64_t deadline, const struct watcher *w, int *status)
	__must_check;

/* The same; sets *@usage to the child's resource usage. NULL: not wanted. */
struct err *child_wait_usage(pid_t pid, uint64_t deadline, const struct watcher *w, int *status,
			     struct rusage *usage) __must_check;

/* Makes the error "NAME ended with STATUS: " and the last line of the file @log. */
struct err *child_last_words(const char *name, const char *log, int status) __must_check;

/* Waits until @w sets *@ready, then ends the child. Fails when the child ends before that. */
struct err *child_until(pid_t pid, uint64_t deadline, const struct watcher *w,
			const uint64_t *ready) __must_check;

/*
 * Runs `daxrig run` with @args (NULL after the last) and the bench's own kernel and folder.
 * A case that fails is fine, one that ends in error is not. run_summary_deinit() *@out.
 */
struct err *bench_run(const struct bench *b, const char *const args[], const struct watcher *w,
		      struct run_summary *out) __must_check;

/* Each function fills one or two figures, measured or not. */
void bench_warm(struct bench *b, struct figure *step, struct figure *plan);
void bench_jobs(struct bench *b, struct figure *rate, struct figure *two);
void bench_oracles(struct bench *b, struct figure *f);
void bench_coverage(struct bench *b, struct figure *f);
void bench_memory(struct bench *b, struct figure *f);
void bench_boot(struct bench *b, struct figure *f);
void bench_cycles(struct bench *b, struct figure *f);
void bench_splat(struct bench *b, struct figure *speed, struct figure *memory);
void bench_site(struct bench *b, struct figure *f);

/* Is there time for another round that takes @ns? */
bool bench_has_time(const struct bench *b, uint64_t ns);

/* Sets the value; takes ownership of @text. */
void figure_set(struct figure *f, double value, char *text);
/* Marks the figure as not measured, with @err's message as the reason; frees @err. */
void figure_fail(struct figure *f, struct err *err);

#endif
