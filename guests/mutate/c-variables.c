/* SPDX-License-Identifier: GPL-2.0-only */
/* Which variables a function has, and of which type, as far as that shows without a parser. */
#include <string.h>

#include "base/buf.h"
#include "guests/mutate/rules.h"

/* The end of what begins at @i and ends with a @sign or a comma outside of brackets. */
static size_t skip_to(const struct c_source *s, size_t i, size_t end, const char *sign)
{
	while (i < end && !c_is(s, i, ",") && !c_is(s, i, sign))
		i = MAX(i, s->v[i].pair) + 1;
	return i;
}

/* Adds "TYPE *NAME" of the tokens from @first; @type is without stars. Returns what follows it. */
static size_t add_declarator(const struct c_source *s, size_t i, const char *type,
			     struct c_variables *out)
{
	size_t stars = 0;

	for (; c_is(s, i, "*") || c_is(s, i, "const") || c_is(s, i, "__user"); i++)
		stars += c_is(s, i, "*");
	if (!c_is_word(s, i))
		return i;
	out->v = xrealloc(out->v, out->n + 1, sizeof(*out->v));
	out->v[out->n++] = (struct c_variable){ i, xstrdup(type), stars + c_is(s, i + 1, "[") };
	return i + 1;
}

/* The words of a type at @i, without the name after them; *@end is the first token after them. */
static char *take_type(const struct c_source *s, size_t i, size_t *end)
{
	struct buf b = BUF_INIT;
	size_t n = 0;

	/* the last word is the name, unless a star is before it */
	while (c_is_word(s, i + n) && (c_is_word(s, i + n + 1) || c_is(s, i + n + 1, "*")))
		n++;
	for (size_t k = 0; k < n; k++) {
		_cleanup_free_ char *word = c_text(s, i + k);

		if (strcmp(word, "const") && strcmp(word, "static") && strncmp(word, "__", 2))
			buf_addf(&b, "%s%s", b.len ? " " : "", word);
	}
	*end = i + n;
	if (b.len)
		return buf_take(&b);
	buf_deinit(&b);
	return NULL;
}

static void find_parameters(const struct c_source *s, const struct c_function *f,
			    struct c_variables *out)
{
	size_t end = s->v[f->args].pair;

	for (size_t i = f->args + 1; i < end; i = skip_to(s, i, end, ",") + 1) {
		size_t at;
		_cleanup_free_ char *type = take_type(s, i, &at);

		if (type)
			add_declarator(s, at, type, out);
	}
}

/* Reads the declaration at @i, a statement, if it is one. */
static void take_declaration(const struct c_source *s, size_t i, size_t end,
			     struct c_variables *out)
{
	size_t at, before = out->n;
	_cleanup_free_ char *type = take_type(s, i, &at);

	while (type && at < end) {
		size_t next = add_declarator(s, at, type, out);

		/* "a * b" is no declaration unless one of these follows */
		if (!c_is(s, next, "=") && !c_is(s, next, ";") && !c_is(s, next, ",") &&
		    !c_is(s, next, "["))
			break;
		at = skip_to(s, next, end, ";");
		if (c_is(s, at, ";"))
			return;
		at++;
	}
	while (out->n > before)
		free(out->v[--out->n].type);
}

void c_variables_find(const struct c_source *s, const struct c_function *f, struct c_variables *out)
{
	*out = (struct c_variables){ NULL, 0 };
	find_parameters(s, f, out);
	for (size_t i = f->first + 1; i < f->last; i++)
		if (c_is_word(s, i) && !c_is_keyword(s, i) && c_begins_statement(s, i))
			take_declaration(s, i, f->last, out);
}

void c_variables_deinit(struct c_variables *v)
{
	for (size_t i = 0; i < v->n; i++)
		free(v->v[i].type);
	free(v->v);
	*v = (struct c_variables){ NULL, 0 };
}

const struct c_variable *c_variable_of(const struct c_variables *v, const struct c_source *s,
				       size_t i)
{
	_cleanup_free_ char *name = c_text(s, i);

	for (size_t k = 0; k < v->n; k++)
		if (c_is(s, v->v[k].name, name))
			return &v->v[k];
	return NULL;
}
