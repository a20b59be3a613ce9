/* SPDX-License-Identifier: GPL-2.0-only */
/* Rules that change which functions are called, in which order, and with what. */
#include <ctype.h>
#include <string.h>

#include "guests/mutate/rules.h"

#define for_each_token(s, i) for (size_t i = (s)->function->first + 1; i < (s)->function->last; i++)

/* Is it a call that only tells or asserts something, so that nobody misses it? */
static bool is_idle(const char *name)
{
	static const char *const prefixes[] = { "trace_",   "pr_",	 "lockdep_", "might_",
						"dev_",	    "printk",	 "count_",   "instrument_",
						"kmsan_",   "kasan_",	 "prefetch", "cond_resched",
						"xfs_warn", "xfs_alert", "rxe_dbg",  "rxe_err" };
	bool small = false;

	for (const char *p = name; *p; p++)
		small |= islower((unsigned char)*p) != 0;
	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++)
		if (strncmp(name, prefixes[i], strlen(prefixes[i])) == 0)
			return true;
	return !small; /* a macro: WARN_ON(), ASSERT(), a declaration */
}

/* The end of the call at @i, NAME(...); 0 if there is none. */
static size_t call_end(const struct c_source *c, size_t i)
{
	return c_is_word(c, i) && !c_is_keyword(c, i) && c_is(c, i + 1, "(") &&
			       c->v[i + 1].pair > i ?
		       c->v[i + 1].pair :
		       0;
}

/* Is the statement at @i only a call? Sets *@end to its semicolon. */
static bool is_call_statement(const struct c_source *c, size_t i, size_t *end)
{
	size_t close = call_end(c, i);

	*end = close + 1;
	return close && c_begins_statement(c, i) && c_is(c, close + 1, ";");
}

void mutate_no_call(const struct mutation_search *s)
{
	for_each_token(s, i)
	{
		_cleanup_free_ char *name = c_text(s->source, i);
		size_t end;

		if (is_call_statement(s->source, i, &end) && !is_idle(name))
			mutation_propose(s, i, end - 1, xstrdup(""));
	}
}

/* Another variable of the same type that was declared before the word @i; NULL: there is none. */
static const struct c_variable *another(const struct c_source *c,
					const struct c_variables *variables, size_t i)
{
	const struct c_variable *v = c_is_word(c, i) ? c_variable_of(variables, c, i) : NULL;

	for (size_t k = 0; v && k < variables->n; k++) {
		const struct c_variable *other = &variables->v[k];

		if (other != v && other->name < i && other->stars == v->stars &&
		    strcmp(other->type, v->type) == 0)
			return other;
	}
	return NULL;
}

void mutate_wrong_argument(const struct mutation_search *s)
{
	const struct c_source *c = s->source;
	struct c_variables variables;

	c_variables_find(c, s->function, &variables);
	for_each_token(s, i)
	{
		_cleanup_free_ char *name = c_text(c, i);
		size_t end = call_end(c, i);

		if (!end || is_idle(name))
			continue;
		for (size_t a = i + 2; a < end; a = MAX(a, c->v[a].pair) + 1) {
			const struct c_variable *other;

			if ((!c_is(c, a - 1, "(") && !c_is(c, a - 1, ",")) ||
			    (!c_is(c, a + 1, ")") && !c_is(c, a + 1, ",")))
				continue;
			other = another(c, &variables, a);
			if (other)
				mutation_propose(s, a, a, c_text(c, other->name));
		}
	}
	c_variables_deinit(&variables);
}

static bool is_flag(const struct c_source *c, size_t i)
{
	bool letter = false;

	if (!c_is_word(c, i) || c->v[i].len < 3)
		return false;
	for (size_t k = 0; k < c->v[i].len; k++) {
		char b = c->text[c->v[i].at + k];

		if (islower((unsigned char)b))
			return false;
		letter |= isupper((unsigned char)b) != 0;
	}
	return letter;
}

static bool ends_flags(const struct c_source *c, size_t i)
{
	return c_is(c, i, "|") || c_is(c, i, ")") || c_is(c, i, ",") || c_is(c, i, ";");
}

void mutate_no_flag(const struct mutation_search *s)
{
	const struct c_source *c = s->source;

	for_each_token(s, i)
	{
		if (!is_flag(c, i))
			continue;
		if (c_is(c, i - 1, "|") && ends_flags(c, i + 1))
			mutation_propose(s, i - 1, i, xstrdup(""));
		else if (c_is(c, i + 1, "|") && !c_is(c, i - 1, "~") && !c_is(c, i - 1, "&"))
			mutation_propose(s, i, i + 1, xstrdup(""));
		else if (c_is(c, i - 1, "|=") && c_is(c, i + 1, ";"))
			mutation_propose(s, i, i, xstrdup("0"));
	}
}

static bool is_unlock(const char *name)
{
	return strstr(name, "unlock") || strstr(name, "up_read") || strstr(name, "up_write");
}

/* The beginning of the plain statement whose semicolon is token @end; 0: it is not plain. */
static size_t statement_before(const struct c_source *c, size_t end)
{
	size_t i = end;

	while (i && !c_begins_statement(c, i)) {
		if (c_is(c, i, "{") || c_is(c, i, "}"))
			return 0;
		i--;
	}
	/* after ")" or "else" it belongs to the statement before it */
	return i && !c_is_keyword(c, i) && c_is_word(c, i) &&
			       (c_is(c, i - 1, ";") || c_is(c, i - 1, "{") || c_is(c, i - 1, "}")) ?
		       i :
		       0;
}

/* On one line: the words of a call that may be on several. */
static char *flat(char *text)
{
	for (char *p = text; *p; p++)
		if (*p == '\n' || *p == '\t')
			*p = ' ';
	return text;
}

void mutate_early_unlock(const struct mutation_search *s)
{
	const struct c_source *c = s->source;

	for_each_token(s, i)
	{
		_cleanup_free_ char *name = c_text(c, i), *unlock = NULL, *before = NULL;
		size_t end, from;

		if (!is_unlock(name) || !is_call_statement(c, i, &end) || !c_is(c, i - 1, ";"))
			continue;
		from = statement_before(c, i - 1);
		if (!from)
			continue;
		unlock = flat(mutation_old(s, i, end));
		before = mutation_old(s, from, i - 1);
		if (!strstr(before, "lock("))
			mutation_propose(s, from, end, xasprintf("%s %s", unlock, before));
	}
}
