// SPDX-License-Identifier: GPL-2.0-only
/* A small hand-made BTF, intact and damaged, and the host's BTF if it has one. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/files.h"
#include "guests/agent/btf.h"

struct maker {
	struct buf types, strings;
};

static uint32_t name(struct maker *m, const char *s)
{
	uint32_t at = (uint32_t)m->strings.len;

	buf_add(&m->strings, s, strlen(s) + 1);
	return at;
}

static void word(struct maker *m, uint32_t v)
{
	buf_add(&m->types, &v, sizeof(v));
}

static void type(struct maker *m, const char *s, uint32_t kind, uint32_t parts, uint32_t size)
{
	word(m, *s ? name(m, s) : 0);
	word(m, kind << 24 | parts);
	word(m, size);
}

static void member(struct maker *m, const char *s, uint32_t of, uint32_t bits)
{
	word(m, *s ? name(m, s) : 0);
	word(m, of);
	word(m, bits);
}

/*
 * struct page { long flags; union { struct { long pad; long mapping; }; long head; };
 *		 int refcount; int bit : 1; };
 */
static void make(struct maker *m, struct buf *out)
{
	struct {
		uint16_t magic;
		uint8_t version, flags;
		uint32_t len, types_off, types_len, strings_off, strings_len;
	} h = { .magic = 0xeb9f, .version = 1, .len = sizeof(h) };

	*m = (struct maker){ BUF_INIT, BUF_INIT };
	name(m, "");
	type(m, "long", 1, 0, 8); /* 1: INT */
	word(m, 64);
	type(m, "", 4, 2, 16); /* 2: the structure inside */
	member(m, "pad", 1, 0);
	member(m, "mapping", 1, 64);
	type(m, "", 5, 2, 16); /* 3: the union */
	member(m, "", 2, 0);
	member(m, "head", 1, 0);
	type(m, "page", 7, 0, 0); /* 4: FWD of the same name */
	type(m, "page", 4, 4 | 1u << 31, 40);
	/* kind_flag: the upper byte of an offset is a width */
	member(m, "flags", 1, 0);
	member(m, "", 3, 64);
	member(m, "refcount", 1, 192);
	member(m, "bit", 1, 1u << 24 | 225);
	type(m, "pageflags", 6, 2, 4); /* 6: ENUM */
	word(m, name(m, "PG_locked"));
	word(m, 0);
	word(m, name(m, "PG_head"));
	word(m, 6);
	type(m, "", 3, 0, 0); /* 7: ARRAY */
	word(m, 1);
	word(m, 1);
	word(m, 4);
	type(m, "last", 4, 0, 1); /* 8 */
	h.types_len = (uint32_t)m->types.len;
	h.strings_off = h.types_len;
	h.strings_len = (uint32_t)m->strings.len;
	buf_add(out, &h, sizeof(h));
	buf_add(out, m->types.data, m->types.len);
	buf_add(out, m->strings.data, m->strings.len);
	buf_deinit(&m->types);
	buf_deinit(&m->strings);
}

static const struct {
	const char *type, *member;
	int64_t offset;
} members[] = {
	{ "page", "flags", 0 },	    { "page", "mapping", 16 }, { "page", "head", 8 },
	{ "page", "refcount", 24 }, { "page", "bit", -1 },     { "page", "none", -1 },
	{ "folio", "flags", -1 },   { "last", "flags", -1 },
};

static void finds(void **state)
{
	struct buf data = BUF_INIT;
	struct maker m;
	struct btf b;

	(void)state;
	make(&m, &data);
	assert_true(btf_init(&b, data.data, data.len));
	assert_int_equal(b.count, 9);
	for (size_t i = 0; i < ARRAY_SIZE(members); i++) {
		int64_t at = btf_member_offset(&b, btf_struct(&b, members[i].type),
					       members[i].member);

		if (at != members[i].offset)
			fail_msg("%s.%s: %lld", members[i].type, members[i].member, (long long)at);
	}
	assert_int_equal(btf_struct_size(&b, btf_struct(&b, "page")), 40);
	assert_int_equal(btf_struct_size(&b, btf_struct(&b, "last")), 1);
	assert_int_equal(btf_struct_size(&b, btf_struct(&b, "none")), -1);
	assert_int_equal(btf_enum_value(&b, "pageflags", "PG_head"), 6);
	assert_int_equal(btf_enum_value(&b, "pageflags", "PG_none"), -1);
	assert_int_equal(btf_enum_value(&b, "none", "PG_head"), -1);
	btf_deinit(&b);
	buf_deinit(&data);
}

static void ask_all(const struct btf *b)
{
	for (size_t i = 0; i < ARRAY_SIZE(members); i++)
		btf_member_offset(b, btf_struct(b, members[i].type), members[i].member);
	btf_struct_size(b, btf_struct(b, "page"));
	btf_enum_value(b, "pageflags", "PG_head");
}

/* Cut at every byte, and with each byte changed: no crash, whatever the result. */
static void damaged(void **state)
{
	struct buf data = BUF_INIT;
	struct maker m;
	struct btf b;

	(void)state;
	make(&m, &data);
	for (size_t len = 0; len < data.len; len++) {
		_cleanup_free_ char *cut = xcalloc(1, len + 1);

		memcpy(cut, data.data, len);
		assert_false(btf_init(&b, cut, len));
		btf_deinit(&b);
	}
	for (size_t i = 0; i < data.len; i++) {
		for (unsigned int v = 0; v < 256; v += 5) {
			_cleanup_free_ char *bent = xcalloc(1, data.len);

			memcpy(bent, data.data, data.len);
			bent[i] = (char)v;
			if (btf_init(&b, bent, data.len))
				ask_all(&b);
			btf_deinit(&b);
		}
	}
	buf_deinit(&data);
}

static void real(void **state)
{
	_cleanup_buf_ struct buf data = BUF_INIT;
	_cleanup_err_ struct err *err = file_read("/sys/kernel/btf/vmlinux", 64 << 20, &data);
	struct btf b;
	uint32_t page;

	(void)state;
	if (err) {
		/* skip() jumps: no cleanup runs after it */
		err_free(take_ptr(err));
		buf_deinit(&data);
		skip();
	}
	assert_true(btf_init(&b, data.data, data.len));
	page = btf_struct(&b, "page");
	assert_true(btf_struct_size(&b, page) >= 32);
	assert_true(btf_member_offset(&b, page, "_refcount") > 0);
	assert_true(btf_enum_value(&b, "pageflags", "PG_head") > 0);
	btf_deinit(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds),
		cmocka_unit_test(damaged),
		cmocka_unit_test(real),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
