/* SPDX-License-Identifier: GPL-2.0-only */
/* Compares the model of bytes with a plain array of bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "workloads/model/pattern.h"
#include "workloads/model/shadow.h"

#define SIZE 4096u

/* Random operations on a shadow and on bytes must have the same result. */
static void test_against_bytes(void **state)
{
	unsigned int seed = 7;

	(void)state;
	for (int round = 0; round < 300; round++) {
		static uint8_t bytes[4 * SIZE], got[4 * SIZE];
		struct shadow s = SHADOW_INIT;
		uint64_t size = SIZE;
		struct mismatch m;

		memset(bytes, 0, sizeof(bytes));
		shadow_resize(&s, SIZE, PIECE_ZERO);
		for (int i = 0; i < 12; i++) {
			uint64_t off = (uint64_t)rand_r(&seed) % size;
			uint64_t len = 1 + (uint64_t)rand_r(&seed) % (size - off);
			unsigned int origin = 1 + (unsigned int)rand_r(&seed) % 100;
			struct piece p = {
				.kind = PIECE_DATA, .origin = origin, .gen = 3, .src = off
			};

			switch (rand_r(&seed) % 4) {
			case 0:
				shadow_set(&s, off, len, &p);
				pattern_fill(bytes + off, len, origin, 3, off);
				break;
			case 1:
				if (len == size)
					break;
				shadow_collapse(&s, off, len);
				memmove(bytes + off, bytes + off + len, size - off - len);
				memset(bytes + size - len, 0, len);
				size -= len;
				break;
			case 2:
				if (size + len > sizeof(bytes))
					break;
				shadow_insert(&s, off, len);
				memmove(bytes + off + len, bytes + off, size - off);
				memset(bytes + off, 0, len);
				size += len;
				break;
			default:
				shadow_resize(&s, off + 1, PIECE_ZERO);
				memset(bytes + off + 1, 0, sizeof(bytes) - off - 1);
				size = off + 1;
			}
			assert_int_equal(s.size, size);
		}
		shadow_render(&s, 0, got, size);
		assert_memory_equal(got, bytes, size);
		assert_true(shadow_check(&s, 0, bytes, size, &m));
		bytes[size / 2] ^= 1;
		assert_false(shadow_check(&s, 0, bytes, size, &m));
		shadow_deinit(&s);
	}
}

/* Other pieces may have the same bytes: a byte or two of a word tell no generation. */
static void test_equal(void **state)
{
	static const struct {
		uint64_t off, len;
		enum piece_kind kind;
		unsigned int origin, gen;
		bool equal;
	} rows[] = {
		{ 0, 0, PIECE_DATA, 1, 1, true },     { 64, 8, PIECE_DATA, 1, 2, false },
		{ 64, 1, PIECE_DATA, 1, 2, true },    { 69, 1, PIECE_DATA, 1, 2, false },
		{ 71, 1, PIECE_DATA, 1, 2, true },    { 71, 1, PIECE_DATA, 2, 1, false },
		{ 0, 1, PIECE_ZERO, 0, 0, true },     { 0, 8, PIECE_ZERO, 0, 0, false },
		{ 64, 1, PIECE_ANY, 0, 0, false },    { 8190, 2, PIECE_DATA, 1, 2, true },
		{ 8184, 8, PIECE_DATA, 1, 2, false },
	};
	const struct piece p = { .kind = PIECE_DATA, .origin = 1, .gen = 1 };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct piece q = { .kind = rows[i].kind,
					 .origin = rows[i].origin,
					 .gen = rows[i].gen,
					 .src = rows[i].off };
		struct shadow a = SHADOW_INIT, b = SHADOW_INIT;

		shadow_set(&a, 0, 2 * SIZE, &p);
		shadow_set(&b, 0, 2 * SIZE, &p);
		if (rows[i].len)
			shadow_set(&b, rows[i].off, rows[i].len, &q);
		if (shadow_equal(&a, &b) != rows[i].equal || shadow_equal(&b, &a) != rows[i].equal)
			fail_msg("row %zu", i);
		shadow_resize(&b, SIZE, PIECE_ZERO);
		assert_false(shadow_equal(&a, &b));
		shadow_deinit(&a);
		shadow_deinit(&b);
	}
}

