// SPDX-License-Identifier: GPL-2.0-only
#include "inject/gate/gdb-packet.h"

#include <string.h>

static const char hex_digits[] = "0123456789abcdef";

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

void gdb_packet_encode(struct buf *out, const void *payload, size_t len)
{
	const char *p = payload;
	uint8_t sum = 0;

	buf_addc(out, '$');
	for (size_t i = 0; i < len; i++) {
		char c = p[i];

		if (c == '$' || c == '#' || c == '}' || c == '*') {
			buf_addc(out, '}');
			sum += '}';
			c ^= 0x20;
		}
		buf_addc(out, c);
		sum += (uint8_t)c;
	}
	buf_addf(out, "#%02x", sum);
}

void gdb_decoder_init(struct gdb_decoder *d)
{
	*d = (struct gdb_decoder){ .in = BUF_INIT, .packet = BUF_INIT };
}

void gdb_decoder_deinit(struct gdb_decoder *d)
{
	buf_deinit(&d->in);
	buf_deinit(&d->packet);
}

void gdb_decoder_feed(struct gdb_decoder *d, const void *data, size_t len)
{
	buf_add(&d->in, data, len);
}

static struct err *decoder_break(struct gdb_decoder *d, const char *what)
{
	d->broken = true;
	return err_create(ERR_INFRA, "the gdbstub's answer is broken: %s", what);
}

/* Expands escapes and runs of @raw into @d->packet; returns NULL or what is wrong. */
static const char *packet_expand(struct gdb_decoder *d, const char *raw, size_t len)
{
	struct buf *out = &d->packet;

	buf_reset(out);
	for (size_t i = 0; i < len; i++) {
		size_t run = 1;
		char c = raw[i];

		if (c == '}' || c == '*') {
			if (++i == len)
				return "cut short in an escape or a run";
			if (c == '}') {
				c = raw[i] ^ 0x20;
			} else {
				if (!out->len || raw[i] < ' ' || raw[i] > '~')
					return "impossible run length";
				run = (size_t)(raw[i] - 29);
				c = out->data[out->len - 1];
			}
		}
		if (run > GDB_PACKET_MAX - out->len)
			return "longer than 64 KiB";
		while (run--)
			buf_addc(out, c);
	}
	return NULL;
}

static const char no_sum[] = "";

/* Takes a packet off @d->in. Returns NULL, no_sum if it is not complete yet, or what is wrong. */
static const char *packet_take(struct gdb_decoder *d)
{
	const char *start = d->in.data + 1, *hash, *bad;
	uint8_t sum = 0;
	size_t len;
	int hi, lo;

	hash = memchr(start, '#', d->in.len - 1);
	len = hash ? (size_t)(hash - start) : d->in.len - 1;
	if (len > GDB_PACKET_MAX)
		return "longer than 64 KiB";
	if (!hash || d->in.len < len + 4)
		return no_sum;
	for (size_t i = 0; i < len; i++)
		sum += (uint8_t)start[i];
	hi = hex_value(hash[1]);
	lo = hex_value(hash[2]);
	if (hi < 0 || lo < 0 || (hi << 4 | lo) != sum)
		return "bad checksum";
	bad = packet_expand(d, start, len);
	if (bad)
		return bad;
	buf_consume(&d->in, len + 4);
	return NULL;
}

struct err *gdb_decoder_next(struct gdb_decoder *d, enum gdb_event *event)
{
	const char *bad;

	*event = GDB_EVENT_NONE;
	if (d->broken)
		return decoder_break(d, "it was broken before");
	while (d->in.len) {
		switch (d->in.data[0]) {
		case '+':
			*event = GDB_EVENT_ACK;
			break;
		case '-':
			*event = GDB_EVENT_NACK;
			break;
		case '$':
			bad = packet_take(d);
			if (!bad)
				*event = GDB_EVENT_PACKET;
			return bad && bad != no_sum ? decoder_break(d, bad) : NULL;
		}
		buf_consume(&d->in, 1);
		if (*event != GDB_EVENT_NONE)
			return NULL;
	}
	return NULL;
}

const char *gdb_thread_format(struct gdb_thread thread, char *buf)
{
	struct buf b = BUF_INIT;

	if (thread.pid)
		buf_addf(&b, "p%x.", thread.pid);
	buf_addf(&b, "%x", thread.tid);
	memcpy(buf, b.data, b.len + 1);
	buf_deinit(&b);
	return buf;
}

bool gdb_is_stop(const struct buf *payload)
{
	return payload->len && strchr("TSWX", payload->data[0]) != NULL;
}

/* Reads 1 to 8 hex digits; false if there are none or more. */
static bool hex_number(const char **s, const char *end, unsigned int *out)
{
	const char *start = *s;

	*out = 0;
	while (*s < end && hex_value(**s) >= 0) {
		*out = *out << 4 | (unsigned int)hex_value(**s);
		(*s)++;
	}
	return *s > start && *s - start <= 8;
}

static bool thread_parse(const char *s, const char *end, struct gdb_thread *out)
{
	if (s < end && *s == 'p') {
		s++;
		if (!hex_number(&s, end, &out->pid) || s == end || *s++ != '.')
			return false;
	}
	return hex_number(&s, end, &out->tid) && s == end;
}

bool gdb_stop_parse(const struct buf *payload, struct gdb_stop *out)
{
	const char *s = buf_str(payload), *end = s + payload->len;
	uint8_t signal;

	*out = (struct gdb_stop){ 0 };
	if (payload->len < 3 || (*s != 'T' && *s != 'S') || !gdb_hex_decode(s + 1, 2, &signal, 1))
		return false;
	out->signal = signal;
	if (*s == 'S')
		return payload->len == 3;
	for (s += 3; s < end;) {
		const char *semi = memchr(s, ';', (size_t)(end - s));

		if (!semi)
			semi = end;
		if (semi - s > 7 && !memcmp(s, "thread:", 7) &&
		    !thread_parse(s + 7, semi, &out->thread))
			return false;
		s = semi < end ? semi + 1 : end;
	}
	return true;
}

void gdb_hex_encode(struct buf *out, const void *data, size_t len)
{
	const uint8_t *p = data;

	for (size_t i = 0; i < len; i++) {
		buf_addc(out, hex_digits[p[i] >> 4]);
		buf_addc(out, hex_digits[p[i] & 15]);
	}
}

bool gdb_hex_decode(const char *hex, size_t digits, void *out, size_t len)
{
	uint8_t *p = out;

	if (digits != 2 * len)
		return false;
	for (size_t i = 0; i < len; i++) {
		int hi = hex_value(hex[2 * i]), lo = hex_value(hex[2 * i + 1]);

		if (hi < 0 || lo < 0)
			return false;
		p[i] = (uint8_t)(hi << 4 | lo);
	}
	return true;
}

size_t gdb_reg_size(enum gdb_reg reg)
{
	return reg <= GDB_REG_RIP ? 8 : 4;
}

bool gdb_regs_parse(const struct buf *payload, struct gdb_regs *out)
{
	size_t at = 0;

	for (int reg = 0; reg < GDB_REG_COUNT; reg++) {
		size_t size = gdb_reg_size((enum gdb_reg)reg);
		uint64_t value = 0; /* filled from the low end: little-endian */

		if (payload->len < at + 2 * size ||
		    !gdb_hex_decode(payload->data + at, 2 * size, &value, size))
			return false;
		out->value[reg] = value;
		at += 2 * size;
	}
	return true;
}
