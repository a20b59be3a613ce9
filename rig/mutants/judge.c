/* SPDX-License-Identifier: GPL-2.0-only */
#include "mutants/judge.h"

#include <string.h>

#include "base/rule.h"
#include "reports/history/identity.h"

#define NO_RUN CLEAN_RUNS_MAX

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void outcome_add(struct outcome *o, char *finding)
{
	o->findings = xrealloc(o->findings, o->n + 1, sizeof(*o->findings));
	o->findings[o->n++] = finding;
}

static void outcome_deinit(struct outcome *o)
{
	for (size_t i = 0; i < o->n; i++)
		free(o->findings[i]);
	free(o->findings);
	*o = (struct outcome){ 0 };
}

static void add_finding(struct outcome *o, const char *rule, const char *found)
{
	char hash[IDENTITY_HASH];

	identity_hash(found, hash);
	outcome_add(o, xasprintf("%s %s", rule, hash));
}

static void outcome_sort(struct outcome *o)
{
	size_t kept = 0;

	if (o->n)
		qsort(o->findings, o->n, sizeof(*o->findings), by_text);
	for (size_t i = 0; i < o->n; i++) {
		if (kept && strcmp(o->findings[kept - 1], o->findings[i]) == 0)
			free(o->findings[i]);
		else
			o->findings[kept++] = o->findings[i];
	}
	o->n = kept;
}

static void outcome_of(const struct case_record *rec, struct outcome *o)
{
	*o = (struct outcome){ .decided = rec->verdict == VERDICT_PASS ||
					  rec->verdict == VERDICT_FAIL };
	for (size_t i = 0; i < rec->finding_count; i++) {
		const struct finding *f = &rec->findings[i];
		_cleanup_free_ char *found = identity_found(f->found);

		/* of a report of the kernel the signature says more than the title */
		if (!rule_is(f->rule, RULE_SPLAT) || !rec->splat_count)
			add_finding(o, f->rule, found);
	}
	for (size_t i = 0; i < rec->splat_count; i++)
		add_finding(o, rules[RULE_SPLAT].name,
			    rec->splats[i]->signature ? rec->splats[i]->signature :
							rec->splats[i]->title);
	outcome_sort(o);
}

static bool outcome_same(const struct outcome *a, const struct outcome *b)
{
	if (a->decided != b->decided || a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++)
		if (strcmp(a->findings[i], b->findings[i]))
			return false;
	return true;
}

static bool outcome_has(const struct outcome *o, const char *finding)
{
	for (size_t i = 0; i < o->n; i++)
		if (strcmp(o->findings[i], finding) == 0)
			return true;
	return false;
}

/* The bytes of a finding by which it is masked: its rule, or all of a report of the kernel. */
static size_t mask_len(const char *finding)
{
	size_t rule = strcspn(finding, " ");
	_cleanup_free_ char *name = xstrndup(finding, rule);

	return rule_is(name, RULE_SPLAT) ? strlen(finding) : rule;
}

static bool outcome_masks(const struct outcome *o, const char *finding)
{
	size_t len = mask_len(finding);

	for (size_t i = 0; i < o->n; i++)
		if (mask_len(o->findings[i]) == len && !strncmp(o->findings[i], finding, len))
			return true;
	return false;
}

void clean_begin(struct clean *c)
{
	c->runs++;
}

static struct clean_case *find_case(const struct clean *c, const char *name)
{
	for (size_t i = 0; i < c->n; i++)
		if (strcmp(c->v[i].name, name) == 0)
			return &c->v[i];
	return NULL;
}

struct clean_case *clean_case_of(struct clean *c, const char *name)
{
	struct clean_case *at = find_case(c, name);

	if (at)
		return at;
	c->v = xrealloc(c->v, c->n + 1, sizeof(*c->v));
	at = &c->v[c->n++];
	*at = (struct clean_case){ .name = xstrdup(name) };
	return at;
}

void clean_add(struct clean *c, const struct case_record *rec)
{
	struct outcome *o = &clean_case_of(c, rec->name)->runs[c->runs - 1];

	outcome_deinit(o);
	outcome_of(rec, o);
}

void clean_deinit(struct clean *c)
{
	for (size_t i = 0; i < c->n; i++) {
		for (size_t r = 0; r < CLEAN_RUNS_MAX; r++)
			outcome_deinit(&c->v[i].runs[r]);
		free(c->v[i].name);
	}
	free(c->v);
	*c = (struct clean){ 0 };
}

