/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A run, as the files of this folder share it. Calls go one way: run.c calls worker.c and
 * setup.c, these call machine.c and books.c, and books.c calls record.c.
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
#include "reports/history/identity.h"
#include "reports/render/render.h"
#include "reports/record/journal.h"
#include "reports/record/run-json.h"
#include "run/run.h"
#include "host/template.h"

/* A connection that cases go to: see nodes-private.h. */
struct run_node {
	const char *uri; /* for messages */
	struct virt *virt;
	struct guest_setup base; /* common to its guests; each worker fills in its own paths */
	bool gone;		 /* it ended in the middle of the run */
};

struct run_nodes {
	struct run_node *v; /* the first is r->host.virt */
	size_t n;
	/* shared by the workers, under the run's lock */
	size_t alive;
	size_t running; /* cases taken and not over */
	size_t *back;	/* places of cases that came back */
	size_t nr_back;
	pthread_cond_t changed;
};

struct run {
	const struct run_options *o;
	struct paths paths;
	struct plan plan;
	struct geometry geometry;
	struct kernel *kernel;
	struct image *image;
	struct run_host host; /* a copy of *o->host, or this run's own, closed at its end */
	struct virt_versions versions;
	struct rundir dir;
	bool has_dir;
	struct known known; /* findings; empty: none */
	struct render_run shown;
	struct render live;    /* to standard error, as cases end */
	struct render results; /* to standard output, in the plan's order */
	bool brief;	       /* a person reads standard output: a summary at the end, no KTAP */
	struct progress say;   /* prints a line through live; from any thread */
	struct progress note;  /* the same, and adds the line to the record */
	int plugin;	       /* of QEMU, for coverage; -1: not open */
	bool each_coverage;    /* each case has a guest and a map of its own */
	int cancel_fd;	       /* readable: the run is cancelled */
	uint64_t start_ns;
	uint64_t plan_ns; /* when the first case could begin, since start_ns */

	struct hold hold;	 /* used when base.hold is set */
	struct pack shell;	 /* for it */
	char *vmlinux;		 /* for it; NULL: there is none */
	struct guest_setup base; /* of the first connection's guests */
	struct run_nodes nodes;
	struct run_template {
		struct template *template; /* NULL: guests are booted */
		char *cmdline;
		bool covered;
		struct fork_coverage coverage; /* of its forks, if covered */
	} templates[FILESYSTEMS_MAX];	       /* by filesystem: run_template() */

	/* shared by the workers, under lock */
	pthread_mutex_t lock;
	size_t next;		 /* the next case to take */
	bool enough;		 /* o->over returned true: workers take no more cases */
	size_t reported;	 /* cases whose result is printed, in the plan's order */
	uint64_t write_again_ns; /* results.ktap is not written before this time */
	bool no_template;	 /* forks failed too often */
	unsigned int fork_failures, boot_failures; /* in a row */
	unsigned int guests;			   /* started so far */
	struct err *err;			   /* what ends the run early */
	struct case_record **records;		   /* by place in the plan; NULL: not over yet */
	struct journal journal;
	struct run_record json;
	struct run_choices choices;
	const char **notes; /* the notes, NULL after the last */
	size_t nr_notes;
	char started[RUN_JSON_TIME], host_kernel[256], host_cpu[128], geometry_text[256],
		shard_text[32];
	char plan_digest[40];
	char *plan_text;
	char plan_list[IDENTITY_HASH]; /* of the names of all cases, before --shard */
	char *known_list;	       /* path; NULL: none */

	/* a run that goes on */
	struct run_options own; /* what o points to then */
	char *own_kernel;
	struct run_summary old;	 /* its record; cases that are over moved to records */
	unsigned int generation; /* of its journal */
	bool is_complete;	 /* nothing is left of it */
};

/* Adds a line to the record; under lock, or before the workers start. */
void run_note(struct run *r, const char *text);

/* Prints the results that can be: in the plan's order. Call it under lock. */
void run_report_ready(struct run *r);

/* Call it under lock when the case at @place begins. */
void run_case_begins(struct run *r, size_t place);

/* Call it when the case at @place is over and judged. Takes ownership of @rec. Any thread. */
void run_case_over(struct run *r, size_t place, struct case_record *rec);

/* Nanoseconds since the run began. */
uint64_t run_now(const struct run *r);

/* True after the run was cancelled. */
bool run_cancelled(const struct run *r);

/* The template for cases on @fs. */
static inline struct run_template *run_template(struct run *r, const struct filesystem *fs)
{
	return &r->templates[filesystem_number(fs)];
}

#endif
