/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * All of daxrig on real guests: good cases pass, known bad cases fail, and a verdict changes
 * as it should when the agent leaves something out or the guest is damaged. Run from the top
 * of the tree.
 */
#include "tests/daxrig.h"

#define OUT "build/tests/out"
#define KERNEL_KNOWN_BAD "deb:linux-image-amd64" /* 6.1 */

static const char *const commands[] = { "run",	  "list",  "show", "check",
					"report", "cache", "runs", "watch" };

/* Usage and host errors, all without a guest. */
static void test_bad_input(void **state)
{
	static const struct {
		const char *line;
		int status;
		const char *says;
	} cases[] = {
		{ "", 2, "no command given" },
		{ "walk", 2, "no command 'walk'; see" },
		{ "run --fast", 2, "no option '--fast'; see" },
		{ "run --kernel", 2, "option '--kernel' needs a value" },
		{ "run --plan nope", 2, "no plan 'nope'; see" },
		{ "run nope", 2, "no scenario or case 'nope'; see" },
		{ "run --match nope", 2, "no case matches 'nope'" },
		{ "run --accel gpu", 2, "expected auto, kvm or tcg" },
		{ "run --jobs 0", 2, "expected auto or 1 to" },
		{ "run --geometry size=0", 2, "size" },
		{ "run --self-test maybe", 2, "no self-test 'maybe'; see" },
		{ "run --kernel deb:no-such-package refused", 2, "no-such-package" },
		{ "run --kernel nonsense:x refused", 2, "nonsense:x" },
		{ "run --kernel file:/nonexistent refused", 2, "/nonexistent" },
		{ "run --kernel file:Makefile refused", 2, "bzImage" },
		{ "run --kernel file:build/tests/mute,config=build/tests/nodax refused", 2,
		  "CONFIG_FS_DAX" },
		{ "run build/tests/bad.scn", 2, "build/tests/bad.scn:1:8: expected a size" },
		{ "run build/tests/none.scn", 2, "No such file" },
		{ "list", 2, "nothing to list given" },
		{ "list dogs", 2, "no list of 'dogs'" },
		{ "show", 2, "no case given" },
		{ "check now", 2, "takes no operands" },
		{ "run --connect nope:///x refused", 3, "nope:///x" },
		{ "run --out /proc/none refused", 3, "/proc/none" },
	};

	(void)state;
	assert_null(file_write_atomic("build/tests/nodax", "CONFIG_BLK_DEV_INITRD=y\n", 23));
	assert_null(file_write_atomic("build/tests/bad.scn", "file a huge written\n", 20));
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		check(cases[i].line, cases[i].status, cases[i].says);
}

/* The manual has every option of a command's --help, as ".It Fl -name". */
static void check_manual(const char *command)
{
	_cleanup_free_ char *line = xasprintf("%s --help", command);
	_cleanup_buf_ struct buf manual = BUF_INIT;
	struct daxrig d = start(line);
	unsigned int options = 0;

	assert_null(file_read("rig/daxrig.1", OUTPUT_MAX, &manual));
	finish(&d);
	for (const char *p = buf_str(&d.text); (p = strstr(p, "\n  --")) != NULL; p += 5) {
		_cleanup_free_ char *name = xstrndup(p + 5, strcspn(p + 5, " \n"));
		_cleanup_free_ char *in_manual = xasprintf("Fl -%s", name);

		options++;
		if (strcmp(name, "help") != 0 && !strstr(buf_str(&manual), in_manual))
			fail_msg("'daxrig %s --%s' is not in the manual", command, name);
	}
	assert_true(options > 0);
	buf_deinit(&d.text);
}

static void test_help(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		check_manual(commands[i]);
	check("--help", 0, "Usage: daxrig COMMAND;;run;;list;;show;;check");
	check("--version", 0, "daxrig ");
	check("run --help", 0, "--kernel SPEC;;--accel auto|kvm|tcg;;--self-test NAME");
	check("list pins", 0, "vmsplice;;odirect;;rdma-odp");
	check("list operations", 0, "FILE OFFSET LENGTH;;PUNCH_HOLE");
	check("list scenarios", 0, "punch-waits");
	check("list plan quick --why", 0, "the filesystem cannot share extents");
	check("show xfs/4k/vmsplice/mapped/punch", 0, "pin     p vmsplice m+256K 64K");
	check("show --derived xfs/4k/vmsplice/process/punch", 0,
	      "expect t blocks;;by the contract");
}

/* Pins hold, control cases are refused or granted, and nothing is reported. */
static void test_passes(void **state)
{
	(void)state;
	check("run --out " OUT " xfs/punch-waits/rdma xfs/punch-waits/vmsplice "
	      "ext4/punch-waits/rdma ext4/refused/uring xfs/refused/rdma-plain "
	      "xfs/devdax-granted xfs/truncate-interrupted/vmsplice "
	      "ext4/pinner-killed/vmsplice/kill",
	      0,
	      "KTAP version 1;;1..8;;ok 1 xfs/punch-waits/rdma\n;;ok 5 xfs/refused/rdma-plain\n;;"
	      "# Totals: pass:8 fail:0 xfail:0 xpass:0 skip:0 error:0");
}

