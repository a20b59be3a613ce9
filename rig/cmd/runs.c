/* SPDX-License-Identifier: GPL-2.0-only */
/* 'daxrig runs': lists the runs, packs the evidence of old ones, and removes old ones. */
#include <stdio.h>
#include <string.h>

#include "cmd/cmd.h"
#include "host/runs.h"

static struct {
	bool prune, pack;
	struct run_limits limits;
	uint64_t pack_age_s;
	const char *out;
} options;

static void print_cell(const char *text, int width)
{
	_cleanup_buf_ struct buf b = BUF_INIT;

	text = text && *text ? text : "-";
	buf_add_escaped(&b, text, strlen(text), 60);
	printf("  %-*s", width, buf_str(&b));
}

static void print_run(const struct run_entry *e)
{
	const struct run_summary *s = &e->head;
	_cleanup_free_ char *plan = NULL, *counts = NULL;
	const char *part = s->plan_match && *s->plan_match ? s->plan_match : s->plan_shard;
	size_t over = 0;
	char when[32] = "-";
	struct tm tm;

	for (size_t i = 0; i < ARRAY_SIZE(s->counts); i++)
		over += s->counts[i];
	if (localtime_r(&e->start, &tm))
		strftime(when, sizeof(when), "%F %H:%M", &tm);
	plan = xasprintf("%s%s%s", s->plan && *s->plan ? s->plan : "cases",
			 part && *part ? " " : "", part ? part : "");
	counts = xasprintf("%zu/%zu %zu/%zu/%zu/%zu", over, s->planned, s->counts[VERDICT_PASS],
			   s->counts[VERDICT_FAIL], s->counts[VERDICT_SKIP],
			   s->counts[VERDICT_ERROR]);
	printf("%-22s", e->name);
	print_cell(s->kernel_release, 24);
	print_cell(plan, 12);
	print_cell(when, 16);
	print_cell(counts, 26);
	printf("  %8.1f  %s%s%s\n", (double)e->bytes / (1 << 20), run_state_name(e->state),
	       e->packed ? ", packed" : "", e->keep ? ", kept" : "");
}

/* @l may come from elsewhere than run_list_read(). */
static void print_list(const struct run_list *l)
{
	uint64_t total = 0;

	printf("%-22s  %-24s  %-12s  %-16s  %-26s  %8s  %s\n", "name", "kernel", "plan", "when",
	       "over pass/fail/skip/error", "MiB", "state");
	for (size_t i = 0; i < l->n; i++) {
		print_run(&l->v[i]);
		total += l->v[i].bytes;
	}
	printf("%zu run%s, %.1f MiB\n", l->n, l->n == 1 ? "" : "s", (double)total / (1 << 20));
}

static void say_line(void *arg, const char *text)
{
	(void)arg;
	puts(text);
}

static struct err *list(const char *base)
{
	struct run_list l;
	struct err *err = run_list_read(base, &l);

	if (err)
		return err;
	print_list(&l);
	run_list_deinit(&l);
	return NULL;
}

static struct err *runs(void *state, char **operands, int n, int *status)
{
	static const struct progress say = { say_line, NULL };
	struct err *err;
	struct paths p;

	(void)state;
	(void)status;
	if (n)
		return err_create(ERR_USAGE,
				  "unexpected '%s': 'runs' takes no operands; see "
				  "'daxrig report' for one run",
				  operands[0]);
	err = paths_init(&p);
	if (err)
		return err;
	if (!options.out)
		options.out = p.data;
	/* first, so that less may have to go */
	if (options.pack)
		err = runs_pack(options.out, options.pack_age_s, &say);
	if (!err && options.prune)
		err = runs_prune(options.out, &options.limits, &say);
	if (!err && !options.pack && !options.prune)
		err = list(options.out);
	paths_deinit(&p);
	return err;
}

enum { KEY_PRUNE = 256, KEY_PACK, KEY_OUT };

static struct err *option(void *state, int key, const char *value)
{
	(void)state;
	switch (key) {
	case KEY_PRUNE:
		options.prune = true;
		if (!run_age_parse(value, &options.limits.age_s) &&
		    (!parse_size(value, &options.limits.bytes) || !options.limits.bytes))
			return err_create(ERR_USAGE,
					  "'%s' is neither an age nor a size: expected one such as "
					  "30d, 12h, 8w or 20G",
					  value);
		break;
	case KEY_PACK:
		options.pack = true;
		if (!run_age_parse(value, &options.pack_age_s))
			return err_create(ERR_USAGE,
					  "'%s' is not an age: expected one such as 7d, 12h or 2w",
					  value);
		break;
	default:
		options.out = value;
	}
	return NULL;
}

static const struct command_option runs_options[] = {
	{ "prune", "AGE|SIZE",
	  "remove the oldest runs: those older than AGE, 30d; or until all take at\n"
	  "most SIZE, 20G. Give it twice for both",
	  KEY_PRUNE },
	{ "pack", "AGE", "put the evidence of runs older than AGE into an archive: 7d", KEY_PACK },
	{ "out", "DIR", "the runs in DIR, as of 'run --out'", KEY_OUT },
	{ NULL, NULL, NULL, 0 },
};

const struct command cmd_runs = {
	.name = "runs",
	.operands = "",
	.summary = "list the runs, pack or remove old ones",
	.help = "The newest is the last. Never removed are a run that goes on, the newest of each kernel\n"
		"and plan, and one with a file 'keep', which says why.\n",
	.options = runs_options,
	.option = option,
	.run = runs,
};
