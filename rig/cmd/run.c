/* SPDX-License-Identifier: GPL-2.0-only */
#include <string.h>
#include <sys/random.h>

#include "cmd/cmd.h"
#include "guest/hold.h"
#include "guests/store/kernel-spec.h"
#include "host/runs.h"
#include "plan/case-pack.h"
#include "run/run.h"
#include "run/self-test.h"

enum {
	KEY_KERNEL = 256,
	KEY_PLAN,
	KEY_MATCH,
	KEY_ACCEL,
	KEY_CONNECT,
	KEY_GEOMETRY,
	KEY_OUT,
	KEY_SEED,
	KEY_SHARD,
	KEY_REPEAT,
	KEY_SELF_TEST,
	KEY_NO_FORK,
	KEY_JOBS,
	KEY_LIMIT,
	KEY_KNOWN,
	KEY_KTAP,
	KEY_RESUME,
	KEY_NIGHT,
	KEY_HOLD,
	KEY_HOLD_ON,
	KEY_HOLD_AT,
	KEY_VMCORE,
	KEY_COVERAGE,
	KEY_EACH_COVERAGE,
	KEY_TRY_COVERAGE,
};

#define JOBS_MAX 64
#define REPEAT_MAX 10000
#define NIGHT_MAX 31
#define LIMIT_MAX 3600
#define LINE_MAX_NUMBER 100000

static struct run_options options = { .known = "" };
static bool resume;

static const struct command_option run_options[] = {
	{ "kernel", "SPEC",
	  "the kernel: " KERNEL_SPEC_FORMS ";\n"
	  "default " KERNEL_SPEC_DEFAULT ", the distribution's",
	  KEY_KERNEL },
	{ "plan", "NAME", "a plan, or a file FILE.plan; default quick", KEY_PLAN },
	{ "match", "GLOB", "only cases whose name matches", KEY_MATCH },
	{ "shard", "I/N", "one of N parts of the cases that match", KEY_SHARD },
	{ "repeat", "N",
	  "run each case N times; report cases whose verdicts differ as races,\n"
	  "with the rate of each verdict",
	  KEY_REPEAT },
	{ "accel", "auto|kvm|tcg", "auto tries KVM with the real kernel first", KEY_ACCEL },
	{ "connect", "URI",
	  "libvirt connection; default: a private one, no daemon. May be given\n"
	  "several times: cases go to whichever is free",
	  KEY_CONNECT },
	{ "geometry", "LIST",
	  "the guest's shape: memory=,vcpus=,count=,size=,align=; see the manual", KEY_GEOMETRY },
	{ "out", "DIR", "put the folder of the run into DIR", KEY_OUT },
	{ "known", "FILE|none", "the list of known findings; default: the one that daxrig brings",
	  KEY_KNOWN },
	{ "ktap", NULL, "KTAP on a terminal, too, instead of a summary", KEY_KTAP },
	{ "seed", "N",
	  "fixes the order of the cases, and goes to the agent with each; default:\n"
	  "random, and the order is the plan's",
	  KEY_SEED },
	{ "self-test", "NAME",
	  "the agent leaves out one thing, so that the verdict must change:\n" SELF_TESTS(
		  SELF_TEST_WORDS),
	  KEY_SELF_TEST },
	{ "jobs", "N|auto", "guests at once; auto: as many as processors and memory allow",
	  KEY_JOBS },
	{ "limit", "SECONDS", "time limit of a case, on a host with KVM; default 15", KEY_LIMIT },
	{ "no-fork", NULL,
	  "boot a guest for every case; default: boot one, keep it as a template,\n"
	  "and start the others from it",
	  KEY_NO_FORK },
	{ "hold", NULL,
	  "a case stands still at its first finding, or where it has none before it\n"
	  "lets go of what it holds; it says how to look into its guest",
	  KEY_HOLD },
	{ "hold-on", "fail", "a case stands still at its first finding that is not known",
	  KEY_HOLD_ON },
	{ "hold-at", "LINE", "a case stands still before that line of its scenario", KEY_HOLD_AT },
	{ "vmcore", "N",
	  "keep the memory of N guests at most, at the first finding of each kind that\n"
	  "is not known, for 'crash'",
	  KEY_VMCORE },
	{ "coverage", NULL, "keep which code of the kernel runs, under TCG; see 'daxrig coverage'",
	  KEY_COVERAGE },
	{ "each-coverage", NULL, "the same, and for each case, which then has a guest of its own",
	  KEY_EACH_COVERAGE },
	{ "try-coverage", NULL, "as --coverage, but run without if that is not possible",
	  KEY_TRY_COVERAGE },
	{ "night", "DATE", "the night that the run is a part of, for its record", KEY_NIGHT },
	{ "resume", NULL,
	  "run what is left of an interrupted or killed run, in its folder; the\n"
	  "operand is that run, default the newest. Other options are those it had",
	  KEY_RESUME },
	{ NULL, NULL, NULL, 0 },
};

