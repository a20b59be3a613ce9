/* SPDX-License-Identifier: GPL-2.0-only */
#include <string.h>
#include <sys/random.h>

#include "base/nearest.h"
#include "cmd/cmd.h"
#include "guests/store/kernel-spec.h"
#include "run/run.h"

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
};

#define JOBS_MAX 64
#define REPEAT_MAX 10000
#define LIMIT_MAX 3600

/* The values of --self-test: name, what the agent does, and the separator after it in --help. */
/* clang-format off */
#define SELF_TESTS(row) \
	row("no-pin", SABOTAGE_NO_PIN, ", ") \
	row("no-unpin", SABOTAGE_NO_UNPIN, ", ") \
	row("no-dax", SABOTAGE_NO_DAX, ", ") \
	row("no-gate", SABOTAGE_NO_GATE, ", ") \
	row("no-count", SABOTAGE_NO_COUNT, ", ") \
	row("no-flush", SABOTAGE_NO_FLUSH, ", ") \
	row("dirty-fs", SABOTAGE_DIRTY_FS, ", ") \
	row("splat-only", SABOTAGE_SPLAT_ONLY, ",\n") \
	row("bare", SABOTAGE_BARE, " or ") \
	row("panic", SABOTAGE_PANIC, "")
/* clang-format on */
#define SELF_TEST_WORDS(name, sabotage, next) name next
#define SELF_TEST_NAME(name, sabotage, next) [sabotage] = name,
#define SELF_TEST_COUNT(name, sabotage, next) +1

/* Indexed by enum sabotage. */
static const char *const self_tests[] = { SELF_TESTS(SELF_TEST_NAME) };

_Static_assert(0 SELF_TESTS(SELF_TEST_COUNT) == SABOTAGES - 1, "every self-test has a name");

static struct run_options options = { .kernel = KERNEL_SPEC_DEFAULT, .known = "" };

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
	{ "connect", "URI", "libvirt connection; default: a private one, no daemon", KEY_CONNECT },
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

static struct err *parse_self_test(const char *value)
{
	struct nearest n = { .word = value };

	for (unsigned int i = SABOTAGE_NONE + 1; i < ARRAY_SIZE(self_tests); i++) {
		if (strcmp(value, self_tests[i]) == 0) {
			options.sabotage = (enum sabotage)i;
			return NULL;
		}
		nearest_offer(&n, self_tests[i]);
	}
	return nearest_err(&n, "self-test", "see 'daxrig run --help'");
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
		options.uri = value;
		break;
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
		return parse_self_test(value);
	}
	return NULL;
}

static struct err *run(void *state, char **operands, int n, int *status)
{
	(void)state;
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
	.operands = "[CASE|SCENARIO|FILE.scn...]",
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
