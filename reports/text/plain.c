/* SPDX-License-Identifier: GPL-2.0-only */
#include "reports/text/plain.h"

#include <ctype.h>
#include <string.h>

#define NOTE_MAX 64 /* bytes of the line about what was left out */

static bool is_plain(char c)
{
	return c == '\n' || c == '\t' || (c >= 0x20 && c < 0x7f);
}

static void add_plain(struct buf *b, const char *s, size_t len)
{
	static const char hex[] = "0123456789abcdef";

	for (size_t i = 0, n; i < len; i += n) {
		const char escape[] = { '\\', 'x', hex[(unsigned char)s[i] >> 4],
					hex[(unsigned char)s[i] & 15] };

		for (n = 0; i + n < len && is_plain(s[i + n]);)
			n++;
		if (n) {
			buf_add(b, s + i, n);
		} else {
			buf_add(b, escape, sizeof(escape));
			n = 1;
		}
	}
}

/* Bytes that add_plain() makes of @s. */
static size_t plain_len(const char *s)
{
	size_t len = 0;

	for (; *s; s++)
		len += is_plain(*s) ? 1 : 4;
	return len;
}

/* The beginning of @all, and "..." if it is longer than @max. */
static void add_cut(struct buf *b, const struct buf *all, size_t max)
{
	bool cut = all->len > max;

	buf_add(b, buf_str(all), cut ? max - MIN(max, (size_t)3) : all->len);
	buf_adds(b, cut && max >= 3 ? "..." : "");
}

void plain_add(struct buf *b, const char *s, size_t max)
{
	_cleanup_buf_ struct buf head = BUF_INIT, tail = BUF_INIT;
	size_t len = s ? strlen(s) : 0, kept = max / 2 - MIN(max / 2, (size_t)NOTE_MAX / 2);
	size_t all;

	if (!s || !kept) {
		add_plain(&head, s ? s : "", MIN(len, max + 1));
		add_cut(b, &head, max);
		return;
	}
	all = plain_len(s);
	if (all <= max) {
		add_plain(b, s, len);
		return;
	}
	/* each byte becomes at least one */
	add_plain(&head, s, MIN(len, kept));
	add_plain(&tail, s + len - MIN(len, kept), MIN(len, kept));
	buf_add(b, buf_str(&head), MIN(head.len, kept));
	buf_addf(b, "\n[... %zu bytes left out ...]\n", all - 2 * kept);
	buf_add(b, buf_str(&tail) + tail.len - MIN(tail.len, kept), MIN(tail.len, kept));
}

void plain_add_line(struct buf *b, const char *s, size_t max)
{
	_cleanup_buf_ struct buf all = BUF_INIT;

	add_plain(&all, s ? s : "", s ? strnlen(s, max + 1) : 0);
	for (size_t i = 0; i < all.len; i++)
		if (all.data[i] == '\n' || all.data[i] == '\t')
			all.data[i] = ' ';
	add_cut(b, &all, max);
}

/* How much of the @len bytes at @s goes to a line of @room columns. */
static size_t line_part(const char *s, size_t len, size_t room)
{
	if (len <= room)
		return len;
	for (size_t n = room; n > room / 2; n--)
		if (s[n] == ' ')
			return n;
	return room;
}

static void add_row(struct buf *b, const char *prefix, const char *s, size_t len)
{
	buf_adds(b, prefix);
	for (size_t i = 0; i < len; i++)
		buf_addc(b, s[i] == '\t' ? ' ' : s[i]);
	while (b->len && b->data[b->len - 1] == ' ')
		b->data[--b->len] = '\0';
	buf_addc(b, '\n');
}

void plain_fold(struct buf *b, const char *first, const char *rest, const char *s, size_t width)
{
	const char *prefix = first;

	while (*s) {
		size_t len = strcspn(s, "\n"), room = width - MIN(strlen(prefix), width - 1);
		size_t n = line_part(s, len, room);

		add_row(b, prefix, s, n);
		prefix = rest;
		s += n;
		if (*s == '\n' || (n < len && *s == ' '))
			s++;
	}
}

/* In single quotes a shell takes all but these as they are; a newline or tab cannot be shown. */
static void add_quoted(struct buf *b, const char *s)
{
	buf_addc(b, '\'');
	for (; *s; s++) {
		if (*s == '\'')
			buf_adds(b, "'\\''");
		else if (*s == '\n' || *s == '\t')
			buf_addc(b, '?');
		else
			add_plain(b, s, 1);
	}
	buf_addc(b, '\'');
}

void plain_add_word(struct buf *b, const char *s)
{
	bool quote = !*s;

	for (const char *p = s; *p; p++)
		quote |= !isascii(*p) || (!isalnum((unsigned char)*p) && !strchr("+,-./:=@_", *p));
	if (quote)
		add_quoted(b, s);
	else
		buf_adds(b, s);
}

void plain_add_path(struct buf *b, const char *name)
{
	for (bool empty = true;; name++) {
		if (*name == '/' || !*name) {
			buf_adds(b, empty ? "_" : "");
			if (!*name)
				return;
			buf_addc(b, '.');
			empty = true;
			continue;
		}
		buf_addc(b, isascii(*name) && (isalnum((unsigned char)*name) || *name == '-') ?
				    *name :
				    '_');
		empty = false;
	}
}
