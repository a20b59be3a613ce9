/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Says what a night's results mean, by one walk over all runs, oldest first. A line is the
 * kernels of one version, "6.12": only within it is a kernel older than another.
 */
#include <stdlib.h>
#include <string.h>

#include "base/release.h"
#include "reports/history/history-private.h"

/* A finding counts as fixed when chance would hide it as often as this or less. */
#define CHANCE 0.01

/* A finding that a case showed on a line. */
struct sighting {
	uint32_t finding;
	uint32_t first; /* the run that showed it first */
};

/* What is known of one case on one line of comparable runs. */
struct past {
	struct sighting *seen; /* what is known is another finding */
	size_t nr_seen;
	uint32_t last_good;	       /* run */
	uint32_t first_bad;	       /* run since which it fails, or HISTORY_NONE */
	uint32_t good_before;	       /* the last good run before first_bad */
	uint32_t last_build;	       /* the newest run with tries: names the build of the two */
	uint32_t fails, tries;	       /* on that build, the last run included */
	uint32_t bad_build;	       /* the newest run that failed: names the build of the two */
	uint32_t bad_fails, bad_tries; /* on that build */
	uint32_t passes;	       /* since bad_build's last fail, on other builds */
	bool open;		       /* it failed, and no pass has shown it fixed since */
	bool present;		       /* the last run that could have it had it, not skipped */
};

/* The comparable runs of one line. */
struct line {
	const struct history_run *one; /* any of its runs: plan, geometry, ... */
	unsigned int major, minor;
	struct past **past; /* by case; NULL: never ran */
	size_t nr_past;
	uint32_t last; /* its newest run that was not untested */
};

struct walk {
	struct history *h;
	struct line *lines;
	size_t nr_lines;
};

static const struct {
	const char *name, *text;
	char letter;
} statuses[] = {
	[STATUS_NEW] = { "new", "fails as no known finding and no earlier run does", 'N' },
	[STATUS_REGRESSED] = { "regressed", "fails, but passed on an older kernel of its line",
			       'R' },
	[STATUS_STILL] = { "still", "fails as it did before, and is not in the list", 'S' },
	[STATUS_FLAKY] = { "flaky", "passes and fails on the same build", 'F' },
	[STATUS_LOST] = { "lost", "no result: an error, or an oracle did not see all", 'L' },
	[STATUS_FIXED] = { "fixed", "failed before, and passes too often for chance", 'X' },
	[STATUS_KNOWN] = { "known", "fails by known findings only", 'K' },
	[STATUS_GONE] = { "gone", "ran before; the plan has it no more, or it is skipped", 'G' },
	[STATUS_PASS] = { "pass", "passes", '.' },
	[STATUS_SKIP] = { "skip", "the kernel, filesystem or device lacks something", '-' },
};

_Static_assert(ARRAY_SIZE(statuses) == STATUSES, "every status has a name");

const char *status_name(enum status s)
{
	return statuses[s].name;
}

char status_letter(enum status s)
{
	return statuses[s].letter;
}

const char *status_text(enum status s)
{
	return statuses[s].text;
}

static struct line *line_of(struct walk *w, const struct history_run *run)
{
	unsigned int major = 0, minor = 0;

	release_parse(run->release, &major, &minor);
	for (size_t i = 0; i < w->nr_lines; i++) {
		struct line *l = &w->lines[i];

		if (l->major == major && l->minor == minor && history_comparable(l->one, run))
			return l;
	}
	w->lines = xrealloc(w->lines, w->nr_lines + 1, sizeof(*w->lines));
	w->lines[w->nr_lines] = (struct line){
		.one = run,
		.major = major,
		.minor = minor,
		.past = xcalloc(MAX(w->h->nr_cases, (size_t)1), sizeof(struct past *)),
		.nr_past = w->h->nr_cases,
		.last = HISTORY_NONE,
	};
	return &w->lines[w->nr_lines++];
}

static struct past *past_of(struct line *l, uint32_t of_case)
{
	struct past *p = l->past[of_case];

	if (!p) {
		p = l->past[of_case] = xcalloc(1, sizeof(*p));
		p->last_good = p->first_bad = p->good_before = HISTORY_NONE;
		p->last_build = p->bad_build = HISTORY_NONE;
	}
	return p;
}

