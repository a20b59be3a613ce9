// SPDX-License-Identifier: GPL-2.0-only
#include "bisect/posterior.h"

#include <math.h>
#include <string.h>

#define FALSE_RATES 4
#define CELLS (BISECT_RATES * FALSE_RATES)

/* Stands for the log of 0. Finite, so that its product with 0 runs is 0. */
#define LOG_ZERO (-1e9)
/* Log weights this far below the largest count as 0. */
#define LOG_CUT (-60.0)

/* The prior that a bug shows in each run; the rest is spread over the other rates. */
#define PRIOR_ALWAYS 0.5
/* The prior that versions without the bug show the finding too. */
#define PRIOR_FALSE 0.1

static const double false_rates[FALSE_RATES] = { 0, 0.005, 0.02, 0.1 };

/* The rates, the logs of their likelihoods for one run, and the logs of their priors. */
struct bisect_grid {
	double rate[BISECT_RATES], shown[BISECT_RATES], not_shown[BISECT_RATES];
	double false_shown[FALSE_RATES], false_not_shown[FALSE_RATES];
	double prior[BISECT_RATES][FALSE_RATES];
};

double bisect_rate_prior(size_t i)
{
	return i == BISECT_RATES - 1 ? PRIOR_ALWAYS : (1 - PRIOR_ALWAYS) / (BISECT_RATES - 1);
}

static double log_of(double x)
{
	return x > 0 ? log(x) : LOG_ZERO;
}

static void fill_priors(struct bisect_grid *g, size_t i)
{
	double left = 1;

	for (size_t j = FALSE_RATES; j-- > 0;) {
		double share = j ? PRIOR_FALSE / (FALSE_RATES - 1) : left;

		/* runs cannot distinguish false positives from a bug hardly more frequent */
		if (false_rates[j] > g->rate[i] / 2)
			share = 0;
		left -= share;
		g->prior[i][j] = log_of(bisect_rate_prior(i) * share);
	}
}

static struct bisect_grid *grid_create(void)
{
	struct bisect_grid *g = xcalloc(1, sizeof(*g));

	for (size_t j = 0; j < FALSE_RATES; j++) {
		g->false_shown[j] = log_of(false_rates[j]);
		g->false_not_shown[j] = log_of(1 - false_rates[j]);
	}
	for (size_t i = 0; i < BISECT_RATES; i++) {
		g->rate[i] = pow(BISECT_RATE_MIN, 1 - (double)i / (BISECT_RATES - 1));
		g->shown[i] = log_of(g->rate[i]);
		g->not_shown[i] = log_of(1 - g->rate[i]);
		fill_priors(g, i);
	}
	return g;
}

/*
 * The log of the prior of a cell. Culprit n has no false positives: a finding in all
 * versions is the case of culprit 0.
 */
static double cell_prior(const struct bisect *b, const struct bisect_segment *s, size_t i, size_t j)
{
	if (s->hi < (ptrdiff_t)b->n)
		return b->grid->prior[i][j];
	return j ? LOG_ZERO : log(bisect_rate_prior(i));
}

static double segment_prior(const struct bisect *b, const struct bisect_segment *s)
{
	if (s->hi == 0 || s->hi == (ptrdiff_t)b->n)
		return BISECT_PRIOR_END;
	return (1 - 2 * BISECT_PRIOR_END) * (double)(s->hi - s->lo) / (double)(b->n - 1);
}

/*
 * Computes the log weights of all rates with the culprit in @s: a finding in versions @below is
 * a false positive, in versions @above the bug. Returns the largest.
 */
static double weigh(const struct bisect *b, const struct bisect_segment *s,
		    const struct bisect_point *below, const struct bisect_point *above, double *w)
{
	const struct bisect_grid *g = b->grid;
	double prior = log(segment_prior(b, s)), largest = -INFINITY;
	double good[FALSE_RATES];

	for (size_t j = 0; j < FALSE_RATES; j++) {
		good[j] = prior + (double)below->shown * g->false_shown[j] +
			  (double)below->not_shown * g->false_not_shown[j];
	}
	for (size_t i = 0; i < BISECT_RATES; i++) {
		double bad = (double)above->shown * g->shown[i] +
			     (double)above->not_shown * g->not_shown[i];

		for (size_t j = 0; j < FALSE_RATES; j++, w++) {
			*w = good[j] + bad + cell_prior(b, s, i, j);
			largest = MAX(largest, *w);
		}
	}
	return largest;
}

