/* SPDX-License-Identifier: GPL-2.0-only */
/* Sending questions to the gdbstub, receiving answers and stop notices. For gdb.c only. */
#ifndef INJECT_GDB_LINK_H
#define INJECT_GDB_LINK_H

#include "inject/gate/gdb-packet.h"

struct gdb {
	int fd; /* non-blocking */
	int timeout_ms;
	uint64_t deadline;     /* of the current call, by now_ns() */
	struct gdb_decoder in; /* in.packet is the last answer */
	struct gdb_stop stop;  /* the last stop notice, if has_stop */
	bool has_stop;
	bool dead; /* an earlier call failed: the connection is of no use */
};

void gdb_link_deadline(struct gdb *g, int timeout_ms);

/* The error for an answer to @what that did not come; marks @g dead. */
struct err *gdb_link_timed_out(struct gdb *g, const char *what);

/* The error for an unexpected answer; @what is what the gdbstub was asked to do. */
struct err *gdb_link_not_answer(const struct gdb *g, const char *what);

struct err *gdb_link_send(struct gdb *g, const char *data, size_t len) __must_check;
struct err *gdb_link_send_packet(struct gdb *g, const struct buf *payload) __must_check;

/* Waits for a stop notice until the deadline; g->has_stop says whether it came. */
struct err *gdb_link_await_stop(struct gdb *g) __must_check;

/* Sends @question and waits for the answer, in g->in.packet; keeps a stop notice on the way. */
struct err *gdb_link_ask(struct gdb *g, const struct buf *question) __must_check;

/* The same, but any answer other than "OK" is an error. */
struct err *gdb_link_ask_ok(struct gdb *g, const struct buf *question, const char *what)
	__must_check;

#endif
