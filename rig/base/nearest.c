/* SPDX-License-Identifier: GPL-2.0-only */
#include "base/nearest.h"

#include <string.h>

#include "base/buf.h"

#define LETTERS_MAX 60
#define EDITS_MAX 3u
#define WORD_SHOWN 200 /* bytes */

/* The optimal string alignment distance of @a and @b; above EDITS_MAX it is not exact. */
static unsigned int count_edits(const char *a, const char *b)
{
	size_t n = strlen(a), m = strlen(b);
	unsigned int rows[3][LETTERS_MAX + 1];
	unsigned int *before = rows[0], *last = rows[1], *row = rows[2], *spare;

	if (n > LETTERS_MAX || m > LETTERS_MAX || n > m + EDITS_MAX || m > n + EDITS_MAX)
		return EDITS_MAX + 1;
	for (size_t j = 0; j <= m; j++)
		last[j] = (unsigned int)j;
	for (size_t i = 1; i <= n; i++) {
		row[0] = (unsigned int)i;
		for (size_t j = 1; j <= m; j++) {
			row[j] = MIN(MIN(last[j], row[j - 1]) + 1,
				     last[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				row[j] = MIN(row[j], before[j - 2] + 1);
		}
		spare = before;
		before = last;
		last = row;
		row = spare;
	}
	return last[m];
}

void nearest_offer(struct nearest *n, const char *name)
{
	unsigned int near = (unsigned int)MIN(strlen(n->word) / 3, EDITS_MAX);
	unsigned int edits = count_edits(n->word, name);

	/* a name that shares no letter with the word is not near */
	if (edits > MAX(near, 1u) || edits >= strlen(n->word) || edits >= strlen(name))
		return;
	if (n->name && edits >= n->edits)
		return;
	n->name = name;
	n->edits = edits;
}

void nearest_offer_all(struct nearest *n, const char *const *names)
{
	for (; *names; names++)
		nearest_offer(n, *names);
}

char *nearest_text(const struct nearest *n, const char *kind, const char *otherwise)
{
	struct buf b = BUF_INIT;

	buf_addf(&b, "no %s '", kind);
	buf_add_escaped(&b, n->word, strlen(n->word), WORD_SHOWN);
	buf_addc(&b, '\'');
	if (n->name)
		buf_addf(&b, "; did you mean '%s'?", n->name);
	else if (otherwise)
		buf_addf(&b, "; %s", otherwise);
	return buf_take(&b);
}

struct err *nearest_err(const struct nearest *n, const char *kind, const char *otherwise)
{
	_cleanup_free_ char *text = nearest_text(n, kind, otherwise);

	return err_create(ERR_USAGE, "%s", text);
}
