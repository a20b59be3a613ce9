// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#include "inject/gate/gdb-packet.h"

static const struct {
	const char *payload;
	size_t len;
	const char *wire;
} encode_table[] = {
	{ "", 0, "$#00" },
	{ "OK", 2, "$OK#9a" },
	{ "m0,8", 4, "$m0,8#01" },
	{ "a$b", 3,
	  "$a}\x04"
	  "b#44" },
	{ "#}*", 3, "$}\x03}]}\x0a#e1" },
};

static void encodes(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(encode_table); i++) {
		_cleanup_buf_ struct buf b = BUF_INIT;

		gdb_packet_encode(&b, encode_table[i].payload, encode_table[i].len);
		assert_string_equal(buf_str(&b), encode_table[i].wire);
	}
}

/* events: one letter each, see letter_of() below; packets joined by '|' */
static const struct {
	const char *name, *wire, *events, *payloads, *error;
} decode_table[] = {
	{ "acks", "+-+", "ana", "", NULL },
	{ "a packet", "+$OK#9a", "ap", "OK", NULL },
	{ "two packets", "$OK#9a$E22#a9", "pp", "OK|E22", NULL },
	{ "empty packet", "$#00", "p", "", NULL },
	{ "upper case sum", "$OK#9A", "p", "OK", NULL },
	{ "garbage between", "xyz$OK#9aqq\x03+", "pa", "OK", NULL },
	{ "wrong sum", "$OK#9b", "", "", "bad checksum" },
	{ "sum not hex", "$OK#zz", "", "", "bad checksum" },
	{ "truncated", "$OK#9", "", "", NULL },
	{ "truncated earlier", "$O", "", "", NULL },
	{ "escape",
	  "$a}\x04"
	  "b#44",
	  "p", "a$b", NULL },
	{ "escape at the end", "$a}#de", "", "", "cut short" },
	{ "run", "$0* #7a", "p", "0000", NULL },
	{ "run at the end", "$0*#5a", "", "", "cut short" },
	{ "run of nothing", "$* #4a", "", "", "impossible run" },
	{ "run too short", "$0*\x1c#76", "", "", "impossible run" },
	{ "run in hex", "$0*\"ff#48", "p", "000000ff", NULL },
};

static char letter_of(enum gdb_event event)
{
	return event == GDB_EVENT_ACK ? 'a' : event == GDB_EVENT_NACK ? 'n' : 'p';
}

/* Feeds @wire in pieces of @step bytes and records the events. */
static struct err *decode_all(const char *wire, size_t len, size_t step, struct buf *events,
			      struct buf *payloads)
{
	struct gdb_decoder d;
	struct err *err = NULL;

	gdb_decoder_init(&d);
	for (size_t at = 0; at < len && !err; at += step) {
		enum gdb_event event;

		gdb_decoder_feed(&d, wire + at, MIN(step, len - at));
		while (!(err = gdb_decoder_next(&d, &event)) && event != GDB_EVENT_NONE) {
			if (event == GDB_EVENT_PACKET) {
				if (strchr(buf_str(events), 'p'))
					buf_addc(payloads, '|');
				buf_add(payloads, buf_str(&d.packet), d.packet.len);
			}
			buf_addc(events, letter_of(event));
		}
	}
	if (err) {
		enum gdb_event event;
		_cleanup_err_ struct err *again = gdb_decoder_next(&d, &event);

		assert_non_null(again);
	}
	gdb_decoder_deinit(&d);
	return err;
}

static void decodes(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(decode_table); i++) {
		for (size_t step = 1; step < 20; step++) {
			_cleanup_buf_ struct buf events = BUF_INIT, payloads = BUF_INIT;
			_cleanup_err_ struct err *err = decode_all(decode_table[i].wire,
								   strlen(decode_table[i].wire),
								   step, &events, &payloads);

			assert_string_equal(buf_str(&events), decode_table[i].events);
			assert_string_equal(buf_str(&payloads), decode_table[i].payloads);
			if (!decode_table[i].error) {
				assert_null(err);
				continue;
			}
			assert_non_null(err);
			assert_non_null(strstr(err->message, decode_table[i].error));
		}
	}
}

