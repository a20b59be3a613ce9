/* SPDX-License-Identifier: GPL-2.0-only */
#include "workloads/lang/symbol-table.h"

#include <string.h>

static const char *const thing_names[] = {
	[THING_NONE] = "a name",
	[THING_FILE] = "a file",
	[THING_MAP] = "a mapping",
	[THING_PIN] = "a pin",
	[THING_TASK] = "a started operation",
};

struct name *names_find(struct names *names, const char *name)
{
	for (unsigned int i = 0; i < names->n; i++)
		if (strcmp(names->v[i].name, name) == 0)
			return &names->v[i];
	return NULL;
}

struct err *names_define(struct names *names, struct line *l, enum thing thing, struct name **out)
{
	const char *s;
	struct err *err = line_name(l, "a new name (a-z, 0-9, -, _)", &s);

	if (err)
		return err;
	if (names_find(names, s) || strcmp(s, "devdax") == 0)
		return line_error(l, "'%s' is in use already", s);
	if (names->n == NAMES_MAX)
		return line_error(l, "more than %d names", NAMES_MAX);
	*out = &names->v[names->n++];
	**out = (struct name){ .thing = thing };
	strcpy((*out)->name, s);
	return NULL;
}

struct err *names_refer(struct names *names, struct line *l, enum thing thing, struct name **out)
{
	const char *s = line_peek(l);
	struct name *n = s ? names_find(names, s) : NULL;

	if (!n || (thing != THING_NONE && n->thing != thing))
		return line_expected(l, thing_names[thing]);
	l->next++;
	if (n->gone)
		return line_error(l, "'%s' does not exist at this point", s);
	*out = n;
	return NULL;
}

static bool is_outer(const struct names *names, const struct name *n)
{
	return names->in_block && n < names->v + names->outer;
}

static struct err *missed(const struct line *l, const struct name *n)
{
	return line_error(l, "'%s' was made before the block: the next round would lack it",
			  n->name);
}

struct err *names_drop(struct names *names, const struct line *l, struct name *n)
{
	n->gone = true;
	return is_outer(names, n) ? missed(l, n) : NULL;
}

void names_begin(struct names *names)
{
	names->in_block = true;
	names->outer = names->n;
	for (unsigned int i = 0; i < names->n; i++)
		names->v[i].lived = !names->v[i].gone;
}

/* Why the next round could not define @n again; NULL: it can. */
static const char *still_there(const struct name *n)
{
	if (n->thing == THING_TASK)
		return NULL; /* model_derive() adds a wait for its end */
	if (!n->gone)
		return n->thing == THING_FILE ? "is still there: unlink it" :
		       n->thing == THING_MAP  ? "is still mapped" :
						"is still pinned";
	return n->unmounted ? "is only unmounted: remount, and unlink it" : NULL;
}

struct err *names_end(struct names *names, const struct line *l)
{
	for (unsigned int i = 0; i < names->n; i++) {
		const struct name *n = &names->v[i];
		const char *why = i < names->outer ? NULL : still_there(n);

		if (why)
			return line_error(l, "'%s' %s before the block ends", n->name, why);
		if (i < names->outer && n->lived && n->gone)
			return missed(l, n);
	}
	names->n = names->outer;
	names->in_block = false;
	return NULL;
}
