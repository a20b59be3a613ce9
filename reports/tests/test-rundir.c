// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/files.h"
#include "base/program.h"
#include "reports/record/rundir.h"

static const struct {
	const char *in, *out;
} names[] = {
	{ "xfs/truncate-rdma", "xfs-truncate-rdma" },
	{ "console.log", "console.log" },
	{ "../../etc/passwd", "etc-passwd" },
	{ "..", "unnamed" },
	{ ".hidden", "hidden" },
	{ "-rf", "rf" },
	{ "", "unnamed" },
	{ "a  b\n\033\xff"
	  "c",
	  "a-b-c" },
	{ "///", "unnamed" },
};

static void test_names(void **state)
{
	char big[5000];
	_cleanup_free_ char *safe = NULL;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		_cleanup_free_ char *got = rundir_safe_name(names[i].in);

		assert_string_equal(got, names[i].out);
	}
	memset(big, 'x', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	safe = rundir_safe_name(big);
	assert_int_equal(strlen(safe), 80);
}

static char base[64];

static int setup(void **state)
{
	(void)state;
	strcpy(base, "/tmp/test-rundir-XXXXXX");
	return mkdtemp(base) ? 0 : -1;
}

static int teardown(void **state)
{
	struct err *err = tree_remove(base);

	(void)state;
	err_free(err);
	return err ? -1 : 0;
}

static void test_create(void **state)
{
	struct rundir one, two, again;
	_cleanup_free_ char *latest = xasprintf("%s/runs/latest", base);
	char to[128] = "";
	struct err *err;

	(void)state;
	assert_null(rundir_create(&one, base, 1000000000, 7));
	assert_null(rundir_create(&two, base, 1000000000, 8));
	/* a run that goes on is not the latest */
	assert_int_equal(readlink(latest, to, sizeof(to) - 1), -1);
	assert_null(rundir_point(&one, "latest"));
	assert_null(rundir_point(&two, "latest"));
	assert_true(readlink(latest, to, sizeof(to) - 1) > 0);
	assert_string_equal(strrchr(two.path, '/') + 1, to);
	assert_non_null(strstr(to, "-8"));
	assert_true(path_exists(one.path));
	err = rundir_create(&again, base, 1000000000, 8);
	assert_non_null(err);
	err_free(err);
	err = rundir_create(&again, "/proc/nowhere", 0, 1);
	assert_non_null(err);
	err_free(err);
	rundir_deinit(&one);
	rundir_deinit(&two);
}

/* Folders of runs that another user may have made, or could exchange. */
static const struct {
	const char *script, *says; /* says: the error; NULL: none */
} shared[] = {
	{ "mkdir runs; chmod 777 runs", "/runs': all users can write it" },
	{ "chmod 777 .", "': all users can write it" },
	{ "chmod 1777 .; mkdir runs; chown 65534 runs", "/runs': it belongs to user 65534" },
	{ "chmod 1777 .; mkdir r; ln -s r runs; chown -h 65534 runs", "/runs': it belongs to" },
	{ "chmod 1777 .; ln -s /nowhere runs; chown -h 65534 runs", "/runs'" },
	{ "chmod 1777 .", NULL },
	{ "chmod 2775 .; mkdir runs; chmod 2775 runs", NULL },
	{ "mkdir r; ln -s r runs", NULL },
	/* root's run in a user's own folder */
	{ "mkdir runs; chown 65534 . runs", NULL },
	{ "chown 65534 .", NULL },
};

static void test_shared(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(shared); i++) {
		_cleanup_free_ char *script = xasprintf(
			"umask 022; rm -rf '%s'; mkdir '%s'; cd '%s'; "
			"%s",
			base, base, base, shared[i].script);
		const char *argv[] = { "sh", "-ec", script, NULL };
		_cleanup_buf_ struct buf out = BUF_INIT;
		struct rundir dir;
		struct err *err;

		if (strstr(script, "chown") && geteuid())
			continue;
		assert_null(run_program(argv, 10000, &out));
		err = rundir_create(&dir, base, 1000000000, 7);
		if (shared[i].says ? !err || !strstr(err->message, shared[i].says) : err != NULL)
			fail_msg("%s: %s", shared[i].script, err ? err->message : "taken");
		err_free(err);
		rundir_deinit(&dir);
	}
}

/* A long log keeps its end, too, where the panic is. */
static void test_bounds(void **state)
{
	static const char tail[] = "Kernel panic - not syncing\n";
	static const char between[] = "\n[cut: 2097216 bytes are missing here]\n";
	size_t len = 10 << 20;
	char *big = xcalloc(1, len), *path = NULL;
	unsigned int files = 0;
	struct rundir dir;
	struct rundir_case c;

	(void)state;
	assert_null(rundir_create(&dir, base, time(NULL), 9));
	memset(big, 'x', len);
	memcpy(big, "first", 5);
	memcpy(big + len - strlen(tail), tail, strlen(tail));
	rundir_case_init(&c, &dir, 7, "xfs/a");
	assert_string_equal(c.path, "cases/007-xfs-a");
	assert_null(rundir_case_write(&c, "x", "", 0, &path));
	assert_string_equal(path, "cases/007-xfs-a/x");
	free(path);
	for (int i = 0; i < 6; i++) {
		_cleanup_buf_ struct buf b = BUF_INIT;
		_cleanup_free_ char *full = NULL;

		assert_null(rundir_case_write(&c, "x", big, len, &path));
		if (!path)
			continue;
		files++;
		full = xasprintf("%s/%s", dir.path, path);
		assert_null(file_read(full, len, &b));
		assert_true(b.len <= RUNDIR_FILE_MAX && b.len > RUNDIR_FILE_MAX - 64);
		assert_memory_equal(b.data, "first", 5);
		assert_non_null(strstr(b.data, between));
		assert_string_equal(b.data + b.len - strlen(tail), tail);
		free(path);
	}
	assert_int_equal(files, RUNDIR_CASE_MAX / RUNDIR_FILE_MAX);
	assert_int_equal(c.bytes, RUNDIR_CASE_MAX);
	rundir_case_deinit(&c);
	rundir_deinit(&dir);
	free(big);
}

static void test_many(void **state)
{
	struct rundir dir;
	struct rundir_case c;

	(void)state;
	assert_null(rundir_create(&dir, base, time(NULL), 10));
	rundir_case_init(&c, &dir, 1, "a");
	for (int i = 0; i < RUNDIR_FILES_MAX + 20; i++)
		assert_null(rundir_case_write(&c, "../x", "1", 1, NULL));
	assert_int_equal(c.files, RUNDIR_FILES_MAX);
	rundir_case_deinit(&c);
	rundir_deinit(&dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test_setup_teardown(test_create, setup, teardown),
		cmocka_unit_test_setup_teardown(test_shared, setup, teardown),
		cmocka_unit_test_setup_teardown(test_bounds, setup, teardown),
		cmocka_unit_test_setup_teardown(test_many, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
