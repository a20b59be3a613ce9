// SPDX-License-Identifier: GPL-2.0-only
/* The batch script, run by sh with a stand-in for Slurm and one for daxrig. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "nightly/sbatch.h"
#include "tests/scratch.h"

/* Prints each of its words in a line of its own. */
#define WORDS "#!/bin/sh\nfor w; do printf '[%s]\\n' \"$w\"; done\n"

/* Sbatch prints an id, and adds its words to a file. */
#define SBATCH "#!/bin/sh\necho \"$@\" >>\"$0.log\"\necho '17;cluster'\n"

static void put_program(const char *dir, const char *name, const char *text)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", dir, name);

	put_bytes(dir, name, text, strlen(text));
	assert_int_equal(chmod(path, 0755), 0);
}

/* Runs the script of @s as Slurm does, in the role @role; what it prints. free() it. */
static char *play(const char *dir, const struct sbatch *s, const char *role)
{
	_cleanup_buf_ struct buf script = BUF_INIT;
	struct buf out = BUF_INIT;
	_cleanup_free_ char *path = xasprintf("PATH=%s:/usr/bin:/bin", dir);
	_cleanup_free_ char *file = xasprintf("%s/script", dir);
	const char *const argv[] = { "env",
				     path,
				     "SLURM_ARRAY_JOB_ID=17",
				     "SLURM_ARRAY_TASK_ID=2",
				     "sh",
				     file,
				     role,
				     role ? "17" : NULL,
				     NULL };

	sbatch_write(&script, s);
	put_bytes(dir, "script", script.data, script.len);
	ok(run_program(argv, 60000, &out));
	return buf_take(&out);
}

static struct sbatch common(const char *daxrig, const char *base)
{
	return (struct sbatch){ .daxrig = daxrig,
				.base = base,
				.kernel = "deb:6.12",
				.plan = "quick",
				.shards = 3,
				.jobs = 4,
				.minutes = 90 };
}

static void test_submit(void **state)
{
	const char *dir = *state;
	_cleanup_free_ char *base = xasprintf("%s/a b'$(touch hit)%%j", dir);
	_cleanup_free_ char *slurm = xasprintf("%s/slurm", base);
	_cleanup_free_ char *logs = xasprintf("%s/a b'$(touch hit)%%%%j/slurm", dir);
	_cleanup_free_ char *log = xasprintf("%s/sbatch.log", dir);
	_cleanup_free_ char *said = NULL, *expected = NULL;
	_cleanup_buf_ struct buf told = BUF_INIT;
	struct sbatch s = common("/d", base);

	put_program(dir, "sbatch", SBATCH);
	said = play(dir, &s, NULL);
	assert_string_equal(said, "shards 17, merge 17\n");
	ok(file_read(log, 4096, &told));
	expected = xasprintf("--parsable --array=1-3 --cpus-per-task=4 --chdir=%s "
			     "--output=%s/shard-%%A_%%a.log %s/script shard\n"
			     "--parsable --dependency=afterany:17 --chdir=%s "
			     "--output=%s/merge-%%j.log %s/script merge 17\n",
			     slurm, logs, dir, slurm, logs, dir);
	assert_string_equal(buf_str(&told), expected);
	assert_true(path_exists(slurm));
}

static void test_roles(void **state)
{
	const char *dir = *state;
	_cleanup_free_ char *daxrig = xasprintf("%s/my daxrig", dir);
	_cleanup_free_ char *shard = NULL, *merge = NULL;
	/* whatever a name has in it, it stays one word */
	struct sbatch s = common(daxrig, "/s\nexit 7\n#SBATCH --array=1-9");

	put_program(dir, "my daxrig", WORDS);
	s.match = "'; exit 9; '$HOME`exit 8`\"\\";
	s.night = "2026-11-30";
	s.known = "*";
	shard = play(dir, &s, "shard");
	assert_string_equal(shard, "[run]\n[--kernel]\n[deb:6.12]\n[--plan]\n[quick]\n[--match]\n"
				   "['; exit 9; '$HOME`exit 8`\"\\]\n[--night]\n[2026-11-30]\n"
				   "[--known]\n[*]\n[--jobs]\n[4]\n[--shard]\n[2/3]\n[--out]\n"
				   "[/s\nexit 7\n#SBATCH --array=1-9/slurm/17]\n");
	merge = play(dir, &s, "merge");
	assert_string_equal(merge, "[merge]\n[--from]\n[/s\nexit 7\n#SBATCH --array=1-9/slurm/17]\n"
				   "[--out]\n[/s\nexit 7\n#SBATCH --array=1-9]\n");
}

/* Slurm reads the lines of #SBATCH up to the first command. */
static void test_lines(void **state)
{
	_cleanup_buf_ struct buf out = BUF_INIT;
	struct sbatch s = common("/d", "/s");

	(void)state;
	s.jobs = 0;
	sbatch_write(&out, &s);
	assert_memory_equal(out.data, "#!/bin/sh\n#SBATCH ", 18);
	assert_non_null(strstr(out.data, "\n#SBATCH --time=90\n"));
	assert_non_null(strstr(out.data, "\n#SBATCH --requeue\n"));
	assert_non_null(strstr(out.data, " --exclusive "));
	assert_null(strstr(out.data, "--jobs"));
	assert_null(strstr(strstr(out.data, "set -eu"), "#SBATCH"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_submit, scratch_make, scratch_remove),
		cmocka_unit_test_setup_teardown(test_roles, scratch_make, scratch_remove),
		cmocka_unit_test(test_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
