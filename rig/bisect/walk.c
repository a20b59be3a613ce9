// SPDX-License-Identifier: GPL-2.0-only
#include "bisect/walk.h"

#include <math.h>

#include "bisect/answer-file.h"
#include "bisect/session-text.h"

#define MERGES_MAX 16 /* nesting depth of merges */

/*
 * How many runs without the finding show that the end of a merge's other side is good: enough
 * to be sure at the rate that is now known.
 */
static size_t patience_of(const struct session *s)
{
	double rate = MIN(bisect_rate(&s->b), 0.9);
	size_t runs = (size_t)ceil(log(1 - s->b.confidence) / log1p(-rate));

	return MIN(MAX(runs, (size_t)2), s->o->patience);
}

/* The place of the change that was found; false: none was found, or a range. */
static bool found(const struct session *s, size_t *at)
{
	struct bisect_answer a;

	bisect_best(&s->b, &a);
	*at = candidates_change(s->history, a.first);
	return s->end == SESSION_FOUND && a.first == a.last;
}

static struct err *report(const struct session *s, FILE *out)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	_cleanup_free_ char *commit = NULL;
	struct err *err = NULL;
	size_t at;

	session_report(s, &text);
	if (found(s, &at) && s->history->tree)
		err = candidates_describe(s->history, at, &commit);
	if (!err && found(s, &at))
		err = answer_file_write(s);
	fprintf(out, "%s%s", buf_str(&text), commit ? commit : "");
	return err;
}

/* Reports why bisecting the merge's other side gave no answer. */
static void report_merge(const struct session *s, FILE *out)
{
	_cleanup_free_ char *good = candidate_text(s->history, 0);
	_cleanup_free_ char *bad = candidate_text(s->history, s->history->n - 1);

	if (s->end == SESSION_BAD_IS_GOOD)
		fprintf(out, "%s does not show it in %zu runs", bad,
			s->b.points[s->b.n_points - 1].not_shown);
	else if (s->end == SESSION_GOOD_IS_BAD)
		fprintf(out, "%s shows it too", good);
	else
		fprintf(out, "its other side gives no answer");
	fprintf(out, ": the answer is the merge itself, as far as is known\n");
}

/* Runs one session. Sets @inside to the next history; it is empty after the last one. */
static struct err *step(struct session *s, unsigned int depth, FILE *out, struct candidates *inside)
{
	struct err *err = session_run(s);
	size_t at;

	if (!err && depth && s->end != SESSION_FOUND)
		report_merge(s, out);
	else if (!err)
		err = report(s, out);
	if (!err && found(s, &at))
		err = candidates_inside(s->history, at, inside);
	if (inside->note)
		fprintf(out, "%s\n", inside->note);
	if (inside->n)
		fprintf(out, "it is a merge: continuing with the %zu commit%s of its other side\n",
			inside->n - 1, inside->n == 2 ? "" : "s");
	fflush(out);
	return err;
}

struct err *bisect_walk(struct candidates *h, struct bisect_log *log,
			const struct session_options *o, FILE *out, enum session_end *end)
{
	struct session_options mine = *o;
	struct err *err = NULL;

	for (unsigned int depth = 0; !err && h->n && depth < MERGES_MAX; depth++) {
		struct candidates inside = { 0 };
		struct session s;

		err = session_init(&s, h, log, &mine);
		if (!err)
			err = step(&s, depth, out, &inside);
		if (!err && depth == 0)
			*end = s.end;
		if (!err && s.end == SESSION_FOUND)
			mine.patience = patience_of(&s);
		/* the first session checked that each glob matches something */
		mine.skip_any = true;
		session_deinit(&s);
		candidates_deinit(h);
		*h = inside;
	}
	candidates_deinit(h);
	return err;
}
