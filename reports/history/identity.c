/* SPDX-License-Identifier: GPL-2.0-only */
#include "reports/history/identity.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/digest.h"

/* The length of the number at @s: "17", "0x1f", "3.5"; 0: none. */
static size_t number_at(const char *s)
{
	size_t n = strspn(s, "0123456789");

	if (n == 1 && s[0] == '0' && s[1] == 'x' && isxdigit((unsigned char)s[2]))
		return 2 + strspn(s + 2, "0123456789abcdefABCDEF");
	if (n && s[n] == '.' && isdigit((unsigned char)s[n + 1]))
		n += 1 + strspn(s + n + 1, "0123456789");
	return n;
}

/* Digits within a word, as in "ext4" or "folio_put2", are no number. */
char *identity_found(const char *s)
{
	_cleanup_buf_ struct buf out = BUF_INIT;
	bool in_word = false;

	while (s && *s) {
		size_t n = in_word ? 0 : number_at(s);

		if (n) {
			buf_addc(&out, 'N');
			s += n;
			continue;
		}
		in_word = isalnum((unsigned char)*s) || *s == '_';
		buf_addc(&out, *s++);
	}
	return xstrdup(buf_str(&out));
}

void identity_hash(const char *text, char out[IDENTITY_HASH])
{
	snprintf(out, IDENTITY_HASH, "%016" PRIx64, digest_bytes(text, strlen(text)).sum);
}

void identity_scenario(const char *text, char out[IDENTITY_HASH])
{
	_cleanup_buf_ struct buf steps = BUF_INIT;

	while (*text) {
		size_t line = strcspn(text, "\n"), n = strcspn(text, "#\n");

		while (n && isspace((unsigned char)text[n - 1]))
			n--;
		if (n) {
			buf_add(&steps, text, n);
			buf_addc(&steps, '\n');
		}
		text += line + (text[line] == '\n');
	}
	identity_hash(buf_str(&steps), out);
}

/* Up to 2026-11 the mark of a repeat was '#'. */
char *identity_case(const char *name)
{
	size_t len = strlen(name), end = len;

	while (end && isdigit((unsigned char)name[end - 1]))
		end--;
	if (end < len && end > 1 && (name[end - 1] == '~' || name[end - 1] == '#'))
		len = end - 1;
	return xstrndup(name, len);
}
