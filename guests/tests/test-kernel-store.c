/* SPDX-License-Identifier: GPL-2.0-only */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/files.h"
#include "guests/kernel-store.h"

static char store[] = "/tmp/daxrig-test-store.XXXXXX";

static void ok(struct err *err)
{
	if (err)
		fail_msg("%s", err->message);
}

static void put(const char *dir, const char *name, const char *text)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", dir, name);

	ok(file_write_atomic(path, text, strlen(text)));
}

static bool holds(const char *key, const char *name, const char *text)
{
	_cleanup_free_ char *path = xasprintf("%s/%s/%s", store, key, name);
	_cleanup_buf_ struct buf got = BUF_INIT;
	_cleanup_err_ struct err *err = file_read(path, 100, &got);

	return !err && !strcmp(buf_str(&got), text);
}

static void commit(const char *key, const char *text)
{
	_cleanup_free_ char *tmp = NULL;

	ok(store_begin(store, key, &tmp));
	put(tmp, "f", text);
	assert_false(holds(key, "f", text));
	ok(store_commit(store, key, tmp));
	assert_false(path_exists(tmp));
}

static void test_whole_or_nothing(void **state)
{
	_cleanup_free_ char *tmp = NULL;

	(void)state;
	commit("a", "one");
	assert_true(holds("a", "f", "one"));
	commit("a", "two");
	assert_true(holds("a", "f", "two"));
	ok(store_begin(store, "a", &tmp));
	put(tmp, "f", "three");
	store_abort(tmp);
	assert_false(path_exists(tmp));
	assert_true(holds("a", "f", "two"));
}

/* A folder of a process that is gone goes; one of a process that lives stays. */
static void test_leftovers(void **state)
{
	_cleanup_free_ char *dead = NULL, *live = NULL, *tmp = NULL;
	pid_t pid = fork();

	(void)state;
	if (!pid)
		_exit(0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	dead = xasprintf("%s/.tmp-%d-x", store, pid);
	live = xasprintf("%s/.tmp-%d-x", store, getppid());
	ok(dir_create(dead));
	put(dead, "f", "half");
	ok(dir_create(live));
	ok(store_begin(store, "b", &tmp));
	assert_false(path_exists(dead));
	assert_true(path_exists(live));
	store_abort(tmp);
	ok(tree_remove(live));
}

static void test_answers(void **state)
{
	const struct timespec old[2] = { { .tv_sec = 1000000 }, { .tv_sec = 1000000 } };
	_cleanup_free_ char *path = xasprintf("%s/.resolved-deb:6.12", store);
	char *answer;
	bool fresh;

	(void)state;
	store_recall(store, "deb:6.12", &answer, &fresh);
	assert_null(answer);
	assert_false(fresh);
	ok(store_remember(store, "deb:6.12", "deb-x"));
	store_recall(store, "deb:6.12", &answer, &fresh);
	assert_string_equal(answer, "deb-x");
	assert_true(fresh);
	free(answer);
	assert_int_equal(utimensat(AT_FDCWD, path, old, 0), 0);
	store_recall(store, "deb:6.12", &answer, &fresh);
	assert_string_equal(answer, "deb-x");
	assert_false(fresh);
	free(answer);
}

static int setup(void **state)
{
	(void)state;
	return mkdtemp(store) ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	err_free(tree_remove(store));
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole_or_nothing),
		cmocka_unit_test(test_leftovers),
		cmocka_unit_test(test_answers),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
