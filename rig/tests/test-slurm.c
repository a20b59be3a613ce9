// SPDX-License-Identifier: GPL-2.0-only
/*
 * A real Slurm, on loopback, runs three shards of a plan as a job array, and a job that merges
 * them. Where it is not installed, or does not start, this is skipped and says why.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "nightly/sbatch.h"
#include "reports/record/run-json.h"
#include "tests/slurm.h"

#define MATCH "xfs/4k/vmsplice/mapped/@(punch|truncate-up|zero|falloc)"
#define SHARDS 3

static struct slurm slurm;
static const char *why_not; /* NULL: Slurm runs */

static int begin(void **state)
{
	(void)state;
	why_not = slurm_lacks();
	if (why_not) {
		print_message("skipped: '%s' is not installed; rig/install-packages.sh "
			      "rig/tests/packages.list does it\n",
			      why_not);
		return 0;
	}
	slurm.dir = xstrdup("/tmp/slurm-XXXXXX");
	if (!mkdtemp(slurm.dir))
		return -1;
	why_not = slurm_begin(&slurm);
	if (why_not) {
		_cleanup_free_ char *out = xasprintf("%s.out", why_not);

		print_message("skipped: '%s' does not come up here\n", why_not);
		print_file(&slurm, out);
	}
	return 0;
}

static int end(void **state)
{
	(void)state;
	slurm_end(&slurm);
	if (slurm.dir)
		err_free(tree_remove(slurm.dir));
	free(slurm.dir);
	return 0;
}

/* Writes the script of a night into the folder @name of the test's own, and submits it. */
static char *submit(const char *name, char **base, unsigned int *array)
{
	_cleanup_free_ char *daxrig = realpath("./daxrig", NULL);
	_cleanup_free_ char *submitting = xasprintf("sh \"%s/%s/script\"", slurm.dir, name);
	_cleanup_free_ char *script = xasprintf("%s/script", name);
	_cleanup_buf_ struct buf text = BUF_INIT;
	unsigned int merge = 0;
	char *said;

	*base = xasprintf("%s/%s", slurm.dir, name);
	assert_non_null(daxrig);
	sbatch_write(&text, &(struct sbatch){ .daxrig = daxrig,
					      .base = *base,
					      .kernel = "deb:linux-image-amd64",
					      .plan = "quick",
					      .match = MATCH,
					      .shards = SHARDS,
					      .jobs = 1,
					      .minutes = 30 });
	put_bytes(slurm.dir, script, text.data, text.len);
	said = slurm_try(&slurm, submitting);
	if (!said || sscanf(said, "shards %u, merge %u", array, &merge) != 2)
		fail_msg("sbatch said '%s'", said ? said : "nothing");
	free(said);
	return xasprintf("%s/slurm/merge-%u.log", *base, merge);
}

/* Waits until no job is left. The log of the merge, or that of a shard, is what there is to say. */
static char *await_log(const char *path)
{
	struct buf text = BUF_INIT;

	if (!slurm_await(&slurm, "squeue -h", "", 600))
		fail_msg("the jobs did not end");
	err_free(file_read(path, 1 << 20, &text));
	return buf_take(&text);
}

static void test_array(void **state)
{
	_cleanup_free_ char *base = NULL, *path = NULL, *log = NULL, *names = NULL;
	_cleanup_free_ char *folder = NULL, *record = NULL;
	const char *printed;
	_cleanup_buf_ struct buf found = BUF_INIT;
	struct run_summary s;
	unsigned int array;

	(void)state;
	if (why_not)
		skip();
	path = submit("a b%j'c", &base, &array);
	log = await_log(path);
	printed = strstr(log, base);
	if (!strstr(log, "merged ") || !printed)
		fail_msg("the merge says: '%s'", log);
	folder = xstrndup(printed, strcspn(printed, "\n"));
	record = xasprintf("%s/run.json", folder);
	ok(run_json_read(record, &s));
	for (size_t i = 0; i < s.case_count; i++)
		buf_addf(&found, "%s\n", s.cases[i]->name);
	/* all names, none twice, in the plan's order */
	names = slurm_try(&slurm, "./daxrig list plan quick --match '" MATCH "'");
	assert_string_equal(buf_str(&found), names);
	assert_true(s.case_count > SHARDS);
	assert_true(s.complete);
	assert_string_equal(s.plan_shard, "");
	run_summary_deinit(&s);
}

/* A shard that never ran: the merge starts all the same, and names it. */
static void test_missing(void **state)
{
	_cleanup_free_ char *base = NULL, *path = NULL, *log = NULL, *cancel = NULL;
	unsigned int array;

	(void)state;
	if (why_not)
		skip();
	free(slurm_try(&slurm, "scontrol update nodename=ALL state=drain reason=test"));
	path = submit("missing", &base, &array);
	cancel = xasprintf("scancel %u_2 && scontrol update nodename=ALL state=resume", array);
	free(slurm_try(&slurm, cancel));
	log = await_log(path);
	if (!strstr(log, "shard 2/3 is missing"))
		fail_msg("the merge says: '%s'", log);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_array),
		cmocka_unit_test(test_missing),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
