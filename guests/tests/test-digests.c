/* SPDX-License-Identifier: GPL-2.0-only */
/* Writes, parses and compares the digests of a folder's files, also malformed ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "guests/store/digests.h"
#include "tests/scratch.h"

#define HEAD "daxrig-digests 1\n"
#define SUM "0123456789abcdef"
#define LINE(name) "1 " SUM " " name "\n"

static void fails(struct err *err, const char *part)
{
	if (!err || !strstr(err->message, part))
		fail_msg("'%s' instead of '%s'", err ? err->message : "good", part);
	err_free(err);
}

static void put(const char *dir, const char *name, const char *text)
{
	put_bytes(dir, name, text, strlen(text));
}

static const struct {
	const char *text;
	int files; /* -1: an error */
} texts[] = {
	{ HEAD "end\n", 0 },
	{ HEAD LINE("a") LINE("b/c d") "end\n", 2 },
	{ HEAD LINE("a..b") LINE("c/..d") LINE("e/.f") "end\n", 3 },
	{ "", -1 },
	{ "end\n", -1 },
	{ "daxrig-digests 2\n" LINE("a") "end\n", -1 },
	{ HEAD LINE("a"), -1 },
	{ HEAD LINE("a") "en", -1 },
	{ HEAD LINE("a") "end", -1 },
	{ HEAD LINE("a") "end\nend\n", -1 },
	{ HEAD "1 " SUM " a", -1 },
	{ HEAD "1 " SUM "\nend\n", -1 },
	{ HEAD "1 " SUM " \nend\n", -1 },
	{ HEAD "1 " SUM "0 a\nend\n", -1 },
	{ HEAD "1 0123 a\nend\n", -1 },
	{ HEAD "-1 " SUM " a\nend\n", -1 },
	{ HEAD "99999999999999999999 " SUM " a\nend\n", -1 },
	{ HEAD "1  " SUM " a\nend\n", -1 },
	{ HEAD "\nend\n", -1 },
	{ HEAD LINE("/etc/passwd") "end\n", -1 },
	{ HEAD LINE("..") "end\n", -1 },
	{ HEAD LINE("../a") "end\n", -1 },
	{ HEAD LINE("a/../../b") "end\n", -1 },
	{ HEAD LINE("a/..") "end\n", -1 },
	{ HEAD LINE("./a") "end\n", -1 },
	{ HEAD LINE("a//b") "end\n", -1 },
	{ HEAD LINE("a/") "end\n", -1 },
	{ HEAD LINE("a\033[31m") "end\n", -1 },
	{ HEAD LINE("b") LINE("a") "end\n", -1 },
	{ HEAD LINE("a") LINE("a") "end\n", -1 },
};

static void test_texts(void **state)
{
	const char *dir = *state;

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		_cleanup_digests_ struct digests *d = NULL;
		struct err *err;

		put(dir, DIGESTS_NAME, texts[i].text);
		err = digests_open(dir, &d);
		if (texts[i].files < 0) {
			fails(err, "/digests' is torn");
			assert_null(d);
			continue;
		}
		ok(err);
		assert_int_equal(d->n, texts[i].files);
	}
}

/* It costs little to refuse a million lines, or a text without an end. */
static void test_large(void **state)
{
	const char *dir = *state;
	_cleanup_free_ char *path = xasprintf("%s/" DIGESTS_NAME, dir);
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct digests *d;

	buf_adds(&text, HEAD);
	for (int i = 0; i < 1000000; i++)
		buf_addf(&text, "1 " SUM " %07d\n", i);
	buf_adds(&text, "end\n");
	ok(file_write_atomic(path, text.data, text.len));
	fails(digests_open(dir, &d), "larger than");
	/* few enough bytes, but too many lines */
	buf_reset(&text);
	buf_adds(&text, HEAD);
	for (int i = 0; i < 200000; i++)
		buf_addf(&text, "1 " SUM " %06d\n", i);
	buf_adds(&text, "end\n");
	ok(file_write_atomic(path, text.data, text.len));
	fails(digests_open(dir, &d), "is torn");
	/* no file at all */
	unlink(path);
	assert_int_equal(mkfifo(path, 0600), 0);
	fails(digests_open(dir, &d), "is torn");
	unlink(path);
	assert_int_equal(symlink("/dev/zero", path), 0);
	fails(digests_open(dir, &d), "cannot open");
	unlink(path);
	ok(digests_open(dir, &d));
	assert_null(d);
	ok(digests_open("/nonexistent", &d));
	assert_null(d);
}

