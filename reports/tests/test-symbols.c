// SPDX-License-Identifier: GPL-2.0-only
#include "reports/tests/symbols-standin.h"

#include "reports/coverage/coverage.h"
#include "reports/splat/splat-places.h"

/* Some byte of the function has the places @expected. */
static void expect_somewhere(struct symbols *s, const char *function, const char *module,
			     uint64_t size, const char *expected)
{
	_cleanup_buf_ struct buf got = BUF_INIT, all = BUF_INIT;

	for (uint64_t i = 0; i < size; i++) {
		struct symbols_frame frame = { function, module, i, size, false };

		if (places(s, &frame, &got) == SYMBOLS_FOUND && !strcmp(buf_str(&got), expected))
			return;
		buf_addf(&all, "%s\n", got.len ? buf_str(&got) : symbols_problem(s));
	}
	fail_msg("no byte of %s() is '%s':\n%s", function, expected, buf_str(&all));
}

static char *outer_places(const char *function, const char *file, unsigned int line)
{
	return xasprintf("*deepest include/inline.h:%u < *middle include/inline.h:%u < %s %s:%u",
			 line_of(inline_h, "deepest"), line_of(inline_h, "middle"), function, file,
			 line);
}

static void test_inlined(void **state)
{
	static const char *const files[] = { "obj/vmlinux", "obj/vmlinux-zlib",
					     "obj/vmlinux-no-aranges" };
	_cleanup_free_ char *expected = outer_places("outer", "init/main.c",
						     line_of(main_c, "outer"));
	_cleanup_free_ char *poke = xasprintf("poke init/main.c:%u", line_of(main_c, "poke"));

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		struct symbols *s;

		must(symbols_open(at(files[i]), NULL, &s));
		assert_string_equal(symbols_banner(s), "Linux version 7.2 (x) #1");
		expect_somewhere(s, "outer", NULL, known(at(files[i]), "outer", 0).size, expected);
		expect_somewhere(s, "poke", NULL, known(at(files[i]), "poke", 0).size, poke);
		symbols_close(s);
	}
}

/* The coverage of a function as lines; a function that the symbols do not know is counted. */
static void test_tracefile(void **state)
{
	uint8_t bits[512] = { 0 }; /* longer than the function */
	struct coverage_function f[] = {
		{ .name = (char *)"none", .module = (char *)"", .size = 4, .bits = bits },
		{ .name = (char *)"poke", .module = (char *)"", .bits = bits },
	};
	const struct coverage c = { f, ARRAY_SIZE(f) };
	unsigned int line = line_of(main_c, "poke");
	struct symbols *s;

	(void)state;
	f[1].size = f[1].room = known(at("obj/vmlinux"), "poke", 0).size;
	must(symbols_open(at("obj/vmlinux"), NULL, &s));
	for (unsigned int ran = 0; ran < 2; ran++) {
		_cleanup_free_ char *text = NULL;
		_cleanup_free_ char *function = xasprintf("FN:%u,poke\nFNDA:%u,poke\n", line, ran);
		_cleanup_free_ char *row = xasprintf("DA:%u,%u\n", line, ran);
		size_t len;
		FILE *file = open_memstream(&text, &len), *out = stdout;

		memset(bits, ran ? 0xff : 0, sizeof(bits));
		f[1].ran = ran ? f[1].size : 0;
		stdout = file;
		assert_int_equal(coverage_print_info(&c, s), 1);
		stdout = out;
		fclose(file);
		if (strncmp(text, "TN:\nSF:init/main.c\n", 19) != 0 || !strstr(text, function) ||
		    !strstr(text, row) || !str_ends(text, "end_of_record\n"))
			fail_msg("%s", text);
	}
	symbols_close(s);
}

