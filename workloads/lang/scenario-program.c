/* SPDX-License-Identifier: GPL-2.0-only */
/* The step that runs a program, and its header. */
#include <string.h>

#include "workloads/lang/parser.h"

static bool hex_digit(char c, unsigned int *value)
{
	if (c >= '0' && c <= '9')
		*value = (unsigned int)(c - '0');
	else if (c >= 'a' && c <= 'f')
		*value = (unsigned int)(c - 'a') + 10;
	else
		return false;
	return true;
}

char *program_word(const char *escaped)
{
	char *word = xstrdup(escaped), *to = word;
	unsigned int high, low;

	for (const char *p = escaped; *p; p++) {
		if (*p != '\\') {
			*to++ = *p;
			continue;
		}
		if (p[1] != 'x' || !hex_digit(p[2], &high) || !hex_digit(p[3], &low) ||
		    !(high | low)) {
			free(word);
			return NULL;
		}
		*to++ = (char)(high << 4 | low);
		p += 3;
	}
	*to = '\0';
	return word;
}

void program_word_escape(struct buf *out, const char *word)
{
	for (; *word; word++)
		if (*word > ' ' && *word <= '~' && !strchr("#\\$", *word))
			buf_addc(out, *word);
		else
			buf_addf(out, "\\x%02x", (unsigned char)*word);
}

struct err *step_program(struct parser *p, struct step *st)
{
	struct line *l = &p->line;
	uint64_t uid = 0;
	struct err *err = NULL;

	for (unsigned int i = 0; i < p->names.n; i++)
		if (!p->names.v[i].gone)
			return line_error(
				l,
				"a program may change '%s', which would then be told of the "
				"kernel: remove it first",
				p->names.v[i].name);
	st->within_ms = PROGRAM_MS;
	st->kselftest = line_take(l, "kselftest");
	if (line_take(l, "user"))
		err = line_size(l, "a user's number", &uid);
	if (!err && uid > PROGRAM_UID_MAX)
		err = line_error(l, "expected 0 to %u", PROGRAM_UID_MAX);
	if (!err && line_take(l, "within"))
		err = line_size(l, "milliseconds", &st->within_ms);
	if (!err && (!st->within_ms || st->within_ms > PROGRAM_MS_MAX))
		err = line_error(l, "expected 1 to %u ms", PROGRAM_MS_MAX);
	if (err)
		return err;
	st->uid = (unsigned int)uid;
	if (!line_peek(l) || *line_peek(l) != '/')
		return line_expected(l, "the program's path, with a '/' at its beginning");
	st->argv = xcalloc(l->n - l->next + 1, sizeof(*st->argv));
	for (size_t i = 0; l->next < l->n; i++) {
		st->argv[i] = program_word(l->words[l->next++].s);
		if (!st->argv[i])
			return line_error(l, "a '\\' begins the code of a byte, as in \\x20");
	}
	return NULL;
}
