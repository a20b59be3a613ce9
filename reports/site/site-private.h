/* SPDX-License-Identifier: GPL-2.0-only */
/* The history in the order that pages need, and what they have in common. */
#ifndef REPORTS_SITE_PRIVATE_H
#define REPORTS_SITE_PRIVATE_H

#include "reports/site/html.h"
#include "reports/site/site.h"

#define SITE_COLUMNS 32 /* kernels with the newest runs; others are left out */
#define SITE_ROWS 500	/* of a table of cases */
#define SITE_TEXT 300	/* bytes of a text on one line */
#define SITE_NAME 200	/* bytes of a name */

/* The runs of one kernel SPEC that differ in nothing else. */
struct column {
	uint32_t newest; /* run */
	uint32_t before; /* the newest run with results before the newest one, or HISTORY_NONE */
	uint32_t record; /* the newest run that has a record, or HISTORY_NONE */
	size_t nr_runs;
	char *name; /* "deb:6.12" */
	char *more; /* what else tells it from other columns: plan, shard, ... */
};

struct night {
	char *name;	 /* of its newest run: night or day */
	uint32_t newest; /* run */
};

/* One case in one run. */
struct entry {
	uint32_t run;
	const struct history_row *row;
};

/* One kernel's share of a finding. */
struct seen {
	uint32_t first, last; /* runs; HISTORY_NONE: never */
	size_t runs;
	size_t cases; /* of the last run */
};

/* A finding as a page: all forms of one known finding, or one that no list knows. */
struct group {
	const char *known; /* ""; borrowed */
	uint32_t first;	   /* history.findings */
	uint32_t *cases;   /* by name, each once */
	size_t nr_cases;
	struct seen *seen; /* by column */
	enum status worst; /* of its rows in the newest runs; STATUSES: in none */
};

/* What the newest records tell of a case. */
struct extra {
	char *scenario;	    /* NULL: in none */
	struct buf details; /* HTML: what was found, evidence */
};

struct site {
	const struct history *h;
	const struct site_options *o;
	struct column *columns;
	size_t nr_columns;
	struct night *nights; /* oldest first */
	size_t nr_nights,
		left_runs; /* runs that are not shown: older, or of columns past the bound */
	uint32_t *column_of, *night_of; /* by run; HISTORY_NONE: left out */
	uint32_t *in_cell;		/* by night and column: the newest run, or HISTORY_NONE */
	uint32_t *older;		/* by run: the next older one of its cell */
	struct entry *entries;		/* by case, oldest run first */
	size_t *first_entry;		/* by case, and one more */
	const struct entry **now;	/* by case and column: the newest; NULL: none */
	uint32_t *by_name;		/* all cases that have entries, by name */
	size_t nr_by_name;
	struct group *groups;
	size_t nr_groups;
	uint32_t *group_of;   /* by finding */
	struct extra *extras; /* by case */
	char **areas;	      /* the first parts of names, sorted */
	size_t *area_ends;    /* of by_name */
	size_t nr_areas;
	/* Names of pages, without folder and ".html"; NULL: no page. */
	char **run_pages, **case_pages, **group_pages, **diff_pages, **area_pages;
};

/* model.c, groups.c, names.c, extras.c: each fills its part; site_deinit() frees all. */
void site_fill(struct site *s, const struct history *h, const struct site_options *o);
void site_fill_groups(struct site *s);
void site_fill_names(struct site *s);
void site_fill_extras(struct site *s);
void site_deinit(struct site *s);
void site_deinit_groups(struct site *s);

/* As strcmp(), but "a/b" comes before "a-b". */
int site_compare_names(const char *a, const char *b);

/* The place in by_name of the first case that is called , or would be. */
size_t site_find_name(const struct site *s, const char *name);

/* The URL of the folder of a run, from a folder of pages, ending in "/"; NULL: not known. free() it. */
char *site_run_url(const struct site *s, const struct history_run *run);

/* Whether an earlier finding of the row is of the same group as its @i-th. */
bool site_is_repeat(const struct site *s, const struct history_row *row, uint32_t i);

/* The newest fail of a case in the column of @run before it, or NULL. */
const struct entry *site_fail_before(const struct site *s, uint32_t of_case, uint32_t run);

/* Whether the newest night or the one before has the newest run of a column. */
bool site_is_recent(const struct site *s, const struct column *c);

/* A page while it is made. */
struct page {
	const struct site *s;
	struct buf *b;
	const char *up; /* "", "../": to the top of the site; NULL: it has no site around it */
};

struct page_kind {
	const char *folder; /* "": the top */
	size_t (*count)(const struct site *s);
	/* The name of a page, without folder and ".html"; NULL: there is none. Of the top: for any @s. */
	const char *(*name)(const struct site *s, size_t i);
	void (*write)(struct page *p, size_t i);
};

extern const struct page_kind page_index, page_findings, page_cases, page_area, page_run, page_case,
	page_finding, page_diff;

/* All kinds; ends with NULL. */
extern const struct page_kind *const page_kinds[];

/* shown.c: what pages show of a thing, as a link where it has a page. */
void page_begin(struct page *p, const char *title, const char *what);
void page_end(struct page *p);
void show_status(struct page *p, enum status s);
void show_case(struct page *p, uint32_t of_case);
void show_run(struct page *p, uint32_t run);	     /* night and release */
void show_run_or_none(struct page *p, uint32_t run); /* the same in a cell; HISTORY_NONE */
void show_night(struct page *p, uint32_t run);
void show_column(struct page *p, const struct column *c);
void show_group(struct page *p, uint32_t group);
void show_findings(struct page *p, const struct history_row *row); /* in a cell */
void show_rate(struct page *p, const struct history_row *row);	   /* in a cell: "3 of 6" */
/* "2 new, 1 fixed": the statuses before ; of none how many passed. */
void show_counts(struct page *p, const struct history_run *run, enum status end);
void show_again(struct page *p, const struct history_run *run, const char *name);
void show_left_out(struct page *p, size_t n, const char *what);

/* A row of a <dl>; the second does nothing when @value is "". */
void show_term(struct page *p, const char *term);
void show_fact(struct page *p, const char *term, const char *value);

/* The worst status of a run that is worth a look; STATUS_PASS: none. */
enum status run_worst(const struct history_run *run);

/* The name of a run's kernel: its release, or what is known of it. */
const char *run_kernel(const struct history_run *run);

/* A table of cases: for each a name and its newest status in each column. */
void show_marks_head(struct page *p, const char *label);
void show_marks(struct page *p, uint32_t of_case);

/* page-diff.c: the lists of what differs. */
void show_differences(struct page *p, uint32_t before, uint32_t after);

/* What the list says of the known finding @name; never NULL, without a name if it says nothing. */
const struct known_finding *site_known(const struct site *s, const char *name);

/* "2, data is lost or old bytes stay"; nothing if the list does not say. */
void show_severity(struct page *p, const struct known_finding *f);

/* The worst first, unset ones last. */
int compare_severities(enum severity a, enum severity b);

#endif