/* Texts of frames get file and line; all other lines stay as they are, without time stamps. */
static void test_decode(void **state)
{
	struct known poke = known(at("obj/vmlinux"), "poke", 0);
	_cleanup_free_ char *text = xasprintf(
		"[    1.25] Call Trace:\n[    1.26]  poke+0x1/0x%llx\n"
		"[<0>] poke+0x1/0x%llx\n ? poke+0x1/0x%llx\nnone+0x1/0x2\n"
		"no end",
		(unsigned long long)poke.size, (unsigned long long)poke.size,
		(unsigned long long)poke.size);
	_cleanup_free_ char *want = xasprintf(
		"Call Trace:\n poke+0x1/0x%llx (init/main.c:%u)\n"
		"[<0>] poke+0x1/0x%llx (init/main.c:%u)\n"
		" ? poke+0x1/0x%llx\nnone+0x1/0x2\nno end\n",
		(unsigned long long)poke.size, line_of(main_c, "poke"),
		(unsigned long long)poke.size, line_of(main_c, "poke"),
		(unsigned long long)poke.size);
	_cleanup_buf_ struct buf out = BUF_INIT, plain = BUF_INIT;
	struct symbols *s;

	(void)state;
	must(symbols_open(at("obj/vmlinux"), NULL, &s));
	assert_int_equal(splat_decode(s, text, &out), 2);
	assert_string_equal(buf_str(&out), want);
	symbols_close(s);
	assert_int_equal(splat_decode(NULL, "[    1.25] a\n[<0>] poke+0x1/0x2", &plain), 0);
	assert_string_equal(buf_str(&plain), "a\n[<0>] poke+0x1/0x2\n");
}

/* An inlined function stands above its caller. */
static void test_decode_inlined(void **state)
{
	struct known outer = known(at("obj/vmlinux"), "outer", 0);
	_cleanup_free_ char *want = xasprintf("    | deepest (include/inline.h:%u)\n"
					      "    | middle (include/inline.h:%u)\nouter+0x",
					      line_of(inline_h, "deepest"),
					      line_of(inline_h, "middle"));
	bool seen = false;
	struct symbols *s;

	(void)state;
	must(symbols_open(at("obj/vmlinux"), NULL, &s));
	for (uint64_t i = 1; i < outer.size; i++) {
		_cleanup_free_ char *line = xasprintf("outer+0x%llx/0x%llx", (unsigned long long)i,
						      (unsigned long long)outer.size);
		_cleanup_buf_ struct buf out = BUF_INIT;

		splat_decode(s, line, &out);
		seen |= strncmp(buf_str(&out), want, strlen(want)) == 0;
	}
	assert_true(seen);
	symbols_close(s);
}

/* A return address is one byte too far, and may be the end of the function. */
static void test_call(void **state)
{
	_cleanup_buf_ struct buf call = BUF_INIT, before = BUF_INIT;
	_cleanup_free_ char *expected = xasprintf("ends init/main.c:%u", line_of(main_c, "ends"));
	struct symbols_frame frame = { .function = "outer" };
	struct symbols *s;

	(void)state;
	must(symbols_open(at("obj/vmlinux"), NULL, &s));
	frame.size = known(at("obj/vmlinux"), "outer", 0).size;
	for (uint64_t i = 1; i <= frame.size; i++) {
		frame.call = true;
		frame.offset = i;
		assert_int_equal(places(s, &frame, &call), SYMBOLS_FOUND);
		frame.call = false;
		frame.offset = i - 1;
		assert_int_equal(places(s, &frame, &before), SYMBOLS_FOUND);
		assert_string_equal(buf_str(&call), buf_str(&before));
	}
	frame.call = true;
	frame.offset = 0;
	assert_int_equal(places(s, &frame, &call), SYMBOLS_FOUND);
	frame.call = false;
	assert_int_equal(places(s, &frame, &before), SYMBOLS_FOUND);
	assert_string_equal(buf_str(&call), buf_str(&before));
	frame.call = true;

	frame.function = "ends";
	frame.size = frame.offset = known(at("obj/vmlinux"), "ends", 0).size;
	assert_int_equal(places(s, &frame, &call), SYMBOLS_FOUND);
	assert_string_equal(buf_str(&call), expected);
	frame.call = false;
	assert_int_equal(places(s, &frame, &call), SYMBOLS_NO_LINE);
	frame.call = true;
	frame.offset++;
	assert_int_equal(places(s, &frame, &call), SYMBOLS_NO_LINE);
	symbols_close(s);
}

