/* SPDX-License-Identifier: GPL-2.0-only */
#include "reports/record/triage.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

#include "reports/history/identity.h"

static int by_reason(const void *a, const void *b)
{
	const struct kind *x = a, *y = b;

	return strcmp(x->reason, y->reason);
}

/* Takes ownership of @reason. */
static struct kind *kind_of(struct kinds *k, const char *name, char *reason)
{
	const struct kind sought = { .reason = reason };
	struct kind **found = tfind(&sought, &k->by_reason, by_reason), *new;

	if (found) {
		free(reason);
		return *found;
	}
	new = xcalloc(1, sizeof(*new));
	*new = (struct kind){ .reason = reason, .first = xstrdup(name), .order = k->n };
	if (!tsearch(new, &k->by_reason, by_reason))
		abort();
	if (!(k->n & (k->n - 1)))
		k->v = xrealloc(k->v, MAX(2 * k->n, 1), sizeof(*k->v));
	return k->v[k->n++] = new;
}

static void add_value(struct kind_part *p, const char *value, size_t len)
{
	p->names++;
	for (size_t i = 0; i < p->nr_values; i++)
		if (strlen(p->values[i]) == len && memcmp(p->values[i], value, len) == 0)
			return;
	if (p->nr_values < KIND_VALUES_MAX)
		p->values[p->nr_values++] = xstrndup(value, len);
	else
		p->many = true;
}

void kinds_add(struct kinds *k, const char *name, const char *reason)
{
	struct kind *kind = kind_of(k, name, identity_found(reason));

	kind->cases++;
	for (size_t i = 0; i < KIND_PARTS_MAX; i++) {
		size_t len = i + 1 < KIND_PARTS_MAX ? strcspn(name, "/") : strlen(name);

		add_value(&kind->parts[i], name, len);
		if (!name[len])
			break;
		name += len + 1;
	}
}

static int larger(const void *a, const void *b)
{
	const struct kind *x = *(struct kind *const *)a, *y = *(struct kind *const *)b;

	if (x->cases != y->cases)
		return x->cases < y->cases ? 1 : -1;
	return x->order < y->order ? -1 : 1;
}

void kinds_sort(struct kinds *k)
{
	if (k->n)
		qsort(k->v, k->n, sizeof(*k->v), larger);
}

static void add_part(const struct kind_part *p, struct buf *out)
{
	if (p->many)
		buf_addc(out, '*');
	else if (p->nr_values == 1)
		buf_adds(out, p->values[0]);
	for (size_t i = 0; !p->many && p->nr_values > 1 && i < p->nr_values; i++)
		buf_addf(out, "%s%s%s", i ? "," : "{", p->values[i],
			 i + 1 == p->nr_values ? "}" : "");
}

void kind_add_where(const struct kind *k, struct buf *out)
{
	size_t open = 0;

	for (size_t i = 0; i < KIND_PARTS_MAX && k->parts[i].names; i++) {
		if (k->parts[i].names < (i ? k->parts[i - 1].names : k->cases)) {
			buf_addc(out, '[');
			open++;
		}
		if (i)
			buf_addc(out, '/');
		add_part(&k->parts[i], out);
	}
	while (open--)
		buf_addc(out, ']');
}

static void forget(void *node)
{
	(void)node; /* it is in v, too */
}

static void kind_destroy(struct kind *k)
{
	for (size_t i = 0; i < KIND_PARTS_MAX; i++)
		for (size_t v = 0; v < k->parts[i].nr_values; v++)
			free(k->parts[i].values[v]);
	free(k->reason);
	free(k->first);
	free(k);
}

void kinds_deinit(struct kinds *k)
{
	tdestroy(k->by_reason, forget);
	for (size_t i = 0; i < k->n; i++)
		kind_destroy(k->v[i]);
	free(k->v);
	*k = (struct kinds)KINDS_INIT;
}
