/* SPDX-License-Identifier: GPL-2.0-only */
#include "plan/mutants.h"

#include <string.h>

static void add(char ***v, size_t *n, char *s)
{
	*v = xrealloc(*v, *n + 1, sizeof(**v));
	(*v)[(*n)++] = s;
}

static bool has(char **v, size_t n, const char *s)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(v[i], s) == 0)
			return true;
	return false;
}

static bool decided(const struct case_record *rec)
{
	return rec->verdict == VERDICT_PASS || rec->verdict == VERDICT_FAIL;
}

static char *finding_key(const struct case_record *rec, const char *rule)
{
	return xasprintf("%s\n%s\n", rec->name, rule);
}

void clean_findings_add(struct clean_findings *c, const struct case_record *rec)
{
	if (decided(rec))
		add(&c->cases, &c->nr_cases, xstrdup(rec->name));
	for (size_t i = 0; i < rec->finding_count; i++)
		add(&c->v, &c->n, finding_key(rec, rec->findings[i].rule));
}

void clean_findings_deinit(struct clean_findings *c)
{
	for (size_t i = 0; i < c->n; i++)
		free(c->v[i]);
	for (size_t i = 0; i < c->nr_cases; i++)
		free(c->cases[i]);
	free(c->v);
	free(c->cases);
	*c = (struct clean_findings){ 0 };
}

bool mutant_result_add(struct mutant_result *r, const struct mutant *m,
		       const struct clean_findings *clean, const struct case_record *rec)
{
	if (!decided(rec))
		return false;
	r->cases++;
	r->ns += rec->duration_ns;
	if (rec->verdict != VERDICT_FAIL || !has(clean->cases, clean->nr_cases, rec->name))
		return false;
	for (size_t i = 0; i < rec->finding_count && !r->caught_by; i++) {
		const char *rule = rec->findings[i].rule;
		_cleanup_free_ char *key = finding_key(rec, rule);

		if (has(clean->v, clean->n, key))
			continue;
		if (mutant_words_have(&m->rules, rule)) {
			r->caught_by = xstrdup(rule);
			r->in_case = xstrdup(rec->name);
		} else if (!r->other) {
			r->other = xstrdup(rule);
		}
	}
	return r->caught_by;
}

void mutant_result_deinit(struct mutant_result *r)
{
	free(r->caught_by);
	free(r->in_case);
	free(r->other);
	*r = (struct mutant_result){ 0 };
}