/* Several functions of one name: the size tells them apart, if it differs. */
static void test_same_name(void **state)
{
	const char *file = at("obj/vmlinux");
	_cleanup_free_ char *in_a = xasprintf("twin lib/a.c:%u", line_of(a_c, "short"));
	_cleanup_free_ char *in_b = xasprintf("twin lib/b.c:%u", line_of(b_c, "long"));
	_cleanup_free_ char *in_h = xasprintf("shared include/inline.h:%u",
					      line_of(inline_h, "shared"));
	struct known a = known(file, "twin", 0), b = known(file, "twin", 1);
	struct symbols *s;

	(void)state;
	must(symbols_open(file, NULL, &s));
	assert_true(a.room < b.size);
	expect_somewhere(s, "twin", NULL, a.size, in_a);
	expect_somewhere(s, "twin", NULL, b.size, in_b);
	assert_int_equal(ask(s, "twin", NULL, 0, a.room + 1), SYMBOLS_OTHER_SIZE);
	assert_int_equal(ask(s, "twin", NULL, 0, 0), SYMBOLS_AMBIGUOUS);
	assert_int_equal(ask(s, "same", NULL, 0, known(file, "same", 0).size), SYMBOLS_AMBIGUOUS);
	expect_somewhere(s, "shared", NULL, known(file, "shared", 0).size, in_h);
	symbols_close(s);
}

/* Of the symbols that fit, one with exactly the distance goes first. */
static void test_exact(void **state)
{
	_cleanup_free_ char *eight = xasprintf("pair arch/pair.S:%u", line_of(pair_s, "eight"));
	_cleanup_free_ char *sixteen = xasprintf("pair arch/pair.S:%u", line_of(pair_s, "sixteen"));
	struct symbols *s;

	(void)state;
	must(symbols_open(at("obj/vmlinux"), NULL, &s));
	expect_somewhere(s, "pair", NULL, 8, eight);
	expect_somewhere(s, "pair", NULL, 16, sixteen);
	expect_somewhere(s, "pair", NULL, 12, sixteen);
	assert_int_equal(ask(s, "pair", NULL, 0, 4), SYMBOLS_AMBIGUOUS);
	assert_int_equal(ask(s, "pair", NULL, 0, 17), SYMBOLS_OTHER_SIZE);
	assert_int_equal(ask(s, "pair", NULL, 0, 1), SYMBOLS_OTHER_SIZE);
	symbols_close(s);
}

static void test_sizes(void **state)
{
	const char *file = at("obj/vmlinux");
	struct known poke = known(file, "poke", 0);
	struct symbols *s;

	(void)state;
	must(symbols_open(file, NULL, &s));
	assert_true(poke.room > poke.size + 2);
	assert_int_equal(ask(s, "poke", NULL, 0, poke.size), SYMBOLS_FOUND);
	assert_int_equal(ask(s, "poke", NULL, 0, poke.room), SYMBOLS_FOUND);
	assert_int_equal(ask(s, "poke", NULL, 0, poke.room - 1), SYMBOLS_FOUND);
	assert_int_equal(ask(s, "poke", NULL, 0, 0), SYMBOLS_FOUND);
	assert_int_equal(ask(s, "poke", NULL, 0, poke.size - 1), SYMBOLS_OTHER_SIZE);
	assert_int_equal(ask(s, "poke", NULL, 0, poke.room + 1), SYMBOLS_OTHER_SIZE);
	assert_int_equal(ask(s, "poke", NULL, poke.room, 0x10000), SYMBOLS_OTHER_SIZE);
	assert_int_equal(ask(s, "poke", NULL, poke.room + 1, 0), SYMBOLS_OTHER_SIZE);
	assert_int_equal(ask(s, "pok", NULL, 0, poke.size), SYMBOLS_NO_FUNCTION);
	assert_int_equal(ask(s, "poke.isra.0", NULL, 0, poke.size), SYMBOLS_NO_FUNCTION);
	assert_int_equal(ask(s, "", NULL, 0, 1), SYMBOLS_NO_FUNCTION);
	assert_int_equal(ask(s, "linux_banner", NULL, 0, 0), SYMBOLS_NO_FUNCTION);
	/* the last symbol of its section: up to a page more */
	assert_int_equal(ask(s, "entry_next", NULL, 0, 4096), SYMBOLS_FOUND);
	assert_int_equal(ask(s, "entry_next", NULL, 0, 4097), SYMBOLS_OTHER_SIZE);
	symbols_close(s);
}

