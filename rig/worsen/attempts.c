/* SPDX-License-Identifier: GPL-2.0-only */
#include "worsen/attempts.h"

#include <string.h>

#include "base/glob.h"

static char *name_of(const struct way *shape, const struct way *sequel)
{
	if (!*shape->name && !*sequel->name)
		return xstrdup("as-it-is");
	return xasprintf("%s%s%s", shape->name, *shape->name && *sequel->name ? "-" : "",
			 sequel->name);
}

static void leave_out(struct attempts *c, const struct way *shape, const struct way *sequel,
		      const char *why)
{
	c->left_out = xrealloc(c->left_out, c->nr_left_out + 1, sizeof(*c->left_out));
	c->left_out[c->nr_left_out++] = (struct attempt_left_out){ name_of(shape, sequel),
								   xstrdup(why) };
}

static void keep(struct attempts *c, const struct way *shape, const struct way *sequel, char *own,
		 struct draft *d)
{
	c->v = xrealloc(c->v, c->n + 1, sizeof(*c->v));
	c->v[c->n++] = (struct attempt){
		.name = name_of(shape, sequel),
		.shape = shape,
		.sequel = sequel,
		.own = own,
		.text = draft_text(d),
		.s = take_ptr(d->s),
	};
}

/* One sequel of one shape. @shaped: the shape applies. */
static struct err *add(struct attempts *c, const char *name, const char *fs, const char *text,
		       const struct way *shape, const struct way *sequel, bool *shaped)
{
	struct draft d;
	struct err *err = draft_init(&d, name, text);
	char *own = NULL;

	*shaped = !err && way_filesystem(&d, fs) && way_apply(shape, &d);
	if (*shaped)
		own = draft_text(&d);
	if (*shaped && way_apply(sequel, &d))
		keep(c, shape, sequel, take_ptr(own), &d);
	else if (!err)
		leave_out(c, shape, sequel, d.why ? d.why : "it changes nothing");
	free(own);
	draft_deinit(&d);
	return err;
}

static struct err *add_shape(struct attempts *c, const char *name, const char *fs, const char *text,
			     const struct way *shape)
{
	struct err *err = NULL;
	bool shaped = true;

	for (const struct way *q = way_sequels; q->name && shaped && !err; q++)
		err = add(c, name, fs, text, shape, q, &shaped);
	return err;
}

struct err *attempts_make(struct attempts *c, const char *name, const char *fs, const char *text)
{
	struct err *err = NULL;

	*c = (struct attempts){ 0 };
	for (const struct way *s = way_shapes; s->name && !err; s++)
		err = add_shape(c, name, fs, text, s);
	return err;
}

static void drop(struct attempt *v)
{
	free(v->name);
	free(v->own);
	free(v->text);
	scenario_free(v->s);
	tried_deinit(&v->tried);
}

void attempts_match(struct attempts *c, const char *glob)
{
	size_t n = 1;

	for (size_t i = 1; i < c->n; i++) {
		if (glob_match(glob, c->v[i].name))
			c->v[n++] = c->v[i];
		else
			drop(&c->v[i]);
	}
	c->n = MIN(n, c->n);
}

void attempts_deinit(struct attempts *c)
{
	for (size_t i = 0; i < c->n; i++)
		drop(&c->v[i]);
	for (size_t i = 0; i < c->nr_left_out; i++) {
		free(c->left_out[i].name);
		free(c->left_out[i].why);
	}
	free(c->v);
	free(c->left_out);
	*c = (struct attempts){ 0 };
}

struct attempt *attempts_best(const struct attempts *c, enum rung r, const bool *seen)
{
	struct attempt *best = NULL;

	for (size_t i = 0; i < c->n; i++) {
		struct attempt *v = &c->v[i];

		if (!v->tried.on[r].times || seen[i])
			continue;
		/* k of n against k of n, without rounding */
		if (!best || v->tried.on[r].times * best->tried.tries >
				     best->tried.on[r].times * v->tried.tries)
			best = v;
	}
	return best;
}