static struct err *parse_jobs(const char *value)
{
	uint64_t n = 0;

	if (strcmp(value, "auto") != 0 && (!parse_size(value, &n) || !n || n > JOBS_MAX))
		return err_create(ERR_USAGE,
				  "'%s' is not a number of guests: expected auto or 1 to %d", value,
				  JOBS_MAX);
	options.jobs = (unsigned int)n;
	return NULL;
}

/* As 'daxrig nightly' writes it; it becomes part of names of files. */
static struct err *parse_night(const char *value)
{
	size_t len = strlen(value);

	if (!len || len > NIGHT_MAX || strspn(value, "0123456789-.") != len || *value == '.')
		return err_create(ERR_USAGE, "'%s' is not a night: expected a date, 2026-11-30",
				  value);
	options.night = value;
	return NULL;
}

/* A second connection to one place would make guests there compete. */
static struct err *parse_connect(const char *value)
{
	static bool given;
	const char *uri = strcmp(value, VIRT_URI_PRIVATE) == 0 ? NULL : value;
	bool twice = given && (!uri ? !options.uri : options.uri && !strcmp(uri, options.uri));

	for (unsigned int i = 0; i < options.nr_also; i++)
		twice |= strcmp(options.also[i], value) == 0;
	if (twice)
		return err_create(ERR_USAGE, "--connect '%s' is given twice", value);
	if (options.nr_also == RUN_ALSO_MAX)
		return err_create(ERR_USAGE, "--connect is given more than %d times",
				  RUN_ALSO_MAX + 1);
	if (!given) {
		options.uri = uri;
	} else if (uri) {
		options.also[options.nr_also++] = uri;
	} else {
		/* the private one is the first, whatever was given first */
		options.also[options.nr_also++] = options.uri;
		options.uri = NULL;
	}
	given = true;
	return NULL;
}

static struct err *option(void *state, int key, const char *value)
{
	(void)state;
	switch (key) {
	case KEY_KERNEL:
		options.kernel = value;
		break;
	case KEY_PLAN:
		options.plan = value;
		break;
	case KEY_MATCH:
		return command_glob(value, &options.match);
	case KEY_CONNECT:
		return parse_connect(value);
	case KEY_GEOMETRY:
		options.geometry = value;
		break;
	case KEY_OUT:
		options.out = value;
		break;
	case KEY_KNOWN:
		if (!*value)
			return err_create(ERR_USAGE,
					  "--known '' is not a file: expected one, or none");
		options.known = value;
		break;
	case KEY_KTAP:
		options.ktap = true;
		break;
	case KEY_SEED:
		options.seed_given = parse_size(value, &options.seed);
		if (!options.seed_given)
			return err_create(ERR_USAGE, "'%s' is not a seed: expected a number",
					  value);
		break;
	case KEY_SHARD:
		return plan_shard_parse(value, &options.shard);
	case KEY_REPEAT:
		return command_count("repeat", value, REPEAT_MAX, &options.repeat);
	case KEY_RESUME:
		resume = true;
		break;
	case KEY_HOLD:
		options.hold = true;
		break;
	case KEY_HOLD_ON:
		if (strcmp(value, "fail") != 0)
			return err_create(ERR_USAGE, "--hold-on '%s': expected fail", value);
		options.hold_on_fail = true;
		break;
	case KEY_HOLD_AT:
		return command_count("hold-at", value, LINE_MAX_NUMBER, &options.hold_at);
	case KEY_VMCORE:
		return command_count("vmcore", value, HOLD_CORES_MAX, &options.vmcores);
	case KEY_TRY_COVERAGE:
		options.coverage_or_not = true;
		options.coverage = true;
		break;
	case KEY_EACH_COVERAGE:
		options.each_coverage = true;
		options.coverage = true;
		break;
	case KEY_COVERAGE:
		options.coverage = true;
		break;
	case KEY_NIGHT:
		return parse_night(value);
	case KEY_NO_FORK:
		options.no_fork = true;
		break;
	case KEY_LIMIT:
		return command_count("limit", value, LIMIT_MAX, &options.limit_s);
	case KEY_JOBS:
		return parse_jobs(value);
	case KEY_ACCEL:
		return accel_wish_parse(value, &options.accel);
	default:
		return self_test_parse(value, &options.sabotage);
	}
	return NULL;
}

