/* SPDX-License-Identifier: GPL-2.0-only */
#include "reports/record/triage.h"
#include "reports/render/render.h"

static void print_kind(struct render *r, const struct kind *k, enum verdict verdict)
{
	_cleanup_buf_ struct buf where = BUF_INIT;

	fprintf(r->out, "\n%-8s %zu: ", verdict_name(verdict), k->cases);
	render_text(r, k->reason);
	fputs("\n         ", r->out);
	kind_add_where(k, &where);
	render_text(r, buf_str(&where));
	if (k->cases > 1) {
		fputs("\n         first: ", r->out);
		render_text(r, k->first);
	}
	fputc('\n', r->out);
}

static void print_kinds(struct render *r, enum verdict verdict)
{
	struct kinds k = KINDS_INIT;

	for (size_t i = 0; i < r->nr_cases; i++)
		if (r->cases[i]->verdict == verdict)
			kinds_add(&k, r->cases[i]->name, render_reason(r->cases[i]));
	kinds_sort(&k);
	for (size_t i = 0; i < k.n; i++)
		print_kind(r, k.v[i], verdict);
	kinds_deinit(&k);
}

static void kinds_end(struct render *r, const char *reason)
{
	(void)reason;
	print_kinds(r, VERDICT_FAIL);
	print_kinds(r, VERDICT_ERROR);
}

const struct renderer renderer_kinds = {
	.name = "kinds",
	.summary = "what failed by kind: cases whose reasons differ in numbers alone as one",
	.end = kinds_end,
};
