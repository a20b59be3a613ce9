// SPDX-License-Identifier: GPL-2.0-only
#include "inject/gate/gdb-link.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

void gdb_link_deadline(struct gdb *g, int timeout_ms)
{
	g->deadline = now_ns() + (uint64_t)timeout_ms * 1000000;
}

/* Waits for @events; *@ready is false if the deadline passed. */
static struct err *wait_fd(struct gdb *g, short events, bool *ready)
{
	for (;;) {
		struct pollfd p = { .fd = g->fd, .events = events };
		uint64_t now = now_ns();
		uint64_t left = g->deadline > now ? g->deadline - now : 0;
		int n = poll(&p, 1, (int)MIN((left + 999999) / 1000000, (uint64_t)INT_MAX));

		if (n < 0 && errno != EINTR) {
			g->dead = true;
			return err_errno(errno, "cannot wait for the gdbstub");
		}
		*ready = n > 0;
		if (n > 0 || (n == 0 && !left))
			return NULL;
	}
}

struct err *gdb_link_timed_out(struct gdb *g, const char *what)
{
	g->dead = true;
	return err_create(
		ERR_TIMEOUT,
		"the gdbstub did not answer '%s' in %d ms: is another debugger connected, or QEMU stuck?",
		what, g->timeout_ms);
}

struct err *gdb_link_send(struct gdb *g, const char *data, size_t len)
{
	while (len) {
		ssize_t n = send(g->fd, data, len, MSG_NOSIGNAL);
		struct err *err;
		bool ready;

		if (n >= 0) {
			data += n;
			len -= (size_t)n;
			continue;
		}
		if (errno == EINTR)
			continue;
		if (errno != EAGAIN) {
			g->dead = true;
			return err_errno(errno, "cannot send to the gdbstub");
		}
		err = wait_fd(g, POLLOUT, &ready);
		if (err)
			return err;
		if (!ready)
			return gdb_link_timed_out(g, "send");
	}
	return NULL;
}

struct err *gdb_link_send_packet(struct gdb *g, const struct buf *payload)
{
	_cleanup_buf_ struct buf wire = BUF_INIT;

	gdb_packet_encode(&wire, buf_str(payload), payload->len);
	return gdb_link_send(g, wire.data, wire.len);
}

/* Reads once; *@more is false if the deadline passed. */
static struct err *receive(struct gdb *g, bool *more)
{
	char bytes[4096];
	struct err *err;
	ssize_t n;

	err = wait_fd(g, POLLIN, more);
	if (err || !*more)
		return err;
	n = recv(g->fd, bytes, sizeof(bytes), 0);
	if (n > 0) {
		gdb_decoder_feed(&g->in, bytes, (size_t)n);
		return NULL;
	}
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return NULL;
	g->dead = true;
	if (n < 0)
		return err_errno(errno, "cannot read from the gdbstub");
	return err_create(ERR_INFRA, "the gdbstub closed the connection: QEMU may have ended");
}

static struct err *take_stop(struct gdb *g)
{
	if (gdb_stop_parse(&g->in.packet, &g->stop)) {
		g->has_stop = true;
		return NULL;
	}
	g->dead = true;
	if (strchr("WX", g->in.packet.data[0]))
		return err_create(ERR_INFRA, "the guest ended while the debugger was attached");
	return err_create(ERR_INFRA, "the gdbstub sent a malformed stop reply");
}

/*
 * Waits for the next packet and acknowledges it exactly once: a stray '+' stops a
 * running VM, and without the '+' the gdbstub drops the next interrupt.
 */
static struct err *next_packet(struct gdb *g, bool *got)
{
	for (;;) {
		enum gdb_event event;
		struct err *err = gdb_decoder_next(&g->in, &event);
		bool more;

		*got = event == GDB_EVENT_PACKET;
		if (err || event == GDB_EVENT_NACK)
			g->dead = true;
		if (err)
			return err;
		if (event == GDB_EVENT_NACK)
			return err_create(ERR_INFRA, "the gdbstub refused a packet");
		if (*got)
			return gdb_link_send(g, "+", 1);
		if (event == GDB_EVENT_ACK)
			continue;
		err = receive(g, &more);
		if (err || !more)
			return err;
	}
}

static struct err *await_answer(struct gdb *g, const char *what)
{
	for (;;) {
		bool got;
		struct err *err = next_packet(g, &got);

		if (err)
			return err;
		if (!got)
			return gdb_link_timed_out(g, what);
		if (!gdb_is_stop(&g->in.packet))
			return NULL;
		err = take_stop(g);
		if (err)
			return err;
	}
}

struct err *gdb_link_ask(struct gdb *g, const struct buf *question)
{
	struct err *err;

	if (g->dead)
		return err_create(ERR_INFRA, "the connection to the gdbstub failed before");
	gdb_link_deadline(g, g->timeout_ms);
	err = gdb_link_send_packet(g, question);
	return err ? err : await_answer(g, buf_str(question));
}

static bool answered(const struct gdb *g, const char *text)
{
	return !strcmp(buf_str(&g->in.packet), text);
}

struct err *gdb_link_not_answer(const struct gdb *g, const char *what)
{
	_cleanup_buf_ struct buf text = BUF_INIT;

	buf_add_escaped(&text, buf_str(&g->in.packet), g->in.packet.len, 40);
	return err_create(ERR_INFRA, "the gdbstub cannot %s: it answered '%s'", what,
			  buf_str(&text));
}

struct err *gdb_link_ask_ok(struct gdb *g, const struct buf *question, const char *what)
{
	struct err *err = gdb_link_ask(g, question);

	if (err)
		return err_wrap(err, "cannot %s", what);
	return answered(g, "OK") ? NULL : gdb_link_not_answer(g, what);
}

struct err *gdb_link_await_stop(struct gdb *g)
{
	while (!g->has_stop) {
		bool packet;
		struct err *err = next_packet(g, &packet);

		if (err || !packet)
			return err;
		if (!gdb_is_stop(&g->in.packet))
			return gdb_link_not_answer(g, "run quietly");
		err = take_stop(g);
		if (err)
			return err;
	}
	return NULL;
}
