/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernels between two ends: packages of a list, commits of a tree made for the test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/files.h"
#include "bisect/session-text.h"
#include "tests/commits.h"

#define IMAGE "linux-image-"
#define BUILD(package, of)                                                                         \
	{                                                                                          \
		(char *)IMAGE package, (char *)of                                                  \
	}

/* Unsorted, and one twice: both the store and the archive have it. */
static const struct build builds[] = {
	BUILD("6.16.3+deb13-amd64", "6.16.3-1~bpo13+1"),
	BUILD("6.1.0-9-amd64", "6.1.27-1"),
	BUILD("7.2.13+deb14-amd64", "7.2.13-1"),
	BUILD("6.12.9+deb12-amd64", "6.12.9-1"),
	BUILD("6.12.117+deb12-amd64", "6.12.117-1"),
	BUILD("6.1.0-56-amd64", "6.1.192-2"),
	BUILD("6.1.160+deb12-amd64", "6.1.160-1"),
	BUILD("6.12.117+deb12-amd64", "6.12.117-1"),
	BUILD("7.3~rc1+deb14-amd64", "7.3~rc1-1"),
	BUILD("7.3.4+deb13-amd64", "7.3.4-1"),
};

static const struct {
	const char *good, *bad;
	bool fixed;
	const char *expected; /* specs with a blank after each, or the error */
} between[] = {
	{ "6.1.0-9-amd64", "6.12.117+deb12-amd64", false,
	  "deb:6.1.0-9-amd64 deb:6.1.160+deb12-amd64 deb:6.1.0-56-amd64 deb:6.12.9+deb12-amd64 "
	  "deb:6.12.117+deb12-amd64 " },
	{ "7.3.4+deb13-amd64", "6.16.3+deb13-amd64", true,
	  "deb:7.3.4+deb13-amd64 deb:7.3~rc1+deb14-amd64 deb:7.2.13+deb14-amd64 "
	  "deb:6.16.3+deb13-amd64 " },
	{ "6.12.9+deb12-amd64", "6.16.3+deb13-amd64", false,
	  "deb:6.12.9+deb12-amd64 deb:6.12.117+deb12-amd64 deb:6.16.3+deb13-amd64 " },
	{ "6.12.9+deb12-amd64", "6.12.9+deb12-amd64", false,
	  "the good kernel and the bad one are the same, 'deb:6.12.9+deb12-amd64'" },
	{ "6.12.9+deb12-amd64", "6.11.1-amd64", false,
	  "kernel 'deb:6.11.1-amd64' is not in the store, and the archive no longer has it" },
	{ "6.11.1-amd64", "6.12.9+deb12-amd64", false, "kernel 'deb:6.11.1-amd64' is not" },
};

static void check_start(const char *text, const char *start, const char *what)
{
	if (strncmp(text, start, strlen(start)))
		fail_msg("%s: expected '%s', found '%s'", what, start, text);
}

static void test_builds(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(between); i++) {
		_cleanup_free_ char *good = xasprintf(IMAGE "%s", between[i].good);
		_cleanup_free_ char *bad = xasprintf(IMAGE "%s", between[i].bad);
		_cleanup_buf_ struct buf found = BUF_INIT;
		struct candidates h;
		_cleanup_err_ struct err *err = candidates_of_builds(builds, ARRAY_SIZE(builds),
								     good, bad, &h);

		for (size_t k = 0; k < h.n; k++)
			buf_addf(&found, "%s ", h.v[k].spec);
		if (err) {
			assert_int_equal(err->code, ERR_USAGE);
			check_start(err->message, between[i].expected, between[i].bad);
		} else {
			assert_string_equal(buf_str(&found), between[i].expected);
			assert_int_equal(h.fixed, between[i].fixed);
			_cleanup_free_ char *text = candidate_text(&h, 0);
			_cleanup_free_ char *end = xasprintf("(%s)", h.v[0].spec);
			assert_non_null(strstr(text, end));
		}
		candidates_deinit(&h);
	}
}

/* Errors found before the archive is queried. */
static const struct {
	const char *good, *bad, *error;
} words[] = {
	{ "7", "6.12", "unknown kernel '7': say deb:" },
	{ "6.12", "file:/x", "cannot bisect from 'deb:6.12' to 'file:/x': give two packaged " },
	{ "tree:/tmp", "6.12", "cannot bisect from 'tree:/tmp' to 'deb:6.12'" },
	{ "src:7.2", "src:6.12", "cannot bisect from 'src:7.2' to 'src:6.12'" },
	{ "tree:/proc/none@a", "tree:/proc@b", "cannot use git tree '/proc/none': No such file" },
	{ "tree:/proc@a", "tree:/proc@b", "cannot use git tree '/proc': 'git' failed" },
};

static void test_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		struct candidates h;
		_cleanup_err_ struct err *err = candidates_between("/proc/none", words[i].good,
								   words[i].bad, NULL, &h);

		assert_non_null(err);
		assert_int_equal(err->code, ERR_USAGE);
		check_start(err->message, words[i].error, words[i].bad);
		assert_int_equal(h.n, 0);
		candidates_deinit(&h);
	}
}