/* The known bugs of KERNEL.md section 6 that this kernel has. */
static void test_known_bad(void **state)
{
	(void)state;
	check("run --known none --kernel " KERNEL_KNOWN_BAD " --out " OUT
	      " xfs/truncate-unmapped/vmsplice xfs/evict-pinned/vmsplice "
	      "xfs/reflink-two-mappers xfs/clone-killed/vmsplice xfs/punch-waits/odirect",
	      1,
	      "not ok 1 xfs/truncate-unmapped/vmsplice\n;;contract.waits;;content.pin;;"
	      "not ok 2 xfs/evict-pinned/vmsplice\n;;WARNING in dax_disassociate_entry;;"
	      "not ok 3 xfs/reflink-two-mappers\n;;WARNING in dax_insert_entry;;"
	      "not ok 4 xfs/clone-killed/vmsplice\n;;contract.sleeps;;contract.killable;;"
	      "not ok 5 xfs/punch-waits/odirect\n;;contract.ends");
}

/* What the list has is not ok in KTAP, but nothing new. The file has the same KTAP. */
static void test_known(void **state)
{
	struct daxrig d = start("run --kernel " KERNEL_KNOWN_BAD " --out " OUT
				" xfs/punch-waits/vmsplice xfs/punch-waits/odirect");
	_cleanup_buf_ struct buf ktap = BUF_INIT, json = BUF_INIT;

	(void)state;
	finish(&d);
	must(&d, 0,
	     "not ok 2 xfs/punch-waits/odirect\n;;"
	     "1 case shows 1 known finding of 6.1, nothing new\n;;(1 known)");
	assert_null(file_read(OUT "/runs/latest/results.ktap", OUTPUT_MAX, &ktap));
	assert_non_null(strstr(buf_str(&ktap), "1..2\nok 1 xfs/punch-waits/vmsplice\n"));
	assert_non_null(strstr(buf_str(&ktap), "\nnot ok 2 xfs/punch-waits/odirect\n# Totals: "));
	assert_null(file_read(OUT "/runs/latest/run.json", OUTPUT_MAX, &json));
	assert_non_null(strstr(buf_str(&json), "\"known\": \"punch-waits\""));
	assert_non_null(strstr(buf_str(&json), "/reports/known.txt\""));
	buf_deinit(&d.text);
}

/* A plan that has the name of a scenario that cannot be read: an error, and the others run. */
static void test_unreadable(void **state)
{
	static const char script[] =
		"d=build/tests/own; rm -rf $d\n"
		"mkdir -p $d/workloads/scenarios $d/rig/plans && cp daxrig $d\n"
		"ln -s \"$PWD/build\" $d/build\n"
		"cp workloads/scenarios/refused.scn $d/workloads/scenarios\n"
		"ln -s /nowhere $d/workloads/scenarios/gone.scn\n"
		"echo 'scenario gone refused' >$d/rig/plans/p.plan\n"
		"$d/daxrig run --known none --out " OUT
		" --plan p --match '@(gone|xfs/refused/uring)'\n";
	struct daxrig d = start_argv(
		(char *[]){ (char *)"sh", (char *)"-c", (char *)script, NULL });

	(void)state;
	finish(&d);
	must(&d, 3,
	     "not ok 1 gone # ERROR cannot open ';;\nok 2 xfs/refused/uring\n;;"
	     "nothing failed; 1 error of the rig or the host\n");
	buf_deinit(&d.text);
}

static void test_no_pin(void **state)
{
	(void)state;
	check("run --self-test no-pin --out " OUT " xfs/punch-waits/vmsplice", 1,
	      "not ok 1 xfs/punch-waits/vmsplice\n;;failed: contract.waits at line 8");
}

static void test_no_unpin(void **state)
{
	(void)state;
	check("run --self-test no-unpin --out " OUT " xfs/punch-waits/vmsplice", 1,
	      "not ok 1 xfs/punch-waits/vmsplice\n;;at line 10;;still runs after;;"
	      "dax;;evidence: cases/001-xfs-punch-waits-vmsplice/tasks");
}

static void test_no_dax(void **state)
{
	(void)state;
	check("run --self-test no-dax --out " OUT " xfs/punch-waits/vmsplice", 3,
	      "not ok 1 xfs/punch-waits/vmsplice # ERROR;;STATX_ATTR_DAX");
}

static void test_no_gate(void **state)
{
	(void)state;
	check("run --self-test no-gate --out " OUT " xfs/punch-waits/rdma", 3,
	      "not ok 1 xfs/punch-waits/rdma # ERROR;;EOPNOTSUPP");
}

