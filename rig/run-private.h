/* SPDX-License-Identifier: GPL-2.0-only */
/* Between run.c (the loop), run-setup.c (what it stands on) and run-record.c. */
#ifndef RIG_RUN_PRIVATE_H
#define RIG_RUN_PRIVATE_H

#include "base/progress.h"
#include "guest.h"
#include "guests/geometry.h"
#include "guests/image.h"
#include "guests/kernel.h"
#include "leftover.h"
#include "reports/ktap.h"
#include "reports/live.h"
#include "reports/run-json.h"
#include "run.h"

struct run {
	const struct run_options *o;
	struct paths paths;
	struct plan plan;
	struct geometry geometry;
	struct kernel *kernel;
	struct image *image;
	struct leftover *leftover;
	struct virt *virt;
	struct virt_versions versions;
	struct rundir dir;
	bool has_dir;
	struct live live;
	struct ktap ktap;
	bool ktap_started;
	struct progress say;		/* lines to live */
	int cancel_fd;			/* signalfd of SIGINT and SIGTERM */
	uint64_t start_ns;

	struct template *template;	/* NULL: guests are booted */
	bool wants_template;		/* it was not tried yet */
	unsigned int fork_failures;
	struct guest_setup setup;	/* of the next guest; paths belong to it */
	struct domain_nvdimm nvdimms[GEOMETRY_NVDIMMS_MAX];
	struct guest *guest;		/* NULL: the next case boots one */
	unsigned int guests;		/* booted so far */

	struct case_record **records;	/* of plan.cases, as far as they ran */
	size_t nr_records;
	struct run_record json;
	char started[32], host_kernel[256], host_cpu[128], geometry_text[256];
	char *plan_text;
};

/* run-setup.c: everything up to the first guest; in this order. */
struct err *run_prepare(struct run *r) __must_check;
/* Boots a guest with fresh devices into r->guest. */
struct err *run_boot(struct run *r) __must_check;
/* Ends it, and its files. */
void run_unboot(struct run *r);
void run_deinit(struct run *r);

/* run-record.c */
void run_record_begin(struct run *r);
/* Writes run.json as of now. */
struct err *run_record_write(struct run *r, bool complete, const char *reason) __must_check;

/* True once SIGINT or SIGTERM came. */
bool run_cancelled(const struct run *r);

#endif