static void bounds(void **state)
{
	_cleanup_buf_ struct buf big = BUF_INIT, wire = BUF_INIT, runs = BUF_INIT;
	_cleanup_buf_ struct buf events = BUF_INIT, payloads = BUF_INIT;
	_cleanup_err_ struct err *raw = NULL, *expanded = NULL;
	uint8_t sum = '0';

	(void)state;
	while (big.len < GDB_PACKET_MAX)
		buf_addc(&big, 'x');
	gdb_packet_encode(&wire, big.data, big.len);
	assert_null(decode_all(wire.data, wire.len, 4096, &events, &payloads));
	assert_int_equal(payloads.len, GDB_PACKET_MAX);

	/* Too long: refused before the checksum arrives. */
	buf_reset(&wire);
	buf_addc(&wire, '$');
	buf_add(&wire, big.data, big.len);
	buf_addc(&wire, 'x');
	raw = decode_all(wire.data, wire.len, 4096, &events, &payloads);
	assert_non_null(raw);
	assert_non_null(strstr(raw->message, "64 KiB"));

	/* 97 equal bytes in two characters. */
	buf_adds(&runs, "$0");
	for (int i = 0; i < 700; i++) {
		buf_adds(&runs, "*~");
		sum += '*' + '~';
	}
	buf_addf(&runs, "#%02x", sum);
	expanded = decode_all(runs.data, runs.len, 4096, &events, &payloads);
	assert_non_null(expanded);
	assert_non_null(strstr(expanded->message, "64 KiB"));
}

static const struct {
	const char *payload;
	bool good;
	unsigned int signal, pid, tid;
} stop_table[] = {
	{ "T05thread:p01.02;", true, 5, 1, 2 },
	{ "T02thread:p01.01;", true, 2, 1, 1 },
	{ "T05hwbreak:;thread:p1.1f;", true, 5, 1, 0x1f },
	{ "T05thread:03;", true, 5, 0, 3 },
	{ "T05thread:p01.02", true, 5, 1, 2 },
	{ "T05", true, 5, 0, 0 },
	{ "S05", true, 5, 0, 0 },
	{ "S0", false, 0, 0, 0 },
	{ "S05x", false, 0, 0, 0 },
	{ "Txx", false, 0, 0, 0 },
	{ "T05thread:p01;", false, 0, 0, 0 },
	{ "T05thread:p01.;", false, 0, 0, 0 },
	{ "T05thread:p123456789.1;", false, 0, 0, 0 },
	{ "W00", false, 0, 0, 0 },
	{ "OK", false, 0, 0, 0 },
	{ "", false, 0, 0, 0 },
};

static void stops(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(stop_table); i++) {
		_cleanup_buf_ struct buf b = BUF_INIT;
		struct gdb_stop stop;

		buf_adds(&b, stop_table[i].payload);
		assert_int_equal(gdb_stop_parse(&b, &stop), stop_table[i].good);
		if (!stop_table[i].good)
			continue;
		assert_true(gdb_is_stop(&b));
		assert_int_equal(stop.signal, stop_table[i].signal);
		assert_int_equal(stop.thread.pid, stop_table[i].pid);
		assert_int_equal(stop.thread.tid, stop_table[i].tid);
	}
}

static void threads(void **state)
{
	char name[24];

	(void)state;
	assert_string_equal(gdb_thread_format((struct gdb_thread){ 1, 18 }, name), "p1.12");
	assert_string_equal(gdb_thread_format((struct gdb_thread){ 0, 2 }, name), "2");
	assert_string_equal(gdb_thread_format((struct gdb_thread){ ~0u, ~0u }, name),
			    "pffffffff.ffffffff");
}

static void registers(void **state)
{
	_cleanup_buf_ struct buf b = BUF_INIT;
	struct gdb_regs regs;

	(void)state;
	for (int i = 0; i < GDB_REG_COUNT; i++) {
		uint64_t value = 0x1122334400000000u + (unsigned int)i;
		uint32_t low = 0x50u + (unsigned int)i;

		if (gdb_reg_size((enum gdb_reg)i) == 8)
			gdb_hex_encode(&b, &value, 8);
		else
			gdb_hex_encode(&b, &low, 4);
	}
	assert_int_equal(b.len, 2 * (17 * 8 + 7 * 4));
	buf_adds(&b, "xxxx");
	assert_true(gdb_regs_parse(&b, &regs));
	assert_int_equal(regs.value[GDB_REG_RDX], 0x1122334400000003u);
	assert_int_equal(regs.value[GDB_REG_RIP], 0x1122334400000010u);
	assert_int_equal(regs.value[GDB_REG_EFLAGS], 0x61);
	assert_int_equal(regs.value[GDB_REG_GS], 0x67);
	b.data[3 * 16] = 'x';
	assert_false(gdb_regs_parse(&b, &regs));
	b.data[3 * 16] = '0';
	b.len = 2 * (17 * 8 + 7 * 4) - 1;
	assert_false(gdb_regs_parse(&b, &regs));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(encodes), cmocka_unit_test(decodes), cmocka_unit_test(bounds),
		cmocka_unit_test(stops),   cmocka_unit_test(threads), cmocka_unit_test(registers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
