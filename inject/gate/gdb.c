// SPDX-License-Identifier: GPL-2.0-only
#include "inject/gate/gdb.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "inject/gate/gdb-link.h"

/* The gdbstub's packet holds 4096 characters, two for each byte. */
#define MEM_CHUNK 1024u

static struct err *handshake(struct gdb *g)
{
	_cleanup_buf_ struct buf q = BUF_INIT;
	struct err *err;

	buf_adds(&q, "qSupported:multiprocess+");
	err = gdb_link_ask(g, &q);
	if (err)
		return err;
	if (!strstr(buf_str(&g->in.packet), "multiprocess+"))
		return gdb_link_not_answer(g, "name vCPUs");
	/* QEMU takes `P` only from a client that has asked for the description. */
	buf_reset(&q);
	buf_adds(&q, "qXfer:features:read:target.xml:0,7fb");
	err = gdb_link_ask(g, &q);
	if (err)
		return err;
	if (!g->in.packet.len || !strchr("lm", g->in.packet.data[0]))
		return gdb_link_not_answer(g, "describe the machine");
	g->has_stop = false; /* connecting caused it */
	return NULL;
}

struct err *gdb_open(const char *path, int timeout_ms, struct gdb **out)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	_cleanup_close_ int fd = -1;
	struct err *err;
	struct gdb *g;

	if (strlen(path) >= sizeof(addr.sun_path))
		return err_create(ERR_INFRA, "cannot connect to '%s': path too long", path);
	strcpy(addr.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return err_errno(errno, "cannot make a socket");
	if (connect(fd, (struct sockaddr *)&addr, sizeof(addr)))
		return err_errno(errno, "cannot connect to the gdbstub at '%s'", path);

	g = xcalloc(1, sizeof(*g));
	g->fd = take_fd(fd);
	g->timeout_ms = timeout_ms;
	gdb_decoder_init(&g->in);
	err = handshake(g);
	if (err) {
		gdb_close(g);
		return err_wrap(err, "gdbstub at '%s'", path);
	}
	*out = g;
	return NULL;
}

struct err *gdb_detach(struct gdb *g)
{
	_cleanup_buf_ struct buf q = BUF_INIT;
	struct err *err;

	buf_adds(&q, "D;1");
	err = gdb_stop(g);
	if (!err)
		err = gdb_link_ask_ok(g, &q, "let the VM run");
	close(g->fd);
	gdb_decoder_deinit(&g->in);
	free(g);
	return err;
}

void gdb_close(struct gdb *g)
{
	if (g)
		err_free(gdb_detach(g));
}

int gdb_fd(const struct gdb *g)
{
	return g->fd;
}

struct err *gdb_stop(struct gdb *g)
{
	_cleanup_buf_ struct buf q = BUF_INIT;
	struct err *err;

	if (g->dead)
		return err_create(ERR_INFRA, "the connection to the gdbstub failed before");
	/*
	 * The gdbstub ignores the interrupt if the VM is already stopped, whoever
	 * stopped it. It always answers the question that follows.
	 */
	gdb_link_deadline(g, g->timeout_ms);
	err = gdb_link_send(g, "\x03", 1);
	if (err)
		return err;
	buf_adds(&q, "qC");
	return gdb_link_ask(g, &q);
}

static struct err *resume(struct gdb *g, const struct buf *how)
{
	if (g->dead)
		return err_create(ERR_INFRA, "the connection to the gdbstub failed before");
	g->has_stop = false;
	gdb_link_deadline(g, g->timeout_ms);
	return gdb_link_send_packet(g, how);
}

struct err *gdb_continue(struct gdb *g)
{
	_cleanup_buf_ struct buf q = BUF_INIT;

	buf_adds(&q, "c");
	return resume(g, &q);
}

struct err *gdb_step(struct gdb *g, struct gdb_thread thread)
{
	_cleanup_buf_ struct buf q = BUF_INIT;
	struct gdb_stop stop;
	struct err *err;
	char name[24];
	bool got;

	buf_addf(&q, "vCont;s:%s", gdb_thread_format(thread, name));
	err = resume(g, &q);
	if (!err)
		err = gdb_wait_stop(g, g->timeout_ms, &stop, &got);
	if (err)
		return err_wrap(err, "cannot step vCPU %s", name);
	if (!got)
		return gdb_link_timed_out(g, buf_str(&q));
	if (stop.signal != GDB_SIGNAL_TRAP)
		return err_create(ERR_INFRA, "vCPU %s stopped by signal %u while it was stepped",
				  name, stop.signal);
	return NULL;
}

struct err *gdb_wait_stop(struct gdb *g, int timeout_ms, struct gdb_stop *stop, bool *got)
{
	struct err *err;

	gdb_link_deadline(g, timeout_ms);
	*got = false;
	err = gdb_link_await_stop(g);
	if (err || !g->has_stop)
		return err;
	g->has_stop = false;
	*stop = g->stop;
	*got = true;
	return NULL;
}

static struct err *choose(struct gdb *g, struct gdb_thread thread)
{
	_cleanup_buf_ struct buf q = BUF_INIT;
	char name[24];

	if (!thread.tid)
		return NULL;
	buf_addf(&q, "Hg%s", gdb_thread_format(thread, name));
	return gdb_link_ask_ok(g, &q, "select a vCPU");
}

struct err *gdb_read_mem(struct gdb *g, struct gdb_thread thread, uint64_t addr, void *out,
			 size_t len)
{
	_cleanup_buf_ struct buf q = BUF_INIT;
	struct err *err = choose(g, thread);

	while (!err && len) {
		size_t n = MIN(len, MEM_CHUNK);

		buf_reset(&q);
		buf_addf(&q, "m%llx,%zx", (unsigned long long)addr, n);
		err = gdb_link_ask(g, &q);
		if (!err && !gdb_hex_decode(buf_str(&g->in.packet), g->in.packet.len, out, n))
			err = gdb_link_not_answer(g, "read memory");
		addr += n;
		out = (char *)out + n;
		len -= n;
	}
	return err;
}

struct err *gdb_read_regs(struct gdb *g, struct gdb_thread thread, struct gdb_regs *out)
{
	_cleanup_buf_ struct buf q = BUF_INIT;
	struct err *err = choose(g, thread);

	buf_adds(&q, "g");
	if (!err)
		err = gdb_link_ask(g, &q);
	if (!err && !gdb_regs_parse(&g->in.packet, out))
		err = gdb_link_not_answer(g, "read registers");
	return err;
}

struct err *gdb_write_reg(struct gdb *g, struct gdb_thread thread, enum gdb_reg reg, uint64_t value)
{
	_cleanup_buf_ struct buf q = BUF_INIT;
	struct err *err = choose(g, thread);

	buf_addf(&q, "P%x=", (unsigned int)reg);
	gdb_hex_encode(&q, &value, gdb_reg_size(reg));
	return err ? err : gdb_link_ask_ok(g, &q, "write a register");
}

static struct err *breakpoint(struct gdb *g, char how, uint64_t addr, const char *what)
{
	_cleanup_buf_ struct buf q = BUF_INIT;

	buf_addf(&q, "%c1,%llx,1", how, (unsigned long long)addr);
	return gdb_link_ask_ok(g, &q, what);
}

struct err *gdb_break_set(struct gdb *g, uint64_t addr)
{
	return breakpoint(g, 'Z', addr, "set a breakpoint");
}

struct err *gdb_break_clear(struct gdb *g, uint64_t addr)
{
	return breakpoint(g, 'z', addr, "clear a breakpoint");
}
