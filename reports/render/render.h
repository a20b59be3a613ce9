/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Renderers show a run, while it runs or from its record. Each is one file here and one row
 * of the table in render.c.
 *
 *	render_start(&r, &renderer_ktap, stdout, &run);
 *	render_case(&r, now, rec);		for each case
 *	render_end(&r, now, NULL);
 *
 * Times are nanoseconds since the run began, 0 from a record. The strings of a record are
 * untrusted: a renderer escapes them. Each call flushes its output.
 */
#ifndef REPORTS_RENDER_H
#define REPORTS_RENDER_H

#include <stdio.h>

#include "reports/history/standing.h"
#include "reports/record/known.h"
#include "reports/record/run-json.h"
#include "reports/render/upstream.h"

/* The run to show. Strings are borrowed; NULL and 0: not known (yet). */
struct render_run {
	size_t planned;	  /* cases */
	const char *path; /* of the record */
	const char *started, *kernel_release, *kernel_spec, *plan, *accel;
	uint64_t duration_ns;
	bool incomplete; /* it ended before its last case, because of end_reason */
	const char *end_reason;
	const struct known *known;	 /* the findings that are known; NULL: there is no list */
	const char *page;		 /* where people can look at it */
	const struct upstream *upstream; /* for renderer_upstream; NULL: the record alone */

	/* the rest of the record; "" is not known, too */
	const char *version, *night, *self_test, *recheck_of;
	const char *kernel_package, *kernel_key, *kernel_image, *kernel_config, *image_key;
	const char *compiler; /* of the kernel: render_compiler() */
	const char *geometry, *host_kernel, *qemu, *libvirt;
	const char *plan_text, *plan_match, *plan_shard;
	const char *source; /* where the cases are if no name finds them: render_source() */

	/* borrowed and classified, and this run in it; NULL: see standing.h */
	const struct history *history;
	uint32_t run;
};

/*
 * The plan file, scenario file or line about a program that the cases of a run come from; NULL:
 * they have names that daxrig knows.
 */
const char *render_source(const char *plan, const struct run_choices *choices);

/* What @s says of a run, whose record is @path; the caller adds known, compiler and history. */
struct render_run render_run_of(const struct run_summary *s, const char *path);

/* The compiler by the text of a kernel's .config; free() it. NULL: it does not say. */
char *render_compiler(const char *config);

/* The same by the .config @path of a record: NULL, too, when it is not there or not absolute. */
char *render_read_compiler(const char *path);

/*
 * Appends the command that runs the case @name of the run again, printable ASCII on one line:
 * "daxrig run --kernel deb:6.12 xfs/4k/rdma/mapped/punch"; what a user's own file
 * has also with that file. The name is the last word.
 */
void render_again(const struct render_run *run, const char *name, struct buf *out);

struct render {
	const struct renderer *renderer; /* NULL: not started, or ended */
	FILE *out;			 /* borrowed */
	const struct render_run *run;
	uint64_t now;
	bool terminal, color;
	unsigned int width; /* columns; 0: ask the terminal before each line */
	/* the cases so far; this one, too, in one() */
	const struct case_record **cases;
	size_t nr_cases;
	size_t counts[VERDICT_ERROR + 1];
	size_t nr_old; /* of the cases, those of render_old() */
	int status;    /* the exit status by what was shown; end() may set it */
	void *state;   /* private to the renderer; end() frees it */
};

/* The hooks of a renderer; each may be NULL. */
struct renderer {
	const char *name;
	const char *summary; /* one line */
	void (*start)(struct render *r);
	/* A case begins; several may run at once. Not from a record. */
	void (*begin)(struct render *r, const char *name);
	/* A case was judged. */
	void (*one)(struct render *r, const struct case_record *rec);
	void (*tick)(struct render *r);
	void (*say)(struct render *r, const char *text);
	void (*clear)(struct render *r);
	/* @reason: why planned cases did not run; NULL: not known. */
	void (*end)(struct render *r, const char *reason);
};

/*
 * live gets cases as they end, the others in the order of the plan. null shows nothing: it
 * is for silent runs, and tests the frame.
 */
extern const struct renderer renderer_ktap, renderer_live, renderer_summary, renderer_brief,
	renderer_cases, renderer_kinds, renderer_known, renderer_timing, renderer_junit,
	renderer_kcidb, renderer_mail, renderer_upstream, renderer_prometheus, renderer_html,
	renderer_null;

/* All of them; ends with NULL. */
extern const struct renderer *const renderers[];

/*
 * @out and @run must stay valid until render_end(). @out is a terminal when isatty() says so
 * and TERM is not "dumb"; only a terminal gets colours, and never if NO_COLOR is not empty.
 */
void render_start(struct render *r, const struct renderer *renderer, FILE *out,
		  const struct render_run *run);

/* A case begins. */
void render_begin(struct render *r, uint64_t now, const char *name);

/* A case was judged; @rec must stay valid until render_end(). */
void render_case(struct render *r, uint64_t now, const struct case_record *rec);

/* The same for a case that was over before the run was resumed, or seen: it is only counted. */
void render_old(struct render *r, const struct case_record *rec);

/* Call it regularly, about every 100 ms to one second. */
void render_tick(struct render *r, uint64_t now);

/* Prints a line that stays; @text may be any bytes. */
void render_say(struct render *r, uint64_t now, const char *text);

/* Erases the redrawn line so that others can write; the next call draws it again. */
void render_clear(struct render *r);

/* Returns r->status, or -1 when writing to @out failed. */
int render_end(struct render *r, uint64_t now, const char *reason);

/*
 * Shows @n cases at once, those that are NULL left out; the rest is as of render_start() and
 * render_end().
 */
int render_cases(const struct renderer *renderer, FILE *out, const struct render_run *run,
		 struct case_record *const *cases, size_t n, const char *reason);

/* The same into the file @path, atomically. */
struct err *render_write(const struct renderer *renderer, const char *path,
			 const struct render_run *run, struct case_record *const *cases, size_t n,
			 const char *reason) __must_check;

/* For renderers: the columns of a line; 0: not a terminal. */
unsigned int render_width(const struct render *r);

/* For renderers: @s as printable ASCII of one line, cut; the reason of a case, never NULL. */
void render_text(const struct render *r, const char *s);
const char *render_reason(const struct case_record *rec);

/* What a night says of a case of the run. */
struct standing render_standing(const struct render *r, const struct case_record *rec);

/* How many cases have each status, those that are gone included. */
void render_statuses(const struct render *r, size_t counts[STATUSES]);

#endif