/* The host sees more references than the agent reports. */
static void test_no_count(void **state)
{
	(void)state;
	check("run --self-test no-count --out " OUT " xfs/punch-waits/vmsplice", 1,
	      "not ok 1 xfs/punch-waits/vmsplice\n;;failed: ledger.refcount at line 6");
}

/* A panic is a verdict, and the next case gets a new guest. */
static void test_panic(void **state)
{
	(void)state;
	check("run --self-test panic --out " OUT " xfs/punch-waits/vmsplice "
	      "ext4/punch-waits/vmsplice",
	      1,
	      "not ok 1 xfs/punch-waits/vmsplice\n;;guest.panic;;"
	      "not ok 2 ext4/punch-waits/vmsplice\n");
}

/* The agent of a guest without its modules never answers. */
static void test_never_speaks(void **state)
{
	struct daxrig d = start("run --kernel file:build/tests/mute --out " OUT
				" xfs/punch-waits/vmsplice");

	(void)state;
	finish(&d);
	assert_int_equal(d.status, 3);
	/* it finds no port and powers off, before or after the host's time limit */
	if (!strstr(buf_str(&d.text), "the guest's agent did not speak within") &&
	    !strstr(buf_str(&d.text), "the guest ended before its agent spoke"))
		fail_msg("the output does not say that the agent never spoke:\n%s",
			 buf_str(&d.text));
	buf_deinit(&d.text);
}

static void test_interrupted(void **state)
{
	struct daxrig d = start("run --out " OUT " --match xfs/4k/vmsplice/*");
	_cleanup_buf_ struct buf json = BUF_INIT;
	_cleanup_free_ char *record = NULL;
	pid_t qemu;

	(void)state;
	assert_true(hear(&d, "ok 1 "));
	qemu = qemu_of(&d);
	kill(d.pid, SIGINT);
	finish(&d);
	assert_int_equal(d.status, 3);
	assert_non_null(strstr(buf_str(&d.text), "interrupted"));
	nothing_left(&d, qemu);
	record = run_file(&d, OUT, "run.json");
	assert_null(file_read(record, OUTPUT_MAX, &json));
	assert_non_null(strstr(buf_str(&json), "\"interrupted"));
	assert_non_null(strstr(buf_str(&json), "\"pass\""));
	buf_deinit(&d.text);
}

/* The next run removes what a killed run left when its janitor was killed too. */
static void test_leftover(void **state)
{
	struct daxrig d = start("run --out " OUT " --match xfs/4k/vmsplice/*"), next;
	_cleanup_free_ char *ktap = NULL;
	pid_t qemu, janitor;

	(void)state;
	assert_true(hear(&d, "ok 1 "));
	qemu = qemu_of(&d);
	janitor = janitor_of(&d);
	assert_true(janitor > 0);
	kill(janitor, SIGKILL);
	kill(d.pid, SIGKILL);
	finish(&d);
	/* its KTAP ends all the same */
	ktap = run_file(&d, OUT, "results.ktap");
	assert_true(file_shows(ktap, " # ERROR not run: the run did not end\n# Totals: pass:"));
	next = start("check");
	finish(&next);
	nothing_left(&d, qemu);
	buf_deinit(&d.text);
	buf_deinit(&next.text);
}

/* Makes build/tests/mute: the store's kernel, without its modules. */
static int prepare(void **state)
{
	const char *argv[] = { "sh", "-c", NULL, NULL };
	_cleanup_buf_ struct buf out = BUF_INIT;
	struct err *err;

	(void)state;
	argv[2] = "mkdir -p " OUT " && rm -rf " OUT "/runs && "
		  "./daxrig run --out " OUT " xfs/refused/uring && "
		  "cp \"$(sed -n 's/.*\"image\": \"\\(.*vmlinuz\\)\".*/\\1/p' " OUT
		  "/runs/latest/run.json)\" build/tests/mute";
	err = run_program(argv, 600000, &out);
	if (err)
		fprintf(stderr, "%s\n%s\n", err->message, buf_str(&out));
	return err ? -1 : 0;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bad_input),    cmocka_unit_test(test_help),
		cmocka_unit_test(test_passes),	     cmocka_unit_test(test_known_bad),
		cmocka_unit_test(test_known),	     cmocka_unit_test(test_unreadable),
		cmocka_unit_test(test_no_pin),	     cmocka_unit_test(test_no_unpin),
		cmocka_unit_test(test_no_dax),	     cmocka_unit_test(test_no_gate),
		cmocka_unit_test(test_no_count),     cmocka_unit_test(test_panic),
		cmocka_unit_test(test_never_speaks), cmocka_unit_test(test_interrupted),
		cmocka_unit_test(test_leftover),
	};

	return cmocka_run_group_tests_name("guest", tests, prepare, NULL);
}
