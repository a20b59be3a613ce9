/* SPDX-License-Identifier: GPL-2.0-only */
#include "cmd/mail-counts.h"

#include <string.h>

#include "reports/history/identity.h"
#include "workloads/lang/pin-info.h"

#define OTHERS_MAX 8 /* kernels */

/* The count of kernel @release; NULL: there are enough of them. */
static struct upstream_count *count_of(struct mail_facts *f, const char *release)
{
	_cleanup_free_ char *where = xasprintf("on %s", release);
	size_t n = f->u.nr_counts;

	for (size_t i = 0; i < n; i++)
		if (strcmp(f->counts[i].where, where) == 0)
			return &f->counts[i];
	if (n > OTHERS_MAX)
		return NULL;
	f->counts = xrealloc(f->counts, n + 1, sizeof(*f->counts));
	f->counts[n] = (struct upstream_count){ .where = take_ptr(where) };
	f->u.nr_counts++;
	f->u.counts = f->counts;
	return &f->counts[n];
}

static void add_row(struct upstream_count *count, const struct history_row *row)
{
	if (!count || !row || row->absent)
		return;
	count->fails += row->fails;
	count->tries += row->tries;
}

static struct err *load(struct one_case *c, const char *name, struct history *out)
{
	return index_load(c->past.ix, NULL, &(struct index_filter){ .of_case = name }, out);
}

/* The same text alone is the same case. */
static struct err *count_case(struct mail_facts *f, struct one_case *c)
{
	char hash[IDENTITY_HASH];
	struct history h;
	struct err *err = load(c, c->name, &h);

	if (err)
		return err;
	identity_scenario(c->rec->scenario ? c->rec->scenario : "", hash);
	/* its own kernel first */
	count_of(f, c->s.kernel_release);
	for (uint32_t of = 0; of < h.nr_cases; of++) {
		if (strcmp(h.cases[of].hash, hash) != 0)
			continue;
		for (uint32_t run = (uint32_t)h.nr_runs; run-- > 0;)
			if (history_row(&h, run, of))
				add_row(count_of(f, h.runs[run].release), history_row(&h, run, of));
	}
	history_deinit(&h);
	return NULL;
}

static const char *holds_nothing(void)
{
	const struct pin_info *p = pin_infos;

	while (p->name && p->traits)
		p++;
	return p->name;
}

/* @name with each part that is a pin which holds pages replaced by the one that holds none. */
static char *unheld_name(const char *name)
{
	struct buf b = BUF_INIT;
	bool held = false;

	for (const char *p = name;; p += strcspn(p, "/") + 1) {
		_cleanup_free_ char *part = xstrndup(p, strcspn(p, "/"));
		const struct pin_info *pin = pin_info_find(part);

		held |= pin && (pin->traits & PIN_HOLDS);
		buf_adds(&b, pin && (pin->traits & PIN_HOLDS) ? holds_nothing() : part);
		if (!p[strlen(part)])
			break;
		buf_addc(&b, '/');
	}
	if (!held)
		buf_reset(&b);
	return buf_take(&b);
}

static struct err *count_unheld(struct mail_facts *f, struct one_case *c)
{
	_cleanup_free_ char *name = unheld_name(c->name);
	struct history h;
	struct err *err = *name ? load(c, name, &h) : NULL;

	if (err || !*name)
		return err;
	for (uint32_t run = 0; run < h.nr_runs; run++)
		for (uint32_t of = 0; of < h.nr_cases; of++)
			if (strcmp(h.runs[run].release, c->s.kernel_release) == 0)
				add_row(&f->u.unheld, history_row(&h, run, of));
	history_deinit(&h);
	if (f->u.unheld.tries)
		f->u.unheld.where = xasprintf("on %s with nobody holding a page",
					      c->s.kernel_release);
	return NULL;
}

struct err *mail_counts_find(struct mail_facts *f, struct one_case *c, const struct progress *say)
{
	struct err *err = count_case(f, c);

	if (!err)
		err = count_unheld(f, c);
	if (!err && f->counts[0].tries < 3)
		progress_line(say,
			      "this kernel ran the case %zu times: 'daxrig run --repeat 10 %s' "
			      "tells a race from a bug",
			      f->counts[0].tries, c->shown);
	return err;
}
