/* SPDX-License-Identifier: GPL-2.0-only */
/* Puts findings in the order in which their rows decide. */
#include <string.h>

#include "reports/record/finding.h"
#include "reports/record/known-private.h"

static int by_name(const void *a, const void *b)
{
	const struct known_finding *x = a, *y = b;

	return strcmp(x->name, y->name);
}

/* Whether all that @f comes after is among the first @n. */
static bool is_ready(const struct known *k, size_t n, const struct known_finding *f)
{
	const struct known first = { .findings = k->findings, .nr_findings = n };
	const char *rest = f->after ? f->after : "";

	while (*rest) {
		_cleanup_free_ char *name = known_word(&rest);

		if (!known_finding(&first, name))
			return false;
	}
	return true;
}

static struct err *stuck(const struct known *k, const struct known_finding *f)
{
	const char *rest = f->after;

	while (*rest) {
		_cleanup_free_ char *name = known_word(&rest);

		if (!known_finding(k, name))
			return err_create(ERR_USAGE,
					  "finding '%s' comes after '%s', which does not exist",
					  f->name, name);
	}
	return err_create(ERR_USAGE, "finding '%s' comes after '%s': these make a circle", f->name,
			  f->after);
}

/* Moves the element @from of the findings down to @to. */
static void move_down(struct known *k, size_t from, size_t to)
{
	struct known_finding f = k->findings[from];

	memmove(k->findings + to + 1, k->findings + to, (from - to) * sizeof(f));
	k->findings[to] = f;
}

static void order_rows(struct known *k)
{
	struct known_row *rows = xcalloc(k->n + 1, sizeof(*rows));
	size_t n = 0;

	for (size_t i = 0; i < k->nr_findings; i++)
		for (size_t j = 0; j < k->n; j++)
			if (strcmp(k->v[j].name, k->findings[i].name) == 0)
				rows[n++] = k->v[j];
	free(k->v);
	k->v = rows;
}

struct err *findings_order(struct known *k)
{
	if (!k->nr_findings)
		return NULL;
	qsort(k->findings, k->nr_findings, sizeof(*k->findings), by_name);
	for (size_t n = 0; n < k->nr_findings; n++) {
		size_t i = n;

		while (i < k->nr_findings && !is_ready(k, n, &k->findings[i]))
			i++;
		if (i == k->nr_findings)
			return stuck(k, &k->findings[n]);
		move_down(k, i, n);
	}
	order_rows(k);
	return NULL;
}