/* Sets @s from the log weights @w, scaled by 1 / exp(@largest); returns its mass. */
static double sum_up(const struct bisect *b, struct bisect_segment *s, const double *w,
		     double largest)
{
	double bug = 0, fault = 0;

	s->mass = 0;
	for (size_t i = 0; i < BISECT_RATES; i++) {
		s->rate[i] = 0;
		for (size_t j = 0; j < FALSE_RATES; j++, w++) {
			double x = *w - largest > LOG_CUT ? exp(*w - largest) : 0;

			s->rate[i] += x;
			fault += x * false_rates[j];
		}
		s->mass += s->rate[i];
		bug += s->rate[i] * b->grid->rate[i];
	}
	s->mean_rate = s->mass > 0 ? bug / s->mass : 0;
	s->mean_false = s->mass > 0 ? fault / s->mass : 0;
	return s->mass;
}

static void move_runs(struct bisect_point *from, struct bisect_point *to,
		      const struct bisect_point *p)
{
	from->shown -= p->shown;
	from->not_shown -= p->not_shown;
	to->shown += p->shown;
	to->not_shown += p->not_shown;
}

/* Computes the posterior from the points alone, so that no rounding error accumulates. */
static void update(struct bisect *b)
{
	struct bisect_point below = { 0 }, above = { 0 };
	double largest = -INFINITY, sum = 0;

	for (size_t k = 0; k < b->n_points; k++) {
		above.shown += b->points[k].shown;
		above.not_shown += b->points[k].not_shown;
	}
	for (size_t k = 0; k <= b->n_points; k++) {
		struct bisect_segment *s = &b->segments[k];
		double w;

		s->lo = k ? (ptrdiff_t)b->points[k - 1].version : -1;
		s->hi = (ptrdiff_t)(k < b->n_points ? b->points[k].version : b->n);
		w = weigh(b, s, &below, &above, b->scratch + k * CELLS);
		largest = MAX(largest, w);
		if (k < b->n_points)
			move_runs(&above, &below, &b->points[k]);
	}
	for (size_t k = 0; k <= b->n_points; k++)
		sum += sum_up(b, &b->segments[k], b->scratch + k * CELLS, largest);
	for (size_t k = 0; k <= b->n_points; k++) {
		b->segments[k].mass /= sum;
		for (size_t i = 0; i < BISECT_RATES; i++)
			b->segments[k].rate[i] /= sum;
	}
}

/* The point of @version; adds one when missing. */
static struct bisect_point *point_at(struct bisect *b, size_t version)
{
	size_t k = 0;

	while (k < b->n_points && b->points[k].version < version)
		k++;
	if (k < b->n_points && b->points[k].version == version)
		return &b->points[k];
	if (b->n_points == b->cap_points) {
		b->cap_points = b->cap_points ? 2 * b->cap_points : 16;
		b->points = xrealloc(b->points, b->cap_points, sizeof(*b->points));
		b->segments = xrealloc(b->segments, b->cap_points + 1, sizeof(*b->segments));
		b->scratch = xrealloc(b->scratch, b->cap_points + 1, CELLS * sizeof(double));
	}
	memmove(&b->points[k + 1], &b->points[k], (b->n_points - k) * sizeof(*b->points));
	b->n_points++;
	b->points[k] = (struct bisect_point){ .version = version };
	return &b->points[k];
}

void bisect_init(struct bisect *b, size_t n, double confidence)
{
	*b = (struct bisect){ .n = n, .confidence = MIN(confidence, 0.9999) };
	b->grid = grid_create();
	b->skipped = xcalloc(n, sizeof(*b->skipped));
	(void)point_at(b, 0);
	(void)point_at(b, n - 1);
	update(b);
}

void bisect_deinit(struct bisect *b)
{
	free(b->points);
	free(b->segments);
	free(b->scratch);
	free(b->grid);
	free(b->skipped);
	*b = (struct bisect){ 0 };
}

void bisect_add(struct bisect *b, size_t version, bool shown)
{
	struct bisect_point *p = point_at(b, version);

	if (shown)
		p->shown++;
	else
		p->not_shown++;
	update(b);
}

void bisect_skip(struct bisect *b, size_t version)
{
	b->n_skipped += !b->skipped[version];
	b->skipped[version] = true;
}

double bisect_share(const struct bisect_segment *s, size_t first, size_t last)
{
	ptrdiff_t lo = MAX(s->lo, (ptrdiff_t)first - 1), hi = MIN(s->hi, (ptrdiff_t)last);

	return hi > lo ? (double)(hi - lo) / (double)(s->hi - s->lo) : 0;
}

double bisect_probability(const struct bisect *b, size_t first, size_t last)
{
	double sum = 0;

	for (size_t k = 0; k <= b->n_points; k++)
		sum += b->segments[k].mass * bisect_share(&b->segments[k], first, last);
	return sum;
}

double bisect_rate(const struct bisect *b)
{
	double sum = 0;

	for (size_t k = 0; k <= b->n_points; k++)
		sum += b->segments[k].mass * b->segments[k].mean_rate;
	return sum;
}
