/* SPDX-License-Identifier: GPL-2.0-only */
#include "worsen/worsen.h"

#include <string.h>

#include "base/files.h"
#include "worsen/shrink.h"

#define OTHER_CHOICES 3 /* attempts of one rung that are tried before it counts as another bug */
#define USER 1000

static struct guests_try try_of(struct attempt *c)
{
	return (struct guests_try){ c->name, c->text, c->s, &c->tried };
}

/* The case as it is must fail. */
static struct err *run_base(struct worsen *w)
{
	struct attempt *base = &w->attempts.v[0];
	struct guests_try t = try_of(base);
	struct err *err = guests_run(&w->guests, &t, 1, RUNG_NOTHING);

	w->ladder.base = base;
	if (err || tried_worst(&base->tried) != RUNG_NOTHING)
		return err;
	if (base->tried.tries)
		return err_create(ERR_USAGE,
				  "case '%s' passes on %s, %zu of %zu times: there is nothing to "
				  "worsen",
				  w->ladder.name, w->ladder.kernel, base->tried.tries,
				  base->tried.tries + base->tried.none);
	return err_create(ERR_USAGE, "case '%s' came to no verdict on %s: %.200s", w->ladder.name,
			  w->ladder.kernel,
			  base->tried.none_why ? base->tried.none_why : "it was not run");
}

/* Lets what follows use half of the time that is left; returns the deadline to set again. */
static uint64_t take_half(struct guests *g)
{
	uint64_t end = g->deadline_ns, now = now_ns();

	g->deadline_ns = now + (end - MIN(end, now)) / 2;
	return end;
}

static struct err *run_others(struct worsen *w)
{
	size_t n = w->attempts.n - 1;
	struct guests_try *v = xcalloc(n + 1, sizeof(*v));
	struct err *err = NULL;

	for (size_t i = 0; i < n; i++)
		v[i] = try_of(&w->attempts.v[i + 1]);
	if (n)
		err = guests_run(&w->guests, v, n, RUNG_NOTHING);
	free(v);
	return err;
}

/* A rung that is searched for in shorter and shorter scenarios. */
struct search {
	struct worsen *w;
	enum rung rung;
	const struct shown *sought;
	unsigned int number;
	struct tried last; /* of the shortest that showed it */
};

/* Runs @text until it shows @s; its tries go to @t. */
static struct err *look(struct search *s, const char *text, enum rung until, struct tried *t)
{
	_cleanup_free_ char *name = xasprintf("r%d-%03u", s->rung, ++s->number);
	struct draft d;
	struct err *err = draft_init(&d, name, text);
	struct guests_try try = { name, text, d.s, t };

	if (!err)
		err = guests_run(&s->w->guests, &try, 1, until);
	draft_deinit(&d);
	return err;
}

/* By the same rule; and at a step, if it was at one: a program cannot tell of the others. */
static bool is_sought(const struct shown *on, const struct shown *sought)
{
	return on->times && strcmp(on->rule, sought->rule) == 0 && (*on->step || !*sought->step);
}

static struct err *shows(void *arg, const char *text, bool *shown)
{
	struct search *s = arg;
	struct tried t = { 0 };
	struct err *err = look(s, text, s->rung, &t);

	*shown = is_sought(&t.on[s->rung], s->sought);
	if (*shown) {
		tried_deinit(&s->last);
		s->last = t;
	} else {
		tried_deinit(&t);
	}
	return err;
}

static bool late(void *arg)
{
	const struct search *s = arg;

	return guests_late(&s->w->guests);
}

/* Takes away what attempt @c does not need to show @r, and counts once more. */
static struct err *shorten(struct worsen *w, enum rung r, const struct attempt *c,
			   struct ladder_rung *out)
{
	struct search s = { .w = w, .rung = r, .sought = &c->tried.on[r] };
	const struct shrink_runner run = { shows, late, &s };
	struct shrunk shrunk;
	struct err *err;

	*out = (struct ladder_rung){ .rung = r, .from = c };
	progress_line(w->say, "%s: %s: taking away what it does not need", c->name, rung_text(r));
	err = shrink(&run, c->text, &shrunk);
	out->text = shrunk.text;
	out->whole = shrunk.whole;
	if (!err)
		err = look(&s, out->text, RUNG_NOTHING, &out->tried);
	if (!err && !out->tried.tries && s.last.tries) {
		/* no time: that it was shown on the way stands */
		tried_deinit(&out->tried);
		tried_copy(&out->tried, &s.last);
	} else if (!err && !out->tried.on[r].times) {
		/* a race that hides, or nothing could go: what was seen first, with all its steps */
		tried_deinit(&out->tried);
		tried_copy(&out->tried, &c->tried);
		free(out->text);
		out->text = xstrdup(c->text);
		out->whole = false;
	}
	out->foreign = !way_has_cause(c->own, out->text);
	tried_deinit(&s.last);
	return err;
}

static void drop(struct ladder_rung *r)
{
	free(r->text);
	free(r->path);
	tried_deinit(&r->tried);
}

static struct err *keep(struct worsen *w, struct ladder_rung *r)
{
	struct ladder *l = &w->ladder;
	_cleanup_free_ char *path = xasprintf("%s/%s-%s.scn", w->guests.dir, w->file,
					      r->from->name);
	struct err *err = file_write_atomic(path, r->text, strlen(r->text));

	r->path = take_ptr(path);
	l->v = xrealloc(l->v, l->n + 1, sizeof(*l->v));
	l->v[l->n++] = *r;
	return err;
}

