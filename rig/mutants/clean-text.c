/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the clean kernel did, as text:
 *
 *	run			begins a run
 *	case decided NAME	or "case undecided NAME"
 *	found RULE HASH		a finding of the case before it
 */
#include <string.h>

#include "base/rule.h"
#include "mutants/judge.h"
#include "reports/history/identity.h"

void clean_format(const struct clean *c, struct buf *out)
{
	for (unsigned int r = 0; r < c->runs; r++) {
		buf_adds(out, "run\n");
		for (size_t i = 0; i < c->n; i++) {
			const struct outcome *o = &c->v[i].runs[r];

			buf_addf(out, "case %s %s\n", o->decided ? "decided" : "undecided",
				 c->v[i].name);
			for (size_t f = 0; f < o->n; f++)
				buf_addf(out, "found %s\n", o->findings[f]);
		}
	}
}

/* "RULE HASH"? */
static bool is_finding(const char *s)
{
	_cleanup_free_ char *name = xstrndup(s, strcspn(s, " "));
	const char *hash = s + strlen(name);
	enum rule rule;

	return rule_find(name, &rule) && *hash == ' ' && strlen(hash + 1) == IDENTITY_HASH - 1 &&
	       strspn(hash + 1, "0123456789abcdef") == IDENTITY_HASH - 1;
}

/* Takes one line; *@at is the case that the line before was about. */
static bool take_line(struct clean *c, const char *line, struct clean_case **at)
{
	static const char *const cases[] = { "case undecided ", "case decided " };
	struct outcome *o = *at ? &(*at)->runs[c->runs - 1] : NULL;

	if (strcmp(line, "run") == 0) {
		*at = NULL;
		return c->runs++ < CLEAN_RUNS_MAX;
	}
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		if (c->runs && !strncmp(line, cases[i], strlen(cases[i]))) {
			*at = clean_case_of(c, line + strlen(cases[i]));
			(*at)->runs[c->runs - 1].decided = i;
			return true;
		}
	if (!o || strncmp(line, "found ", 6) || !is_finding(line + 6))
		return false;
	o->findings = xrealloc(o->findings, o->n + 1, sizeof(*o->findings));
	o->findings[o->n++] = xstrdup(line + 6);
	return true;
}

struct err *clean_parse(const char *text, struct clean *out)
{
	struct clean_case *at = NULL;
	unsigned int number = 0;

	*out = (struct clean){ 0 };
	while (*text) {
		size_t len = strcspn(text, "\n");
		_cleanup_free_ char *line = xstrndup(text, len);

		number++;
		if (text[len] != '\n' || !take_line(out, line, &at)) {
			out->runs = MIN(out->runs, CLEAN_RUNS_MAX);
			return err_create(ERR_USAGE, "line %u is not of the runs of a clean kernel",
					  number);
		}
		text += len + 1;
	}
	return NULL;
}
