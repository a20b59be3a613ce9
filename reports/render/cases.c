/* SPDX-License-Identifier: GPL-2.0-only */
#include "reports/render/render.h"

static void cases_one(struct render *r, const struct case_record *rec)
{
	if (rec->verdict != VERDICT_FAIL && rec->verdict != VERDICT_ERROR)
		return;
	fprintf(r->out, "%-8s ", verdict_name(rec->verdict));
	render_text(r, rec->name);
	fputs(": ", r->out);
	render_text(r, render_reason(rec));
	fputc('\n', r->out);
}

const struct renderer renderer_cases = {
	.name = "cases",
	.summary = "a line for each case that failed, or ended in error",
	.one = cases_one,
};
