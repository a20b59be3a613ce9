/* SPDX-License-Identifier: GPL-2.0-only */
#include "worsen/shrink.h"

#include <string.h>

#include "base/buf.h"
#include "worsen/draft.h"

/* Whether a line of the @n from @first says something to the guest. */
static bool has_step(const struct draft *d, size_t first, size_t n)
{
	for (unsigned int i = 0; i < d->s->nr_steps; i++)
		if (d->s->steps[i].line > first && d->s->steps[i].line <= first + n)
			return true;
	return false;
}

static char *lines_of(const struct draft *d, size_t first, size_t n)
{
	struct buf b = BUF_INIT;

	for (size_t i = first; i < first + n; i++)
		buf_addf(&b, "%s\n", d->lines[i]);
	return buf_take(&b);
}

/* Tries it without @n lines; true: they are gone. */
static struct err *try_without(const struct shrink_runner *run, struct draft *d, size_t first,
			       size_t n, struct shrunk *out, bool *gone)
{
	_cleanup_free_ char *lines = lines_of(d, first, n), *text = NULL;
	struct err *err;

	*gone = has_step(d, first, n) && draft_replace(d, first, n, "");
	if (!*gone)
		return NULL;
	text = draft_text(d);
	out->runs++;
	err = run->shows(run->arg, text, gone);
	if ((err || !*gone) && !draft_replace(d, first, 0, lines))
		abort(); /* it was accepted before */
	return err;
}

/* Tries it once without each @n lines that follow each other, from the end on. */
static struct err *pass(const struct shrink_runner *run, struct draft *d, size_t n,
			struct shrunk *out, bool *changed)
{
	*changed = false;
	for (size_t end = d->n; end >= draft_body(d) + n;) {
		struct err *err;
		bool gone;

		out->whole = !run->late(run->arg) && out->runs < SHRINK_RUNS_MAX;
		if (!out->whole)
			return NULL;
		err = try_without(run, d, end - n, n, out, &gone);
		if (err)
			return err;
		*changed |= gone;
		end -= gone || n == 1 ? n : n / 2;
	}
	return NULL;
}

struct err *shrink(const struct shrink_runner *run, const char *text, struct shrunk *out)
{
	struct draft d;
	struct err *err = draft_init(&d, "scenario", text);
	size_t size = err ? 0 : (d.n - draft_body(&d)) / 2;

	*out = (struct shrunk){ .whole = true };
	while (!err && size && out->whole) {
		bool changed;

		err = pass(run, &d, size, out, &changed);
		if (size > 1 || !changed)
			size /= 2;
	}
	out->text = draft_text(&d);
	draft_deinit(&d);
	return err;
}
