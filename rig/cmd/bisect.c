// SPDX-License-Identifier: GPL-2.0-only
/* 'daxrig bisect': parses its command line. The work is in bisect/. */
#include <stdio.h>
#include <string.h>

#include "base/nearest.h"
#include "bisect/command.h"
#include "cmd/cmd.h"
#include "plan/plan.h"
#include "plan/program.h"

enum {
	KEY_GOOD = 256,
	KEY_BAD,
	KEY_ONCE,
	KEY_CASE,
	KEY_SCENARIO,
	KEY_PROGRAM,
	KEY_MATCH,
	KEY_RULE,
	KEY_SIGNATURE,
	KEY_TRIES,
	KEY_CONFIDENCE,
	KEY_MAX_RUNS,
	KEY_PATIENCE,
	KEY_SKIP,
	KEY_RESTART,
	KEY_DRY_RUN,
	KEY_JOBS,
	KEY_ACCEL,
	KEY_GEOMETRY,
};

#define SKIPS_MAX 64
#define TRIES_MAX 10000
#define RUNS_MAX 1000000
#define JOBS_MAX 64

static const char *skips[SKIPS_MAX];
static char *program; /* line of a plan, or NULL */
static struct bisect_question question = {
	.confidence = 0.99,
	.max_runs = SESSION_RUNS_MAX,
	.patience = SESSION_PATIENCE,
	.tries = 1,
	.skip = skips,
};
/* The first mistake in the options. --once changes the exit status, and may come later. */
static struct err *mistake;

static const struct command_option bisect_options[] = {
	{ "good", "SPEC",
	  "a kernel that does not show the finding; newer than the bad one to\n"
	  "search for the fix",
	  KEY_GOOD },
	{ "bad", "SPEC", "a kernel that shows the finding", KEY_BAD },
	{ "case", "NAME", "the case that shows the finding", KEY_CASE },
	{ "scenario", "FILE", "the same as a scenario file of one case", KEY_SCENARIO },
	{ "program", "FILE", "the same as a program of yours: see 'daxrig exec'", KEY_PROGRAM },
	{ "match", "GLOB", "selects one case of several by its name", KEY_MATCH },
	{ "rule", "RULE", "the finding's rule; default: what the bad kernel shows first",
	  KEY_RULE },
	{ "signature", "TITLE", "the finding is a splat with this title or signature (or glob)",
	  KEY_SIGNATURE },
	{ "tries", "N", "a run repeats the case up to N times, until it fails; default 1",
	  KEY_TRIES },
	{ "confidence", "P", "when it is enough; default 0.99", KEY_CONFIDENCE },
	{ "max-runs", "N", "no more runs than these; default 1000", KEY_MAX_RUNS },
	{ "patience", "N",
	  "runs of the bad kernel without the finding before giving up; default 60", KEY_PATIENCE },
	{ "skip", "GLOB", "never run kernels whose SPEC matches; may be repeated", KEY_SKIP },
	{ "restart", NULL, "ignore earlier runs; default: continue from them", KEY_RESTART },
	{ "dry-run", NULL, "print the kernels between good and bad, and run nothing", KEY_DRY_RUN },
	{ "once", "SPEC",
	  "for 'git bisect run': one run of this kernel, e.g. tree:. ; exit status\n"
	  "0 not shown, 1 shown, 125 no answer, more than 127 to stop",
	  KEY_ONCE },
	{ "jobs", "N", "tries at once; default 1", KEY_JOBS },
	{ "accel", "auto|kvm|tcg", "as of 'daxrig run'", KEY_ACCEL },
	{ "geometry", "LIST", "as of 'daxrig run'", KEY_GEOMETRY },
	{ NULL, NULL, NULL, 0 },
};

static struct err *parse_confidence(const char *value)
{
	char *end;
	double p = strtod(value, &end);

	if (*end || end == value || !(p > 0.5 && p < 1))
		return err_create(ERR_USAGE,
				  "--confidence '%s' is not a probability above 0.5 and "
				  "below 1",
				  value);
	question.confidence = p;
	return NULL;
}

static struct err *parse_rule(const char *value)
{
	_cleanup_buf_ struct buf names = BUF_INIT;
	enum rule rule;
	struct nearest n = { .word = value };

	question.sought.rule = (char *)value;
	if (rule_find(value, &rule))
		return NULL;
	for (size_t i = 0; i < RULES; i++) {
		nearest_offer(&n, rules[i].name);
		buf_addf(&names, "%s%s", i ? ", " : "expected ", rules[i].name);
	}
	return nearest_err(&n, "rule", buf_str(&names));
}

static struct err *parse_number(int key, const char *value)
{
	switch (key) {
	case KEY_TRIES:
		return command_count("tries", value, TRIES_MAX, &question.tries);
	case KEY_MAX_RUNS:
		return command_count("max-runs", value, RUNS_MAX, &question.max_runs);
	case KEY_PATIENCE:
		return command_count("patience", value, RUNS_MAX, &question.patience);
	case KEY_CONFIDENCE:
		return parse_confidence(value);
	default:
		return command_count("jobs", value, JOBS_MAX, &question.run.jobs);
	}
}

