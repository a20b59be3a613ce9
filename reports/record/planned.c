/* SPDX-License-Identifier: GPL-2.0-only */
#include "reports/record/planned.h"

#include <stdlib.h>
#include <string.h>

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void take_line(const char **sorted, size_t n, const char *line, size_t len,
		      struct planned *out)
{
	_cleanup_free_ char *name = xstrndup(line, len);
	const char *key = name;

	if (!*name || (n && bsearch(&key, sorted, n, sizeof(*sorted), by_text)))
		return;
	/* grow to powers of two */
	if (!(out->n & (out->n - 1)))
		out->names = xrealloc(out->names, out->n ? 2 * out->n : 1, sizeof(*out->names));
	out->names[out->n++] = take_ptr(name);
}

void planned_missing(const char *text, const struct case_record *const *cases, size_t n, size_t max,
		     struct planned *out)
{
	_cleanup_free_ const char **sorted = xcalloc(n + 1, sizeof(*sorted));
	const char *end;

	*out = (struct planned){ 0 };
	for (size_t i = 0; i < n; i++)
		sorted[i] = cases[i]->name;
	if (n)
		qsort(sorted, n, sizeof(*sorted), by_text);
	for (; text && (end = strchr(text, '\n')) && out->n < max; text = end + 1)
		take_line(sorted, n, text, (size_t)(end - text), out);
}

void planned_deinit(struct planned *p)
{
	for (size_t i = 0; i < p->n; i++)
		free(p->names[i]);
	free(p->names);
	*p = (struct planned){ 0 };
}