static bool same_build(const struct history *h, uint32_t a, uint32_t b)
{
	return a != HISTORY_NONE && strcmp(h->runs[a].key, h->runs[b].key) == 0;
}

static const struct sighting *sighting_of(const struct past *p, uint32_t finding)
{
	for (size_t i = 0; p && i < p->nr_seen; i++)
		if (p->seen[i].finding == finding)
			return &p->seen[i];
	return NULL;
}

/* Did a comparable run of any line show the finding in this case? One of the same night does not count. */
static bool seen_anywhere(const struct walk *w, const struct line *l, uint32_t run,
			  uint32_t of_case, uint32_t finding)
{
	const char *night = w->h->runs[run].night;

	for (size_t i = 0; i < w->nr_lines; i++) {
		const struct sighting *s = sighting_of(w->lines[i].past[of_case], finding);

		if (s && history_comparable(w->lines[i].one, l->one) &&
		    (!*night || strcmp(w->h->runs[s->first].night, night) != 0))
			return true;
	}
	return false;
}

/* A finding that no list knows, by what was seen before. */
static enum status judge_finding(const struct walk *w, const struct line *l, const struct past *p,
				 const struct history_row *row, uint32_t run, uint32_t finding)
{
	bool passed = row->fails < row->tries;

	if (sighting_of(p, finding))
		return passed || (same_build(w->h, p->last_build, run) && p->fails < p->tries) ?
			       STATUS_FLAKY :
			       STATUS_STILL;
	/* a recheck that never shows it again: one build, both outcomes */
	if (row->tries > 1 && row->fails == 1)
		return STATUS_FLAKY;
	if (p->last_good != HISTORY_NONE && !same_build(w->h, p->last_good, run))
		return STATUS_REGRESSED;
	return seen_anywhere(w, l, run, row->of, finding) ? STATUS_STILL : STATUS_NEW;
}

static enum status judge_fail(const struct walk *w, const struct line *l, const struct past *p,
			      const struct history_row *row, uint32_t run)
{
	enum status worst = STATUS_KNOWN;

	/* a fail without a finding is from a record that a newer daxrig wrote: no list knows it */
	if (!row->nr_findings)
		return p->open ? STATUS_STILL : STATUS_NEW;
	for (uint32_t i = 0; i < row->nr_findings; i++) {
		enum status s;

		if (*w->h->findings[row->findings[i]].known)
			continue;
		s = judge_finding(w, l, p, row, run, row->findings[i]);
		worst = MIN(worst, s);
	}
	return worst;
}

/*
 * How probable it is that @passes tries all pass when the finding is as frequent as it was.
 * Laplace's estimate: of one fail in one try it does not follow that the next try fails.
 */
static double chance(uint32_t fails, uint32_t tries, uint32_t passes)
{
	double pass = 1.0 - ((double)fails + 1) / ((double)tries + 2), p = 1;

	for (uint32_t i = 0; i < passes && p > CHANCE / 2; i++)
		p *= pass;
	return p;
}

static enum status judge_pass(const struct history *h, const struct past *p,
			      const struct history_row *row, uint32_t run)
{
	if (!p->open)
		return STATUS_PASS;
	if (same_build(h, p->bad_build, run))
		return STATUS_FLAKY;
	return chance(p->bad_fails, p->bad_tries, p->passes + row->tries) <= CHANCE ? STATUS_FIXED :
										      STATUS_PASS;
}

static enum status judge(const struct walk *w, const struct line *l, const struct past *p,
			 const struct history_row *row, uint32_t run)
{
	if (row->fails)
		return judge_fail(w, l, p, row, run);
	if (row->verdict == VERDICT_SKIP)
		return p->present ? STATUS_GONE : STATUS_SKIP;
	if (!row->tries)
		return STATUS_LOST;
	return judge_pass(w->h, p, row, run);
}

