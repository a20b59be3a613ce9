/* SPDX-License-Identifier: GPL-2.0-only */
/* Histories from one configuration to another, one option at a time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/files.h"
#include "bisect/candidates.h"
#include "guests/build/profile.h"

static char *dir, *a, *b;

static char *put(const char *name, const char *text)
{
	char *path = xasprintf("%s/%s", dir, name);
	_cleanup_err_ struct err *err = file_write_atomic(path, text, strlen(text));

	assert_null(err);
	return path;
}

static int set_up(void **state)
{
	char pattern[] = "/tmp/daxrig-test-XXXXXX";

	(void)state;
	assert_non_null(mkdtemp(pattern));
	dir = xstrdup(pattern);
	a = put("a.config", "CONFIG_SAME=y\nCONFIG_ONE=y\nCONFIG_GONE=y\nCONFIG_N=3\n");
	b = put("b.config", "CONFIG_N=4\n# CONFIG_ONE is not set\nCONFIG_SAME=y\nCONFIG_NEW=y\n");
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	err_free(tree_remove(dir));
	free(dir);
	free(a);
	free(b);
	return 0;
}

static struct err *between(const char *good, const char *bad, struct candidates *h)
{
	return candidates_between(dir, good, bad, NULL, h);
}

/* The fragment of a candidate, without the part of the profile at its beginning. */
static char *fragment_of(const struct candidate *c)
{
	const char *path = strchr(c->spec, '+') + 1;
	struct buf text = BUF_INIT;
	_cleanup_err_ struct err *err = file_read(path, 1 << 16, &text);

	if (err)
		fail_msg("%s", err->message);
	return buf_take(&text);
}

static bool says(const struct candidate *c, const char *line)
{
	_cleanup_free_ char *text = fragment_of(c);

	return strstr(text, line) != NULL;
}

static void test_steps(void **state)
{
	_cleanup_free_ char *good = xasprintf("src:7.2+%s", a), *bad = xasprintf("src:7.2+%s", b);
	struct candidates h, again;
	_cleanup_err_ struct err *err = between(good, bad, &h);

	(void)state;
	if (err)
		fail_msg("%s", err->message);
	/* N, ONE and NEW in the bad end's order, then options that only the good end sets */
	assert_int_equal(h.n, 5);
	assert_string_equal(h.v[1].label, "CONFIG_N=4");
	assert_string_equal(h.v[2].label, "CONFIG_ONE=n");
	assert_string_equal(h.v[3].label, "CONFIG_NEW=y");
	assert_string_equal(h.v[4].label, "CONFIG_GONE=as it comes");
	assert_string_equal(h.unit, "option");
	for (size_t i = 0; i < 5; i++) {
		assert_true(says(&h.v[i], "CONFIG_SAME=y\n"));
		assert_int_equal(says(&h.v[i], "CONFIG_GONE=y\n"), i < 4);
		assert_int_equal(says(&h.v[i], "CONFIG_N=4\n"), i >= 1);
		assert_int_equal(says(&h.v[i], "CONFIG_ONE=y\n"), i < 2);
		assert_int_equal(says(&h.v[i], "# CONFIG_ONE is not set\n"), i >= 2);
		assert_int_equal(says(&h.v[i], "CONFIG_NEW=y\n"), i >= 3);
	}
	/* the same question has the same specs, or its log would not be found */
	err = between(good, bad, &again);
	assert_null(err);
	for (size_t i = 0; i < h.n; i++)
		assert_string_equal(again.v[i].spec, h.v[i].spec);
	candidates_deinit(&again);
	/* a file with new content makes another question */
	free(b);
	b = put("b.config", "CONFIG_N=5\n");
	err = between(good, bad, &again);
	assert_null(err);
	assert_string_not_equal(again.v[again.n - 1].spec, h.v[h.n - 1].spec);
	candidates_deinit(&again);
	candidates_deinit(&h);
}

static void test_profiles(void **state)
{
	struct candidates h;
	_cleanup_err_ struct err *err = between("src:7.2", "src:7.2+debug", &h);
	size_t at = 1;

	(void)state;
	assert_null(err);
	assert_true(h.n > 5);
	while (at < h.n && strcmp(h.v[at].label, "CONFIG_DEBUG_VM=y"))
		at++;
	assert_true(at + 1 < h.n);
	assert_true(says(&h.v[at], "CONFIG_DEBUG_VM=y\n"));
	assert_true(says(&h.v[at], "# CONFIG_PROVE_LOCKING is not set\n"));
	candidates_deinit(&h);
}

static const struct {
	const char *good, *bad, *words;
} refused[] = {
	{ "src:7.2", "src:7.2", "set the same options" },
	{ "src:7.2", "src:7.2+fast", "set the same options" },
	{ "src:7.2", "src:6.12+debug", "cannot bisect from" },
	{ "src:7.2", "src:7.2+/nowhere/x.patch+debug", "cannot open '/nowhere/x.patch'" },
	{ "src:7.2", "src:7.2+/nowhere/x.config", "cannot open '/nowhere/x.config'" },
	{ "src:7.2", "src:7.2+fats", "no profile 'fats'; did you mean 'fast'?" },
	{ "src:7.2", "deb:7.2", "cannot bisect from" },
};

static void test_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		struct candidates h;
		_cleanup_err_ struct err *err = between(refused[i].good, refused[i].bad, &h);

		if (!err || err->code != ERR_USAGE || !strstr(err->message, refused[i].words))
			fail_msg("%s, %s: %s", refused[i].good, refused[i].bad,
				 err ? err->message : "taken");
		candidates_deinit(&h);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_steps),
		cmocka_unit_test(test_profiles),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