static const char *name(void *arg, unsigned int origin)
{
	(void)arg;
	return origin == 2 ? "file 'b'" : origin == ORIGIN_PIN ? "DMA of pin 'p'" : NULL;
}

/* The text tells the kinds of wrong bytes apart. */
static void test_mismatch(void **state)
{
	static const struct {
		uint64_t word;
		bool ok;
		unsigned int dma;
		const char *words;
	} cases[] = {
		{ 0, false, 0, "zeroes" },
		{ (1ull << 56) | (1ull << 40) | 2, true, 0, "foreign bytes 0x0100010000000002" },
		{ (2ull << 56) | (7ull << 40) | 2, false, 0, "file 'b' offset 0x10 generation 7" },
		{ ((uint64_t)ORIGIN_PIN << 56) | (9ull << 40) | 2, false, ORIGIN_PIN,
		  "DMA of pin 'p' offset 0x10 generation 9" },
		{ ((uint64_t)ORIGIN_STALE << 56) | 2, false, 0,
		  "stale bytes of the disk, from before any case (0xff00000000000002)" },
		/* DMA of an earlier case's pin is not DMA of this case */
		{ ((uint64_t)ORIGIN_PIN << 56) | (3ull << 32) | 2, false, 0,
		  "stale bytes of the disk, of an earlier case (0x8000000300000002)" },
		/* the right bytes of another case are wrong */
		{ (1ull << 56) | (1ull << 40) | (3ull << 32) | 2, false, 0,
		  "stale bytes of the disk, of an earlier case (0x0100010300000002)" },
	};
	struct piece p = { .kind = PIECE_DATA, .origin = 1, .gen = 1 };
	struct shadow s = SHADOW_INIT;
	uint64_t words[4];
	struct mismatch m;

	(void)state;
	shadow_set(&s, 0, sizeof(words), &p);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_buf_ struct buf b = BUF_INIT;

		shadow_render(&s, 0, words, sizeof(words));
		words[2] = cases[i].word;
		assert_int_equal(shadow_check(&s, 0, words, sizeof(words), &m), cases[i].ok);
		if (!cases[i].ok) {
			assert_int_equal(m.off, 16);
			assert_int_equal(m.found, cases[i].word);
			assert_int_equal(m.dma_origin, cases[i].dma);
		}
		pattern_describe(&b, words[2], name, NULL);
		assert_string_equal(buf_str(&b), cases[i].words);
	}
	shadow_deinit(&s);
}

/* A DMA lane accepts only its own pin and place, in any generation. */
static void test_lane(void **state)
{
	struct piece lane = { .kind = PIECE_DMA, .origin = ORIGIN_PIN, .gen = 1, .src = 4032 };
	struct shadow s = SHADOW_INIT;
	uint64_t word;
	struct mismatch m;

	(void)state;
	shadow_set(&s, 0, 8, &lane);
	word = pattern_word(ORIGIN_PIN, 77, 4032);
	assert_true(shadow_check(&s, 0, &word, 8, &m));
	word = pattern_word(ORIGIN_PIN, 77, 4040);
	assert_false(shadow_check(&s, 0, &word, 8, &m));
	word = pattern_word(ORIGIN_PIN + 1, 77, 4032);
	assert_false(shadow_check(&s, 0, &word, 8, &m));
	word = 0;
	assert_false(shadow_check(&s, 0, &word, 8, &m));
	shadow_deinit(&s);
}

