/* SPDX-License-Identifier: GPL-2.0-only */
/* Selftests from a small tree that builds as a kernel does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/files.h"
#include "base/program.h"
#include "guests/build/kselftest-build.h"
#include "tests/scratch.h"

static void put(const char *dir, const char *path, const char *text)
{
	_cleanup_free_ char *whole = xasprintf("%s/tree/%s", dir, path);
	_cleanup_free_ char *folder = xstrndup(whole, (size_t)(strrchr(whole, '/') - whole));

	assert_null(dir_create(folder));
	assert_null(file_write_atomic(whole, text, strlen(text)));
}

static void commit(const char *dir)
{
	_cleanup_free_ char *script = xasprintf(
		"cd %s/tree && git init -q 2>/dev/null; git add -A && git -c user.name=a "
		"-c user.email=a@b commit -qm x",
		dir);
	_cleanup_buf_ struct buf out = BUF_INIT;

	assert_null(run_program((const char *const[]){ "sh", "-c", script, NULL }, 60000, &out));
}

static void note(void *arg, const char *text)
{
	buf_addf(arg, "%s\n", text);
}

static void test_build(void **state)
{
	const char *dir = *state;
	const char *const names[] = { "mm/good", "mm/bad", "a/b/c" };
	_cleanup_free_ char *spec = xasprintf("tree:%s/tree", dir), *data = xasprintf("%s/d", dir);
	_cleanup_buf_ struct buf said = BUF_INIT;
	const struct progress say = { note, &said };
	const char rule[] = "$(OUTPUT)/%: %.c\n\t$(CC) $(KHDR_INCLUDES) -o $@ $<\n";

	put(dir, "Makefile",
	    "headers:\n\tmkdir -p $(O)/usr/include\n\techo '#define N 0' >$(O)/usr/include/n.h\n");
	/* as before 6.3 */
	put(dir, "tools/testing/selftests/vm/Makefile", rule);
	put(dir, "tools/testing/selftests/vm/good.c",
	    "#include <n.h>\nint main(void) { return N; }\n");
	put(dir, "tools/testing/selftests/vm/bad.c", "int main(void) { return \033x; }\n");
	put(dir, "tools/testing/selftests/a/b/Makefile", rule);
	put(dir, "tools/testing/selftests/a/b/c.c", "int main(void) { return 0; }\n");
	commit(dir);
	/* the second time nothing is left to do but what failed */
	for (int round = 0; round < 2; round++) {
		struct kselftests k;
		_cleanup_free_ char *good = NULL, *bad = NULL, *deep = NULL, *why = NULL;

		buf_reset(&said);
		assert_null(kselftests_open(data, spec, &say, &k));
		assert_true(kselftests_has(&k, "mm/good"));
		assert_true(kselftests_has(&k, "a/b/c"));
		assert_false(kselftests_has(&k, "mm/none"));
		assert_false(kselftests_has(&k, "mm"));
		assert_null(kselftests_build(&k, names, ARRAY_SIZE(names), &say));
		good = kselftests_path(&k, "mm/good");
		bad = kselftests_path(&k, "mm/bad");
		deep = kselftests_path(&k, "a/b/c");
		assert_true(path_exists(good) && path_exists(deep) && !path_exists(bad));
		why = kselftests_why(&k, "mm/bad");
		assert_non_null(strstr(why, "bad.c:1:"));
		assert_non_null(strstr(why, "error: "));
		assert_null(strchr(why, '\033'));
		assert_true((strstr(buf_str(&said), "making the headers") != NULL) == !round);
		assert_true((strstr(buf_str(&said), "building vm/good") != NULL) == !round);
		kselftests_deinit(&k);
	}
}

static void test_bad(void **state)
{
	static const struct {
		const char *spec, *says;
	} rows[] = {
		{ "deb:6.1", "'deb:6.1' is no source: expected src:SERIES or tree:PATH" },
		{ "tree:/nowhere", "/nowhere" },
		{ "x", "unknown kernel 'x'" },
	};
	_cleanup_free_ char *data = xasprintf("%s/d2", (const char *)*state);

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct kselftests k;
		struct err *err = kselftests_open(data, rows[i].spec, NULL, &k);

		if (!err || err->code != ERR_USAGE || !strstr(err->message, rows[i].says))
			fail_msg("'%s': %s", rows[i].spec, err ? err->message : "no error");
		err_free(err);
		kselftests_deinit(&k);
	}
}

/* A tree without headers is no kernel's. */
static void test_no_headers(void **state)
{
	const char *dir = *state, *const names[] = { "mm/good" };
	_cleanup_free_ char *spec = xasprintf("tree:%s/tree", dir), *data = xasprintf("%s/d", dir);
	struct kselftests k;
	struct err *err;

	put(dir, "Makefile", "all:\n");
	commit(dir);
	assert_null(kselftests_open(data, spec, NULL, &k));
	err = kselftests_build(&k, names, 1, NULL);
	assert_non_null(err);
	assert_int_equal(err->code, ERR_BUILD);
	assert_non_null(strstr(err->message, "cannot make the headers of commit"));
	err_free(err);
	kselftests_deinit(&k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_build),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_no_headers),
	};

	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
