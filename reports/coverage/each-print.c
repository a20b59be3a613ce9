/* SPDX-License-Identifier: GPL-2.0-only */
#include <stdio.h>
#include <string.h>

#include "reports/coverage/each.h"

/* How much of @c is not in @seen; *@first is the first of it. */
static size_t beyond(const struct each *e, const struct each_case *c, const uint8_t *seen,
		     size_t *first)
{
	size_t n = 0;

	for (size_t i = e->bytes / 8 + 1; i-- > 0;) {
		uint8_t more = (uint8_t)(c->bits[i] & ~seen[i]);

		if (!more)
			continue;
		n += (size_t)__builtin_popcount(more);
		*first = 8 * i + (size_t)__builtin_ctz(more);
	}
	return n;
}

static void see(const struct each *e, const struct each_case *c, uint8_t *seen)
{
	for (size_t i = 0; i < e->bytes / 8 + 1; i++)
		seen[i] |= c->bits[i];
}

void each_print(const struct each *e)
{
	_cleanup_free_ uint8_t *seen = xcalloc(1, e->bytes / 8 + 1);
	size_t first;

	for (size_t i = 0; i < e->n; i++) {
		if (!e->v[i].ran)
			continue;
		printf("%s: %zu bytes, %zu that no case before it ran\n", e->v[i].name, e->v[i].ran,
		       beyond(e, &e->v[i], seen, &first));
		see(e, &e->v[i], seen);
	}
}

/* The function that has the byte @number. */
static const char *function_at(const struct coverage *all, size_t number)
{
	for (size_t i = 0; i < all->n; i++) {
		if (number < all->v[i].size)
			return all->v[i].name;
		number -= all->v[i].size;
	}
	return "?";
}

struct choosing {
	const struct each *e;
	uint8_t *seen;
	size_t *most; /* for each case, at least what it adds: what is seen only grows; 0: taken */
};

/* The case that adds most for its time; SIZE_MAX: none adds anything. */
static size_t find_best(struct choosing *c, size_t *bytes, size_t *first)
{
	double best = 0;
	size_t found = SIZE_MAX;

	for (size_t i = 0; i < c->e->n; i++) {
		double seconds = (double)MAX(c->e->v[i].ns, 1u) / 1e9;
		size_t at = 0;

		if (!c->most[i] || (double)c->most[i] / seconds <= best)
			continue;
		c->most[i] = beyond(c->e, &c->e->v[i], c->seen, &at);
		if ((double)c->most[i] / seconds <= best)
			continue;
		best = (double)c->most[i] / seconds;
		found = i;
		*bytes = c->most[i];
		*first = at;
	}
	return found;
}

static void take(struct choosing *c, size_t i)
{
	see(c->e, &c->e->v[i], c->seen);
	c->most[i] = 0;
}

size_t each_choose(const struct each *e, const struct coverage *all)
{
	_cleanup_free_ uint8_t *seen = xcalloc(1, e->bytes / 8 + 1);
	_cleanup_free_ size_t *most = xcalloc(e->n + 1, sizeof(*most));
	struct choosing c = { e, seen, most };
	size_t n = 0, i, bytes, first;

	for (i = 0; i < e->n; i++) {
		c.most[i] = e->v[i].barred ? 0 : e->v[i].ran;
		if (!e->v[i].why)
			continue;
		printf("case     %s  # %s\n", e->v[i].name, e->v[i].why);
		take(&c, i);
		n++;
	}
	while ((i = find_best(&c, &bytes, &first)) != SIZE_MAX) {
		printf("case     %s  # runs %zu more bytes, the first in %s\n", e->v[i].name, bytes,
		       function_at(all, first));
		take(&c, i);
		n++;
	}
	return n;
}
