/* SPDX-License-Identifier: GPL-2.0-only */
/* What only records have: texts of scenarios, findings in full, evidence. */
#include <limits.h>
#include <string.h>

#include "reports/history/identity.h"
#include "reports/site/details.h"
#include "reports/site/site-private.h"

#define DETAILS_MAX (256u << 10) /* bytes for one case */

/* The relative path from folder @from to folder @to, both absolute; ends in "/". */
static char *path_between(const char *from, const char *to)
{
	_cleanup_buf_ struct buf b = BUF_INIT;
	size_t same = 0, i = 0;

	for (; from[i] && from[i] == to[i]; i++)
		if (from[i] == '/')
			same = i + 1;
	/* one is the other, or in it */
	if ((!from[i] && to[i] == '/') || (!to[i] && from[i] == '/') || (!from[i] && !to[i]))
		same = i;
	for (const char *at = from + same; *at;) {
		at += strspn(at, "/");
		if (*at)
			buf_adds(&b, "../");
		at += strcspn(at, "/");
	}
	to += same;
	to += strspn(to, "/");
	if (*to) {
		html_path(&b, to);
		buf_addc(&b, '/');
	}
	return xstrdup(buf_str(&b));
}

/* The folder of a record, and its URL from a folder of pages. */
static char *run_folder(const struct history_run *run)
{
	const char *slash = strrchr(run->path, '/');

	return slash && slash != run->path ? xstrndup(run->path, (size_t)(slash - run->path)) :
					     xstrdup(slash ? "/" : ".");
}

char *site_run_url(const struct site *s, const struct history_run *run)
{
	_cleanup_free_ char *folder = run_folder(run);
	_cleanup_free_ char *from = realpath(s->o->folder, NULL), *to = realpath(folder, NULL);
	_cleanup_free_ char *pages = NULL;

	if (!from || !to)
		return NULL;
	pages = xasprintf("%s/pages", strcmp(from, "/") ? from : "");
	return path_between(pages, to);
}

static bool has_hash(const struct site *s, uint32_t of_case, const char *hash)
{
	return !*hash || strcmp(s->h->cases[of_case].hash, hash) == 0;
}

/* The case that a record is of, or HISTORY_NONE. */
static uint32_t case_of(const struct site *s, const struct case_record *c)
{
	_cleanup_free_ char *name = identity_case(c->name);
	char hash[IDENTITY_HASH] = "";

	if (c->scenario)
		identity_scenario(c->scenario, hash);
	for (size_t from = site_find_name(s, name); from < s->nr_by_name; from++) {
		uint32_t i = s->by_name[from];

		if (strcmp(s->h->cases[i].name, name) != 0)
			break;
		if (has_hash(s, i, hash))
			return i;
	}
	return HISTORY_NONE;
}

static bool is_lost(const struct case_record *c)
{
	for (size_t i = 0; i < c->evidence_count; i++)
		if (strcmp(c->evidence[i].name, EVIDENCE_LOST) == 0)
			return true;
	return false;
}

static void take_case(struct site *s, const struct column *column, const struct case_record *c,
		      const struct details_place *place)
{
	uint32_t of = case_of(s, c);
	struct extra *e = of == HISTORY_NONE ? NULL : &s->extras[of];
	struct page p = { .s = s, .b = e ? &e->details : NULL, .up = "../" };

	if (!e)
		return;
	if (!e->scenario && c->scenario)
		e->scenario = xstrdup(c->scenario);
	if (c->verdict != VERDICT_FAIL && c->verdict != VERDICT_ERROR && !is_lost(c))
		return;
	if (e->details.len > DETAILS_MAX)
		return;
	buf_adds(p.b, "<h3>");
	show_column(&p, column);
	buf_adds(p.b, ": ");
	show_run(&p, column->record);
	buf_adds(p.b, "</h3>\n");
	details_add(p.b, c, place);
}

static struct err *read_record(const struct site *s, uint32_t run, struct run_summary *out)
{
	const struct site_options *o = s->o;

	return o->read ? o->read(o->arg, s->h, run, out) : run_json_read(s->h->runs[run].path, out);
}

static void take_record(struct site *s, const struct column *column)
{
	const struct history_run *run = &s->h->runs[column->record];
	_cleanup_free_ char *folder = run_folder(run), *url = site_run_url(s, run);
	const struct details_place place = { url ? url : "", folder };
	struct run_summary r = { 0 };
	_cleanup_err_ struct err *err = read_record(s, column->record, &r);

	if (err) {
		if (s->o->note)
			s->o->note(s->o->arg, err->message);
		return;
	}
	for (size_t i = 0; i < r.case_count; i++)
		take_case(s, column, r.cases[i], &place);
	run_summary_deinit(&r);
}

void site_fill_extras(struct site *s)
{
	s->extras = xcalloc(s->h->nr_cases + 1, sizeof(*s->extras));
	for (size_t i = 0; i < s->nr_columns; i++)
		if (s->columns[i].record != HISTORY_NONE)
			take_record(s, &s->columns[i]);
}