/* All bytes past the end must be zero; overlays show the bytes below them. */
static void test_edges(void **state)
{
	struct piece p = { .kind = PIECE_DATA, .origin = 1, .gen = 1 };
	struct shadow s = SHADOW_INIT, over = SHADOW_INIT, out = SHADOW_INIT;
	uint8_t bytes[64] = { 0 };
	struct mismatch m;

	(void)state;
	shadow_set(&s, 0, 32, &p);
	shadow_render(&s, 0, bytes, 32);
	assert_true(shadow_check(&s, 0, bytes, 64, &m));
	bytes[40] = 1;
	assert_false(shadow_check(&s, 0, bytes, 64, &m));
	assert_int_equal(m.off, 40);

	shadow_resize(&over, 32, PIECE_BELOW);
	p.origin = 9;
	shadow_set(&over, 8, 8, &p);
	shadow_copy(&out, 0, &s, 0, 32);
	shadow_copy(&out, 0, &over, 0, 32);
	shadow_render(&out, 0, bytes, 32);
	assert_int_equal(bytes[7], 1);
	assert_int_equal(bytes[15], 9);
	assert_int_equal(bytes[23], 1);
	shadow_deinit(&s);
	shadow_deinit(&over);
	shadow_deinit(&out);
}

/* One wrong byte is found in every place, also after the fast comparison of whole words. */
static void test_every_byte(void **state)
{
	struct piece p = { .kind = PIECE_DATA, .origin = 3, .gen = 9, .src = 1 << 20 };
	struct shadow s = SHADOW_INIT;
	uint8_t bytes[640];
	struct mismatch m;

	(void)state;
	shadow_set(&s, 0, 512, &p); /* then zeroes */
	shadow_resize(&s, sizeof(bytes), PIECE_ZERO);
	memset(bytes, 0, sizeof(bytes));
	pattern_fill(bytes, 512, 3, 9, 1 << 20);
	for (size_t from = 0; from < 9; from++)
		assert_true(shadow_check(&s, from, bytes + from, sizeof(bytes) - from - 3, &m));
	for (size_t i = 0; i < sizeof(bytes); i++) {
		bytes[i] ^= 0x40;
		assert_false(shadow_check(&s, 0, bytes, sizeof(bytes), &m));
		assert_int_equal(m.off / 8, i / 8);
		assert_int_equal(m.bytes, 8);
		bytes[i] ^= 0x40;
	}
	shadow_deinit(&s);
}

/* Sets the bytes that are there already, and appends bytes after the end. */
static void test_set_again(void **state)
{
	struct piece p = { .kind = PIECE_DATA, .origin = 3, .gen = 9, .src = 4096 };
	struct piece inner = { .kind = PIECE_DATA, .origin = 3, .gen = 9, .src = 4096 + 512 };
	struct piece other = { .kind = PIECE_DATA, .origin = 3, .gen = 9, .src = 4096 };
	struct piece zero = { .kind = PIECE_ZERO, .src = 77 };
	struct shadow s = SHADOW_INIT, copy = SHADOW_INIT;

	(void)state;
	shadow_set(&s, 0, 4096, &p);
	shadow_resize(&s, 8192, PIECE_ZERO);
	shadow_set(&s, 512, 512, &inner);
	shadow_set(&s, 5000, 100, &zero);
	assert_int_equal(s.n, 2);
	shadow_set(&s, 512, 512, &other); /* other bytes */
	assert_int_equal(s.n, 4);
	shadow_copy(&copy, 0, &s, 256, 512);
	assert_int_equal(copy.size, 512);
	assert_int_equal(copy.n, 2);
	assert_int_equal(copy.v[1].off, 256);
	assert_int_equal(copy.v[1].src, 4096);
	shadow_copy(&copy, 512, &s, 8000, 4096); /* the source ends before */
	assert_int_equal(copy.size, 512 + 192);
	shadow_deinit(&s);
	shadow_deinit(&copy);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_against_bytes), cmocka_unit_test(test_equal),
		cmocka_unit_test(test_mismatch),      cmocka_unit_test(test_lane),
		cmocka_unit_test(test_edges),	      cmocka_unit_test(test_every_byte),
		cmocka_unit_test(test_set_again),
	};

	return cmocka_run_group_tests_name("shadow", tests, NULL, NULL);
}
