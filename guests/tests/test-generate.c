/* SPDX-License-Identifier: GPL-2.0-only */
/* Makes mutants of a made-up tree, whose make imitates the kernel's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "guests/mutate/generate.h"
#include "tests/scratch.h"

#define BUILT "built" /* a line for each object that was compiled */

static const char makefile[] = "O ?= .\n"
			       "tinyconfig olddefconfig:\n"
			       "\t@touch $(O)/.config\n"
			       "bzImage: fs/x.o\n"
			       "\t@cp $(O)/fs/x.o $(O)/vmlinux\n"
			       "fs/%.o: FORCE\n"
			       "\t@mkdir -p $(O)/fs; echo $@ >> $(O)/" BUILT "\n"
			       "\t@gcc -g -O2 -c -o $(O)/$@ fs/$*.c\n"
			       "FORCE:\n";

static const char merge_config[] = "#!/bin/sh\nset -e\nshift 3\nconfig=$1\nshift\n"
				   "cat \"$@\" >> $config\n";

/*
 * The condition of the first function matters, that of the second does not, and an amount
 * that is no variable any more does not compile. The third is out of scope.
 */
static const char source[] = "#define UP(x) ((x)++)\n"
			     "int matters(int a)\n{\n\tif (a)\n\t\treturn 1;\n\treturn 2;\n}\n"
			     "int same(int a)\n{\n\tif (a)\n\t\treturn 1;\n\treturn 1;\n}\n"
			     "long breaks(long start)\n{\n\treturn UP(start);\n}\n"
			     "int left_out(int a)\n{\n\tif (a)\n\t\treturn 1;\n\treturn 2;\n}\n";
static const char absent[] = "int other(int a)\n{\n\tif (a)\n\t\treturn 1;\n\treturn 2;\n}\n";

static char *spec_of(const char *dir)
{
	return xasprintf("tree:%s/tree+fast", dir);
}

static int set_up(void **state)
{
	_cleanup_free_ char *tree = NULL, *merge = NULL;

	if (scratch_make(state))
		return -1;
	tree = xasprintf("%s/tree", (char *)*state);
	merge = xasprintf("%s/scripts/kconfig/merge_config.sh", tree);
	put_bytes(tree, "Makefile", makefile, strlen(makefile));
	put_bytes(tree, "scripts/kconfig/merge_config.sh", merge_config, strlen(merge_config));
	put_bytes(tree, "fs/x.c", source, strlen(source));
	put_bytes(tree, "fs/absent.c", absent, strlen(absent));
	run_ok((const char *const[]){ "chmod", "+x", merge, NULL });
	run_ok((const char *const[]){ "git", "init", "--quiet", tree, NULL });
	run_ok((const char *const[]){ "git", "-C", tree, "add", "-A", NULL });
	run_ok((const char *const[]){ "git", "-C", tree, "-c", "user.name=t", "-c",
				      "user.email=t@t", "-c", "commit.gpgsign=false", "commit",
				      "--quiet", "-m", "x", NULL });
	return 0;
}

static bool wanted(void *arg, const char *file, const char *function)
{
	(void)arg;
	(void)file;
	return strcmp(function, "left_out") != 0;
}

static struct err *generate(const char *dir, size_t n, uint64_t seed, struct generated_list *out)
{
	static const char *const places[] = { "fs", "fs/x.c", "mm/none.c" };
	const struct mutation_scope scope = { places, ARRAY_SIZE(places), wanted, NULL };
	_cleanup_free_ char *spec = spec_of(dir), *data = xasprintf("%s/data", dir);
	const struct mutation_base base = { spec, "7.2", "7.2-fast" };

	return mutants_generate(data, &base, &scope, n, seed, NULL, out);
}

/* The number of objects that were compiled so far. */
static size_t compiled(const char *dir)
{
	_cleanup_free_ char *command = xasprintf("cat %s/data/build/tree-*/obj-fast/" BUILT, dir);
	_cleanup_buf_ struct buf out = BUF_INIT;
	size_t n = 0;

	ok(run_program((const char *const[]){ "sh", "-c", command, NULL }, 60000, &out));
	for (const char *p = buf_str(&out); *p; p++)
		n += *p == '\n';
	return n;
}

/* "matters" of x.c is all that is worth a kernel; absent.c is in none. */
static void test_sieve(void **state)
{
	_cleanup_free_ char *command = xasprintf(
		"cmp %s/tree/fs/x.c %s/data/build/tree-*/src/fs/x.c", (char *)*state,
		(char *)*state);
	struct generated_list list, again;
	size_t built;

	ok(generate(*state, 100, 1, &list));
	assert_int_equal(list.n, 1);
	assert_string_equal(list.v[0].function, "fs/x.c:matters");
	assert_string_equal(list.v[0].shown, "- if (a)\n+ if (!(a))\n");
	assert_true(path_exists(list.v[0].path));
	assert_int_equal(list.nr_all, 4);
	assert_int_equal(list.nr_same, 1);
	assert_int_equal(list.nr_broken, 1);
	assert_int_equal(list.nr_absent, 1);
	run_ok((const char *const[]){ "sh", "-c", command, NULL });

	/* what was found out is kept, and nothing is compiled again */
	built = compiled(*state);
	ok(generate(*state, 100, 1, &again));
	assert_int_equal(compiled(*state), built);
	assert_int_equal(again.n, 1);
	assert_string_equal(again.v[0].path, list.v[0].path);
	assert_int_equal(again.nr_same + again.nr_broken + again.nr_absent, 3);
	generated_list_deinit(&again);

	/* a patch that is not what would be written is written again */
	ok(file_write_atomic(list.v[0].path, "x", 1));
	ok(generate(*state, 100, 1, &again));
	assert_true(compiled(*state) > built);
	assert_int_equal(again.n, 1);
	generated_list_deinit(&again);
	generated_list_deinit(&list);
}

/* A source that does not compile without any mutant is an error, and no reason to drop all. */
static void test_bad_source(void **state)
{
	_cleanup_free_ char *tree = xasprintf("%s/tree", (char *)*state);
	struct generated_list list;
	struct err *err;

	put_bytes(tree, "fs/x.c", "int f(\n", 7);
	run_ok((const char *const[]){ "git", "-C", tree, "-c", "user.name=t", "-c",
				      "user.email=t@t", "-c", "commit.gpgsign=false", "commit",
				      "--quiet", "-am", "y", NULL });
	err = generate(*state, 100, 1, &list);
	assert_non_null(err);
	assert_int_equal(err->code, ERR_BUILD);
	assert_int_equal(list.n, 0);
	err_free(err);
	generated_list_deinit(&list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_sieve, set_up, scratch_remove),
		cmocka_unit_test_setup_teardown(test_bad_source, set_up, scratch_remove),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
