/* SPDX-License-Identifier: GPL-2.0-only */
/* Rules that change which way the code goes. */
#include <string.h>

#include "guests/mutate/rules.h"

/* Walks over the tokens of the function's body. */
#define for_each_token(s, i) for (size_t i = (s)->function->first + 1; i < (s)->function->last; i++)

/* The parenthesis that closes the one at @open; 0 if there is none. */
static size_t closing(const struct c_source *c, size_t open)
{
	return c_is(c, open, "(") && c->v[open].pair > open ? c->v[open].pair : 0;
}

void mutate_negate(const struct mutation_search *s)
{
	for_each_token(s, i)
	{
		size_t end = closing(s->source, i + 1);
		_cleanup_free_ char *old = NULL;

		if (!c_is(s->source, i, "if") || !end)
			continue;
		old = mutation_old(s, i + 1, end);
		mutation_propose(s, i + 1, end, xasprintf("(!%s)", old));
	}
}

void mutate_edge(const struct mutation_search *s)
{
	static const char *const edges[][2] = {
		{ "<", "<=" }, { "<=", "<" }, { ">", ">=" }, { ">=", ">" }
	};

	for_each_token(s, i) for (size_t e = 0; e < ARRAY_SIZE(edges);
				  e++) if (s->source->v[i].kind == C_SIGN &&
					   c_is(s->source, i, edges[e][0]))
		mutation_propose(s, i, i, xstrdup(edges[e][1]));
}

static bool is_one(const struct c_source *c, size_t i)
{
	return c_is(c, i, "1") || c_is(c, i, "1UL") || c_is(c, i, "1ULL") || c_is(c, i, "1LL");
}

/* Is token @i the end of an operand, so that a sign after it has two operands? */
static bool ends_operand(const struct c_source *c, size_t i)
{
	return (c_is_word(c, i) && !c_is_keyword(c, i)) || c->v[i].kind == C_NUMBER ||
	       c_is(c, i, ")") || c_is(c, i, "]");
}

/* Is token @i a number of bytes, pages or entries by its name and type? */
static bool is_amount(const struct c_source *c, const struct c_variables *variables, size_t i)
{
	static const char *const parts[] = { "start", "end",   "len",	"off",	"pos",	 "index",
					     "count", "size",  "first", "last", "fsb",	 "nr",
					     "pfn",   "block", "lblk",	"bno",	"bytes", "pages" };
	const struct c_variable *v = c_is_word(c, i) ? c_variable_of(variables, c, i) : NULL;
	_cleanup_free_ char *name = c_text(c, i);

	if (!v || v->stars || strncmp(v->type, "struct ", 7) == 0)
		return false;
	for (size_t p = 0; p < ARRAY_SIZE(parts); p++)
		if (strstr(name, parts[p]))
			return true;
	return false;
}

/* Is token @i all of an argument or of an index? */
static bool is_alone(const struct c_source *c, size_t i)
{
	return (c_is(c, i - 1, "(") || c_is(c, i - 1, ",") || c_is(c, i - 1, "[")) &&
	       (c_is(c, i + 1, ")") || c_is(c, i + 1, ",") || c_is(c, i + 1, "]"));
}

void mutate_off_by_one(const struct mutation_search *s)
{
	const struct c_source *c = s->source;
	struct c_variables variables;

	c_variables_find(c, s->function, &variables);
	for_each_token(s, i)
	{
		_cleanup_free_ char *word = c_text(c, i);

		if ((c_is(c, i, "+") || c_is(c, i, "-")) && is_one(c, i + 1) &&
		    ends_operand(c, i - 1))
			mutation_propose(s, i, i + 1, xstrdup(""));
		else if (is_alone(c, i) && is_amount(c, &variables, i))
			mutation_propose(s, i, i, xasprintf("%s + 1", word));
	}
	c_variables_deinit(&variables);
}

static bool is_error_name(const struct c_source *c, size_t i)
{
	static const char *const names[] = { "error", "err", "ret", "rc", "retval", "status" };

	for (size_t n = 0; n < ARRAY_SIZE(names); n++)
		if (c_is(c, i, names[n]))
			return true;
	return false;
}

/* Is it "(error)", "(error < 0)" or "(unlikely(error))", from @open to @end? */
static bool tests_error(const struct c_source *c, size_t open, size_t end)
{
	size_t i = open + 1;

	if (c_is(c, i, "unlikely") && c_is(c, i + 1, "("))
		i += 2;
	return is_error_name(c, i) && (c_is(c, i + 1, ")") || c_is(c, i + 1, "<")) && i + 4 >= end;
}

/* Is the variable @i an int? Such is what errors are returned as. */
static bool is_int(const struct c_source *c, const struct c_variables *variables, size_t i)
{
	const struct c_variable *v = c_variable_of(variables, c, i);

	return v && !v->stars &&
	       (strcmp(v->type, "int") == 0 || strcmp(v->type, "long") == 0 ||
		strcmp(v->type, "ssize_t") == 0);
}

void mutate_swallow_error(const struct mutation_search *s)
{
	const struct c_source *c = s->source;
	struct c_variables variables;

	c_variables_find(c, s->function, &variables);
	for_each_token(s, i)
	{
		size_t end = closing(c, i + 1);

		if (c_is(c, i, "if") && end && tests_error(c, i + 1, end))
			mutation_propose(s, i + 1, end, xstrdup("(0)"));
		else if (c_is(c, i, "return") && is_error_name(c, i + 1) && c_is(c, i + 2, ";") &&
			 is_int(c, &variables, i + 1))
			mutation_propose(s, i + 1, i + 1, xstrdup("0"));
		else if (c_is(c, i, "return") && c_is(c, i + 1, "-") && c_is_word(c, i + 2) &&
			 c->text[c->v[i + 2].at] == 'E' && c_is(c, i + 3, ";"))
			mutation_propose(s, i + 1, i + 2, xstrdup("0"));
	}
	c_variables_deinit(&variables);
}

void mutate_one_round(const struct mutation_search *s)
{
	const struct c_source *c = s->source;

	for_each_token(s, i)
	{
		_cleanup_free_ char *word = c_text(c, i), *old = NULL;
		bool loop = c_is(c, i, "for") || c_is(c, i, "while") || strstr(word, "for_each");
		size_t end = loop ? closing(c, i + 1) : 0;

		if (!end)
			continue;
		if (c_is(c, end + 1, "{") && c->v[end + 1].pair > end) {
			mutation_propose(s, c->v[end + 1].pair, c->v[end + 1].pair,
					 xstrdup("break; }"));
		} else if (c_is(c, i, "while") && c_is(c, i - 1, "}") && c_is(c, end + 1, ";") &&
			   !c_is(c, i + 2, "0")) {
			old = mutation_old(s, i + 1, end);
			mutation_propose(s, i + 1, end, xasprintf("(0 && %s)", old));
		}
	}
}
