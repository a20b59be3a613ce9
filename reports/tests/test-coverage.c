/* SPDX-License-Identifier: GPL-2.0-only */
/* Names, addresses and bits of coverage: made-up guests, without QEMU. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/code-map.h"
#include "base/files.h"
#include "reports/coverage/coverage.h"
#include "reports/symbols/names.h"

#define KERNEL 0xffffffff81000000ull

static const struct coverage_code no_code;

static struct buf text_of(const char *s)
{
	struct buf b = BUF_INIT;

	buf_adds(&b, s);
	return b;
}

/* A map in which the bytes of @ran, pairs of address and length, are set; 0 ends it. */
static uint8_t *map_of(const uint64_t *ran)
{
	uint8_t *map = mmap(NULL, CODE_MAP_BYTES, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	assert_true(map != MAP_FAILED);
	for (; ran[0]; ran += 2)
		for (uint64_t i = 0; i < ran[1]; i++)
			map[code_map_byte(ran[0] + i)] |= code_map_bit(ran[0] + i);
	return map;
}

static struct err *add(struct coverage *c, const char *glob, const char *text, const uint64_t *ran,
		       const struct coverage_code *code)
{
	_cleanup_buf_ struct buf names = text_of(text);
	uint8_t *map = map_of(ran);
	struct coverage one;
	struct scope s;
	struct err *err;

	scope_of_glob(glob, &s);
	err = coverage_read(&one, &s, &names, map, code);
	coverage_merge(c, &one);
	coverage_deinit(&one);
	scope_deinit(&s);
	munmap(map, CODE_MAP_BYTES);
	return err;
}

static void test_map(void **state)
{
	(void)state;
	assert_int_equal(code_map_byte(CODE_MAP_FROM), 0);
	assert_int_equal(code_map_bit(CODE_MAP_FROM + 7), 0x80);
	assert_int_equal(code_map_byte(CODE_MAP_FROM + 8), 1);
	assert_int_equal(code_map_byte(UINT64_MAX), CODE_MAP_BYTES - 1);
}

#define NAMES                                                                                      \
	"ffffffff81000005 T first\n"                                                               \
	"ffffffff81000005 T alias_of_first\n"                                                      \
	"ffffffff81000025 t second.isra.0\n"                                                       \
	"ffffffff81000045 t twice\n"                                                               \
	"ffffffff81000065 t twice\n"                                                               \
	"ffffffff81000085 T __pfx_second\n"                                                        \
	"ffffffff81000095 T end\n"                                                                 \
	"ffffffff82000000 T _sinittext\n"                                                          \
	"ffffffff82000010 t first_init\n"                                                          \
	"ffffffff82000020 T _einittext\n"                                                          \
	"ffffffffc0001ff0 t first\t[xfs]\n"

static const struct coverage_function *find(const struct coverage *c, const char *name,
					    const char *module, unsigned int nth)
{
	for (size_t i = 0; i < c->n; i++)
		if (!strcmp(c->v[i].name, name) && !strcmp(c->v[i].module, module) &&
		    c->v[i].nth == nth)
			return &c->v[i];
	fail_msg("no %s [%s]", name, module);
	return NULL;
}

static const struct {
	const char *name, *module;
	unsigned int nth;
	size_t size, ran;
} counted[] = {
	/* of several names at one address the first in the alphabet that is in the scope */
	{ "alias_of_first", "", 0, 0x20, 3 },
	{ "second.isra.0", "", 0, 0x20, 0 },
	{ "twice", "", 0, 0x20, 0x20 },
	{ "twice", "", 1, 0x20, 1 },
	{ "end", "", 0, PAGE - 0x95 % PAGE, 0 },
	/* the last of a module ends with its page */
	{ "first", "xfs", 0, 0x10, 0x10 },
};

static void test_count(void **state)
{
	const uint64_t ran[] = {
		KERNEL,
		8, /* from before the first: three bytes of it */
		KERNEL + 0x45,
		33, /* all of one and a byte of the next */
		KERNEL + 0x85,
		1, /* of what is no function */
		0xffffffffc0001ff0ull,
		0x20,
		0,
	};
	struct coverage c = { NULL, 0 };

	(void)state;
	assert_null(add(&c, "*", NAMES "ffffffff82001000 T later\n", ran, &no_code));
	for (size_t i = 0; i < ARRAY_SIZE(counted); i++) {
		const struct coverage_function *f = find(&c, counted[i].name, counted[i].module,
							 counted[i].nth);

		if (strcmp(f->name, "end") != 0 && f->size != counted[i].size)
			fail_msg("%s: %zu bytes", f->name, f->size);
		if (f->ran != counted[i].ran)
			fail_msg("%s: %zu ran", f->name, f->ran);
	}
	for (size_t i = 0; i < c.n; i++)
		if (strstr(c.v[i].name, "init") == c.v[i].name + 6 || strstr(c.v[i].name, "__pfx"))
			fail_msg("%s is counted", c.v[i].name);
	coverage_deinit(&c);
}

/* Modules lie elsewhere in another template; what ran in both is one. */
static void test_merge(void **state)
{
	const uint64_t one[] = { KERNEL, 4, 0xffffffffc0001000ull, 4, 0 };
	const uint64_t two[] = { KERNEL + 2, 4, 0xffffffffc0008002ull, 4, 0 };
	struct coverage c = { NULL, 0 };

	(void)state;
	assert_null(add(&c, "f*",
			"ffffffff81000000 T f\nffffffff81000010 T g\n"
			"ffffffffc0001000 t fm\t[xfs]\nffffffffc0001010 t gm\t[xfs]\n",
			one, &no_code));
	assert_null(add(&c, "f*",
			"ffffffff81000000 T f\nffffffff81000010 T g\n"
			"ffffffffc0008000 t fm\t[xfs]\nffffffffc0008010 t gm\t[xfs]\n"
			"ffffffffc0009000 t fe\t[ext4]\n",
			two, &no_code));
	assert_int_equal(c.n, 3);
	assert_int_equal(find(&c, "f", "", 0)->ran, 6);
	assert_int_equal(find(&c, "fm", "xfs", 0)->ran, 6);
	assert_int_equal(find(&c, "fe", "ext4", 0)->ran, 0);
	coverage_deinit(&c);
}

static const struct {
	const char *what, *code;
	size_t len, left;
} trims[] = {
	{ "nothing", "\x55\xc3", 2, 2 },
	{ "int3", "\x55\xc3\xcc\xcc\xcc", 5, 2 },
	{ "nops", "\x55\xc3\x90\x90", 4, 2 },
	{ "long nops", "\xc3\x66\x2e\x0f\x1f\x84\0\0\0\0\0\x0f\x1f\x44\0\0", 16, 1 },
	{ "prefixes", "\xc3\x66\x66\x2e\x0f\x1f\x84\0\0\0\0\0", 12, 1 },
	{ "mixed", "\xc3\xcc\x66\x90\x0f\x1f\0\xcc", 8, 1 },
	{ "in the middle", "\x90\xcc\xc3", 3, 3 },
	{ "one byte is left", "\xcc\xcc\xcc", 3, 1 },
};

static void test_trim(void **state)
{
	const uint64_t ran[] = { KERNEL, 3, 0 };
	const struct coverage_code code = { KERNEL, (const uint8_t *)"\x55\xc3\xcc\xcc\xcc", 5 };
	struct coverage c = { NULL, 0 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(trims); i++)
		if (coverage_trim((const uint8_t *)trims[i].code, trims[i].len) != trims[i].left)
			fail_msg("%s", trims[i].what);
	/* what ran is no padding; and only code that is known is looked at */
	assert_null(add(&c, "*", "ffffffff81000000 T f\nffffffff81000005 T g\n", ran, &code));
	assert_int_equal(find(&c, "f", "", 0)->size, 3);
	assert_int_equal(find(&c, "f", "", 0)->ran, 3);
	assert_int_equal(find(&c, "g", "", 0)->size, PAGE - 5);
	coverage_deinit(&c);
}

/* What a hostile guest may tell. */
static void test_bad(void **state)
{
	static const char *const texts[] = {
		"",
		"\n\n",
		"garbage\n",
		"ffffffff81000000 T cut",
		"ffffffff81000000 T\n",
		"0000000000000000 T hidden\n",
		"0000000000401000 T of_a_user\n",
		"ffffffff81000000 D data\n",
		"ffffffff81000000 T \x1b[2J\n",
	};
	static const uint64_t none[] = { 0 };
	struct coverage c = { NULL, 0 };
	struct err *err;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		err = add(&c, "*", texts[i], none, &no_code);
		if (!err)
			fail_msg("it takes '%s'", texts[i]);
		assert_string_equal(err->message, "they show no function");
		err_free(err);
	}
	/* to the end of the address space, and no further */
	assert_null(
		add(&c, "*", "ffffffffffffffff T last\nfffffffffffffff0 T most\n", none, &no_code));
	assert_int_equal(find(&c, "last", "", 0)->size, 1);
	coverage_deinit(&c);
}

