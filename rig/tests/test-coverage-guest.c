/* SPDX-License-Identifier: GPL-2.0-only */
/* What real guests ran of their kernel. Run from the top of the tree. */
#include "run/coverage-private.h"
#include "tests/daxrig.h"

#define OUT "build/tests/out-coverage"
#define HOME "build/tests/coverage-home"

/* Runs the cases @names with the option @how; the folder of the run, which the caller frees. */
static char *covered(const char *how, const char *names)
{
	_cleanup_free_ char *line = xasprintf("run %s --jobs 1 --ktap --out " OUT " %s", how,
					      names);
	struct daxrig d = start(line);
	_cleanup_free_ char *json = run_file(&d, OUT, "run.json");

	finish(&d);
	must(&d, 0, "ok 1 xfs/");
	buf_deinit(&d.text);
	return xstrndup(json, strlen(json) - strlen("/run.json"));
}

/* One function is reached by one case and not by the other. */
static void test_reached(void **state)
{
	_cleanup_free_ char *insert = covered("--coverage", "xfs/4k/vmsplice/mapped/insert");
	_cleanup_free_ char *both = covered("--each-coverage", "xfs/4k/vmsplice/mapped/insert "
							       "xfs/4k/vmsplice/mapped/collapse");
	_cleanup_free_ char *beyond = xasprintf("coverage %s %s", insert, both);
	_cleanup_free_ char *each = xasprintf("coverage --each --scope xfs_collapse_file_space %s",
					      both);
	static const char typo[] = "# a line\nxfs/no-such # why\n";
	_cleanup_free_ char *keep = xasprintf("coverage --choose --keep " OUT "/keep %s", both);
	_cleanup_free_ char *choose = xasprintf("coverage --choose %s", both);
	_cleanup_free_ char *one = xasprintf("coverage --scope xfs_collapse_file_space %s", both);
	_cleanup_free_ char *none = xasprintf("coverage --missing %s", insert);
	_cleanup_free_ char *odd = xasprintf("coverage --scope no_such %s", both);

	struct daxrig d;

	(void)state;
	check(beyond, 0, "xfs_collapse_file_space [xfs], ;;bytes, not entered before");
	d = start(each);
	finish(&d);
	must(&d, 0, "xfs/4k/vmsplice/mapped/collapse: ");
	assert_null(strstr(buf_str(&d.text), "mapped/insert"));
	buf_deinit(&d.text);
	assert_null(file_write_atomic(OUT "/keep", typo, strlen(typo)));
	check(keep, 2, "--keep '" OUT "/keep': the run has no case 'xfs/no-such'");
	check(choose, 0,
	      "case     xfs/4k/vmsplice/mapped/insert  # runs ;;"
	      "case     xfs/4k/vmsplice/mapped/collapse  # runs ;;2 of 2 cases run all");
	check(one, 0, "1 of 1 functions;;xfs_collapse_file_space [xfs]");
	check(none, 0, "xfs_collapse_file_space [xfs], ;;fs/dax.c: dax_file_unshare, ");
	check(odd, 2, "--scope 'no_such': no function of this kernel matches");
}

static void test_refused(void **state)
{
	(void)state;
	check("run --coverage --no-fork --out " OUT " xfs/refused/uring", 2,
	      "cannot take coverage: a guest that boots would count its boot: leave out "
	      "--no-fork");
	check("run --try-coverage --no-fork --ktap --out " OUT " xfs/refused/uring", 0,
	      "cannot take coverage: a guest that boots;;ok 1 xfs/refused/uring");
	check("coverage --missing a b", 2,
	      "--missing, --info, --each and --choose are about one run");
	check("coverage --keep x a", 2, "--keep goes with --choose");
	check("coverage a b c", 2, "unexpected 'c'");
	check("coverage " OUT "/runs/latest", 2, "has no coverage: run the cases with --coverage");
}

/* Each reason alone, and KVM, which nothing here may have, before the others. */
static void test_reasons(void **state)
{
	(void)state;
	assert_null(run_coverage_refused(false, false, false));
	assert_non_null(strstr(run_coverage_refused(true, true, true), "--accel tcg"));
	assert_non_null(strstr(run_coverage_refused(false, true, false), "--connect"));
	assert_non_null(strstr(run_coverage_refused(false, false, true), "--no-fork"));
}

/* A daxrig with a plugin that QEMU does not load. */
static void test_plugin(void **state)
{
	static const char *const argv[] = { "sh", "-c",
					    "mkdir -p " HOME "/build " HOME "/workloads " HOME
					    "/reports && cp daxrig " HOME " && "
					    "ln -f build/daxrig-agent " HOME
					    "/build/ && cp -r workloads/scenarios " HOME
					    "/workloads/ && cp reports/known.txt " HOME
					    "/reports/ && "
					    "echo no plugin >" HOME "/build/daxrig-coverage.so",
					    NULL };
	char *const run[] = { (char *)HOME "/daxrig",
			      (char *)"run",
			      (char *)"--coverage",
			      (char *)"--out",
			      (char *)OUT,
			      (char *)"xfs/refused/uring",
			      NULL };
	struct daxrig d;

	(void)state;
	assert_null(run_program(argv, 60000, NULL));
	d = start_argv(run);
	finish(&d);
	must(&d, 2, "cannot take coverage: this QEMU does not load the plugin: ;;Could not load");
	buf_deinit(&d.text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_plugin),
		cmocka_unit_test(test_reached),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
