/* SPDX-License-Identifier: GPL-2.0-only */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "guests/store/kernel-config.h"
#include "guests/build/patch.h"
#include "guests/build/profile.h"
#include "guests/build/recipe.h"

#define HUNK "@@ -1,2 +1,2 @@\n a\n-b\n+c\n"

static const struct {
	const char *what, *text;
	const char *files; /* "+" before a created one; NULL: an error */
} patches[] = {
	{ "one file", "--- a/fs/dax.c\n+++ b/fs/dax.c\n" HUNK, "fs/dax.c" },
	{ "words around a diff",
	  "What: it\n---\n fs | 2\n--- a/x/y\t2026\n+++ b/x/y\t2026\n" HUNK "-- \n2.39\n", "x/y" },
	{ "two", "--- a/x\n+++ b/x\n" HUNK "--- a/d/y\n+++ b/d/y\n" HUNK, "x d/y" },
	{ "two hunks", "--- a/x\n+++ b/x\n" HUNK HUNK "--- a/y\n+++ b/y\n" HUNK, "x y" },
	{ "a new file", "--- /dev/null\n+++ b/n\n@@ -0,0 +1 @@\n+c\n", "+n" },
	{ "a removed file", "--- a/n\n+++ /dev/null\n@@ -1 +0,0 @@\n-c\n", "n" },
	{ "no newline at the end of a file",
	  "--- a/n\n+++ b/n\n@@ -1 +1 @@\n-c\n\\ No newline at end of file\n"
	  "+d\n\\ No newline at end of file\n--- a/x\n+++ b/x\n" HUNK,
	  "n x" },
	/* removed and added lines that look like the header of a file */
	{ "a diff in a diff", "--- a/n\n+++ b/n\n@@ -1 +1 @@\n--- a/../../x\n+++ b/../../x\n",
	  "n" },
	{ "only words", "What: nothing\n", NULL },
	{ "empty", "", NULL },
	{ "only a head", "--- a/x\n+++ b/x\n", NULL },
	{ "cut off", "--- a/x\n+++ b/x\n@@ -1,3 +1,3 @@\n a\n-b\n", NULL },
	{ "climbs out", "--- a/../x\n+++ b/../x\n" HUNK, NULL },
	{ "climbs out further down", "--- a/fs/../../x\n+++ b/fs/../../x\n" HUNK, NULL },
	{ "absolute", "--- /etc/passwd\n+++ /etc/passwd\n" HUNK, NULL },
	{ "no folder to strip", "--- x\n+++ x\n" HUNK, NULL },
	{ "renames", "--- a/x\n+++ b/y\n" HUNK, NULL },
};

static void test_patch(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(patches); i++) {
		_cleanup_patch_ struct patch p = PATCH_INIT;
		_cleanup_err_ struct err *err = patch_parse("p", patches[i].text, &p);
		_cleanup_buf_ struct buf got = BUF_INIT;

		for (size_t f = 0; f < p.n; f++)
			buf_addf(&got, "%s%s%s", f ? " " : "", p.files[f].created ? "+" : "",
				 p.files[f].path);
		if (!err != !!patches[i].files)
			fail_msg("%s: %s", patches[i].what, err ? err->message : "was accepted");
		if (err)
			assert_int_equal(err->code, ERR_USAGE);
		else
			assert_string_equal(buf_str(&got), patches[i].files);
	}
}

