/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A static site made of a history, for a browser without scripts, from a server or file://:
 *
 *	index.html			nights and kernels; what is new
 *	findings.html, cases.html	lists; lists/AREA.html has the cases of "AREA/..."
 *	runs/RUN.html			one kernel in one night
 *	cases/CASE-HASH.html		a case over kernels and nights
 *	findings/NAME.html		a finding
 *	diffs/KERNEL.html		the newest run of a kernel against the one before
 *	site.css
 *
 * The same history makes the same bytes.
 */
#ifndef REPORTS_SITE_H
#define REPORTS_SITE_H

#include "base/err.h"
#include "reports/history/history.h"
#include "reports/record/known.h"
#include "reports/record/run-json.h"

#define SITE_NIGHTS 400 /* the newest nights; older ones are left out */

/* Strings and what they point to are borrowed. */
struct site_options {
	const char *folder;	   /* made if missing */
	const struct known *known; /* NULL: none */

	/*
	 * Reads the record of history.runs[@run] for texts, findings and evidence of its cases;
	 * NULL: run_json_read() of its path.
	 */
	struct err *(*read)(void *arg, const struct history *h, uint32_t run,
			    struct run_summary *out);
	/* Is told of a record that cannot be read, whose cases then lack these; may be NULL. */
	void (*note)(void *arg, const char *text);
	void *arg;
};

/* What site_write() did, in pages. */
struct site_result {
	size_t pages, written, removed;
};

/*
 * Writes the site of the classified history @h. A page with the bytes that it had keeps its
 * time; pages that it no longer has are removed, other files are left alone. ERR_USAGE, before
 * anything is written, if a page at the top is of another maker. @result may be NULL.
 */
struct err *site_write(const struct history *h, const struct site_options *o,
		       struct site_result *result) __must_check;

#endif
