// SPDX-License-Identifier: GPL-2.0-only
#include "json-set.h"

#include <string.h>

#include "base/buf.h"

/* Bytes of the UTF-8 character at @p, 0 when it is none. */
static size_t utf8_len(const unsigned char *p, size_t left)
{
	size_t n = p[0] < 0x80	 ? 1
		   : p[0] < 0xc2 ? 0
		   : p[0] < 0xe0 ? 2
		   : p[0] < 0xf0 ? 3
		   : p[0] < 0xf5 ? 4
				 : 0;

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

json_t *json_text(const char *s)
{
	_cleanup_buf_ struct buf b = BUF_INIT;
	size_t len = s ? strlen(s) : 0;
	const unsigned char *p = (const unsigned char *)s;

	if (!s)
		return json_null();
	for (size_t i = 0; i < len;) {
		size_t n = utf8_len(p + i, len - i);

		if (b.len >= JSON_TEXT_MAX) {
			buf_adds(&b, "...");
			break;
		}
		if (!n || (p[i] < 0x20 && p[i] != '\n' && p[i] != '\t') || p[i] == 0x7f) {
			buf_addf(&b, "\\x%02x", p[i]);
			i++;
		} else {
			buf_add(&b, p + i, n);
			i += n;
		}
	}
	return json_stringn(buf_str(&b), b.len);
}

void json_set(json_t *o, const char *key, json_t *value)
{
	if (json_object_set_new(o, key, value))
		abort(); /* out of memory: json_text() leaves no other reason */
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
