/* SPDX-License-Identifier: GPL-2.0-only */
/* The load order of tiny modules, which the test assembles and depmod indexes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "guests/image/modules.h"
#include "guests/image/tools.h"
#include "tests/scratch.h"

#define RELEASE "1.2.3"

static const struct {
	const char *name, *exports, *uses, *softdep;
} fakes[] = {
	{ "top", NULL, "mid_fn", NULL },
	{ "mid", "mid_fn", "base_fn", "pre: helper post: later" },
	{ "base", "base_fn", NULL, NULL },
	{ "helper", NULL, NULL, "pre: mid" }, /* a cycle with mid */
	{ "later", NULL, NULL, NULL },
	{ "lone-wolf", NULL, NULL, NULL },
};

static char root[] = "/tmp/daxrig-test-modules.XXXXXX";
static char *moddir;

static void assemble(size_t i)
{
	_cleanup_free_ char *source = xasprintf("%s/%s.s", root, fakes[i].name);
	_cleanup_free_ char *object = xasprintf("%s/kernel/%s.ko", moddir, fakes[i].name);
	const char *const argv[] = { "as", "-o", object, source, NULL };
	_cleanup_buf_ struct buf text = BUF_INIT, out = BUF_INIT;

	buf_addf(&text, ".section .modinfo,\"a\"\n.string \"license=GPL\"\n");
	if (fakes[i].softdep)
		buf_addf(&text, ".string \"softdep=%s\"\n", fakes[i].softdep);
	if (fakes[i].exports)
		buf_addf(&text, ".section __ksymtab_strings,\"a\"\n.string \"%s\"\n",
			 fakes[i].exports);
	buf_addf(&text, ".data\n.quad %s\n", fakes[i].uses ? fakes[i].uses : "0");
	ok(file_write_atomic(source, buf_str(&text), text.len));
	ok(run_program(argv, 60000, &out));
}

static int setup(void **state)
{
	_cleanup_free_ char *kernel = NULL, *builtin = NULL;
	_cleanup_free_ char *depmod = tools_find("depmod");
	const char *const argv[] = { depmod, "-b", root, RELEASE, NULL };
	_cleanup_buf_ struct buf out = BUF_INIT;

	(void)state;
	assert_non_null(mkdtemp(root));
	moddir = xasprintf("%s/lib/modules/" RELEASE, root);
	kernel = xasprintf("%s/kernel", moddir);
	builtin = xasprintf("%s/modules.builtin", moddir);
	ok(dir_create(kernel));
	for (size_t i = 0; i < ARRAY_SIZE(fakes); i++)
		assemble(i);
	ok(file_write_atomic(builtin, "kernel/inside.ko\n", 17));
	assert_non_null(depmod);
	ok(run_program(argv, 60000, &out));
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	err_free(tree_remove(root));
	free(moddir);
	return 0;
}

static const struct {
	struct module_want want[4];
	const char *order, *missing; /* order NULL: an error */
} cases[] = {
	{ { { "top", true } }, "base helper mid top", "" },
	{ { { "base", true }, { "top", true } }, "base helper mid top", "" },
	{ { { "later", true }, { "later", false } }, "later", "" },
	{ { { "lone_wolf", true } }, "lone_wolf", "" },
	{ { { "inside", true }, { "base", true } }, "base", "" },
	{ { { "nothing", false }, { "base", true }, { "nobody", false } },
	  "base",
	  "nothing nobody" },
	{ { { "base", true }, { "nothing", true } }, NULL, NULL },
};

static void test_order(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_buf_ struct buf order = BUF_INIT;
		struct module_list list;
		_cleanup_err_ struct err *err = modules_order(moddir, cases[i].want, &list);

		if (!cases[i].order) {
			assert_non_null(err);
			assert_int_equal(err->code, ERR_USAGE);
			assert_non_null(strstr(err->message, "'nothing'"));
			continue;
		}
		if (err)
			fail_msg("%s", err->message);
		for (size_t j = 0; j < list.count; j++) {
			buf_addf(&order, "%s%s", j ? " " : "", list.names[j]);
			assert_true(path_exists(list.paths[j]));
		}
		assert_string_equal(buf_str(&order), cases[i].order);
		assert_string_equal(list.missing, cases[i].missing);
		module_list_deinit(&list);
	}
}

static void test_no_index(void **state)
{
	struct module_list list;
	_cleanup_err_ struct err *err = modules_order("/nonexistent", cases[0].want, &list);

	(void)state;
	assert_non_null(err);
	assert_int_equal(err->code, ERR_USAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_no_index),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
