// SPDX-License-Identifier: GPL-2.0-only
#include "bisect/session-text.h"

#include <string.h>

#define LIKELIEST 5	  /* the most culprits that are listed */
#define LIKELY_MIN 0.0005 /* a less likely culprit is not listed */
#define RANGE_MAX 20	  /* the most indistinguishable changes that are listed */

char *candidate_text(const struct candidates *h, size_t at)
{
	const struct candidate *c = &h->v[at];

	return h->tree ? xstrdup(c->label) : xasprintf("%s (%s)", c->label, c->spec);
}

size_t plain_runs(size_t n)
{
	size_t runs = 0;

	/* n versions have n - 1 places for the change */
	while ((size_t)1 << runs < n - 1)
		runs++;
	return runs;
}

/* Adds the culprits of @a: "ABC", or "one of N from ABC to DEF". */
static void add_changes(const struct session *s, const struct bisect_answer *a, struct buf *out)
{
	const struct candidates *h = s->history;
	size_t first = candidates_change(h, a->first), last = candidates_change(h, a->last);
	_cleanup_free_ char *x = candidate_text(h, first), *y = candidate_text(h, last);

	if (first == last)
		buf_adds(out, x);
	else
		buf_addf(out, "one of %zu from %s to %s", last - first + 1, h->fixed ? y : x,
			 h->fixed ? x : y);
}

/* Does the answer mean that the user was right about both ends? */
static bool is_inside(const struct session *s, const struct bisect_answer *a)
{
	return a->first > 0 && a->last < s->history->n;
}

static size_t count_likely(const struct session *s)
{
	double floor = (1 - s->b.confidence) / (double)s->history->n;
	size_t n = 0;

	for (size_t c = 1; c < s->history->n; c++)
		n += bisect_probability(&s->b, c, c) > floor;
	return n;
}

/* Has each end an answer? Before that the posterior is hardly more than the prior. */
static bool ends_answered(const struct session *s)
{
	const struct bisect_point *good = &s->b.points[0], *bad = &s->b.points[s->b.n_points - 1];

	return bad->shown && good->shown + good->not_shown;
}

void session_say_run(const struct session *s, size_t version)
{
	const struct log_run *run = &s->log->runs[s->log->n - 1];
	_cleanup_free_ char *name = candidate_text(s->history, version);
	_cleanup_buf_ struct buf line = BUF_INIT;
	struct bisect_answer best;

	buf_addf(&line, "run %zu: %s: %s: %s", s->log->n, name, outcome_name(run->outcome),
		 run->why);
	progress_line(s->o->say, "%s", buf_str(&line));
	if (s->b.skipped[version])
		progress_line(s->o->say, "  will be skipped from now on");
	bisect_best(&s->b, &best);
	if (!is_inside(s, &best) || !ends_answered(s))
		return;
	buf_reset(&line);
	add_changes(s, &best, &line);
	progress_line(s->o->say, "  likeliest, at %.3f: %s; %zu of %zu are left", best.probability,
		      buf_str(&line), count_likely(s), s->history->n - 1);
}

static const struct bisect_point *point_of(const struct session *s, size_t version)
{
	for (size_t k = 0; k < s->b.n_points; k++)
		if (s->b.points[k].version == version)
			return &s->b.points[k];
	return NULL;
}

static void report_range(const struct session *s, const struct bisect_answer *a, struct buf *out)
{
	const struct candidates *h = s->history;
	size_t n = a->last - a->first + 1;

	buf_addf(out, "one of these %zu %ss, which runs cannot distinguish:\n", n, h->unit);
	for (size_t i = 0; i < MIN(n, (size_t)RANGE_MAX); i++) {
		/* oldest first */
		size_t at = candidates_change(h, h->fixed ? a->last - i : a->first + i);
		_cleanup_free_ char *name = candidate_text(h, at);

		buf_addf(out, "  %s", name);
		if (s->b.skipped[at] && s->versions[at].why)
			buf_addf(out, ": %s", s->versions[at].why);
		buf_addc(out, '\n');
	}
	if (n > RANGE_MAX)
		buf_addf(out, "  and %zu more\n", n - RANGE_MAX);
}

static void report_found(const struct session *s, const struct bisect_answer *a, const char *what,
			 struct buf *out)
{
	const struct candidates *h = s->history;
	_cleanup_free_ char *change = candidate_text(h, candidates_change(h, a->first));
	_cleanup_free_ char *good = candidate_text(h, a->first - 1);
	_cleanup_free_ char *bad = candidate_text(h, a->last);

	buf_addf(out, h->fixed ? "%s was fixed in " : "%s came in with ", what);
	if (a->first != a->last)
		report_range(s, a, out);
	else
		buf_addf(out, "%s\n", change);
	if (h->fixed)
		buf_addf(out, "still in %s\n", bad);
	else
		buf_addf(out, "not in %s\n", good);
}

