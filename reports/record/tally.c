/* SPDX-License-Identifier: GPL-2.0-only */
#include "reports/record/tally.h"

#include <stdlib.h>
#include <string.h>

#include "reports/history/identity.h"
#include "reports/record/rung.h"

bool case_is_new(const struct case_record *rec)
{
	if (rec->verdict != VERDICT_FAIL)
		return false;
	for (size_t i = 0; i < rec->finding_count; i++)
		if (!rec->findings[i].known)
			return true;
	return !rec->finding_count;
}

enum severity rule_severity(const char *name)
{
	enum rule rule;

	return rung_severity(rule_find(name, &rule) ? rung_of_rule(rule) : RUNG_WARNING);
}

const struct finding *case_worst_new(const struct case_record *rec)
{
	const struct finding *worst = NULL;

	for (size_t i = 0; i < rec->finding_count; i++) {
		const struct finding *f = &rec->findings[i];

		if (!f->known && (!worst || rule_severity(f->rule) < rule_severity(worst->rule)))
			worst = f;
	}
	return worst;
}

static const char *rule_of(const struct tally_group *g)
{
	return g->finding ? g->finding->rule : "";
}

static bool same_group(const struct tally_group *a, const struct tally_group *b)
{
	if (a->known || b->known)
		return a->known && b->known && strcmp(a->known, b->known) == 0;
	return strcmp(rule_of(a), rule_of(b)) == 0 && strcmp(a->found, b->found) == 0;
}

/* Counts a case of @g in its group. Takes g->found. */
static void count(struct tally *t, struct tally_group *g)
{
	for (size_t i = 0; i < t->n; i++) {
		if (!same_group(&t->v[i], g))
			continue;
		t->v[i].cases++;
		free(g->found);
		return;
	}
	g->cases = 1;
	g->order = t->n;
	t->nr_new += !g->known;
	/* grow to powers of two */
	if (!(t->n & (t->n - 1)))
		t->v = xrealloc(t->v, t->n ? 2 * t->n : 1, sizeof(*t->v));
	t->v[t->n++] = *g;
}

static void count_new(struct tally *t, const struct case_record *rec)
{
	struct tally_group g = { .first = rec, .finding = case_worst_new(rec) };

	g.found = identity_found(g.finding ? g.finding->found : rec->reason);
	g.severity = rule_severity(rule_of(&g));
	t->new_cases++;
	count(t, &g);
}

/* A case counts for the name of its first finding. */
static void count_known(struct tally *t, const struct case_record *rec, const struct known *known)
{
	struct tally_group g = { .first = rec,
				 .finding = &rec->findings[0],
				 .known = rec->findings[0].known };
	const struct known_finding *info = known ? known_finding(known, g.known) : NULL;

	g.severity = info && info->severity ? info->severity : rule_severity(rule_of(&g));
	t->known_cases++;
	count(t, &g);
}

static int by_weight(const void *a, const void *b)
{
	const struct tally_group *x = a, *y = b;

	if (!x->known != !y->known)
		return x->known ? 1 : -1;
	if (x->severity != y->severity)
		return x->severity < y->severity ? -1 : 1;
	if (x->cases != y->cases)
		return x->cases > y->cases ? -1 : 1;
	return x->order < y->order ? -1 : 1;
}

void tally_cases(struct tally *t, const struct case_record *const *cases, size_t n,
		 const struct known *known)
{
	*t = (struct tally){ 0 };
	for (size_t i = 0; i < n; i++) {
		if (cases[i]->verdict == VERDICT_ERROR)
			t->errors++;
		else if (case_is_new(cases[i]))
			count_new(t, cases[i]);
		else if (cases[i]->verdict == VERDICT_FAIL)
			count_known(t, cases[i], known);
	}
	if (t->n)
		qsort(t->v, t->n, sizeof(*t->v), by_weight);
}

static void add_number(struct buf *out, size_t n, const char *what)
{
	buf_addf(out, "%zu %s%s", n, what, n == 1 ? "" : "s");
}

/* " of 6.1": the series of @release, or all of it. */
static void add_of(struct buf *out, const char *release)
{
	size_t n = strspn(release, "0123456789");

	if (!*release)
		return;
	if (n && release[n] == '.')
		n += 1 + strspn(release + n + 1, "0123456789");
	else
		n = strlen(release);
	buf_adds(out, " of ");
	buf_add_escaped(out, release, n, 64);
}

void tally_conclude(const struct tally *t, const char *release, bool compared, struct buf *out)
{
	if (t->nr_new) {
		add_number(out, t->nr_new, compared ? "new finding" : "finding");
		add_of(out, release);
		buf_adds(out, " in ");
		add_number(out, t->new_cases, "case");
		buf_adds(out, compared ? "" : ", compared with no list of known ones");
	}
	if (t->known_cases) {
		buf_adds(out, t->nr_new ? "; " : "");
		add_number(out, t->known_cases, "case");
		buf_addf(out, " show%s ", t->known_cases == 1 ? "s" : "");
		add_number(out, t->n - t->nr_new, "known finding");
		add_of(out, release);
	}
	if (!t->nr_new)
		buf_adds(out, t->known_cases ? ", nothing new" : "nothing failed");
	if (t->errors) {
		buf_adds(out, "; ");
		add_number(out, t->errors, "error");
		buf_adds(out, " of the rig or the host");
	}
}

void tally_deinit(struct tally *t)
{
	for (size_t i = 0; i < t->n; i++)
		free(t->v[i].found);
	free(t->v);
	*t = (struct tally){ 0 };
}