static void test_assembler(void **state)
{
	_cleanup_free_ char *first = xasprintf("entry arch/entry.S:%u", line_of(entry_s, "entry"));
	_cleanup_free_ char *inner = xasprintf("entry_inner arch/entry.S:%u",
					       line_of(entry_s, "inner"));
	_cleanup_free_ char *alias = xasprintf("entry_alias arch/entry.S:%u",
					       line_of(entry_s, "inner"));
	_cleanup_free_ char *cut = xasprintf("cut arch/entry.S:%u", line_of(entry_s, "cut"));
	struct symbols *s;

	(void)state;
	must(symbols_open(at("obj/vmlinux"), NULL, &s));
	expect_somewhere(s, "cut.isra.0", NULL, 1, cut);
	expect_somewhere(s, "entry", NULL, 2, first);
	expect_somewhere(s, "entry_inner", NULL, 3, inner);
	expect_somewhere(s, "entry_alias", NULL, 3, alias);
	assert_int_equal(ask(s, "entry", NULL, 0, 5), SYMBOLS_OTHER_SIZE);
	assert_int_equal(ask(s, "entry", NULL, 0, 1), SYMBOLS_OTHER_SIZE);
	symbols_close(s);
}

static void test_module(void **state)
{
	static const char *const folders[] = { "mods", "mods-xz", "mods-strip" };
	static const char *const names[] = { "mod_x", "mod-x" };
	_cleanup_free_ char *run = outer_places("mod_run", "fs/mod-x.c", line_of(mod_c, "run"));
	_cleanup_free_ char *init = xasprintf("mod_init fs/mod-x.c:%u", line_of(mod_c, "init"));
	struct known size = known(at("mods/fs/mod-x.ko"), "mod_run", 0);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(folders) * ARRAY_SIZE(names); i++) {
		const char *name = names[i % 2];
		unsigned int last = 0;
		struct symbols *s;

		must(symbols_open(at("obj/vmlinux"), at(folders[i / 2]), &s));
		expect_somewhere(s, "mod_run", name, size.size, run);
		expect_somewhere(s, "mod_init", name,
				 known(at("mods/fs/mod-x.ko"), "mod_init", 0).size, init);
		assert_int_equal(ask(s, "mod_run", NULL, 0, size.size), SYMBOLS_NO_FUNCTION);
		assert_int_equal(ask(s, "outer", name, 0, 0), SYMBOLS_NO_FUNCTION);
		assert_int_equal(ask(s, "mod_run", "mod", 0, size.size), SYMBOLS_NO_MODULE);
		/* one of the two is the last of .text, whatever follows */
		last += ask(s, "mod_run", name, 0, 4096) == SYMBOLS_FOUND;
		last += ask(s, "shared", name, 0, 4096) == SYMBOLS_FOUND;
		assert_int_equal(last, 1);
		symbols_close(s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_inlined),	  cmocka_unit_test(test_tracefile),
		cmocka_unit_test(test_decode),	  cmocka_unit_test(test_decode_inlined),
		cmocka_unit_test(test_call),	  cmocka_unit_test(test_same_name),
		cmocka_unit_test(test_exact),	  cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_assembler), cmocka_unit_test(test_module),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
