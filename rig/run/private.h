/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A run, as the files of this folder share it. Calls go one way: run.c to worker.c and setup.c,
 * these to machine.c and books.c, and that to record.c.
 */
#ifndef RIG_RUN_PRIVATE_H
#define RIG_RUN_PRIVATE_H

#include <pthread.h>

#include "base/progress.h"
#include "guest/guest.h"
#include "guests/geometry.h"
#include "guests/image/image.h"
#include "guests/store/kernel.h"
#include "host/leftover.h"
#include "reports/render/render.h"
#include "reports/record/run-json.h"
#include "run/run.h"
#include "host/template.h"

struct run {
	const struct run_options *o;
	struct paths paths;
	struct plan plan;
	struct geometry geometry;
	struct kernel *kernel;
	struct image *image;
	struct run_host host; /* o->host's, or closed in the end */
	struct virt_versions versions;
	struct rundir dir;
	bool has_dir;
	struct render_run shown;
	struct render live;    /* to standard error, as cases come */
	struct render results; /* to standard output, in the plan's order */
	struct progress say;   /* lines to live; from any thread */
	struct progress note;  /* the same, and to the record */
	int cancel_fd;	       /* readable: somebody wants all to end */
	uint64_t start_ns;
	uint64_t plan_ns; /* since then, when the first case could begin */

	struct guest_setup base; /* of every guest; each worker fills in its own paths */
	struct run_template {
		struct template *template; /* NULL: guests are booted */
		char *cmdline;
	} templates[FILESYSTEMS_MAX]; /* by filesystem: run_template() */

	/* shared by the workers, under lock */
	pthread_mutex_t lock;
	size_t next;		 /* the case to take */
	bool enough;		 /* no more are taken: o->over said so */
	size_t reported;	 /* cases whose result is out, in the plan's order */
	uint64_t write_again_ns; /* the record is not written before */
	bool no_template;	 /* forks failed too often */
	unsigned int fork_failures, boot_failures; /* in a row */
	unsigned int guests;			   /* started so far */
	struct err *err;			   /* what ends the run early */
	struct case_record **records;		   /* by place in the plan; NULL: not over yet */
	struct run_record json;
	const char **notes; /* what was noted, NULL behind the last */
	size_t nr_notes;
	char started[32], host_kernel[256], host_cpu[128], geometry_text[256], shard_text[32];
	char *plan_text;
};

/* Any thread: the case at @place is over, judged; takes @rec. */
void run_case_over(struct run *r, size_t place, struct case_record *rec);

/* Nanoseconds since the run began. */
uint64_t run_now(const struct run *r);

/* True once somebody wants all to end. */
bool run_cancelled(const struct run *r);

/* The template for cases on @fs. */
static inline struct run_template *run_template(struct run *r, const struct filesystem *fs)
{
	return &r->templates[filesystem_number(fs)];
}

#endif
