/* SPDX-License-Identifier: GPL-2.0-only */
/* Shows the results of a run: as a file of KTAP, and to a person. */
#include <errno.h>
#include <stdio.h>

#include "base/files.h"
#include "reports/record/tally.h"
#include "run/results-private.h"

struct case_record *run_not_run(const struct run *r, size_t place, const char *reason)
{
	struct case_record *rec = case_record_create(r->plan.cases[place].name);

	case_record_add_error(rec, "not run: %s", reason);
	case_record_judge(rec);
	return rec;
}

static void render_all(const struct run *r, FILE *f, const char *reason)
{
	const struct render_run run = { .planned = r->plan.nr_cases };
	struct case_record **not_run = xcalloc(r->plan.nr_cases + 1, sizeof(*not_run));
	struct render show;

	render_start(&show, &renderer_ktap, f, &run);
	for (size_t i = 0; i < r->plan.nr_cases; i++) {
		const struct case_record *rec = r->records ? r->records[i] : NULL;

		if (!rec)
			rec = not_run[i] = run_not_run(r, i, reason);
		render_case(&show, 0, rec);
	}
	render_end(&show, 0, reason);
	for (size_t i = 0; i < r->plan.nr_cases; i++)
		case_record_destroy(not_run[i]);
	free(not_run);
}

struct err *run_results_write(const struct run *r, const char *reason)
{
	_cleanup_free_ char *path = xasprintf("%s/results.ktap", r->dir.path);
	_cleanup_free_ char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	if (!f)
		return err_errno(errno, "cannot write '%s'", path);
	render_all(r, f, reason);
	if (fclose(f))
		return err_errno(errno, "cannot write '%s'", path);
	return file_write_atomic(path, text, len);
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

static void show(const struct run *r, const struct renderer *renderer, FILE *out,
		 const struct render_run *run)
{
	struct render shown;

	render_start(&shown, renderer, out, run);
	for (size_t i = 0; i < r->plan.nr_cases; i++)
		if (r->records[i])
			render_case(&shown, run_now(r), r->records[i]);
	/* main() reports a failed write */
	render_end(&shown, run_now(r), run->end_reason);
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
	_cleanup_free_ char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	*path = xasprintf("%s/page.html", r->dir.path);
	if (!f)
		return err_errno(errno, "cannot write '%s'", *path);
	show(r, &renderer_html, f, &run);
	if (fclose(f))
		return err_errno(errno, "cannot write '%s'", *path);
	return file_write_atomic(*path, text, len);
}

void run_show_brief(const struct run *r, const char *page)
{
	struct render_run run = describe(r);

	run.page = page;
	show(r, &renderer_summary, stdout, &run);
	show(r, &renderer_brief, stdout, &run);
}
