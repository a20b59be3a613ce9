/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Packets of the GDB remote protocol, as QEMU's stub for x86-64 uses them. Pure.
 */
#ifndef INJECT_GDB_PACKET_H
#define INJECT_GDB_PACKET_H

#include "base/buf.h"
#include "base/err.h"

#define GDB_PACKET_MAX 65536u /* bytes, on the wire and after expansion */
#define GDB_SIGNAL_TRAP 5u    /* breakpoint or single step */

/* Appends "$payload#sum", escaped, to @out. */
void gdb_packet_encode(struct buf *out, const void *payload, size_t len);

enum gdb_event {
	GDB_EVENT_NONE, /* more bytes are needed */
	GDB_EVENT_ACK,
	GDB_EVENT_NACK,
	GDB_EVENT_PACKET,
};

struct gdb_decoder {
	struct buf in;
	struct buf packet; /* the last payload, escapes and runs expanded */
	bool broken;
};

void gdb_decoder_init(struct gdb_decoder *d);
void gdb_decoder_deinit(struct gdb_decoder *d);

/* Adds received bytes, in pieces of any size. */
void gdb_decoder_feed(struct gdb_decoder *d, const void *data, size_t len);

/*
 * Takes the next event off the stream; GDB_EVENT_PACKET leaves its payload in
 * @d->packet until the next call. Bytes between packets are skipped. An error
 * (size, checksum, impossible escape or run) is final: a socket does not lose
 * bytes, so the other end is not a gdbstub. Every later call fails, too.
 */
struct err *gdb_decoder_next(struct gdb_decoder *d, enum gdb_event *event) __must_check;

/* A vCPU. pid 0: the gdbstub does not number processes. Both count from 1. */
struct gdb_thread {
	unsigned int pid, tid;
};

/* "p1.2", or "2" without a pid; @buf holds 24 bytes and is returned. */
const char *gdb_thread_format(struct gdb_thread thread, char *buf);

struct gdb_stop {
	unsigned int signal;	  /* GDB's number */
	struct gdb_thread thread; /* tid 0 if the reply names none */
};

/* Does @payload look like a stop reply? None of QEMU's other answers does. */
bool gdb_is_stop(const struct buf *payload);

/* Reads "T05thread:p01.02;...", "S05". False for anything else. */
bool gdb_stop_parse(const struct buf *payload, struct gdb_stop *out);

void gdb_hex_encode(struct buf *out, const void *data, size_t len);

/* Reads 2 * @len digits into @out; false if @hex is anything else. */
bool gdb_hex_decode(const char *hex, size_t digits, void *out, size_t len);

/* QEMU's register numbers, in the order of its target description. */
enum gdb_reg {
	GDB_REG_RAX,
	GDB_REG_RBX,
	GDB_REG_RCX,
	GDB_REG_RDX,
	GDB_REG_RSI,
	GDB_REG_RDI,
	GDB_REG_RBP,
	GDB_REG_RSP,
	GDB_REG_R8,
	GDB_REG_R9,
	GDB_REG_R10,
	GDB_REG_R11,
	GDB_REG_R12,
	GDB_REG_R13,
	GDB_REG_R14,
	GDB_REG_R15,
	GDB_REG_RIP,
	GDB_REG_EFLAGS, /* 32 bits, as are all that follow */
	GDB_REG_CS,
	GDB_REG_SS,
	GDB_REG_DS,
	GDB_REG_ES,
	GDB_REG_FS,
	GDB_REG_GS,
	GDB_REG_COUNT,
};

struct gdb_regs {
	uint64_t value[GDB_REG_COUNT];
};

/* The size of register @reg in a `g` or `P` packet, in bytes. */
size_t gdb_reg_size(enum gdb_reg reg);

/*
 * Reads the answer to `g`; ignores what follows gs. False if the answer is too short
 * or marks a register as unavailable.
 */
bool gdb_regs_parse(const struct buf *payload, struct gdb_regs *out);

#endif