/* Finds an attempt that shows @r because of what the case does. */
static struct err *climb(struct worsen *w, enum rung r)
{
	bool *seen = xcalloc(w->attempts.n, sizeof(*seen));
	struct ladder_rung kept = { .from = NULL };
	struct err *err = NULL;

	for (int i = 0; i < OTHER_CHOICES && !err; i++) {
		struct attempt *c = attempts_best(&w->attempts, r, seen);
		struct ladder_rung found;

		if (!c || (kept.from && !kept.foreign))
			break;
		seen[c - w->attempts.v] = true;
		err = shorten(w, r, c, &found);
		if (kept.from && found.foreign) {
			drop(&found);
			continue;
		}
		if (kept.from)
			drop(&kept);
		kept = found;
	}
	free(seen);
	if (!kept.from)
		return err;
	if (err)
		drop(&kept);
	return err ? err : keep(w, &kept);
}

static struct ladder_where *add_where(struct ladder *l, char *where)
{
	l->where = xrealloc(l->where, l->nr_where + 1, sizeof(*l->where));
	l->where[l->nr_where] = (struct ladder_where){ .where = where };
	return &l->where[l->nr_where++];
}

/* An error that only says why it does not apply. */
static struct err *not_there(struct ladder_where *w, struct err *err)
{
	if (!err || err->code != ERR_USAGE)
		return err;
	w->why_not = xstrdup(err->message);
	err_free(err);
	return NULL;
}

static struct err *on_filesystem(struct worsen *w, const char *text, const char *fs)
{
	struct ladder_where *to = add_where(&w->ladder, xasprintf("on %s", fs));
	_cleanup_free_ char *name = xasprintf("on-%s", fs), *changed = NULL;
	struct draft d;
	struct err *err = draft_init(&d, name, text);

	if (!err && !way_filesystem(&d, fs)) {
		to->why_not = xstrdup(d.why);
	} else if (!err) {
		struct guests_try t = { name, changed = draft_text(&d), d.s, &to->tried };

		err = not_there(to, guests_run(&w->guests, &t, 1, RUNG_NOTHING));
	}
	draft_deinit(&d);
	return err;
}

static struct err *on_processors(struct worsen *w, const char *text, unsigned int n)
{
	struct ladder_where *to = add_where(&w->ladder,
					    xasprintf("on %u processor%s", n, n == 1 ? "" : "s"));
	_cleanup_free_ char *name = xasprintf("on-%u", n), *geometry = xasprintf("vcpus=%u", n);
	const char *was = w->guests.run.geometry;
	struct draft d;
	struct err *err = draft_init(&d, name, text);
	struct guests_try t = { name, text, d.s, &to->tried };

	w->guests.run.geometry = geometry;
	if (!err)
		err = not_there(to, guests_run(&w->guests, &t, 1, RUNG_NOTHING));
	w->guests.run.geometry = was;
	draft_deinit(&d);
	return err;
}

/* A program sees bytes and what calls return; the kernel log is looked at beside it. */
static bool is_told_by_program(const char *rule)
{
	return strncmp(rule, "content.", 8) == 0 || strncmp(rule, "contract.", 9) == 0 ||
	       rule_is(rule, RULE_SPLAT);
}

/* @how: which scenario its program does, after "the program in C". */
static struct err *as_user(struct worsen *w, const char *text, const char *how, enum rung r,
			   const struct shown *want)
{
	struct ladder_where *to = add_where(
		&w->ladder, xasprintf("as user %d, by the program in C%s", USER, how));
	struct draft d;
	struct err *err = draft_init(&d, "as-user", text);
	struct guests_try t = { "as-user", text, d.s, &to->tried };

	if (!err && !is_told_by_program(want->rule))
		to->why_not = xstrdup("only the rig sees this, not a program");
	else if (!err)
		err = not_there(to, guests_run_program(&w->guests, &t, USER, r, want));
	draft_deinit(&d);
	return err;
}

/* Who else sees the worst, and where. */
static struct err *look_elsewhere(struct worsen *w)
{
	const struct ladder_rung *worst = ladder_worst(&w->ladder);
	enum rung r = ladder_severity(&w->ladder);
	const struct tried *seen = worst ? &worst->tried : &w->ladder.base->tried;
	_cleanup_free_ char *text = xstrdup(worst ? worst->text : w->ladder.base->text);
	struct err *err = NULL;

	for (size_t i = 0; filesystems[i] && !err && !guests_late(&w->guests); i++)
		if (strcmp(filesystems[i]->name, w->guests.fs) != 0)
			err = on_filesystem(w, text, filesystems[i]->name);
	for (unsigned int n = 1; n <= 2 && !err && !guests_late(&w->guests); n++)
		err = on_processors(w, text, n);
	if (!err && !guests_late(&w->guests))
		err = as_user(w, text, "", r, &seen->on[r]);
	/* a user may need what root does not, as a sync */
	if (!err && worst && !guests_late(&w->guests) &&
	    !w->ladder.where[w->ladder.nr_where - 1].tried.on[r].times)
		err = as_user(w, worst->from->text, " of all steps", r, &seen->on[r]);
	return err;
}

struct err *worsen_run(struct worsen *w)
{
	struct err *err = run_base(w);
	enum rung own = w->ladder.base ? tried_worst(&w->ladder.base->tried) : RUNG_NOTHING;
	uint64_t end = take_half(&w->guests);

	if (!err)
		err = run_others(w);
	w->guests.deadline_ns = end;
	take_half(&w->guests);
	for (enum rung r = 0; r < own && !err; r++)
		err = climb(w, r);
	w->guests.deadline_ns = end;
	if (!err)
		err = look_elsewhere(w);
	w->ladder.late = guests_late(&w->guests);
	return err;
}
