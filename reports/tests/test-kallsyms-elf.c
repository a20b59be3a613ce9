/* SPDX-License-Identifier: GPL-2.0-only */
/* A kernel's list of names as an ELF file, read again by the code that reads vmlinux. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/files.h"
#include "reports/symbols/kallsyms-elf.h"
#include "reports/symbols/symbols-private.h"

#define FILE_NAME "build/tests/kallsyms.elf"

static struct err *put_at(const char *text, const char *path)
{
	struct buf b = { .data = (char *)text, .len = strlen(text) };
	struct names names;
	struct err *err;

	names_parse(&b, &names);
	err = kallsyms_write_elf(&names, path);
	names_deinit(&names);
	return err;
}

static struct err *put(const char *text)
{
	return put_at(text, FILE_NAME);
}

/* Where @name is, 0: nowhere; and its size. */
static uint64_t find(const struct image *image, const char *name, uint64_t *size)
{
	const struct image_symbol *s;

	if (image_named(image, name, &s) != 1)
		return 0;
	*size = s->size;
	return s->start;
}

static void test_functions(void **state)
{
	struct image *image;
	uint64_t size = 0;

	(void)state;
	assert_null(put("ffffffff81000100 T later\n"
			"ffffffff81000000 T first\n"
			"ffffffff81000040 t second\n"
			"ffffffff82000000 D data\n"
			"ffffffffc0001000 t of_module\t[xfs]\n"
			"ffffffffc0001080 T last\t[xfs]\n"));
	assert_null(image_open(FILE_NAME, &image));
	assert_int_equal(find(image, "first", &size), 0xffffffff81000000);
	assert_int_equal(size, 0x40);
	assert_int_equal(find(image, "second", &size), 0xffffffff81000040);
	assert_int_equal(size, 0xc0);
	/* a gap is no part of the function before it, but for the rest of its page */
	assert_int_equal(find(image, "later", &size), 0xffffffff81000100);
	assert_int_equal(size, 0xf00);
	assert_int_equal(find(image, "of_module", &size), 0xffffffffc0001000);
	assert_int_equal(find(image, "data", &size), 0); /* no code */
	image_close(image);
}

/* What a hostile guest may send. */
static void test_bad(void **state)
{
	static const char *const texts[] = {
		"",
		"\n\n",
		"garbage\n",
		"ffffffff81000000 T cut",	  /* no newline */
		"ffffffff81000000 T\n",		  /* no name */
		"ffffffff81000000Tname12\n",	  /* no blank */
		"0000000000000000 T hidden\n",	  /* as without the right to see addresses */
		"ffffffff81000000 D data only\n", /* no function */
		"ffffffff81000000 T \x1b[2J\n",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct err *err = put(texts[i]);

		if (!err)
			fail_msg("it takes '%s'", texts[i]);
		assert_string_equal(err->message, "the guest's /proc/kallsyms shows no function");
		err_free(err);
	}
}

static void test_place(void **state)
{
	struct err *err = put_at("ffffffff81000000 T f\n", "build/no/such/folder");

	(void)state;
	assert_non_null(err);
	assert_non_null(strstr(err->message, "build/no/such/folder"));
	err_free(err);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_functions),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