/* The outcome that all runs but @but have in common (NO_RUN: all); NULL: they have none. */
static const struct outcome *common(const struct clean *c, const struct clean_case *of,
				    unsigned int but)
{
	const struct outcome *first = NULL;

	for (unsigned int r = 0; r < c->runs; r++) {
		if (r == but)
			continue;
		if (!of->runs[r].decided || (first && !outcome_same(first, &of->runs[r])))
			return NULL;
		first = &of->runs[r];
	}
	return first;
}

bool clean_varies(struct clean *c, const char *name, const struct case_record *rec)
{
	struct clean_case *of = clean_case_of(c, name);
	const struct outcome *steady = common(c, of, NO_RUN);
	struct outcome o, *last = &of->runs[c->runs - 1];

	outcome_of(rec, &o);
	if (!steady || !o.decided || outcome_same(steady, &o)) {
		outcome_deinit(&o);
		return !steady;
	}
	outcome_deinit(last);
	*last = o;
	return true;
}

static bool is_false_catch(const struct clean *c, const struct clean_case *of, unsigned int run)
{
	const struct outcome *others = common(c, of, run), *o = &of->runs[run];

	for (size_t i = 0; others && o->decided && i < o->n; i++)
		if (!outcome_masks(others, o->findings[i]))
			return true;
	return false;
}

/* Is finding @i the first of @o that masks what it masks? */
static bool is_first_mask(const struct outcome *o, size_t i)
{
	const struct outcome before = { .findings = o->findings, .n = i };

	return !outcome_masks(&before, o->findings[i]);
}

void clean_count(const struct clean *c, struct clean_counts *out)
{
	*out = (struct clean_counts){ 0 };
	for (size_t i = 0; i < c->n; i++) {
		const struct outcome *o = common(c, &c->v[i], NO_RUN);
		bool decided = false;

		for (unsigned int r = 0; r < c->runs; r++) {
			decided |= c->v[i].runs[r].decided;
			out->false_catches += is_false_catch(c, &c->v[i], r);
		}
		out->cases += decided;
		out->steady += o != NULL;
		for (size_t f = 0; o && f < o->n; f++)
			out->masked += is_first_mask(o, f);
	}
}

void clean_tell(const struct clean *c, struct buf *out)
{
	for (size_t i = 0; i < c->n; i++) {
		const struct outcome *o = common(c, &c->v[i], NO_RUN);
		const char *sep = "";

		if (o && !o->n)
			continue;
		buf_adds(out, o ? "# masked in " : "# left out: ");
		buf_add_escaped(out, c->v[i].name, strlen(c->v[i].name), 200);
		buf_adds(out, o ? ": " : "");
		for (size_t f = 0; o && f < o->n; f++) {
			if (!is_first_mask(o, f))
				continue;
			buf_adds(out, sep);
			buf_add_escaped(out, o->findings[f], strcspn(o->findings[f], " "), 200);
			sep = ", ";
		}
		buf_addc(out, '\n');
	}
}

static void take_finding(struct mutant_result *r, const struct mutant *m,
			 const struct outcome *clean, const char *finding, const char *in_case)
{
	_cleanup_free_ char *rule = xstrndup(finding, strcspn(finding, " "));

	if (outcome_has(clean, finding))
		return;
	if (outcome_masks(clean, finding)) {
		if (!r->masked)
			r->masked = xasprintf("%s in %s", rule, in_case);
	} else if (mutant_words_have(&m->rules, MUTANT_ANY_RULE) ||
		   mutant_words_have(&m->rules, rule)) {
		r->caught_by = take_ptr(rule);
		r->in_case = xstrdup(in_case);
	} else if (!r->other) {
		r->other = take_ptr(rule);
	}
}

bool mutant_result_add(struct mutant_result *r, const struct mutant *m, const struct clean *clean,
		       const struct case_record *rec)
{
	const struct clean_case *of = find_case(clean, rec->name);
	const struct outcome *steady = of ? common(clean, of, NO_RUN) : NULL;
	struct outcome o;

	outcome_of(rec, &o);
	r->cases += o.decided;
	r->errors += rec->verdict == VERDICT_ERROR;
	r->ns += o.decided ? rec->duration_ns : 0;
	for (size_t i = 0; steady && o.decided && i < o.n && !r->caught_by; i++)
		take_finding(r, m, steady, o.findings[i], rec->name);
	outcome_deinit(&o);
	return r->caught_by;
}

void mutant_result_deinit(struct mutant_result *r)
{
	free(r->caught_by);
	free(r->in_case);
	free(r->other);
	free(r->masked);
	*r = (struct mutant_result){ 0 };
}
