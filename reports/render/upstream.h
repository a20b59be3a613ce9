/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What renderer_upstream tells of a case beside its record: what only the caller can find out,
 * or make. Each part may be missing: the mail then says so, or nothing. Strings are borrowed.
 */
#ifndef REPORTS_UPSTREAM_H
#define REPORTS_UPSTREAM_H

#include "base/util.h"
#include "reports/record/verdict.h"

/* How often it failed somewhere. */
struct upstream_count {
	char *where; /* "on 6.12.117", any bytes */
	size_t fails, tries;
};

struct upstream {
	const char *kernel_version; /* of its package: "6.1.192-2" */
	const char *options;	    /* of its .config that matter: "CONFIG_FS_DAX=y, ..." */
	const char *mkfs, *mount;   /* commands */
	const char *network;	    /* of RDMA; NULL: the case has none */
	const char *caveat;	    /* what the rig did that a program cannot; sentences */

	/* of upstream_traced(): its lines, those of frames with file and line */
	const char *trace;

	/* the same case by name and text, on this kernel first, then on others */
	const struct upstream_count *counts;
	size_t nr_counts;
	struct upstream_count unheld; /* the same on this kernel with nobody holding a page */
	bool no_holder;		      /* the case itself holds no page */

	/* by a bisection; NULL: there was none */
	const char *good, *bad; /* the neighbours: the last good, the first bad */
	const char *commit;	/* between them: "1234abcd ("subject")", NULL: not one commit */
	bool fixed;		/* good is the newer one */

	const char *program;	/* the case in C, printable ASCII and tabs */
	const char *no_program; /* why there is none, one line */
	const char *words;	/* what the words of its scenario mean, a line each */
};

/*
 * Of the case @rec that failed: the finding that the mail is about, the most severe of those that
 * no list knows, else the first; and the one whose detail is shown, if possible with a trace.
 * NULL: there is none.
 */
const struct finding *upstream_finding(const struct case_record *rec);
const struct finding *upstream_traced(const struct case_record *rec);

#endif
