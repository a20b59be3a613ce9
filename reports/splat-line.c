// SPDX-License-Identifier: GPL-2.0-only
#include "splat-line.h"

#include <ctype.h>
#include <string.h>

#define SECONDS_MAX 10	/* digits before a time stamp's point */
#define MICROSECONDS 6	/* digits behind it */

static size_t digits(const char *p, const char *end)
{
	const char *from = p;

	while (p < end && isdigit((unsigned char)*p))
		p++;
	return (size_t)(p - from);
}

static const char *blanks(const char *p, const char *end)
{
	while (p < end && *p == ' ')
		p++;
	return p;
}

/* "[   12.345678]" at @p: what is behind it; NULL: it is not. */
static const char *behind_time(const char *p, const char *end)
{
	size_t n;

	if (p == end || *p++ != '[')
		return NULL;
	p = blanks(p, end);
	n = digits(p, end);
	if (!n || n > SECONDS_MAX || (size_t)(end - p) < n + MICROSECONDS + 2 || p[n] != '.')
		return NULL;
	p += n + 1;
	if (digits(p, end) != MICROSECONDS || p[MICROSECONDS] != ']')
		return NULL;
	return p + MICROSECONDS + 1;
}

/* "[  T123]" or "[ C0]" at @p goes to @tag; what is behind it, or @p. */
static const char *behind_tag(const char *p, const char *end, char *tag)
{
	const char *from = p == end || *p != '[' ? end : blanks(p + 1, end);
	size_t n;

	if (from == end || (*from != 'T' && *from != 'C'))
		return p;
	n = 1 + digits(from + 1, end);
	if (n < 2 || n >= SPLAT_TAG_MAX || (size_t)(end - from) <= n || from[n] != ']')
		return p;
	memcpy(tag, from, n);
	tag[n] = '\0';
	return from + n + 1;
}

/* "<6>" */
static const char *behind_priority(const char *p, const char *end)
{
	size_t n = p == end || *p != '<' ? 0 : digits(p + 1, end);

	return n && n <= 3 && (size_t)(end - p) > n + 1 && p[n + 1] == '>' ? p + n + 2 : p;
}

const char *splat_line_read(const char *at, const char *end, struct splat_line *out)
{
	const char *msg = behind_priority(at, end), *behind, *next;

	*out = (struct splat_line){ .line = at };
	behind = behind_time(blanks(msg, end), end);
	if (behind) {
		msg = behind_tag(behind, end, out->tag);
		/* one blank is the stamp's, the others are the message's */
		msg += msg < end && *msg == ' ';
	}
	for (next = msg; next < end && (next = memchr(next, '[', (size_t)(end - next))); next++)
		if (behind_time(next, end))
			break;
	if (next == end)
		next = NULL;
	out->line_len = (size_t)((next ? next : end) - at);
	out->msg = msg;
	out->len = (size_t)((next ? next : end) - msg);
	return next;
}
