// SPDX-License-Identifier: GPL-2.0-only
/* Files that are missing, stripped, broken or no ELF files. */
#include "reports/symbols/symbols-private.h"
#include "reports/tests/symbols-standin.h"

#define FILE_MAX (64u << 20)

static const struct {
	const char *vmlinux, *folder, *module;
	enum symbols_answer answer;
	const char *problem;
} missing[] = {
	{ "obj/vmlinux", NULL, "mod_x", SYMBOLS_NO_MODULE, "without a folder of modules" },
	{ "obj/vmlinux", "mods", "xfs", SYMBOLS_NO_MODULE, "no module 'xfs' below" },
	{ "obj/vmlinux", "mods-bad", "bare", SYMBOLS_NO_DEBUG_INFO, "bare.ko' has no debug info" },
	{ "obj/vmlinux", "mods-bad", "text", SYMBOLS_BAD_MODULE, "text.ko' as an ELF file" },
	{ "obj/vmlinux", "mods-bad", "packed", SYMBOLS_BAD_MODULE, "without zstd" },
	{ "obj/vmlinux-stripped", NULL, NULL, SYMBOLS_NO_DEBUG_INFO, "has no debug info" },
	{ "obj/vmlinux-symbols", NULL, NULL, SYMBOLS_NO_DEBUG_INFO, "has no debug info" },
};

static void test_missing(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(missing); i++) {
		const char *folder = missing[i].folder ? at(missing[i].folder) : NULL;
		struct symbols *s;

		must(symbols_open(at(missing[i].vmlinux), folder, &s));
		for (int again = 0; again < 2; again++) {
			assert_int_equal(ask(s, "outer", missing[i].module, 0, 0),
					 missing[i].answer);
			if (!strstr(symbols_problem(s), missing[i].problem))
				fail_msg("'%s' is not in '%s'", missing[i].problem,
					 symbols_problem(s));
		}
		symbols_close(s);
	}
}

static void test_no_lines(void **state)
{
	struct symbols *s;

	(void)state;
	must(symbols_open(at("obj/vmlinux-no-lines"), NULL, &s));
	assert_int_equal(ask(s, "outer", NULL, 0, 0), SYMBOLS_FOUND);
	assert_int_equal(ask(s, "entry_next", NULL, 0, 0), SYMBOLS_NO_LINE);
	symbols_close(s);
}

static void test_banner(void **state)
{
	struct symbols *s;

	(void)state;
	must(symbols_open(at("obj/vmlinux-symbols"), NULL, &s));
	assert_string_equal(symbols_banner(s), "Linux version 7.2 (x) #1");
	symbols_close(s);
	must(symbols_open(at("obj/vmlinux-stripped"), NULL, &s));
	assert_null(symbols_banner(s));
	symbols_close(s);
	must(symbols_open(at("mods/fs/mod-x.ko"), NULL, &s));
	assert_null(symbols_banner(s));
	symbols_close(s);
}

static const struct {
	const char *vmlinux, *folder, *message;
} bad[] = {
	{ "obj/none", NULL, "cannot open" },
	{ "obj", NULL, "not a regular file" },
	{ "obj/empty", NULL, "as an ELF file" },
	{ "obj/text", NULL, "as an ELF file" },
	{ "obj/vmlinux", "none", "cannot look for modules" },
	{ "obj/vmlinux", "obj/text", "it is not a folder" },
};

static void test_bad(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		const char *folder = bad[i].folder ? at(bad[i].folder) : NULL;
		struct symbols *s = (struct symbols *)1;
		_cleanup_err_ struct err *err = symbols_open(at(bad[i].vmlinux), folder, &s);

		assert_non_null(err);
		assert_null(s);
		assert_int_equal(err->code, ERR_USAGE);
		if (!strstr(err->message, bad[i].message))
			fail_msg("'%s' is not in '%s'", bad[i].message, err->message);
	}
}

/* Any answer is right, but a crash or an endless loop is not. */
static void use_broken(const char *vmlinux, const char *folder)
{
	struct symbols *s;
	struct err *err = symbols_open(vmlinux, folder, &s);

	if (err) {
		err_free(err);
		return;
	}
	(void)ask(s, "outer", NULL, 8, 0);
	(void)ask(s, "twin", NULL, 1, 0);
	(void)ask(s, "entry", NULL, 1, 2);
	(void)ask(s, "mod_run", "mod_x", 4, 0);
	(void)ask(s, "mod_init", "mod_x", 4, 0);
	symbols_close(s);
}