static void make_files(const char *dir)
{
	_cleanup_free_ char *link = xasprintf("%s/link", dir);

	put(dir, "vmlinuz", "kernel");
	put(dir, "lib/modules/1/a.ko", "a");
	put(dir, "lib/modules/1/b.ko", "b");
	put(dir, "empty", "");
	assert_int_equal(symlink("/etc/passwd", link), 0);
	ok(digests_write(dir));
}

static bool is_module(const char *name)
{
	return str_ends(name, ".ko");
}

static void test_check(void **state)
{
	const char *dir = *state;
	_cleanup_digests_ struct digests *d = NULL;

	make_files(dir);
	ok(digests_open(dir, &d));
	/* links have no digests */
	assert_int_equal(d->n, 4);
	ok(digests_check_those(d, NULL));
	ok(digests_check(d, "lib/modules/1/b.ko"));
	fails(digests_check(d, "link"), "/digests' does not name 'link'");
	fails(digests_check(d, "../vmlinuz"), "does not name");
	put(dir, "vmlinuz", "kermel");
	fails(digests_check(d, "vmlinuz"), "/vmlinuz' was changed");
	fails(digests_check_those(d, NULL), "/vmlinuz' was changed");
	ok(digests_check_those(d, is_module));
	put(dir, "lib/modules/1/b.ko", "bb");
	fails(digests_check_those(d, is_module), "/b.ko' is not a file of 1 bytes");
	/* existing digests stay */
	ok(digests_write(dir));
	digests_close(take_ptr(d));
	ok(digests_open(dir, &d));
	fails(digests_check(d, "vmlinuz"), "was changed");
}

/* Links in place of the file or of a folder in its path. */
static void test_no_file(void **state)
{
	const char *dir = *state;
	_cleanup_free_ char *path = xasprintf("%s/vmlinuz", dir), *lib = xasprintf("%s/lib", dir);
	_cleanup_free_ char *other = xasprintf("%s/other", dir),
			    *moved = xasprintf("%s-moved", dir);
	_cleanup_digests_ struct digests *d = NULL;

	make_files(dir);
	ok(digests_open(dir, &d));
	unlink(path);
	fails(digests_check(d, "vmlinuz"), "cannot read");
	assert_int_equal(mkfifo(path, 0600), 0);
	fails(digests_check(d, "vmlinuz"), "is not a regular file");
	unlink(path);
	assert_int_equal(mkdir(path, 0700), 0);
	fails(digests_check(d, "vmlinuz"), "is not a regular file");
	assert_int_equal(rmdir(path), 0);
	put(dir, "same", "kernel");
	assert_int_equal(symlink("same", path), 0);
	fails(digests_check(d, "vmlinuz"), "cannot read");
	ok(digests_check(d, "lib/modules/1/a.ko"));
	assert_int_equal(rename(lib, other), 0);
	assert_int_equal(symlink("other", lib), 0);
	fails(digests_check(d, "lib/modules/1/a.ko"), "cannot read");
	/* the folder may have another name by then */
	unlink(lib);
	assert_int_equal(rename(other, lib), 0);
	assert_int_equal(rename(dir, moved), 0);
	ok(digests_check(d, "lib/modules/1/a.ko"));
	assert_int_equal(rename(moved, dir), 0);
}

/* digests_write() refuses a name that digests_open() could not read. */
static void test_odd_name(void **state)
{
	const char *dir = *state;

	put(dir, "a\nb", "x");
	fails(digests_write(dir), "cannot note the name of a file");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_texts, scratch_make, scratch_remove),
		cmocka_unit_test_setup_teardown(test_large, scratch_make, scratch_remove),
		cmocka_unit_test_setup_teardown(test_check, scratch_make, scratch_remove),
		cmocka_unit_test_setup_teardown(test_no_file, scratch_make, scratch_remove),
		cmocka_unit_test_setup_teardown(test_odd_name, scratch_make, scratch_remove),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
