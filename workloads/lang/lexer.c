/* SPDX-License-Identifier: GPL-2.0-only */
#include "workloads/lang/lexer.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define NAME_MAX_LEN 31

static struct err *error_at(const struct line *l, unsigned int column, const char *message)
{
	return err_create(ERR_USAGE, "%s:%u:%u: %s", l->origin, l->number, column, message);
}

static void trim_copy(char *dst, const char *s, size_t len)
{
	while (len && isblank((unsigned char)*s)) {
		s++;
		len--;
	}
	while (len && isblank((unsigned char)s[len - 1]))
		len--;
	memcpy(dst, s, len);
	dst[len] = '\0';
}

static struct err *split_words(struct line *l)
{
	char *p = l->split;

	strcpy(l->split, l->text);
	for (;;) {
		while (isblank((unsigned char)*p))
			*p++ = '\0';
		if (!*p)
			return NULL;
		if (l->n == SCENARIO_WORDS_MAX)
			return error_at(l, (unsigned int)(p - l->split) + 1,
					"too many words on one line");
		l->words[l->n++] = (struct word){ p, (unsigned int)(p - l->split) + 1 };
		while (*p && !isblank((unsigned char)*p))
			p++;
	}
}

struct err *line_read(struct line *l, const char *origin, unsigned int number, const char **pos,
		      const char *end)
{
	const char *start = *pos;
	const char *nl = memchr(start, '\n', (size_t)(end - start));
	size_t len = (size_t)((nl ? nl : end) - start);
	const char *hash;

	*l = (struct line){ .origin = origin, .number = number };
	*pos = nl ? nl + 1 : end;
	if (len && start[len - 1] == '\r')
		len--;
	if (len >= SCENARIO_LINE_MAX)
		return error_at(l, SCENARIO_LINE_MAX, "the line is too long");
	for (size_t i = 0; i < len; i++)
		if (iscntrl((unsigned char)start[i]) && start[i] != '\t')
			return error_at(l, (unsigned int)i + 1, "unprintable byte");
	hash = memchr(start, '#', len);
	if (hash) {
		trim_copy(l->comment, hash + 1, len - (size_t)(hash + 1 - start));
		len = (size_t)(hash - start);
	}
	while (len && isblank((unsigned char)start[len - 1]))
		len--;
	memcpy(l->text, start, len);
	return split_words(l);
}

struct err *line_expected(const struct line *l, const char *what)
{
	char message[256];

	if (l->next < l->n)
		snprintf(message, sizeof(message), "expected %s, found '%.60s'", what,
			 l->words[l->next].s);
	else
		snprintf(message, sizeof(message), "expected %s, found the end of the line", what);
	return error_at(
		l, l->next < l->n ? l->words[l->next].column : (unsigned int)strlen(l->text) + 1,
		message);
}

struct err *line_error(const struct line *l, const char *fmt, ...)
{
	_cleanup_free_ char *message = NULL;
	va_list ap;

	va_start(ap, fmt);
	message = xvasprintf(fmt, ap);
	va_end(ap);
	return error_at(l, l->next ? l->words[l->next - 1].column : 1, message);
}

struct err *line_unknown(const struct line *l, const struct nearest *n, const char *kind,
			 const char *otherwise)
{
	_cleanup_free_ char *text = nearest_text(n, kind, otherwise);

	return line_error(l, "%s", text);
}

const char *line_peek(const struct line *l)
{
	return l->next < l->n ? l->words[l->next].s : NULL;
}

bool line_take(struct line *l, const char *word)
{
	const char *s = line_peek(l);

	if (!s || strcmp(s, word) != 0)
		return false;
	l->next++;
	return true;
}

struct err *line_word(struct line *l, const char *what, const char **out)
{
	*out = line_peek(l);
	if (!*out)
		return line_expected(l, what);
	l->next++;
	return NULL;
}

static bool is_name(const char *s)
{
	if (!islower((unsigned char)*s) || strlen(s) > NAME_MAX_LEN)
		return false;
	for (; *s; s++)
		if (!islower((unsigned char)*s) && !isdigit((unsigned char)*s) && *s != '-' &&
		    *s != '_')
			return false;
	return true;
}

struct err *line_name(struct line *l, const char *what, const char **out)
{
	const char *s = line_peek(l);

	if (!s || !is_name(s))
		return line_expected(l, what);
	return line_word(l, what, out);
}

struct err *line_size(struct line *l, const char *what, uint64_t *out)
{
	const char *s = line_peek(l);

	if (!s || !parse_size(s, out))
		return line_expected(l, what);
	l->next++;
	if (*out > SCENARIO_BYTES_MAX)
		return line_error(l, "larger than 4G");
	return NULL;
}

struct err *line_end(const struct line *l)
{
	return l->next < l->n ? line_expected(l, "the end of the line") : NULL;
}