static void remember_fail(struct past *p, const struct history *h, const struct history_row *row,
			  uint32_t run)
{
	if (!p->open) {
		p->first_bad = run;
		p->good_before = p->last_good;
	}
	if (!same_build(h, p->bad_build, run))
		p->bad_fails = p->bad_tries = 0;
	/* passes of this build before its first fail belong to its rate */
	if (!p->bad_tries && same_build(h, p->last_build, run))
		p->bad_tries = p->tries;
	p->bad_build = run;
	p->bad_fails += row->fails;
	p->bad_tries += row->tries;
	p->passes = 0;
	p->open = true;
	for (uint32_t i = 0; i < row->nr_findings; i++) {
		if (sighting_of(p, row->findings[i]))
			continue;
		p->seen = xrealloc(p->seen, p->nr_seen + 1, sizeof(*p->seen));
		p->seen[p->nr_seen++] = (struct sighting){ row->findings[i], run };
	}
}

static void remember_pass(struct past *p, const struct history *h, const struct history_row *row,
			  uint32_t run)
{
	p->last_good = run;
	if (!p->open)
		return;
	if (same_build(h, p->bad_build, run))
		p->bad_tries += row->tries;
	else
		p->passes += row->tries;
	if (row->status != STATUS_FIXED)
		return;
	p->open = false;
	p->first_bad = HISTORY_NONE;
	/* if it comes again, it is regressed, and not the old one still there */
	p->nr_seen = 0;
}

static void remember(struct past *p, const struct history *h, const struct history_row *row,
		     uint32_t run)
{
	if (row->fails)
		remember_fail(p, h, row, run);
	else if (row->tries)
		remember_pass(p, h, row, run);
	if (row->tries) {
		if (!same_build(h, p->last_build, run))
			p->fails = p->tries = 0;
		p->last_build = run;
		p->fails += row->fails;
		p->tries += row->tries;
	}
	/* a lost case is still in the plan */
	if (row->tries || row->verdict == VERDICT_ERROR)
		p->present = true;
	else if (row->verdict == VERDICT_SKIP)
		p->present = false;
}

static void judge_row(const struct walk *w, struct line *l, uint32_t run, struct history_row *row)
{
	struct past *p = past_of(l, row->of);

	row->status = judge(w, l, p, row, run);
	row->last_good = row->fails && p->open ? p->good_before : p->last_good;
	remember(p, w->h, row, run);
	row->first_bad = p->open ? p->first_bad : HISTORY_NONE;
}

/* Adds a row for each case that the line had, and that this run of the whole plan lacks. */
static void add_gone(struct walk *w, struct line *l, uint32_t run)
{
	struct history_run *r = &w->h->runs[run];
	size_t had = r->nr_rows, n = 0;
	struct history_row *gone = NULL;

	for (uint32_t i = 0; i < l->nr_past; i++) {
		struct past *p = l->past[i];

		if (!p || !p->present || history_row(w->h, run, i))
			continue;
		gone = xrealloc(gone, n + 1, sizeof(*gone));
		gone[n++] = (struct history_row){ .of = i,
						  .verdict = VERDICT_SKIP,
						  .status = STATUS_GONE,
						  .absent = true,
						  .last_good = p->last_good,
						  .first_bad = p->first_bad };
		p->present = false;
	}
	if (n) {
		r->rows = xrealloc(r->rows, had + n, sizeof(*r->rows));
		memcpy(r->rows + had, gone, n * sizeof(*gone));
		r->nr_rows = had + n;
		history_sort(w->h, r);
	}
	free(gone);
}

static void judge_run(struct walk *w, uint32_t run)
{
	struct history_run *r = &w->h->runs[run];
	struct line *l = line_of(w, r);
	bool whole = r->complete && !*r->shard && !*r->match;

	memset(r->statuses, 0, sizeof(r->statuses));
	r->before = l->last;
	if (*r->untested)
		return;
	for (size_t i = 0; i < r->nr_rows; i++)
		judge_row(w, l, run, &r->rows[i]);
	if (whole)
		add_gone(w, l, run);
	for (size_t i = 0; i < r->nr_rows; i++)
		r->statuses[r->rows[i].status]++;
	l->last = run;
}

static void line_deinit(struct line *l)
{
	for (size_t i = 0; i < l->nr_past; i++) {
		if (l->past[i])
			free(l->past[i]->seen);
		free(l->past[i]);
	}
	free(l->past);
}

void history_classify(struct history *h)
{
	struct walk w = { .h = h };

	for (uint32_t i = 0; i < h->nr_runs; i++)
		judge_run(&w, i);
	for (size_t i = 0; i < w.nr_lines; i++)
		line_deinit(&w.lines[i]);
	free(w.lines);
}
