/* SPDX-License-Identifier: GPL-2.0-only */
#include "reports/record/known.h"
#include "reports/render/render.h"

struct shown {
	size_t cases;
	const char *first;
};

static void print_unknown(struct render *r, const struct case_record *c, size_t finding)
{
	fprintf(r->out, "%-8s ", verdict_name(c->verdict));
	render_text(r, c->name);
	fputs(": ", r->out);
	if (finding < c->finding_count) {
		const char *found = c->findings[finding].found;

		render_text(r, c->findings[finding].rule);
		fputs(": found ", r->out);
		render_text(r, found ? found : "");
	} else {
		render_text(r, render_reason(c));
	}
	fputc('\n', r->out);
}

static void print_known(struct render *r, const struct known *known, const struct shown *shown)
{
	for (size_t i = 0; i < known->n; i++) {
		if (!shown[i].cases)
			continue;
		fprintf(r->out, "%-8s %zu: ", "known", shown[i].cases);
		render_text(r, known->v[i].name);
		fputs(", first: ", r->out);
		render_text(r, shown[i].first);
		fputc('\n', r->out);
	}
}

/* Lists the cases with any unknown finding, then how many cases show each known one. */
static void known_end(struct render *r, const char *reason)
{
	static const struct known nothing;
	const struct known *known = r->run->known ? r->run->known : &nothing;
	const char *release = r->run->kernel_release ? r->run->kernel_release : "";
	_cleanup_free_ struct shown *shown = xcalloc(known->n + 1, sizeof(*shown));
	size_t unknown = 0;

	(void)reason;
	fputc('\n', r->out);
	for (size_t i = 0; i < r->nr_cases; i++) {
		const struct case_record *c = r->cases[i];
		size_t finding = c->finding_count, row = known->n;

		if (c->verdict != VERDICT_FAIL && c->verdict != VERDICT_ERROR)
			continue;
		if (c->verdict == VERDICT_FAIL)
			row = known_of(known, release, c, &finding);
		if (row == known->n) {
			print_unknown(r, c, finding);
			unknown++;
		} else if (!shown[row].cases++) {
			shown[row].first = c->name;
		}
	}
	fprintf(r->out, "%-8s %zu\n", "unknown", unknown);
	print_known(r, known, shown);
	r->status = unknown > 0;
}

const struct renderer renderer_known = {
	.name = "known",
	.summary = "what failed by the findings of a list (--known), and what it does not know",
	.end = known_end,
};
