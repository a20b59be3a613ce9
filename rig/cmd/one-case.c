/* SPDX-License-Identifier: GPL-2.0-only */
#include "cmd/one-case.h"

#include <string.h>

#include "base/glob.h"
#include "base/nearest.h"
#include "reports/history/identity.h"

#define NAME_SHOWN 200 /* bytes */

/* Sets *@path to the run.json of the newest run that has a case @glob. */
static struct err *newest_run(struct past *p, const char *glob, char **path)
{
	struct history h;
	struct err *err = index_load(p->ix, p->runs, &(struct index_filter){ .of_case = glob }, &h);

	if (err)
		return err;
	for (uint32_t run = (uint32_t)h.nr_runs; run-- > 0 && !*path;)
		for (uint32_t i = 0; i < h.nr_cases && !*path; i++) {
			const struct history_row *row = history_row(&h, run, i);

			if (row && !row->absent)
				*path = xstrdup(h.runs[run].path);
		}
	history_deinit(&h);
	if (!*path)
		err = err_create(ERR_USAGE, "no run in '%s' has a case '%s'; see 'daxrig runs'",
				 p->runs, glob);
	return err;
}

/* May the name, which anybody can have written, be told as it is? */
static bool is_plain(const char *name)
{
	while (*name >= ' ' && *name <= '~')
		name++;
	return !*name;
}

static void choose(struct one_case *c, const char *glob, struct nearest *near)
{
	for (size_t i = 0; i < c->s.case_count; i++) {
		struct case_record *rec = c->s.cases[i];
		_cleanup_free_ char *name = identity_case(rec->name);

		if (is_plain(rec->name))
			nearest_offer(near, rec->name);
		if (!glob_match(glob, name) && strcmp(glob, rec->name) != 0)
			continue;
		if (!c->rec || (c->rec->verdict != VERDICT_FAIL && rec->verdict == VERDICT_FAIL))
			c->rec = rec;
	}
}

static struct err *find_case(struct one_case *c, const char *glob, const char *path)
{
	_cleanup_free_ char *help = NULL;
	struct nearest near = { .word = glob };
	struct buf shown = BUF_INIT;
	struct err *err = run_json_read_raw(path, &c->s);

	if (err)
		return err;
	if (*c->s.self_test)
		return err_create(
			ERR_USAGE,
			"run '%s' is of a self-test, which breaks something on purpose: it says "
			"nothing of the kernel",
			c->folder);
	choose(c, glob, &near);
	if (c->rec) {
		c->name = identity_case(c->rec->name);
		buf_add_escaped(&shown, c->name, strlen(c->name), NAME_SHOWN);
		c->shown = buf_take(&shown);
		return NULL;
	}
	help = xasprintf("see 'daxrig report --as ktap %s'", c->folder);
	return nearest_err(&near, "case of this run", help);
}

struct err *one_case_find(struct one_case *c, const char *command, char **operands, int n)
{
	const char *glob = n ? operands[n - 1] : "";
	_cleanup_free_ char *path = NULL, *findings = NULL;
	struct err *err;

	*c = (struct one_case){ 0 };
	if (n < 1 || n > 2)
		return err_create(ERR_USAGE, "'%s' takes a run and a case; see 'daxrig %s --help'",
				  command, command);
	err = glob_check(glob);
	if (!err)
		err = past_open(&c->past);
	if (!err)
		err = n == 2 ? past_run(&c->past, operands[0], &path) :
			       newest_run(&c->past, glob, &path);
	if (err)
		return err;
	c->folder = xstrndup(path, (size_t)(strrchr(path, '/') - path));
	err = find_case(c, glob, path);
	if (err)
		return err;
	findings = paths_findings(&c->past.paths);
	err = known_read(findings, &c->known);
	if (!err)
		known_mark(&c->known, c->s.kernel_release, c->rec);
	return err;
}

void one_case_deinit(struct one_case *c)
{
	free(c->folder);
	free(c->name);
	free(c->shown);
	run_summary_deinit(&c->s);
	known_deinit(&c->known);
	past_close(&c->past);
}