/* Sets *@folder to that of the run to go on with. */
static struct err *find_resumed(const char *word, char **folder)
{
	struct paths p;
	struct err *err = paths_init(&p);

	if (err)
		return err;
	if (options.out) {
		free(p.data);
		p.data = xstrdup(options.out);
	}
	err = word ? run_find(&p, word, folder) : run_find_incomplete(p.data, folder);
	if (!err && !*folder)
		err = err_create(ERR_USAGE,
				 "no run in '%s/runs' was interrupted; see 'daxrig runs'", p.data);
	paths_deinit(&p);
	return err;
}

static struct err *go_on(char **operands, int n, int *status)
{
	_cleanup_free_ char *folder = NULL;
	struct err *err;

	if (n > 1)
		return err_create(ERR_USAGE, "unexpected '%s': --resume takes one run",
				  operands[1]);
	err = find_resumed(n ? operands[0] : NULL, &folder);
	options.resume = folder;
	return err ? err : run_cases(&options, status);
}

/* A pack that is run alone brings the name of its kernel. */
static struct err *choose_kernel(char **operands, int n)
{
	static char *of_pack;
	struct err *err = NULL;

	if (options.kernel)
		return NULL;
	if (n == 1 && case_pack_is(operands[0]))
		err = case_pack_kernel(operands[0], &of_pack);
	options.kernel = of_pack ? of_pack : KERNEL_SPEC_DEFAULT;
	return err;
}

static struct err *run(void *state, char **operands, int n, int *status)
{
	struct err *err;

	(void)state;
	if (resume)
		return go_on(operands, n, status);
	err = choose_kernel(operands, n);
	if (err)
		return err;
	if (n && options.plan)
		return err_create(ERR_USAGE, "give cases or a plan, not both");
	if (!n && !options.plan)
		options.plan = "quick";
	/* below 2^63, so that the seed can be typed back in */
	if (!options.seed_given && getrandom(&options.seed, sizeof(options.seed), 0) < 0)
		options.seed = now_ns();
	options.seed &= INT64_MAX;
	/* what a self-test breaks on purpose must not pass for a known finding */
	if (options.sabotage && !*options.known)
		options.known = RUN_KNOWN_NONE;
	options.cases = operands;
	options.nr_cases = n;
	return run_cases(&options, status);
}

const struct command cmd_run = {
	.name = "run",
	.operands = "[CASE|SCENARIO|FILE.scn|PACK...|RUN]",
	.summary = "boot a kernel and run cases on it",
	.help = "Without operands it runs the quick plan. On a terminal it ends with a summary: what\n"
		"is new, what is known. Elsewhere standard output is KTAP version 1, which is always\n"
		"in results.ktap in the folder of the run, too. Progress goes to standard error.\n"
		"Exit status: 0 nothing is new, 1 a case failed by a finding that is not in the list\n"
		"of known ones, 2 usage, 3 the host or the rig failed.\n",
	.options = run_options,
	.option = option,
	.run = run,
};
