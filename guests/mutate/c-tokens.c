/* SPDX-License-Identifier: GPL-2.0-only */
#include "guests/mutate/c-tokens.h"

#include <ctype.h>
#include <string.h>

static bool is_word_byte(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* The end of a preprocessor line, with those that continue it. */
static const char *skip_directive(const char *p)
{
	for (; *p && *p != '\n'; p++) {
		if (p[0] == '\\' && p[1] == '\n')
			p++;
		else if (p[0] == '/' && p[1] == '*') {
			const char *end = strstr(p + 2, "*/");

			p = end ? end + 1 : p + strlen(p) - 1;
		}
	}
	return p;
}

/* Moves past blanks, comments and preprocessor lines; *@fresh: only blanks since the newline. */
static const char *skip(const char *p, bool *fresh)
{
	for (;; p++) {
		if (*p == '\n') {
			*fresh = true;
		} else if (p[0] == '/' && p[1] == '*') {
			const char *end = strstr(p + 2, "*/");

			p = end ? end + 1 : p + strlen(p) - 1;
		} else if (p[0] == '/' && p[1] == '/') {
			p += strcspn(p, "\n") - 1;
		} else if (*p == '#' && *fresh) {
			p = skip_directive(p) - 1;
		} else if (!*p || !isspace((unsigned char)*p)) {
			return p;
		}
	}
}

static size_t string_len(const char *p)
{
	size_t n = 1;

	while (p[n] && p[n] != *p && p[n] != '\n')
		n += p[n] == '\\' && p[n + 1] ? 2 : 1;
	return n + (p[n] == *p);
}

static size_t sign_len(const char *p)
{
	static const char *const signs[] = { "<<=", ">>=", "...", "->", "++", "--", "<<", ">>",
					     "<=",  ">=",  "==",  "!=", "&&", "||", "+=", "-=",
					     "*=",  "/=",  "%=",  "&=", "|=", "^=", "##" };

	for (size_t i = 0; i < ARRAY_SIZE(signs); i++)
		if (strncmp(p, signs[i], strlen(signs[i])) == 0)
			return strlen(signs[i]);
	return 1;
}

static struct c_token take(const char *text, const char *p)
{
	struct c_token t = { .at = (size_t)(p - text) };

	if (isdigit((unsigned char)*p)) {
		t.kind = C_NUMBER;
		while (is_word_byte(p[t.len]) || p[t.len] == '.')
			t.len++;
	} else if (is_word_byte(*p)) {
		t.kind = C_WORD;
		while (is_word_byte(p[t.len]))
			t.len++;
	} else if (*p == '"' || *p == '\'') {
		t.kind = C_STRING;
		t.len = string_len(p);
	} else {
		t.kind = C_SIGN;
		t.len = sign_len(p);
	}
	return t;
}

bool c_is(const struct c_source *s, size_t i, const char *word)
{
	return i < s->n && strlen(word) == s->v[i].len &&
	       memcmp(s->text + s->v[i].at, word, s->v[i].len) == 0;
}

bool c_is_word(const struct c_source *s, size_t i)
{
	return i < s->n && s->v[i].kind == C_WORD;
}

char *c_text(const struct c_source *s, size_t i)
{
	return xstrndup(s->text + s->v[i].at, s->v[i].len);
}

static char first_byte(const struct c_source *s, size_t i)
{
	return s->v[i].kind == C_SIGN && s->v[i].len == 1 ? s->text[s->v[i].at] : '\0';
}

/* Does token @i stand at the beginning of a line? */
static bool begins_line(const struct c_source *s, size_t i)
{
	return !s->v[i].at || s->text[s->v[i].at - 1] == '\n';
}

/* Pairs the brackets of the tokens from @from to @to. */
static void pair(struct c_source *s, size_t from, size_t to)
{
	_cleanup_free_ size_t *open = xcalloc(to - from + 1, sizeof(*open));
	size_t depth = 0;

	for (size_t i = from; i < to; i++) {
		char c = first_byte(s, i);
		char want = c == ')' ? '(' : c == ']' ? '[' : c == '}' ? '{' : '\0';

		s->v[i].pair = i;
		if (c == '(' || c == '[' || c == '{') {
			open[depth++] = i;
		} else if (want && depth && first_byte(s, open[depth - 1]) == want) {
			depth--;
			s->v[i].pair = open[depth];
			s->v[open[depth]].pair = i;
		}
	}
}

/* Adds the function whose head begins at @head and whose body at @first, if it is one. */
static void add_function(struct c_source *s, size_t head, size_t first, size_t last)
{
	size_t i = head;

	while (i < first && !(c_is_word(s, i) && c_is(s, i + 1, "(")))
		i++;
	if (i == first || !c_is(s, first - 1, ")"))
		return;
	s->functions = xrealloc(s->functions, s->nr_functions + 1, sizeof(*s->functions));
	s->functions[s->nr_functions++] = (struct c_function){
		.name = c_text(s, i), .head = head, .args = i + 1, .first = first, .last = last
	};
}

/* What is outside of functions ends with a semicolon, or a brace in the first column. */
static void find_functions(struct c_source *s)
{
	size_t head = 0;

	for (size_t i = 0; i < s->n; i++) {
		size_t last = i;

		if (c_is(s, i, ";") || c_is(s, i, "}"))
			head = i + 1;
		if (!c_is(s, i, "{") || !begins_line(s, i))
			continue;
		while (last < s->n && !(c_is(s, last, "}") && begins_line(s, last)))
			last++;
		if (last == s->n)
			return;
		pair(s, head, last + 1);
		add_function(s, head, i, last);
		head = last + 1;
		i = last;
	}
}

void c_source_read(const char *text, struct c_source *out)
{
	const char *p = text, *counted = text;
	unsigned int line = 1;
	bool fresh = true;
	size_t cap = 0;

	*out = (struct c_source){ .text = text };
	for (p = skip(p, &fresh); *p; p = skip(p, &fresh)) {
		struct c_token t = take(text, p);

		for (; counted < p; counted++)
			line += *counted == '\n';
		t.line = line;
		t.pair = out->n;
		if (out->n == cap) {
			cap = cap ? 2 * cap : 1024;
			out->v = xrealloc(out->v, cap, sizeof(*out->v));
		}
		out->v[out->n++] = t;
		p += t.len;
		fresh = false;
	}
	find_functions(out);
}

void c_source_deinit(struct c_source *s)
{
	for (size_t i = 0; i < s->nr_functions; i++)
		free(s->functions[i].name);
	free(s->functions);
	free(s->v);
	*s = (struct c_source){ 0 };
}
