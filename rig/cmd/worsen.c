/* SPDX-License-Identifier: GPL-2.0-only */
/* 'daxrig worsen': what a failing case leads to. */
#include <stdio.h>
#include <string.h>

#include "base/files.h"
#include "cmd/cmd.h"
#include "guests/store/kernel-spec.h"
#include "plan/cases.h"
#include "worsen/worsen.h"

#define TRIES 4
#define TRIES_MAX 100
#define SECONDS 1800
#define SECONDS_MAX 86400
#define JOBS_MAX 64

enum {
	KEY_KERNEL = 256,
	KEY_TRIES,
	KEY_TIME,
	KEY_OUT,
	KEY_WHY,
	KEY_MATCH,
	KEY_JOBS,
	KEY_ACCEL,
};

static struct worsen w = { .guests = { .tries = TRIES }, .say = &command_say };
static unsigned int seconds = SECONDS;
static bool why;
static const char *match;

static const struct progress silent = { NULL, NULL };

static struct err *option(void *state, int key, const char *value)
{
	(void)state;
	switch (key) {
	case KEY_KERNEL:
		w.guests.run.kernel = value;
		break;
	case KEY_TRIES:
		return command_count("tries", value, TRIES_MAX, &w.guests.tries);
	case KEY_TIME:
		return command_count("time", value, SECONDS_MAX, &seconds);
	case KEY_OUT:
		w.guests.dir = value;
		break;
	case KEY_WHY:
		why = true;
		break;
	case KEY_MATCH:
		return command_glob(value, &match);
	case KEY_ACCEL:
		return accel_wish_parse(value, &w.guests.run.accel);
	default:
		return command_count("jobs", value, JOBS_MAX, &w.guests.run.jobs);
	}
	return NULL;
}

/* A program of a user's has no steps that anything could be added to. */
static struct err *check_case(const struct plan *plan, const char *word)
{
	if (plan->nr_cases != 1)
		return err_create(ERR_USAGE, "'%s' is %zu cases: name one, as '%s'", word,
				  plan->nr_cases, plan->cases[0].name);
	if (plan->cases[0].bad)
		return err_create(ERR_USAGE, "%s: %s", plan->cases[0].name, plan->cases[0].bad);
	if (plan->cases[0].program)
		return err_create(ERR_USAGE,
				  "'%s' is a program, not a scenario: nothing can be "
				  "added to it",
				  plan->cases[0].name);
	return NULL;
}

/* "xfs/cow-old-block/vmsplice" as a part of names of files; free() it. */
static char *file_name(const char *name)
{
	char *file = xstrdup(name);

	for (char *c = file; *c; c++)
		if (*c == '/')
			*c = '-';
	return file;
}

static void print_left_out(const struct attempts *c)
{
	for (size_t i = 0; i < c->nr_left_out && why; i++)
		printf("left out: %s: %s\n", c->left_out[i].name, c->left_out[i].why);
	printf("%zu combinations were tried; %zu do not apply to this case%s\n", c->n,
	       c->nr_left_out, why ? "" : " (--why names them)");
}

static struct err *worsen_case(const struct paths *p, const struct plan_case *c, int *status)
{
	_cleanup_free_ char *file = file_name(c->name);
	_cleanup_free_ char *dir = xasprintf("%s/worsen/%s", p->data, file);
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct err *err = attempts_make(&w.attempts, c->name, c->fs->name, c->text);

	w.file = file;
	w.guests.fs = c->fs->name;
	w.guests.dir = w.guests.dir ? w.guests.dir : dir;
	w.guests.deadline_ns = now_ns() + seconds * 1000000000ull;
	w.guests.run.say = &silent;
	w.ladder.name = c->name;
	w.ladder.kernel = w.guests.run.kernel;
	if (!err && match)
		attempts_match(&w.attempts, match);
	if (!err)
		err = dir_create(w.guests.dir);
	if (!err) {
		progress_line(w.say, "%s: %zu scenarios, %u times each", c->name, w.attempts.n,
			      w.guests.tries);
		err = worsen_run(&w);
	}
	/* what was seen before an error stands */
	if (w.ladder.base && tried_worst(&w.ladder.base->tried) != RUNG_NOTHING) {
		ladder_print(&w.ladder, &text);
		fputs(buf_str(&text), stdout);
		print_left_out(&w.attempts);
		*status = ladder_worst(&w.ladder) ? EXIT_CASE_FAILED : EXIT_ALL_PASSED;
	}
	ladder_deinit(&w.ladder);
	attempts_deinit(&w.attempts);
	guests_close(&w.guests);
	return err;
}

static struct err *run(void *state, char **operands, int n, int *status)
{
	struct plan plan = { 0 };
	struct paths p;
	struct err *err;

	(void)state;
	if (n != 1)
		return err_create(ERR_USAGE,
				  n ? "unexpected '%s': 'worsen' takes one case" :
				      "no case given; see 'daxrig worsen --help'",
				  operands[n ? 1 : 0]);
	if (!w.guests.run.kernel)
		w.guests.run.kernel = KERNEL_SPEC_DEFAULT;
	err = paths_init(&p);
	if (err)
		return err;
	err = cases_from_word(&p, operands[0], &plan);
	if (!err)
		err = check_case(&plan, operands[0]);
	plan_write_texts(&plan);
	if (!err)
		err = worsen_case(&p, &plan.cases[0], status);
	plan_deinit(&plan);
	paths_deinit(&p);
	return err;
}

static const struct command_option worsen_options[] = {
	{ "kernel", "SPEC", "as of 'run'", KEY_KERNEL },
	{ "tries", "N", "run each scenario N times; default 4", KEY_TRIES },
	{ "time", "SECONDS", "begin nothing after so long; default 1800", KEY_TIME },
	{ "out", "DIR", "put scenarios and records there; default: by the case, in worsen/",
	  KEY_OUT },
	{ "match", "GLOB", "only combinations whose name matches: 'rest', '*-umount'", KEY_MATCH },
	{ "why", NULL, "name the combinations that do not apply, and say why", KEY_WHY },
	{ "jobs", "N", "guests at once; default: as 'run'", KEY_JOBS },
	{ "accel", "auto|kvm|tcg", "as of 'run'", KEY_ACCEL },
	{ NULL, NULL, NULL, 0 },
};

const struct command cmd_worsen = {
	.name = "worsen",
	.operands = "CASE|FILE.scn",
	.summary = "find out how bad it is what a failing case leads to",
	.help = "Adds to the case what others may do next, each way alone: another file takes the\n"
		"freed blocks, the holder writes on, the files are cut, mapped, unmounted, and more;\n"
		"with other pins, too. Prints the worst that was seen first. Of each that is worse\n"
		"than the case, takes away the steps that it does not need, and writes the rest as a\n"
		"scenario. Then looks whether the worst is seen on other filesystems, on 1 and 2\n"
		"processors, and by a user without privilege.\n"
		"Exit status: 0 nothing is worse than the case, 1 something is, 2 usage, or the case\n"
		"passes, 3 the host or the rig failed.\n",
	.options = worsen_options,
	.option = option,
	.run = run,
};