static const struct {
	const char *text, *why;
} scopes[] = {
	{ "", "no line FILE: GLOB ..." },
	{ "# only a comment\n", "no line FILE: GLOB ..." },
	{ "a: b\nc: d\x1b[2J\n", "line 2: a byte that is no text" },
	{ "a: b\nc d\n", "line 2: expected FILE: GLOB GLOB ..." },
	{ ": b\n", "line 1: expected FILE: GLOB GLOB ..." },
	{ "a:\n", "line 1: no glob after 'a:'" },
	{ "a: # b\n", "line 1: no glob after 'a:'" },
	{ "a: [b\n", "line 1: " },
};

static void test_scope(void **state)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct scope s;
	struct err *err;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(scopes); i++) {
		err = scope_parse(scopes[i].text, &s);
		if (!err || strncmp(err->message, scopes[i].why, strlen(scopes[i].why)) != 0)
			fail_msg("'%s': %s", scopes[i].text, err ? err->message : "taken");
		err_free(err);
		scope_deinit(&s);
	}
	assert_null(scope_parse("# c\n\nfs/a.c: one two_* # three\n  fs/b.c:two_b\tthree", &s));
	assert_int_equal(s.nr_lines, 2);
	assert_string_equal(s.lines[1].file, "fs/b.c");
	assert_int_equal(scope_find(&s, "one"), 0);
	assert_int_equal(scope_find(&s, "one.cold"), 0);
	assert_int_equal(scope_find(&s, "two_b"), 0);
	assert_int_equal(scope_find(&s, "three"), 1);
	assert_int_equal(scope_find(&s, "four"), -1);
	assert_int_equal(scope_find(&s, ".dot"), -1);
	scope_deinit(&s);
	/* the one that is installed */
	assert_null(file_read("reports/coverage/scope.txt", 1 << 20, &text));
	err = scope_parse(buf_str(&text), &s);
	if (err)
		fail_msg("%s", err->message);
	assert_string_equal(s.lines[scope_find(&s, "dax_layout_busy_page_range")].file, "fs/dax.c");
	assert_true(scope_find(&s, "ib_umem_get") >= 0);
	assert_int_equal(scope_find(&s, "schedule"), -1);
	scope_deinit(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_map),   cmocka_unit_test(test_count),
		cmocka_unit_test(test_merge), cmocka_unit_test(test_trim),
		cmocka_unit_test(test_bad),   cmocka_unit_test(test_scope),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
