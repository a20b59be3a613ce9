// SPDX-License-Identifier: GPL-2.0-only
/* The command merge on made-up folders of runs: what it finds, takes along, and leaves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/program.h"
#include "tests/command.h"

#define MERGE(...) run_command(&cmd_merge, NULL, (char *const[]){ __VA_ARGS__ __VA_OPT__(, ) NULL })

static char from_word[] = "--from", out_word[] = "--out";

/* The run @name in @folder/runs: shard @shard, whose only case is @of. */
static void put_run(const char *folder, const char *name, const char *plan, const char *shard,
		    const char *of, bool ended)
{
	_cleanup_free_ char *runs = xasprintf("%s/%s/runs/%s", dir, folder, name);
	_cleanup_free_ char *record = xasprintf("%s/runs/%s/run.json", folder, name);
	_cleanup_free_ char *text = xasprintf(
		"{\n \"format\": 1,\n \"started\": \"%s\",\n \"end\": \"%s\",\n \"plan\": {\n"
		"  \"name\": \"%s\",\n  \"shard\": \"%s\",\n  \"text\": \"%s\\n\"\n },\n"
		" \"kernel\": {\"release\": \"6.12.1\"},\n"
		" \"cases\": [\n  {\"name\": \"%s\", \"verdict\": \"pass\", \"evidence\": ["
		"{\"name\": \"tasks\", \"path\": \"cases/001-x/tasks\"}]}\n ]\n}\n",
		name, ended ? "complete" : "interrupted", plan, shard, of, of);

	assert_null(dir_create(runs));
	free(put(record, text));
}

static void run_shell(const char *script)
{
	_cleanup_free_ char *line = xasprintf("cd '%s' && %s", dir, script);
	struct err *err = run_program((const char *const[]){ "sh", "-ec", line, NULL }, 10000,
				      NULL);

	if (err)
		fail_msg("%s", err->message);
}

static char *below(const char *name)
{
	return xasprintf("%s/%s", dir, name);
}

/* Every file comes along under its new number; what is no file of a case does not. */
static void test_files(void **state)
{
	_cleanup_free_ char *a = below("files/runs/20261130-010000-1");
	_cleanup_free_ char *b = below("files/runs/20261130-010000-2"), *out = below("all");

	(void)state;
	put_run("files", "20261130-010000-1", "quick", "1/2", "xfs/a", true);
	put_run("files", "20261130-010000-2", "quick", "2/2", "xfs/b", true);
	run_shell("cd files/runs; for r in 1 2; do cd *-$r; mkdir -p cases/001-x/deep cases/002-y "
		  "cases/junk guests; echo $r >cases/001-x/tasks; ln -s /etc/passwd "
		  "cases/001-x/link; mkfifo cases/001-x/pipe; echo $r >cases/001-x/.hidden; "
		  "echo no >cases/002-y/tasks; echo no >cases/junk/f; ln -s 001-x cases/001-z; "
		  "echo $r >guests/console-1.log; echo $r >guests/boot-xfs.log; cd ..; done");
	expect(MERGE(b, a, out_word, out), 0, "/all/runs/2", "merged 2 cases of 2 shards\n");
	run_shell(
		"cd all/runs/latest; find cases guests -type f | sort >../../../listed; "
		"find . -type l -o -type p >>../../../listed; grep -c . cases/*/tasks >/dev/null; "
		"printf '%s\\n' cases/001-x/tasks cases/002-x/tasks guests/console-1.log "
		"guests/console-2.log guests/shard-1-boot-xfs.log guests/shard-2-boot-xfs.log "
		">../../../wanted; cmp ../../../listed ../../../wanted; "
		"test $(cat cases/002-x/tasks) = 2; test $(cat guests/console-2.log) = 2; "
		"test cases/002-x/tasks -ef ../../../files/runs/*-2/cases/001-x/tasks; "
		"grep -q '\"cases/002-x/tasks\"' run.json; "
		"test $(readlink ../latest-6.12.1-quick) = $(readlink ../latest)");
}

/* A failed merge leaves no folder of a run. */
static void test_nothing(void **state)
{
	_cleanup_free_ char *a = below("files/runs/20261130-010000-1"), *out = below("none");

	(void)state;
	expect(MERGE(a, out_word, out), 3, "", "shard 2/2 is missing\n");
	expect(MERGE(a, a, out_word, out), 2, "", "shard 1/2 is given twice");
	expect(MERGE(), 2, "", "give the shards, or the folder");
	expect(MERGE(a, from_word, dir), 2, "", "give the shards, or the folder");
	run_shell("test ! -e none/runs || test -z \"$(ls none/runs)\"");
}

/* Which set is found in a shared folder, as it fills. */
static void test_from(void **state)
{
	_cleanup_free_ char *shared = below("shared"), *out = below("found");

	(void)state;
	run_shell("mkdir -p shared/runs/20261101-000000-9; ln -s none shared/runs/latest");
	expect(MERGE(from_word, shared, out_word, out), 2, "", "no shard of a plan is in '");
	put_run("shared", "20261130-010000-1", "quick", "1/2", "xfs/a", true);
	expect(MERGE(from_word, shared, out_word, out), 3, "", "shard 2/2 is missing\n");
	put_run("shared", "20261130-010000-2", "quick", "2/2", "xfs/b", false);
	expect(MERGE(from_word, shared, out_word, out), 3, "", "shard 2/2 is incomplete: '");
	/* again, with success; then once more, interrupted */
	put_run("shared", "20261130-020000-2", "quick", "2/2", "xfs/b", true);
	put_run("shared", "20261130-030000-2", "quick", "2/2", "xfs/b", false);
	/* another plan's, newer, of which one is missing */
	put_run("shared", "20261130-040000-1", "full", "1/2", "xfs/c", true);
	expect(MERGE(from_word, shared, out_word, out), 0, "/found/runs/2", "merged 2 cases");
	run_shell("grep -q '\"name\": \"20261130-020000-2\"' found/runs/latest/run.json; "
		  "! grep -q 030000 found/runs/latest/run.json; rm -r found");
	/* and now it is the newest complete one */
	put_run("shared", "20261130-050000-2", "full", "2/2", "xfs/d", true);
	expect(MERGE(from_word, shared, out_word, out), 0, "/found/runs/2", "merged 2 cases");
	run_shell("grep -q '\"text\": \"xfs/c.nxfs/d.n\"' found/runs/latest/run.json");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_from),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
