/* SPDX-License-Identifier: GPL-2.0-only */
/* 'daxrig report': the results of a run, and where its time went, from its run.json. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/files.h"
#include "base/nearest.h"
#include "cmd/cmd.h"
#include "host/runs.h"
#include "reports/record/run-json.h"
#include "reports/render/render.h"
#include "run/run.h"

static struct {
	bool timing, kinds;
	const char *known;	   /* path of a list; NULL: none */
	const struct renderer *as; /* NULL: the default */
} options;

/* A file that is no run.json is one, too: a record may be copied. */
static struct err *find_record(const char *word, char **path)
{
	_cleanup_free_ char *folder = NULL;
	struct stat st;
	struct paths p;
	struct err *err;

	if (word && (path_is_stdin(word) || (!stat(word, &st) && !S_ISDIR(st.st_mode)))) {
		*path = xstrdup(word);
		return NULL;
	}
	err = paths_init(&p);
	if (err)
		return err;
	err = run_find(&p, word, &folder);
	if (!err)
		*path = xasprintf("%s/run.json", folder);
	paths_deinit(&p);
	return err;
}

static struct err *read_record(const char *word, char **path, struct run_summary *out)
{
	struct err *err = find_record(word, path);

	return err ? err : run_json_read(*path, out);
}

static void mark_all(const struct known *known, struct run_summary *s)
{
	for (size_t i = 0; i < s->case_count; i++)
		known_mark(known, s->kernel_release, s->cases[i]);
}

/*
 * Reads the list that is installed with daxrig: for the titles of findings, and to mark those
 * of a record that an older daxrig wrote. False: the run was compared with no list.
 */
static bool read_own_list(struct run_summary *s, struct known *out)
{
	_cleanup_free_ char *path = NULL;
	struct paths p;
	struct err *err = paths_init(&p);

	if (!err) {
		path = paths_known(&p);
		paths_deinit(&p);
		err = known_read(path, out);
	}
	if (!err && !*s->known_list)
		mark_all(out, s);
	if (err && !*s->known_list) {
		err_free(err);
		return false;
	}
	err_free(err);
	return strcmp(s->known_list, RUN_KNOWN_NONE) != 0;
}

static void show(const struct renderer *renderer, const struct render_run *run,
		 const struct run_summary *s, int *status)
{
	int ret = render_cases(renderer, stdout, run, s->cases, s->case_count,
			       s->complete ? "enough is known" : s->end_reason);

	/* main() reports a failed write */
	if (ret > 0)
		*status = ret;
}

static void show_all(const char *path, const struct run_summary *s, const struct known *known,
		     int *status)
{
	_cleanup_free_ char *compiler = render_read_compiler(s->kernel_config);
	struct render_run run = render_run_of(s, path);

	run.known = known;
	run.compiler = compiler;
	if (options.as) {
		show(options.as, &run, s, status);
		return;
	}
	show(&renderer_summary, &run, s, status);
	show(options.known ? &renderer_known :
	     options.kinds ? &renderer_kinds :
			     &renderer_brief,
	     &run, s, status);
	if (options.timing)
		show(&renderer_timing, &run, s, status);
}

static struct err *report(void *state, char **operands, int n, int *status)
{
	_cleanup_free_ char *path = NULL;
	struct known known = { 0 };
	struct run_summary s = { 0 };
	bool listed = options.known;
	struct err *err;

	(void)state;
	if (n > 1)
		return err_create(ERR_USAGE, "unexpected '%s': 'report' takes one run",
				  operands[1]);
	if (options.known && options.kinds)
		return err_create(ERR_USAGE, "--known and --kinds are two ways to sort: give one");
	if (options.as && (options.kinds || options.timing))
		return err_create(ERR_USAGE,
				  "--as shows one thing: leave out --kinds and --timing");
	err = options.known ? known_read(options.known, &known) : NULL;
	if (!err)
		err = read_record(n ? operands[0] : NULL, &path, &s);
	if (!err && options.known)
		mark_all(&known, &s);
	else if (!err)
		listed = read_own_list(&s, &known);
	if (!err)
		show_all(path, &s, listed ? &known : NULL, status);
	run_summary_deinit(&s);
	known_deinit(&known);
	return err;
}

enum { KEY_TIMING = 256, KEY_KINDS, KEY_KNOWN, KEY_AS };

static struct err *parse_as(const char *value)
{
	struct nearest n = { .word = value };

	for (const struct renderer *const *r = renderers; *r; r++) {
		nearest_offer(&n, (*r)->name);
		if (strcmp((*r)->name, value) == 0)
			options.as = *r;
	}
	return options.as ? NULL : nearest_err(&n, "renderer", "see 'daxrig list renderers'");
}

static struct err *option(void *state, int key, const char *value)
{
	(void)state;
	options.timing |= key == KEY_TIMING;
	options.kinds |= key == KEY_KINDS;
	if (key == KEY_KNOWN)
		options.known = value;
	return key == KEY_AS ? parse_as(value) : NULL;
}

static const struct command_option report_options[] = {
	{ "timing", NULL, "where the time went: totals of each phase, the 10 slowest cases",
	  KEY_TIMING },
	{ "kinds", NULL,
	  "failures by kind: one line for cases whose reasons differ only in numbers", KEY_KINDS },
	{ "known", "PATH",
	  "failures by the known findings of this list or folder, and the unknown ones",
	  KEY_KNOWN },
	{ "as", "NAME", "only the output of renderer NAME: see 'daxrig list renderers'", KEY_AS },
	{ NULL, NULL, NULL, 0 },
};

const struct command cmd_report = {
	.name = "report",
	.operands = "[RUN]",
	.summary = "show the results of a run, and where its time went",
	.help = "RUN is the folder of a run, its name or the beginning of one, or KERNEL[:PLAN]: the\n"
		"newest of these; default: the latest. Exit status: 0 the record was read, whatever\n"
		"its results; with --known 1 when a failure is not known.\n",
	.options = report_options,
	.option = option,
	.run = report,
};