static struct err *parse_skip(const char *value)
{
	if (question.nr_skip == SKIPS_MAX)
		return err_create(ERR_USAGE, "--skip is given more than %d times: use a glob",
				  SKIPS_MAX);
	return command_glob(value, &skips[question.nr_skip++]);
}

static struct err *parse(int key, const char *value)
{
	switch (key) {
	case KEY_GOOD:
		question.good = value;
		return NULL;
	case KEY_BAD:
		question.bad = value;
		return NULL;
	case KEY_ONCE:
		question.once = value;
		return NULL;
	case KEY_CASE:
		question.name = value;
		return NULL;
	case KEY_SCENARIO:
		question.file = value;
		return NULL;
	case KEY_PROGRAM:
		return program_line("", (char *const[]){ (char *)value }, 1, &program);
	case KEY_MATCH:
		return command_glob(value, &question.match);
	case KEY_RULE:
		return parse_rule(value);
	case KEY_SIGNATURE:
		question.sought.title = (char *)value;
		return NULL;
	case KEY_SKIP:
		return parse_skip(value);
	case KEY_RESTART:
		question.restart = true;
		return NULL;
	case KEY_DRY_RUN:
		question.dry_run = true;
		return NULL;
	case KEY_ACCEL:
		question.accel = value;
		return accel_wish_parse(value, &question.run.accel);
	case KEY_GEOMETRY:
		question.run.geometry = value;
		return NULL;
	default:
		return parse_number(key, value);
	}
}

static void note_mistake(struct err *err)
{
	if (mistake)
		err_free(err);
	else
		mistake = err;
}

static struct err *option(void *state, int key, const char *value)
{
	(void)state;
	note_mistake(parse(key, value));
	return NULL;
}

/* A misspelt --once, or one without its SPEC, must not tell git that the commit is bad either. */
static void wrong_option(void *state, const char *word, struct err *err)
{
	_cleanup_free_ char *name = xstrndup(word, strcspn(word, "="));
	struct nearest n = { .word = name };

	(void)state;
	nearest_offer(&n, "--once");
	if (n.name && !question.once)
		question.once = "";
	note_mistake(err);
}

/* Rejects options that exclude each other, and missing ones. */
static struct err *check(int operands)
{
	const struct bisect_question *q = &question;

	if (mistake)
		return take_ptr(mistake);
	if (operands)
		return err_create(ERR_USAGE,
				  "'bisect' takes no operands; see 'daxrig bisect --help'");
	if (q->once && (q->good || q->bad || q->restart || q->dry_run || q->nr_skip))
		return err_create(ERR_USAGE, "--once is one run of one kernel: no --good, --bad, "
					     "--skip, --restart or --dry-run goes with it");
	if (!q->once && (!q->good || !q->bad))
		return err_create(ERR_USAGE, "give --good SPEC and --bad SPEC; see 'daxrig bisect "
					     "--help'");
	if (q->dry_run)
		return NULL;
	if (program && !q->name)
		question.name = program;
	if (!q->name == !q->file)
		return err_create(ERR_USAGE,
				  "give --case NAME, --scenario FILE or --program FILE%s",
				  q->name ? ", not both" : ": what is to be run");
	if (q->once && !sought_known(&q->sought))
		return err_create(ERR_USAGE,
				  "give the finding by --rule RULE or --signature TITLE: "
				  "--once has no bad kernel to learn it from");
	return NULL;
}

static struct err *run(void *state, char **operands, int n, int *status)
{
	struct err *err = check(n);

	(void)state;
	(void)operands;
	if (!question.run.jobs)
		question.run.jobs = 1;
	question.run.repeat = question.tries;
	if (!err)
		err = question.once ? bisect_once(&question, status) :
				      bisect_command(&question, status);
	if (err && question.once) {
		/* 'git bisect run' would take the usual exit status for a verdict */
		fprintf(stderr, "daxrig: %s\n", err->message);
		*status = bisect_once_status(err);
		err_free(err);
		err = NULL;
	}
	return err;
}

const struct command cmd_bisect = {
	.name = "bisect",
	.operands = "",
	.summary = "find the version, or the commit, that introduced or fixed a finding",
	.help = "Looks between two packaged kernels, two revisions tree:PATH@REV of a git tree, or\n"
		"one source with two configurations, src:7.2+a.config and src:7.2+b.config. A\n"
		"kernel that does not build or boot is skipped. It repeats a case that fails only\n"
		"sometimes until the answer is certain enough. It keeps each run: after an\n"
		"interruption the same command continues.\n"
		"Exit status: 0 found, 2 usage, or the good kernel is bad, or the bad one good, 3 not\n"
		"found, or the host or the rig failed.\n"
		"\nSPEC is " KERNEL_SPEC_FORMS "\n",
	.options = bisect_options,
	.option = option,
	.mistake = wrong_option,
	.run = run,
};
