// SPDX-License-Identifier: GPL-2.0-only
#include "reports/record/json-set.h"

#include <string.h>

#include "base/buf.h"

/* The length of the UTF-8 character at @p in bytes; 0: it is not valid. */
static size_t utf8_len(const unsigned char *p, size_t left)
{
	size_t n = p[0] < 0x80 ? 1 :
		   p[0] < 0xc2 ? 0 :
		   p[0] < 0xe0 ? 2 :
		   p[0] < 0xf0 ? 3 :
		   p[0] < 0xf5 ? 4 :
				 0;

	if (!n || n > left)
		return 0;
	for (size_t i = 1; i < n; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	/* overlong, surrogates, past U+10FFFF */
	if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) ||
	    (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f))
		return 0;
	return n;
}

/* Ranges of characters that are invisible, reorder text, or end a line. */
static const struct {
	uint32_t first, last;
} unseen[] = {
	{ 0x00, 0x08 },	      { 0x0b, 0x1f },	    { 0x7f, 0x9f },	{ 0xad, 0xad },
	{ 0x61c, 0x61c },     { 0x115f, 0x1160 },   { 0x17b4, 0x17b5 }, { 0x180b, 0x180f },
	{ 0x200b, 0x200f },   { 0x2028, 0x202e },   { 0x2060, 0x206f }, { 0x3164, 0x3164 },
	{ 0xfe00, 0xfe0f },   { 0xfeff, 0xfeff },   { 0xffa0, 0xffa0 }, { 0xfff0, 0xfffb },
	{ 0x1d173, 0x1d17a }, { 0xe0000, 0xe0fff },
};

/* @n: utf8_len(), not 0. */
static bool is_seen(const unsigned char *p, size_t n)
{
	uint32_t c = n == 1 ? p[0] : p[0] & (0x7fu >> n);

	for (size_t i = 1; i < n; i++)
		c = c << 6 | (p[i] & 0x3f);
	for (size_t i = 0; i < ARRAY_SIZE(unseen); i++)
		if (c >= unseen[i].first && c <= unseen[i].last)
			return false;
	return true;
}

json_t *json_text_max(const char *s, size_t max)
{
	_cleanup_buf_ struct buf b = BUF_INIT;
	size_t len = s ? strlen(s) : 0;
	const unsigned char *p = (const unsigned char *)s;

	if (!s)
		return json_null();
	for (size_t i = 0; i < len;) {
		size_t n = utf8_len(p + i, len - i);

		if (b.len >= max) {
			buf_adds(&b, "...");
			break;
		}
		if (n && is_seen(p + i, n)) {
			buf_add(&b, p + i, n);
			i += n;
			continue;
		}
		for (n = MAX(n, 1u); n; n--, i++)
			buf_addf(&b, "\\x%02x", p[i]);
	}
	return json_stringn(buf_str(&b), b.len);
}

json_t *json_text(const char *s)
{
	return json_text_max(s, JSON_TEXT_MAX);
}

void json_set(json_t *o, const char *key, json_t *value)
{
	if (json_object_set_new(o, key, value))
		abort(); /* out of memory: the text is valid UTF-8 */
}

void json_set_text(json_t *o, const char *key, const char *s)
{
	json_set(o, key, json_text(s));
}

void json_set_some(json_t *o, const char *key, const char *s)
{
	if (s && *s)
		json_set_text(o, key, s);
}

void json_set_num(json_t *o, const char *key, uint64_t v)
{
	json_set(o, key, json_integer((json_int_t)v));
}
