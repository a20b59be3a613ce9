// SPDX-License-Identifier: GPL-2.0-only
/* ./daxrig with standard streams that are full or closed, and with paths of non-files. */
#include "tests/daxrig.h"

/* Runs @script with a scratch folder as $d; checks standard output and error together. */
static void check_shell(const char *script, int status, const char *wanted)
{
	_cleanup_free_ char *whole = xasprintf(
		"d=$(mktemp -d) && trap 'rm -r \"$d\"' EXIT && exec 3>&1\n%s", script);
	struct daxrig d = start_argv((char *[]){ (char *)"timeout", (char *)"20", (char *)"sh",
						 (char *)"-c", whole, NULL });

	finish(&d);
	if (d.status != status)
		print_message("%s\n", script);
	must(&d, status, wanted);
	buf_deinit(&d.text);
}

static void test_output_lost(void **state)
{
	static const char *const commands[] = {
		"--help",
		"--version",
		"run --help",
		"list matrix",
		"list plans",
		"list scenarios",
		"list plan quick",
		"show punch-waits",
		"kernel config",
		"kernel list",
		"check",
		"cache",
		"report $d/run.json",
		"splat $d/log",
		"splat --json $d/log",
	};
	static const char *const lost[] = { ">/dev/full", ">&-", "<&- >&-" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		for (size_t k = 0; k < ARRAY_SIZE(lost); k++) {
			_cleanup_free_ char *script = xasprintf(
				"echo 'WARNING: CPU: 0 PID: 1 at a.c:1 f+0x1/0x2' >$d/log\n"
				"echo '{\"format\":1,\"cases\":[]}' >$d/run.json\n"
				"export DAXRIG_DATA=$d\n"
				"./daxrig %s %s",
				commands[i], lost[k]);

			check_shell(script, 3, "cannot write");
		}
	}
}

/* A file that is opened must not take the place of a closed standard stream. */
static void test_streams_closed(void **state)
{
	(void)state;
	check_shell("./daxrig splat /proc/self/fd/0 <&-", 2,
		    "cannot read '/proc/self/fd/0': not a regular file");
	check_shell("./daxrig splat /proc/self/fd/1 >&-", 2,
		    "cannot read '/proc/self/fd/1': not a regular file");
	check_shell("./daxrig splat /proc/self/fd/2 2>&-", 2, "");
	check_shell("./daxrig list pins >&- 2>&-", 3, "");
}

/* daxrig never waits for a fifo without a writer. */
static void test_fifos(void **state)
{
	static const char *const commands[] = {
		"run $d/f.scn",
		"show $d/f.scn",
		"run --plan $d/f.plan",
		"list plan $d/f.plan",
		"report $d/f",
		"report --known $d/f $d/run.json",
		"run --known $d/f punch-waits",
		"splat $d/f",
		"splat --vmlinux $d/f $d/run.json",
		"run --kernel file:$d/f punch-waits",
		"run --kernel src:7.2+$d/f.patch punch-waits",
		"run --kernel src:7.2+$d/f.config punch-waits",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		_cleanup_free_ char *script = xasprintf(
			"mkfifo $d/f $d/f.scn $d/f.plan $d/f.patch $d/f.config\n"
			"echo '{\"format\":1,\"cases\":[]}' >$d/run.json\n"
			"./daxrig %s",
			commands[i]);

		check_shell(script, 2, "not a regular file");
	}
}

/* An invalid glob is an error, not a glob that matches nothing. */
static void test_bad_globs(void **state)
{
	static const char *const commands[] = {
		"run --match", "list plan quick --match", "mutants --match",
		"show",	       "bisect --match",	  "bisect --skip",
		"run",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		_cleanup_free_ char *script = xasprintf("./daxrig %s 'xfs/@(punch'", commands[i]);

		check_shell(script, 2,
			    "bad glob 'xfs/@(punch', column 5: the choice is not closed");
	}
	check_shell("./daxrig list plan full --match '+(+(a|aa|*)|+(*|?))b'", 0, "");
}

