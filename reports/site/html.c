/* SPDX-License-Identifier: GPL-2.0-only */
#include "reports/site/html.h"

#include <string.h>

/* The bytes of the UTF-8 character at @s, and the character; 0: it is none. */
static size_t decode(const unsigned char *s, uint32_t *out)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t n = s[0] < 0x80 ? 1 :
		   s[0] < 0xc0 ? 0 :
		   s[0] < 0xe0 ? 2 :
		   s[0] < 0xf0 ? 3 :
		   s[0] < 0xf8 ? 4 :
				 0;
	uint32_t c = n < 2 ? s[0] : s[0] & (0x7fu >> n);

	/* the NUL at the end is no continuation */
	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3f);
	}
	if (n > 1 && (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000)))
		return 0;
	*out = c;
	return n;
}

/* Characters that a reader cannot see, or that move others. */
static bool is_hidden(uint32_t c)
{
	static const struct {
		uint32_t first, last;
	} hidden[] = {
		{ 0x7f, 0x9f },	    { 0xad, 0xad },	{ 0x34f, 0x34f },      { 0x61c, 0x61c },
		{ 0x115f, 0x1160 }, { 0x17b4, 0x17b5 }, { 0x180b, 0x180f },    { 0x200b, 0x200f },
		{ 0x2028, 0x202e }, { 0x2060, 0x206f }, { 0x3164, 0x3164 },    { 0xfdd0, 0xfdef },
		{ 0xfe00, 0xfe0f }, { 0xfeff, 0xfeff }, { 0xffa0, 0xffa0 },    { 0xfff0, 0xfffb },
		{ 0xfffe, 0xffff }, { 0xe000, 0xf8ff }, { 0xe0000, 0x10ffff },
	};

	for (size_t i = 0; i < ARRAY_SIZE(hidden); i++)
		if (c >= hidden[i].first && c <= hidden[i].last)
			return true;
	return c < 0x20 || (c & 0xfffe) == 0xfffe;
}

static const char *entity(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	}
	return NULL;
}

/* Adds what is not plain at @s; returns how many bytes that were. */
static size_t add_odd(struct buf *b, const char *s, bool lines)
{
	unsigned char byte = (unsigned char)*s;
	uint32_t c = 0;
	size_t n;

	if (entity(*s)) {
		buf_adds(b, entity(*s));
		return 1;
	}
	if (byte == '\n' || byte == '\t') {
		if (lines)
			buf_addc(b, *s);
		else
			buf_adds(b, byte == '\n' ? "\\n" : "\\t");
		return 1;
	}
	n = decode((const unsigned char *)s, &c);
	if (n > 1 && !is_hidden(c))
		buf_add(b, s, n);
	else if (n > 1)
		buf_addf(b, "\\u{%x}", c);
	else
		buf_addf(b, "\\x%02x", byte);
	return MAX(n, (size_t)1);
}

static bool is_plain(char c)
{
	return c >= ' ' && c < 0x7f && !entity(c);
}

static void add(struct buf *b, const char *s, size_t max, bool lines)
{
	const char *end;

	if (!s)
		return;
	end = s + strnlen(s, max);
	while (s < end) {
		size_t n = 0;

		while (s + n < end && is_plain(s[n]))
			n++;
		buf_add(b, s, n);
		s += n;
		if (s < end)
			s += add_odd(b, s, lines);
	}
	if (*s)
		buf_adds(b, "...");
}

void html_text(struct buf *b, const char *s, size_t max)
{
	add(b, s, max, false);
}

void html_lines(struct buf *b, const char *s, size_t max)
{
	add(b, s, max, true);
}

bool html_path_is_below(const char *path)
{
	for (;;) {
		size_t n = strcspn(path, "/");

		if (!n || (n <= 2 && strspn(path, ".") >= n))
			return false;
		if (!path[n])
			return true;
		path += n + 1;
	}
}

void html_path(struct buf *b, const char *path)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789/._-~";

	while (*path) {
		size_t n = strspn(path, plain);

		buf_add(b, path, n);
		path += n;
		if (*path)
			buf_addf(b, "%%%02X", (unsigned char)*path++);
	}
}

void html_begin(struct buf *b, const char *title, const char *style)
{
	/* the mark stands early, where it is looked for */
	buf_adds(
		b,
		"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n" HTML_MARK
		"\n<meta http-equiv=\"Content-Security-Policy\" content=\"script-src 'none'\"/>\n"
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
		"<meta name=\"color-scheme\" content=\"light dark\"/>\n<title>");
	html_text(b, title, 200);
	buf_adds(b, "</title>\n");
	if (style)
		buf_addf(b, "<link rel=\"stylesheet\" href=\"%s\"/>\n", style);
	else
		buf_addf(b, "<style>\n%s</style>\n", html_style);
	buf_adds(b, "</head>\n<body>\n<a class=\"skip\" href=\"#main\">Skip to the content</a>\n");
}

void html_table(struct buf *b, const char *label, const char *const *heads)
{
	buf_addf(b,
		 "<div class=\"box\" role=\"region\" aria-label=\"%s\" tabindex=\"0\"><table>\n"
		 "<caption>%s</caption>\n<thead><tr>",
		 label, label);
	for (; *heads; heads++)
		buf_addf(b, "<th scope=\"col\">%s</th>", *heads);
	buf_adds(b, "</tr></thead>\n<tbody>\n");
}

void html_table_end(struct buf *b)
{
	buf_adds(b, "</tbody></table></div>\n");
}
