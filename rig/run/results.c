/* SPDX-License-Identifier: GPL-2.0-only */
/* Shows the results of a run: as a file of KTAP, and to a person. */
#include <stdio.h>

#include "reports/record/tally.h"
#include "run/results-private.h"

struct case_record *run_not_run(const struct run *r, size_t place, const char *reason)
{
	struct case_record *rec = case_record_create(r->plan.cases[place].name);

	case_record_add_error(rec, "not run: %s", reason);
	case_record_judge(rec);
	return rec;
}

struct err *run_results_write(const struct run *r, const char *reason)
{
	_cleanup_free_ char *path = xasprintf("%s/results.ktap", r->dir.path);
	const struct render_run run = { .planned = r->plan.nr_cases };
	_cleanup_free_ struct case_record **all = xcalloc(r->plan.nr_cases + 1, sizeof(*all));
	struct err *err;

	for (size_t i = 0; i < r->plan.nr_cases; i++) {
		all[i] = r->records ? r->records[i] : NULL;
		if (!all[i])
			all[i] = run_not_run(r, i, reason);
	}
	err = render_write(&renderer_ktap, path, &run, all, r->plan.nr_cases, reason);
	for (size_t i = 0; i < r->plan.nr_cases; i++)
		if (!r->records || !r->records[i])
			case_record_destroy(all[i]);
	return err;
}

char *run_conclusion(const struct run *r)
{
	const struct case_record **over = xcalloc(r->plan.nr_cases + 1, sizeof(*over));
	struct buf b = BUF_INIT;
	struct tally t;
	size_t n = 0;

	for (size_t i = 0; i < r->plan.nr_cases; i++)
		if (r->records[i])
			over[n++] = r->records[i];
	tally_cases(&t, over, n, r->shown.known);
	tally_conclude(&t, r->kernel->release, r->shown.known, &b);
	tally_deinit(&t);
	free(over);
	return buf_take(&b);
}

static struct render_run describe(const struct run *r)
{
	const struct run_record *json = &r->json;

	return (struct render_run){
		.planned = r->plan.nr_cases,
		.path = r->dir.path,
		.started = json->started,
		.kernel_release = json->kernel_release,
		.kernel_spec = json->kernel_spec,
		.plan = json->plan_name,
		.source = render_source(json->plan_name, json->choices),
		.accel = json->accel,
		.duration_ns = json->duration_ns,
		.incomplete = !json->complete,
		.end_reason = json->end_reason,
		.known = r->shown.known,
	};
}

struct err *run_page_write(const struct run *r, char **path)
{
	const struct render_run run = describe(r);

	*path = xasprintf("%s/page.html", r->dir.path);
	return render_write(&renderer_html, *path, &run, r->records, r->plan.nr_cases,
			    run.end_reason);
}

void run_show_brief(const struct run *r, const char *page)
{
	struct render_run run = describe(r);

	run.page = page;
	render_cases(&renderer_summary, stdout, &run, r->records, r->plan.nr_cases, run.end_reason);
	/* main() reports a failed write */
	render_cases(&renderer_brief, stdout, &run, r->records, r->plan.nr_cases, run.end_reason);
}
