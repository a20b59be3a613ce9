/* SPDX-License-Identifier: GPL-2.0-only */
#include "guests/mutate/rules.h"

#include <ctype.h>
#include <string.h>

const struct mutation_rule mutation_rules[] = {
	{ "negate", "a condition is negated", mutate_negate },
	{ "edge", "a comparison takes the other side of its edge", mutate_edge },
	{ "off-by-one", "a range or an index is one off", mutate_off_by_one },
	{ "no-call", "a call is left out", mutate_no_call },
	{ "wrong-argument", "a call gets another variable of the same type",
	  mutate_wrong_argument },
	{ "no-flag", "a flag is left out", mutate_no_flag },
	{ "early-unlock", "a lock is dropped a statement early", mutate_early_unlock },
	{ "swallow-error", "an error is swallowed", mutate_swallow_error },
	{ "one-round", "a loop ends after its first round", mutate_one_round },
	{ NULL, NULL, NULL },
};

static bool has_directive(const char *p, const char *end)
{
	for (; p < end; p++)
		if (*p == '\n' && p[1 + strspn(p + 1, " \t")] == '#')
			return true;
	return false;
}

static size_t newlines(const char *p, const char *end)
{
	size_t n = 0;

	for (; p < end; p++)
		n += *p == '\n';
	return n;
}

char *mutation_old(const struct mutation_search *s, size_t first, size_t last)
{
	const struct c_token *v = s->source->v;

	return xstrndup(s->source->text + v[first].at, v[last].at + v[last].len - v[first].at);
}

void mutation_propose(const struct mutation_search *s, size_t first, size_t last, char *text)
{
	_cleanup_free_ char *owned = text;
	const struct c_token *v = s->source->v;
	const char *from = s->source->text + v[first].at;
	const char *to = s->source->text + v[last].at + v[last].len;
	size_t old = newlines(from, to), now = newlines(owned, owned + strlen(owned));
	struct buf b = BUF_INIT;
	struct mutation_list *l = s->out;

	if (has_directive(from, to))
		return;
	buf_adds(&b, owned);
	for (; now < old; now++)
		buf_addc(&b, '\n');
	if (l->n == l->cap) {
		l->cap = l->cap ? 2 * l->cap : 64;
		l->v = xrealloc(l->v, l->cap, sizeof(*l->v));
	}
	l->v[l->n++] = (struct mutation){ .file = xstrdup(s->file),
					  .function = xstrdup(s->function->name),
					  .rule = s->rule,
					  .line = v[first].line,
					  .at = v[first].at,
					  .len = (size_t)(to - from),
					  .text = buf_take(&b) };
}

bool c_is_keyword(const struct c_source *s, size_t i)
{
	static const char *const words[] = { "if",    "else",	  "for",    "while",  "do",
					     "case",  "default",  "switch", "return", "goto",
					     "break", "continue", "sizeof", "typeof" };

	for (size_t w = 0; w < ARRAY_SIZE(words); w++)
		if (c_is(s, i, words[w]))
			return true;
	return false;
}

/* Is token @i the word before the parenthesis of a statement: "if", "while", "list_for_each"? */
static bool controls(const struct c_source *s, size_t i)
{
	_cleanup_free_ char *word = c_text(s, i);

	return c_is(s, i, "if") || c_is(s, i, "while") || c_is(s, i, "for") ||
	       c_is(s, i, "switch") || strstr(word, "for_each");
}

bool c_begins_statement(const struct c_source *s, size_t i)
{
	size_t open;

	if (!i)
		return false;
	if (c_is(s, i - 1, ";") || c_is(s, i - 1, "{") || c_is(s, i - 1, "}") ||
	    c_is(s, i - 1, "else") || c_is(s, i - 1, "do"))
		return true;
	/* a label, but not what is after "a ? b :" */
	if (i > 2 && c_is(s, i - 1, ":"))
		return c_is(s, i - 2, "default") || c_is(s, i - 3, "case") ||
		       (c_is_word(s, i - 2) && c_begins_statement(s, i - 2));
	open = s->v[i - 1].pair;
	return c_is(s, i - 1, ")") && open && open < i - 1 && controls(s, open - 1);
}

void mutation_find(const char *file, const char *text,
		   bool (*wanted)(void *arg, const char *file, const char *function), void *arg,
		   struct mutation_list *out)
{
	struct c_source source;

	c_source_read(text, &source);
	for (size_t i = 0; i < source.nr_functions; i++) {
		struct mutation_search s = { &source, &source.functions[i], file, NULL, out };

		if (!wanted(arg, file, s.function->name))
			continue;
		for (s.rule = mutation_rules; s.rule->name; s.rule++)
			s.rule->find(&s);
	}
	c_source_deinit(&source);
}

void mutation_list_deinit(struct mutation_list *l)
{
	for (size_t i = 0; i < l->n; i++) {
		free(l->v[i].file);
		free(l->v[i].function);
		free(l->v[i].text);
	}
	free(l->v);
	*l = (struct mutation_list){ 0 };
}
