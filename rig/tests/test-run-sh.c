// SPDX-License-Identifier: GPL-2.0-only
/* Tests run.sh with programs that pass, fail, die, hang, and print much at the same time. */
#include "tests/daxrig.h"

/* Each line makes a test program in $d: its name, and its script. */
static const char programs[] =
	"d=$(mktemp -d) && trap 'rm -r \"$d\"' EXIT\n"
	"while read -r name does; do printf '#!/bin/sh\\n%s\\n' \"$does\" >$d/$name\n"
	"chmod +x $d/$name; done <<'END'\n"
	"good echo '[       OK ] a'; echo '[       OK ] b'\n"
	"bad echo '[       OK ] a'; echo ' 2 FAILED TEST(S)'; exit 2\n"
	"dies kill -SEGV $$\n"
	"hangs sleep 60\n"
	"meets mkdir $0.here; while ! [ -d ${0%/*}/other.here ]; do sleep 0.01; done\n"
	"other mkdir $0.here; while ! [ -d ${0%/*}/meets.here ]; do sleep 0.01; done\n"
	"long1 seq 300000 | sed s,^,one,; exit 1\n"
	"long2 seq 300000 | sed s,^,two,; exit 1\n"
	"END\n";

static void check_run(const char *words, int status, const char *wanted)
{
	_cleanup_free_ char *script = xasprintf("%scd $d && %s", programs, words);
	struct daxrig d = start_argv((char *[]){ (char *)"sh", (char *)"-c", script, NULL });

	finish(&d);
	must(&d, status, wanted);
	buf_deinit(&d.text);
}

static void test_counts(void **state)
{
	(void)state;
	check_run("$OLDPWD/rig/tests/run.sh 2 20 ./good", 0,
		  "PASS   good (2) 0.;;\n2 passed, 0 failed\n");
	check_run("$OLDPWD/rig/tests/run.sh 2 20 ./good ./bad ./dies -- 1 1 ./hangs", 1,
		  "FAIL   bad: exit status 2, 0.;;\n     2 FAILED TEST(S)\n;;"
		  "FAIL   dies: exit status 139;;FAIL   hangs: exit status 124, 1.;;"
		  "\n3 passed, 4 failed\n");
	check_run("$OLDPWD/rig/tests/run.sh 2 20 ./nothing", 1, "\n0 passed, 1 failed\n");
}

/* Two programs that wait for each other both end, and the outputs of two are not mixed. */
static void test_parallel(void **state)
{
	(void)state;
	check_run("$OLDPWD/rig/tests/run.sh 2 20 ./meets ./other", 0, "\n0 passed, 0 failed\n");
	check_run("$OLDPWD/rig/tests/run.sh 1 1 ./meets ./other", 1, "0 passed, 1 failed\n");
	check_run("$OLDPWD/rig/tests/run.sh 2 20 ./long1 ./long2 | sed 's/[0-9]*$//' | uniq -c |"
		  "sed 's/^ *//'; exit 1",
		  1, "300000     one\n;;300000     two\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_counts),
		cmocka_unit_test(test_parallel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