/* What contradicts itself, or is no number, is one line before any kernel is built. */
static void test_mutants_options(void **state)
{
	static const char *const rows[][2] = {
		{ "x", "unexpected 'x': 'mutants' takes no operands; --match selects some" },
		{ "--seed 3", "--seed is for --generate, which says how many" },
		{ "--batch 2", "--batch is for --generate: whether two mutants" },
		{ "--generate 3 --seed x", "'x' is not a seed: expected a number" },
		{ "--generate 0", "--generate" },
		{ "--generate 3 --batch 9", "--batch" },
		{ "--clean 21", "--clean" },
		{ "--plan qiuck", "no plan 'qiuck'; did you mean 'quick'?" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *script = xasprintf("DAXRIG_DATA=/nowhere ./daxrig mutants %s",
							rows[i][0]);

		check_shell(script, 2, rows[i][1]);
	}
	check_shell("./daxrig mutants --match 'wait-left-*' --list", 0, "wait-left-out");
}

/* An unknown name of any kind gives one line that suggests the nearest name. */
static void test_unknown_names(void **state)
{
	static const char *const rows[][2] = {
		{ "rnu", "no command 'rnu'; did you mean 'run'?" },
		{ "walk", "no command 'walk'; see 'daxrig --help'" },
		{ "run --jbos=3", "no option '--jbos'; did you mean '--jobs'?" },
		{ "run --walk", "no option '--walk'; see 'daxrig run --help'" },
		{ "run --plan qiuck", "no plan 'qiuck'; did you mean 'quick'?" },
		{ "run punch-wiats",
		  "no scenario or case 'punch-wiats'; did you mean 'punch-waits'?" },
		{ "show xfs/4k/vmsplice/maped/punch",
		  "no scenario or case 'xfs/4k/vmsplice/maped/punch'; did you mean "
		  "'xfs/4k/vmsplice/mapped/punch'?" },
		{ "show --kselftest /nowhere/dax punch-wiats",
		  "no scenario 'punch-wiats'; did you mean 'punch-waits'?" },
		{ "run nope", "no scenario or case 'nope'; see 'daxrig list scenarios'" },
		{ "run --self-test no-pni", "no self-test 'no-pni'; did you mean 'no-pin'?" },
		{ "run --accel kmv", "no accelerator 'kmv'; did you mean 'kvm'?" },
		{ "run --geometry memroy=1G punch-waits",
		  "no key of the geometry 'memroy'; did you mean 'memory'?" },
		{ "mutants --profile deubg", "no profile 'deubg'; did you mean 'debug'?" },
		{ "bisect --rule contract.wiats",
		  "no rule 'contract.wiats'; did you mean 'contract.waits'?" },
		{ "bisect --rule colour", "no rule 'colour'; expected contract.waits, " },
		{ "list pnis", "no list of 'pnis'; did you mean 'pins'?" },
		{ "kernel fecth", "no kernel action 'fecth'; did you mean 'fetch'?" },
		{ "report lastet", "no run 'lastet'; did you mean 'latest'?" },
		{ "report nope", "no run 'nope'; expected the folder of a run, its name in" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *script = xasprintf("./daxrig %s", rows[i][0]);

		check_shell(script, 2, rows[i][1]);
	}
}

/* 'git bisect run' takes 1 to 124 for "bad", and ends above 127: no mistake may be a verdict. */
static void test_once_mistakes(void **state)
{
	static const char *const rows[][2] = {
		{ "--once tree:. --walk", "no option '--walk'; see 'daxrig bisect --help'" },
		{ "--walk --once tree:.", "no option '--walk'; see 'daxrig bisect --help'" },
		{ "--walk=1 --once=tree:. --rule nope", "no option '--walk'; see" },
		{ "--once tree:. --restart=yes", "no option '--restart'; did you mean" },
		{ "--once tree:. --case", "option '--case' needs a value" },
		{ "--case x --once", "option '--once' needs a value" },
		{ "--onec tree:. --case x", "no option '--onec'; did you mean '--once'?" },
		{ "--once tree:. --rule nope", "no rule 'nope'; expected" },
		{ "--once tree:. walk", "'bisect' takes no operands" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *script = xasprintf("./daxrig bisect %s", rows[i][0]);

		check_shell(script, 130, rows[i][1]);
	}
	check_shell("./daxrig bisect --good a --bad b --walk", 2, "no option '--walk'");
	check_shell("./daxrig bisect --good a --bad", 2, "option '--bad' needs a value");
}

/* A daxrig with a library of its own, of which some files cannot be read. */
#define OWN_LIBRARY                                                                                 \
	"mkdir -p $d/workloads/scenarios $d/rig/plans && cp daxrig $d\n"                            \
	"cd $d/workloads/scenarios && printf '# good\\nfile a 4K written\\n' >good.scn\n"           \
	"ln -s /nowhere gone.scn && echo 'fil a' >wrong.scn\n"                                      \
	"cd $d/rig/plans && echo 'scenario *' >all.plan && echo 'scenario gone good' >named.plan\n" \
	"ln -s /nowhere gone.plan\n"

static void test_unreadable_library(void **state)
{
	static const struct {
		const char *words;
		int status;
		const char *says;
	} rows[] = {
		{ "list scenarios", 0, "gone  ;;cannot open ';;good  ;;wrong  ;;no step or" },
		{ "list plans", 0, "all  ;; cases;;gone  ;;cannot open '" },
		{ "list plan all", 0,
		  "scenario 'gone' is left out: cannot open ';;"
		  "scenario 'wrong' is left out: ;;\nxfs/good\n" },
		{ "list plan named", 0, "gone\nxfs/good\n" },
		{ "list plan gone", 2, "cannot open '" },
		{ "show xfs/good", 0, "is left out: ;;\nfile a 4K written" },
		{ "show good", 0, "file a 4K written" },
		{ "show gone", 2, "cannot open '" },
		{ "show --kselftest $d/folder", 0,
		  "'gone' is left out: cannot open ';;'wrong' is left out: ;;1 programs with 1" },
		{ "show --kselftest $d", 2, "cannot make the folder ';;name a new one" },
		{ "show --kselftest $d/folder good --c", 2, "leave out --c" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *script = xasprintf(OWN_LIBRARY "$d/daxrig %s", rows[i].words);

		check_shell(script, rows[i].status, rows[i].says);
	}
}

static void test_standard_input(void **state)
{
	(void)state;
	check_shell("echo 'kernel BUG at a.c:1!' | ./daxrig splat -", 1, "kernel BUG");
	check_shell("echo '{\"format\":1,\"cases\":[]}' | ./daxrig report -", 0, "cases    0");
	check_shell("printf 'file a 4M written\\nmap m a 0 4M shared rw\\ncheck m\\n' | "
		    "./daxrig show -",
		    0, "xfs/stdin");
	check_shell("echo 'scenario punch-waits' | ./daxrig list plan -", 0,
		    "xfs/punch-waits/rdma");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_output_lost),
		cmocka_unit_test(test_streams_closed),
		cmocka_unit_test(test_fifos),
		cmocka_unit_test(test_bad_globs),
		cmocka_unit_test(test_standard_input),
		cmocka_unit_test(test_mutants_options),
		cmocka_unit_test(test_unknown_names),
		cmocka_unit_test(test_once_mistakes),
		cmocka_unit_test(test_unreadable_library),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
