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

#include "guests/store/kernel-store.h"
#include "tests/scratch.h"

static char store[] = "/tmp/daxrig-test-store.XXXXXX";

static void put(const char *dir, const char *name, const char *text)
{
	put_bytes(dir, name, text, strlen(text));
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

/* The folder of an ended process is removed, that of a running one kept. */
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

/* The answer becomes a folder's name. */
static void test_bad_answers(void **state)
{
	static const char *const bad[] = { "", "../../etc", "/etc", "a/b", ".", ".tmp-1-x", "a\n" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		char *answer;
		bool fresh;

		ok(store_remember(store, "deb:6.13", bad[i]));
		store_recall(store, "deb:6.13", &answer, &fresh);
		assert_null(answer);
		assert_false(fresh);
	}
}

/* Source is too large to be read again. */
static void test_digests(void **state)
{
	_cleanup_free_ char *tmp = NULL, *plain = xasprintf("%s/c/digests", store);
	_cleanup_free_ char *noted = xasprintf("%s/a/digests", store);

	(void)state;
	commit("a", "one");
	assert_true(path_exists(noted));
	ok(store_begin(store, "c", &tmp));
	put(tmp, "f", "three");
	ok(store_commit_plain(store, "c", tmp));
	assert_true(holds("c", "f", "three"));
	assert_false(path_exists(plain));
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

struct waiting {
	unsigned int lines;
	int release; /* a byte here makes the child unlock */
};

static void count_line(void *arg, const char *text)
{
	struct waiting *w = arg;

	assert_non_null(strstr(text, "waiting for another daxrig"));
	w->lines++;
	assert_int_equal(write(w->release, "x", 1), 1);
}

/* A child holds the lock until it hears that another process waits. */
static void test_lock(void **state)
{
	int held[2], release[2], fd = -1, other = -1;
	struct waiting w = { 0, -1 };
	const struct progress say = { count_line, &w };
	struct err *err;
	char c;

	(void)state;
	assert_int_equal(pipe(held) | pipe(release), 0);
	w.release = release[1];
	if (!fork()) {
		err_free(store_lock(store, "k", NULL, &fd));
		_exit(write(held[1], "x", 1) != 1 || read(release[0], &c, 1) != 1);
	}
	assert_int_equal(read(held[0], &c, 1), 1);
	err = store_try_lock(store, "k", "it is at work", &other);
	assert_non_null(err);
	assert_int_equal(err->code, ERR_USAGE);
	assert_string_equal(err->message, "it is at work");
	assert_int_equal(other, -1);
	err_free(err);
	ok(store_try_lock(store, "another", "no", &other));
	close_fd(&other);
	ok(store_lock(store, "k", &say, &fd));
	assert_int_equal(w.lines, 1);
	wait(NULL);
	close_fd(&fd);
	ok(store_lock(store, "k", &say, &fd));
	assert_int_equal(w.lines, 1);
	close_fd(&fd);
	for (size_t i = 0; i < 2; i++) {
		close(held[i]);
		close(release[i]);
	}
}

static void test_room(void **state)
{
	_cleanup_err_ struct err *err = NULL;
	uint64_t before;

	(void)state;
	ok(store_room(store, 1));
	err = store_room(store, UINT64_MAX);
	assert_int_equal(err->code, ERR_INFRA);
	assert_non_null(strstr(err->message, "no room for a kernel in '"));
	before = tree_size(store);
	put(store, "seven", "1234567");
	assert_int_equal(tree_size(store), before + 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole_or_nothing),
		cmocka_unit_test(test_leftovers),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_bad_answers),
		cmocka_unit_test(test_digests),
		cmocka_unit_test(test_lock),
		cmocka_unit_test(test_room),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
