/* SPDX-License-Identifier: GPL-2.0-only */
#include "reports/render/render.h"

#define SLOWEST 10

static const struct {
	const char *name;
	size_t offset;
} phases[] = {
	{ "queue", offsetof(struct case_timing, queue_ns) },
	{ "fork", offsetof(struct case_timing, fork_ns) },
	{ "settle", offsetof(struct case_timing, settle_ns) },
	{ "steps", offsetof(struct case_timing, steps_ns) },
	{ "oracles", offsetof(struct case_timing, oracles_ns) },
	{ "teardown", offsetof(struct case_timing, teardown_ns) },
};

static uint64_t phase_ns(const struct case_timing *t, size_t phase)
{
	return *(const uint64_t *)((const char *)t + phases[phase].offset);
}

/* The cost of a case, without its time in the queue. */
static uint64_t cost_ns(const struct case_record *c)
{
	const struct case_timing *t = &c->timing;
	uint64_t sum = t->fork_ns + t->settle_ns + t->steps_ns + t->oracles_ns + t->teardown_ns;

	return MAX(sum, c->duration_ns);
}

static double seconds(uint64_t ns)
{
	return (double)ns / 1e9;
}

static int slower(const void *a, const void *b)
{
	uint64_t x = cost_ns(*(const struct case_record *const *)a);
	uint64_t y = cost_ns(*(const struct case_record *const *)b);

	return x < y ? 1 : x > y ? -1 : 0;
}

static void print_slowest(struct render *r)
{
	const struct case_record **by = xcalloc(r->nr_cases + 1, sizeof(*by));

	for (size_t i = 0; i < r->nr_cases; i++)
		by[i] = r->cases[i];
	qsort(by, r->nr_cases, sizeof(*by), slower);
	fprintf(r->out, "\nthe slowest\n  %8s", "s");
	for (size_t p = 1; p < ARRAY_SIZE(phases); p++)
		fprintf(r->out, " %8s", phases[p].name);
	fputs("  case\n", r->out);
	for (size_t i = 0; i < MIN(r->nr_cases, (size_t)SLOWEST); i++) {
		fprintf(r->out, "  %8.3f", seconds(cost_ns(by[i])));
		for (size_t p = 1; p < ARRAY_SIZE(phases); p++)
			fprintf(r->out, " %8.3f", seconds(phase_ns(&by[i]->timing, p)));
		fputs("  ", r->out);
		render_text(r, by[i]->name);
		fputc('\n', r->out);
	}
	free(by);
}

static void timing_end(struct render *r, const char *reason)
{
	uint64_t totals[ARRAY_SIZE(phases)] = { 0 }, spent = 0, cost = 0;

	(void)reason;
	for (size_t i = 0; i < r->nr_cases; i++) {
		for (size_t p = 0; p < ARRAY_SIZE(phases); p++)
			totals[p] += phase_ns(&r->cases[i]->timing, p);
		cost += cost_ns(r->cases[i]);
	}
	for (size_t p = 1; p < ARRAY_SIZE(phases); p++)
		spent += totals[p];
	fputs("\nwhere the cases' time went, in seconds; share is of all but queue\n", r->out);
	if (!spent)
		fprintf(r->out, "  the record does not say: %.1f s in all cases\n", seconds(cost));
	for (size_t p = 0; spent && p < ARRAY_SIZE(phases); p++) {
		fprintf(r->out, "  %-8s %10.3f", phases[p].name, seconds(totals[p]));
		if (p)
			fprintf(r->out, "  %3.0f%%", 100 * (double)totals[p] / (double)spent);
		fputc('\n', r->out);
	}
	if (r->nr_cases)
		print_slowest(r);
}

const struct renderer renderer_timing = {
	.name = "timing",
	.summary = "where the time went: totals of each phase, the 10 slowest cases",
	.end = timing_end,
};