/* Names of commits, with a blank after each. */
static char *names_of(const struct candidates *h)
{
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < h->n; i++)
		buf_addf(&b, "%.2s ", h->v[i].label + 13);
	return buf_take(&b);
}

static const struct {
	const char *good, *bad;
	bool fixed;
	const char *expected;
} lines[] = {
	{ "a0", "a6", false, "a0 a1 a2 a3 a4 a5 a6 " },
	{ "a0", "a1", false, "a0 a1 " },
	{ "a4", "a1", true, "a4 a3 a2 a1 " },
	{ "a1", "s3", false, "a1 s1 s2 s3 " },
	{ "a1", "a1", false, "the good revision and the bad one are the same" },
	{ "s1", "a4", false,
	  "'tree:%s@s1' was merged into the bisected line of first parents, but it "
	  "is not on it: use --good tree:%s@" },
	{ "a4", "t1", true, "'tree:%s/.@t1' was merged into the bisected line" },
	{ "s3", "a2", false,
	  "neither the good nor the bad revision is an ancestor of the other: "
	  "check that their merge base is good, then use --good tree:%s@" },
	{ "a0", "b0", false, "cannot find 'b0': '%s' has no such revision" },
	{ "a0+x.patch", "a1", false, "cannot bisect between revisions that are built differently" },
};

static void test_lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		struct candidates h;
		_cleanup_err_ struct err *err = of_tree(lines[i].good, lines[i].bad, &h);
		_cleanup_free_ char *names = names_of(&h);
		_cleanup_buf_ struct buf expected = BUF_INIT;

		for (const char *p = lines[i].expected; *p; p++) {
			if (strncmp(p, "%s", 2) == 0)
				buf_adds(&expected, (p++, tree));
			else
				buf_addc(&expected, *p);
		}
		if (err) {
			assert_int_equal(err->code, ERR_USAGE);
			check_start(err->message, buf_str(&expected), lines[i].bad);
		} else {
			assert_string_equal(names, lines[i].expected);
			assert_int_equal(h.fixed, lines[i].fixed);
		}
		candidates_deinit(&h);
	}
}

/* More commits than fit into one page of git's output. */
static void test_long_line(void **state)
{
	_cleanup_free_ char *path = xasprintf("%s/stream", tree);
	_cleanup_free_ char *shell = xasprintf("git -C %s fast-import --quiet <%s", tree, path);
	_cleanup_buf_ struct buf stream = BUF_INIT;
	struct candidates h;

	(void)state;
	for (int i = 0; i < 2001; i++) {
		buf_addf(&stream,
			 "commit refs/tags/long\ncommitter t <t> %d +0000\ndata 5\nlong\n\n",
			 1800000000 + i);
		if (i == 0)
			buf_addf(&stream, "from %s\n", ids[A6]);
	}
	assert_null(file_write_atomic(path, buf_str(&stream), stream.len));
	free(git_line((const char *const[]){ "sh", "-c", shell, NULL }));
	assert_null(of_tree("a6", "long", &h));
	assert_int_equal(h.n, 2002);
	assert_non_null(strstr(h.v[0].label, " a6 (2026-11-01)"));
	assert_non_null(strstr(h.v[2001].label, " long ("));
	candidates_deinit(&h);
}

static const struct {
	const char *good, *bad, *at;
	const char *expected, *note;
} insides[] = {
	{ "a0", "a6", "a3", "a1 s1 s2 s3 ", NULL },
	{ "a6", "a0", "a3", "s3 s2 s1 a1 ", NULL },
	{ "a0", "a6", "a2", "", NULL },
	{ "a0", "a6", "a5", "",
	  "is a merge: of more than two parents, which daxrig does not bisect" },
	{ "a1", "s3", "s2", "s1 t1 ", NULL },
};

static size_t place_of(const struct candidates *h, const char *name)
{
	size_t i = 0;

	while (i < h->n && strncmp(h->v[i].label + 13, name, 2))
		i++;
	return i;
}

static void test_insides(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(insides); i++) {
		struct candidates h, inside;

		assert_null(of_tree(insides[i].good, insides[i].bad, &h));
		assert_null(candidates_inside(&h, place_of(&h, insides[i].at), &inside));
		_cleanup_free_ char *names = names_of(&inside);
		assert_string_equal(names, insides[i].expected);
		assert_int_equal(inside.fixed, h.fixed);
		assert_int_equal(!inside.note, !insides[i].note);
		if (inside.note)
			assert_non_null(strstr(inside.note, insides[i].note));
		candidates_deinit(&inside);
		candidates_deinit(&h);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_builds),	  cmocka_unit_test(test_words),
		cmocka_unit_test(test_lines),	  cmocka_unit_test(test_insides),
		cmocka_unit_test(test_long_line),
	};

	return cmocka_run_group_tests(tests, make_tree, remove_tree);
}