static const struct {
	const char *fragment, *config, *lost;
} settings[] = {
	{ "CONFIG_A=y\n", "CONFIG_A=y\n", "" },
	{ "CONFIG_A=y\n", "CONFIG_A=m\n", "CONFIG_A=y" },
	{ "CONFIG_A=y\n", "CONFIG_AB=y\n", "CONFIG_A=y" },
	{ "CONFIG_A=y\n", "# CONFIG_A is not set\n", "CONFIG_A=y" },
	{ "# CONFIG_A is not set\n", "", "" },
	{ "# CONFIG_A is not set\n", "CONFIG_A=y\n", "CONFIG_A=n" },
	{ "CONFIG_A=n\n", "# CONFIG_A is not set\n", "" },
	{ "CONFIG_N=\"x y\"", "CONFIG_N=\"x y\"\n", "" },
	{ "CONFIG_N=12\nCONFIG_M=3", "CONFIG_N=13\n", "CONFIG_N=12, CONFIG_M=3" },
	{ "# CONFIG_A is fine\n\nnoise=y\n", "", "" },
	/* the last setting counts */
	{ "CONFIG_A=y\n# CONFIG_A is not set\n", "", "" },
	{ "# CONFIG_A is not set\nCONFIG_A=y\n", "", "CONFIG_A=y" },
};

static void test_lost(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(settings); i++) {
		_cleanup_buf_ struct buf lost = BUF_INIT;

		profile_lost(settings[i].fragment, settings[i].config, &lost);
		if (strcmp(buf_str(&lost), settings[i].lost))
			fail_msg("row %zu: '%s'", i, buf_str(&lost));
	}
}

static char *key_of(const char *text)
{
	struct kernel_spec spec;
	struct recipe recipe;
	_cleanup_err_ struct err *err = kernel_spec_parse(text, &spec);
	char *key;

	assert_null(err);
	err = recipe_read(&spec, &recipe);
	assert_null(err);
	key = recipe_key(&recipe, "src-7.2.13-1", "gcc 12");
	recipe_deinit(&recipe);
	kernel_spec_deinit(&spec);
	return key;
}

static void test_key(void **state)
{
	_cleanup_free_ char *fast = key_of("src:7.2"), *same = key_of("src:7.2+fast"),
			    *debug = key_of("src:7.2+debug");

	(void)state;
	assert_int_equal(strncmp(fast, "src-7.2.13-1-fast-", 18), 0);
	assert_string_equal(fast, same);
	assert_int_equal(strncmp(debug, "src-7.2.13-1-debug-", 19), 0);
	assert_string_not_equal(strrchr(fast, '-'), strrchr(debug, '-'));
}

static void test_check(void **state)
{
	_cleanup_buf_ struct buf all = BUF_INIT, missed = BUF_INIT;
	struct kernel_spec spec;
	struct recipe recipe;
	_cleanup_err_ struct err *err = kernel_spec_parse("src:7.2+debug", &spec);

	(void)state;
	assert_null(err);
	err = recipe_read(&spec, &recipe);
	assert_null(err);
	kernel_config_fragment(&all);
	buf_adds(&all, profile_base());
	/* no settings of profile debug */
	err = recipe_check(&recipe, "it", buf_str(&all), &missed);
	assert_non_null(err);
	assert_non_null(strstr(err->message, "CONFIG_PROVE_LOCKING=y"));
	err_free(take_ptr(err));
	buf_adds(&all, profile_text("debug"));
	err = recipe_check(&recipe, "it", buf_str(&all), &missed);
	assert_null(err);
	assert_int_equal(missed.len, 0);
	/* a missing wish is reported, a missing need is an error */
	buf_adds(&all, "\n# CONFIG_IO_URING is not set\n");
	all.data[strstr(all.data, "CONFIG_IO_URING=y") - all.data] = 'X';
	err = recipe_check(&recipe, "it", buf_str(&all), &missed);
	assert_null(err);
	assert_string_equal(buf_str(&missed), "CONFIG_IO_URING");
	all.data[strstr(all.data, "CONFIG_ACPI_NFIT=y") - all.data] = 'X';
	err = recipe_check(&recipe, "it", buf_str(&all), &missed);
	assert_non_null(err);
	assert_non_null(strstr(err->message, "CONFIG_ACPI_NFIT=y"));
	recipe_deinit(&recipe);
	kernel_spec_deinit(&spec);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_patch),
		cmocka_unit_test(test_lost),
		cmocka_unit_test(test_key),
		cmocka_unit_test(test_check),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
