/* SPDX-License-Identifier: GPL-2.0-only */
#include "base/buf.h"

#include <stdio.h>
#include <string.h>

void buf_deinit(struct buf *b)
{
	free(b->data);
	*b = (struct buf)BUF_INIT;
}

static void buf_grow(struct buf *b, size_t more)
{
	size_t want = b->len + more + 1;

	if (want <= b->cap)
		return;
	b->cap = MAX(want, b->cap * 2);
	b->data = xrealloc(b->data, b->cap, 1);
}

void buf_add(struct buf *b, const void *data, size_t len)
{
	buf_grow(b, len);
	if (len)
		memcpy(b->data + b->len, data, len);
	b->len += len;
	b->data[b->len] = '\0';
}

void buf_adds(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void buf_addc(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void buf_addf(struct buf *b, const char *fmt, ...)
{
	_cleanup_free_ char *s = NULL;
	va_list ap;

	va_start(ap, fmt);
	s = xvasprintf(fmt, ap);
	va_end(ap);
	buf_adds(b, s);
}

void buf_add_escaped(struct buf *b, const void *data, size_t len, size_t max)
{
	const unsigned char *p = data;
	size_t n = MIN(len, max);

	for (size_t i = 0; i < n; i++) {
		if (p[i] == '\n')
			buf_adds(b, "\\n");
		else if (p[i] == '\t')
			buf_adds(b, "\\t");
		else if (p[i] == '\\')
			buf_adds(b, "\\\\");
		else if (p[i] < 0x20 || p[i] > 0x7e)
			buf_addf(b, "\\x%02x", p[i]);
		else
			buf_addc(b, (char)p[i]);
	}
	if (n < len)
		buf_adds(b, "...");
}

/* The most bytes of the line between head and tail. */
#define CUT_LINE 64u

void buf_add_middle_cut(struct buf *b, const void *data, size_t len, size_t max)
{
	const char *p = data;
	size_t keep = MIN(len, max), tail;

	if (keep == len || max < 2 * CUT_LINE) {
		buf_add(b, p, keep);
		return;
	}
	keep = max - CUT_LINE;
	tail = keep / 2;
	buf_add(b, p, keep - tail);
	buf_addf(b, "\n[cut: %zu bytes are missing here]\n", len - keep);
	buf_add(b, p + len - tail, tail);
}

void buf_consume(struct buf *b, size_t n)
{
	n = MIN(n, b->len);
	if (!n)
		return;
	b->len -= n;
	memmove(b->data, b->data + n, b->len + 1);
}

void buf_reset(struct buf *b)
{
	b->len = 0;
	if (b->data)
		b->data[0] = '\0';
}

char *buf_take(struct buf *b)
{
	char *s = b->data ? b->data : xstrdup("");

	*b = (struct buf)BUF_INIT;
	return s;
}