/* Files that are cut, then files with changed bytes. */
static void test_broken(void **state)
{
	_cleanup_buf_ struct buf kernel = BUF_INIT, module = BUF_INIT;
	uint32_t random = 1;

	(void)state;
	must(file_read(at("obj/vmlinux"), FILE_MAX, &kernel));
	must(file_read(at("mods/fs/mod-x.ko"), FILE_MAX, &module));
	must(dir_create(at("broken")));
	for (size_t i = 0; i < 64; i++) {
		must(file_write_atomic(at("broken/vmlinux"), kernel.data, kernel.len * i / 64));
		must(file_write_atomic(at("broken/mod_x.ko"), module.data, module.len * i / 64));
		use_broken(at("broken/vmlinux"), at("broken"));
		use_broken(at("obj/vmlinux"), at("broken"));
	}
	for (size_t i = 0; i < 64; i++) {
		_cleanup_buf_ struct buf k = BUF_INIT, m = BUF_INIT;

		buf_add(&k, kernel.data, kernel.len);
		buf_add(&m, module.data, module.len);
		for (size_t n = 0; n < 32; n++) {
			random = random * 1664525 + 1013904223;
			k.data[random % k.len] ^= 1 << (n % 8);
			m.data[random / 7 % m.len] ^= 1 << (n % 8);
		}
		must(file_write_atomic(at("broken/vmlinux"), k.data, k.len));
		must(file_write_atomic(at("broken/mod_x.ko"), m.data, m.len));
		use_broken(at("broken/vmlinux"), at("broken"));
		use_broken(at("obj/vmlinux"), at("broken"));
	}
}

static const struct {
	const char *path, *root, *build, *out;
} paths[] = {
	{ "/s/linux/fs/dax.c", "/s/linux/", "/s/linux", "fs/dax.c" },
	{ "./fs/dax.c", NULL, NULL, "fs/dax.c" },
	{ "fs/./dax.c", NULL, "/s/linux", "fs/dax.c" },
	{ "fs//xfs/../dax.c", "/s/linux/", "/s/linux", "fs/dax.c" },
	{ "../src/fs/dax.c", "/s/src/", "/s/obj", "fs/dax.c" },
	{ "/s/obj/../src/fs/dax.c", "/s/src/", "/s/obj", "fs/dax.c" },
	/* made by the build */
	{ "include/generated/x.h", "/s/src/", "/s/obj", "include/generated/x.h" },
	{ "/s/obj/include/generated/x.h", "/s/src/", "/s/obj", "include/generated/x.h" },
	/* Debian's: C, generated, assembler */
	{ "fs/dax.c", "debian/build/build_amd64_none_amd64/", "debian/build/build_amd64_none_amd64",
	  "fs/dax.c" },
	{ "debian/build/build_amd64_none_amd64/fs/dax.c", "debian/build/build_amd64_none_amd64/",
	  "debian/build/build_amd64_none_amd64", "fs/dax.c" },
	{ "debian/build/build_amd64_none_amd64/../../../fs/dax.c", "",
	  "debian/build/build_amd64_none_amd64", "fs/dax.c" },
	{ "/build/reproducible-path/linux-6.1.192/arch/x86/entry/entry_64.S",
	  "debian/build/build_amd64_none_amd64/",
	  "/build/reproducible-path/linux-6.1.192/debian/build/build_amd64_none_amd64",
	  "arch/x86/entry/entry_64.S" },
	/* from elsewhere */
	{ "/opt/mod/x.c", "/s/src/", "/s/obj", "/opt/mod/x.c" },
	{ "/s/srcs/x.c", "/s/src/", NULL, "/s/srcs/x.c" },
	{ "../../x.c", NULL, NULL, "../../x.c" },
	{ "/../x.c", NULL, NULL, "/x.c" },
	{ "a/..", NULL, NULL, "" },
	{ "", NULL, NULL, "" },
};

static void test_paths(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		_cleanup_free_ char *got = source_path(paths[i].path, paths[i].root,
						       paths[i].build);

		assert_string_equal(got, paths[i].out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_paths),	 cmocka_unit_test(test_missing),
		cmocka_unit_test(test_banner),	 cmocka_unit_test(test_bad),
		cmocka_unit_test(test_no_lines), cmocka_unit_test(test_broken),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