/* Adds the reason why there is no answer. */
static void report_failure(const struct session *s, const char *what, struct buf *out)
{
	const struct candidates *h = s->history;
	_cleanup_free_ char *good = candidate_text(h, 0), *bad = candidate_text(h, h->n - 1);
	const struct bisect_point *of_good = point_of(s, 0), *of_bad = point_of(s, h->n - 1);
	size_t end = s->b.skipped[h->n - 1] ? h->n - 1 : 0;

	switch (s->end) {
	case SESSION_GOOD_IS_BAD:
		buf_addf(out,
			 "the good one is bad: %s also shows %s, in %zu of %zu runs; use "
			 "another --good\n",
			 good, what, of_good->shown, of_good->shown + of_good->not_shown);
		break;
	case SESSION_BAD_IS_GOOD:
		buf_addf(out,
			 "the bad one is good: %s did not show %s in %zu run%s; use another --bad, "
			 "or, if it shows only sometimes, a larger --patience or more --tries\n",
			 bad, what, of_bad->not_shown, of_bad->not_shown == 1 ? "" : "s");
		break;
	case SESSION_END_SILENT:
		buf_addf(out, "the %s one gives no answer: %s: %s; use another --%s\n",
			 end ? "bad" : "good", end ? bad : good,
			 s->versions[end].why ? s->versions[end].why : "it was not run",
			 end ? "bad" : "good");
		break;
	case SESSION_OUT_OF_RUNS:
		buf_addf(out, "not known after %zu runs; a larger --max-runs continues\n",
			 s->log->n);
		break;
	default:
		buf_adds(out, "not known: the versions that could decide it give no answer\n");
		break;
	}
}

/* Adds the likeliest culprits with their probabilities; 0 and n mean that the user was wrong. */
static void report_likeliest(const struct session *s, struct buf *out)
{
	const struct candidates *h = s->history;
	_cleanup_free_ bool *listed = xcalloc(h->n + 1, sizeof(*listed));

	buf_adds(out, "probability:\n");
	for (size_t i = 0; i < LIKELIEST; i++) {
		size_t best = h->n + 1;
		double most = LIKELY_MIN;

		for (size_t c = 0; c <= h->n; c++) {
			double p = bisect_probability(&s->b, c, c);

			if (!listed[c] && p > most) {
				most = p;
				best = c;
			}
		}
		if (best > h->n)
			return;
		listed[best] = true;
		_cleanup_free_ char *name = best == 0 ?
						    xstrdup("the good one is bad") :
					    best == h->n ?
						    xstrdup("the bad one is good") :
						    candidate_text(h, candidates_change(h, best));

		buf_addf(out, "  %.4f  %s\n", most, name);
	}
}

static void report_cost(const struct session *s, struct buf *out)
{
	size_t runs = session_runs(s), boots = session_boots(s), versions = 0;

	for (size_t k = 0; k < s->b.n_points; k++)
		versions += s->b.points[k].shown + s->b.points[k].not_shown > 0;
	buf_addf(out,
		 "%zu run%s with %zu boot%s of a guest; %zu of %zu %ss gave answers, %zu %s "
		 "skipped\n",
		 runs, runs == 1 ? "" : "s", boots, boots == 1 ? "" : "s", versions, s->history->n,
		 s->history->unit, s->b.n_skipped, s->b.n_skipped == 1 ? "was" : "were");
	if (s->end != SESSION_FOUND)
		return;
	buf_addf(out,
		 "a plain bisection would take %zu %s%s between the ends, and be right if each "
		 "first run gave the right answer\n",
		 plain_runs(s->history->n), s->history->unit,
		 plain_runs(s->history->n) == 1 ? "" : "s");
}

void session_report(const struct session *s, struct buf *out)
{
	_cleanup_free_ char *what = sought_text(&s->log->sought);
	struct bisect_answer best;

	bisect_best(&s->b, &best);
	if (s->end == SESSION_FOUND)
		report_found(s, &best, what, out);
	else
		report_failure(s, what, out);
	if (s->end == SESSION_FOUND || s->end == SESSION_STUCK || s->end == SESSION_OUT_OF_RUNS)
		report_likeliest(s, out);
	if (s->end == SESSION_FOUND)
		buf_addf(out, "with the bug, %.2f of the runs show it\n", bisect_rate(&s->b));
	report_cost(s, out);
}

void session_report_runs(const struct bisect_log *log, struct buf *out)
{
	buf_adds(out, "runs:\n");
	for (size_t i = 0; i < log->n; i++) {
		const struct log_run *run = &log->runs[i];
		char when[32] = "";
		struct tm tm;

		if (localtime_r(&run->time, &tm))
			strftime(when, sizeof(when), "%F %T", &tm);
		buf_addf(out, "  %zu  %s  %s  %s: %s\n", i + 1, when, run->spec,
			 outcome_name(run->outcome), run->why);
		if (*run->folder)
			buf_addf(out, "      %s\n", run->folder);
	}
}
