/* SPDX-License-Identifier: GPL-2.0-only */
#include "mutants/reach.h"

#include <string.h>

#include "run/covered.h"

void reach_deinit(struct reach *r)
{
	for (size_t i = 0; i < r->nr_functions; i++) {
		for (size_t c = 0; c < r->functions[i].n; c++)
			free(r->functions[i].cases[c]);
		free(r->functions[i].cases);
		free(r->functions[i].name);
	}
	free(r->functions);
	*r = (struct reach){ NULL, 0 };
}

static struct reach_function *find(const struct reach *r, const char *name, size_t len)
{
	for (size_t i = 0; i < r->nr_functions; i++)
		if (strlen(r->functions[i].name) == len && !memcmp(r->functions[i].name, name, len))
			return &r->functions[i];
	return NULL;
}

const struct reach_function *reach_find(const struct reach *r, const char *name)
{
	const char *colon = strchr(name, ':');

	name = colon ? colon + 1 : name;
	return find(r, name, strlen(name));
}

/* Did the case run any of the @size bytes from number @at on? */
static bool ran_any(const struct each_case *c, size_t at, size_t size)
{
	for (size_t k = at; k < at + size; k++)
		if (c->bits[k / 8] >> (k % 8) & 1)
			return true;
	return false;
}

static void add_case(struct reach_function *f, const char *name)
{
	for (size_t i = 0; i < f->n; i++)
		if (strcmp(f->cases[i], name) == 0)
			return;
	f->cases = xrealloc(f->cases, f->n + 1, sizeof(*f->cases));
	f->cases[f->n++] = xstrdup(name);
}

/* The parts that the compiler made of a function, "f.part.0", count as it. */
static void take(const struct covered *c, struct reach *out)
{
	size_t at = 0;

	for (size_t i = 0; i < c->coverage.n; i++) {
		const struct coverage_function *f = &c->coverage.v[i];
		size_t len = strcspn(f->name, ".");
		struct reach_function *to = find(out, f->name, len);

		if (!to) {
			out->functions = xrealloc(out->functions, out->nr_functions + 1,
						  sizeof(*out->functions));
			to = &out->functions[out->nr_functions++];
			*to = (struct reach_function){ .name = xstrndup(f->name, len) };
		}
		for (size_t k = 0; k < c->each.n; k++)
			if (ran_any(&c->each.v[k], at, f->size))
				add_case(to, c->each.v[k].name);
		at += f->size;
	}
}

struct err *reach_read(const struct paths *p, const char *folder, struct reach *out)
{
	_cleanup_free_ char *path = paths_scope(p);
	struct covered covered = { 0 };
	struct scope scope;
	struct err *err = scope_read(path, &scope);

	*out = (struct reach){ NULL, 0 };
	if (!err)
		err = covered_read(p, folder, &scope, true, &covered);
	if (!err)
		take(&covered, out);
	covered_deinit(&covered);
	scope_deinit(&scope);
	return err;
}
