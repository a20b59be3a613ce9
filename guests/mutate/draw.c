/* SPDX-License-Identifier: GPL-2.0-only */
/* Which mutations a seed draws. */
#include <string.h>

#include "base/random.h"
#include "guests/mutate/rules.h"

/* How often a kind of mutation came before in the order. */
struct tally {
	const char *file;
	const struct mutation_rule *rule; /* NULL: any */
	size_t n;
};

struct tallies {
	struct tally *v;
	size_t n;
};

static size_t count(struct tallies *t, const char *file, const struct mutation_rule *rule)
{
	size_t i = 0;

	while (i < t->n && (t->v[i].rule != rule || strcmp(t->v[i].file, file)))
		i++;
	if (i == t->n) {
		t->v = xrealloc(t->v, t->n + 1, sizeof(*t->v));
		t->v[t->n++] = (struct tally){ file, rule, 0 };
	}
	return t->v[i].n++;
}

struct turn {
	size_t round;
	size_t place; /* in the order before, which decides between equals */
	struct mutation m;
};

static int by_round(const void *a, const void *b)
{
	const struct turn *x = a, *y = b;

	if (x->round != y->round)
		return x->round < y->round ? -1 : 1;
	return x->place < y->place ? -1 : x->place > y->place;
}

/* Sorts by how often the file (or with @rules the file and rule) of each came before it. */
static void take_turns(struct mutation_list *l, bool rules)
{
	_cleanup_free_ struct turn *turns = xcalloc(l->n + 1, sizeof(*turns));
	struct tallies t = { NULL, 0 };

	for (size_t i = 0; i < l->n; i++)
		turns[i] = (struct turn){ count(&t, l->v[i].file, rules ? l->v[i].rule : NULL), i,
					  l->v[i] };
	qsort(turns, l->n, sizeof(*turns), by_round);
	for (size_t i = 0; i < l->n; i++)
		l->v[i] = turns[i].m;
	free(t.v);
}

void mutation_draw(struct mutation_list *l, uint64_t seed)
{
	for (size_t i = l->n; i > 1; i--) {
		size_t j = random_next(&seed) % i;
		struct mutation m = l->v[j];

		l->v[j] = l->v[i - 1];
		l->v[i - 1] = m;
	}
	take_turns(l, true);
	take_turns(l, false);
}
