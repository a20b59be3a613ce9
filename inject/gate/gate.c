// SPDX-License-Identifier: GPL-2.0-only
#include "inject/gate/gate.h"

#include <string.h>

#include "base/release.h"
#include "inject/gate/gdb.h"
#include "inject/injector.h"
#include "inject/symbols.h"

struct gate {
	char *socket;
	struct gate_symbols symbols;
	uint32_t longterm; /* FOLL_LONGTERM of this kernel */
	uint64_t entry;	   /* where the breakpoint is */
	int timeout_ms;
	struct gdb *gdb; /* NULL while shut */
	struct gate_counts counts;
};

void gate_symbols_add(struct gate_symbols *s, const char *name, uint64_t addr, uint64_t size)
{
	size_t len = strcspn(name, ".");

	if (strstr(name, ".cold"))
		return;
	for (unsigned int i = 0; gate_symbol_names[i]; i++) {
		if (strlen(gate_symbol_names[i]) != len || strncmp(gate_symbol_names[i], name, len))
			continue;
		if (i == 0) {
			s->pin_user_pages_fast = addr;
		} else if (i > s->umem_rank) {
			s->umem_rank = i;
			s->umem_start = addr;
			s->umem_end = addr + size;
		}
	}
}

static bool in_kernel(uint64_t addr)
{
	return addr >> 63;
}

static struct err *symbols_check(const struct gate_symbols *s)
{
	if (!s->kernel_major)
		return err_create(ERR_INFRA, "the gate does not know the guest's kernel version");
	if (!in_kernel(s->pin_user_pages_fast))
		return err_create(
			ERR_INFRA,
			"the gate has no address of 'pin_user_pages_fast': is /proc/kallsyms readable in the guest?");
	if (!in_kernel(s->umem_start) || s->umem_end <= s->umem_start)
		return err_create(
			ERR_INFRA,
			"the gate has no address of 'ib_umem_get': is ib_uverbs loaded in the guest?");
	return NULL;
}

struct err *gate_create(const char *gdb_socket, const struct gate_symbols *symbols,
			struct gate **out)
{
	struct err *err = symbols_check(symbols);
	struct gate *g;

	if (err)
		return err;
	g = xcalloc(1, sizeof(*g));
	g->socket = xstrdup(gdb_socket);
	g->symbols = *symbols;
	g->timeout_ms = GATE_TIMEOUT_MS;
	/* The FOLL_ flags were numbered anew in 6.3. */
	g->longterm = release_since(symbols->kernel_major, symbols->kernel_minor, 6, 3) ? 0x100 :
											  0x10000;
	*out = g;
	return NULL;
}

void gate_set_timeout(struct gate *g, int timeout_ms)
{
	g->timeout_ms = timeout_ms;
}

static void gate_shut(struct gate *g)
{
	gdb_close(g->gdb);
	g->gdb = NULL;
}

void gate_destroy(struct gate *g)
{
	if (!g)
		return;
	gate_shut(g);
	free(g->socket);
	free(g);
}

/*
 * In kernels built for IBT, direct callers may skip the ENDBR64 at the start of a
 * function. It is still there, or overwritten with a NOP of the same length.
 */
static unsigned int entry_skip(const uint8_t *code)
{
	static const uint8_t marks[][4] = {
		{ 0xf3, 0x0f, 0x1e, 0xfa },
		{ 0x66, 0x0f, 0x1f, 0x00 },
		{ 0x0f, 0x1f, 0x40, 0xd6 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(marks); i++)
		if (!memcmp(code, marks[i], 4))
			return 4;
	return 0;
}

static struct err *gate_arm(struct gate *g)
{
	uint64_t start = g->symbols.pin_user_pages_fast;
	uint8_t code[4];
	struct err *err;

	err = gdb_read_mem(g->gdb, (struct gdb_thread){ 0 }, start, code, sizeof(code));
	if (err)
		return err_wrap(
			err,
			"kernel memory is not readable from outside (is the guest booted with mitigations=off and nokaslr?)");
	g->entry = start + entry_skip(code);
	err = gdb_break_set(g->gdb, g->entry);
	return err ? err : gdb_continue(g->gdb);
}

struct err *gate_lift(struct gate *g)
{
	struct err *err;

	if (g->gdb)
		return err_create(ERR_INFRA, "the gate is already open");
	g->counts = (struct gate_counts){ 0 };
	err = gdb_open(g->socket, g->timeout_ms, &g->gdb);
	if (!err)
		err = gate_arm(g);
	if (err)
		gate_shut(g);
	return err_wrap(err, "cannot lift the long-term gate");
}

int gate_fd(const struct gate *g)
{
	return g->gdb ? gdb_fd(g->gdb) : -1;
}

/* pin_user_pages_fast(start, nr_pages, gup_flags in edx, pages), at its entry. */
static struct err *gate_judge(struct gate *g, const struct gdb_regs *regs)
{
	const struct gdb_thread same = { 0 }; /* the thread that gate_look() chose */
	uint64_t rdx = regs->value[GDB_REG_RDX], caller;
	struct err *err;

	err = gdb_read_mem(g->gdb, same, regs->value[GDB_REG_RSP], &caller, sizeof(caller));
	if (err)
		return err;
	g->counts.hits++;
	if (caller < g->symbols.umem_start || caller >= g->symbols.umem_end) {
		g->counts.foreign++;
		return NULL;
	}
	if (!(rdx & g->longterm))
		return NULL;
	g->counts.cleared++;
	return gdb_write_reg(g->gdb, same, GDB_REG_RDX, rdx & ~(uint64_t)g->longterm);
}

/* Handles a stop at @thread; sets *@hit if the thread is at the breakpoint. */
static struct err *gate_look(struct gate *g, struct gdb_thread thread, bool *hit)
{
	struct gdb_regs regs;
	struct err *err;

	*hit = false;
	err = gdb_read_regs(g->gdb, thread, &regs);
	if (err || regs.value[GDB_REG_RIP] != g->entry)
		return err;
	*hit = true;
	return gate_judge(g, &regs);
}

static struct err *gate_hit(struct gate *g, const struct gdb_stop *stop)
{
	struct err *err;
	bool hit;

	err = gate_look(g, stop->thread, &hit);
	if (!err && hit)
		err = gdb_break_clear(g->gdb, g->entry);
	if (!err && hit)
		err = gdb_step(g->gdb, stop->thread);
	if (!err && hit)
		err = gdb_break_set(g->gdb, g->entry);
	return err ? err : gdb_continue(g->gdb);
}

struct err *gate_service(struct gate *g)
{
	struct err *err = NULL;
	struct gdb_stop stop;
	bool got = true;

	while (g->gdb && !err && got) {
		err = gdb_wait_stop(g->gdb, 0, &stop, &got);
		if (!err && got && stop.signal == GDB_SIGNAL_TRAP)
			err = gate_hit(g, &stop);
	}
	if (err)
		gate_shut(g);
	return err_wrap(err, "the long-term gate failed");
}

/* A hit that arrived while the VM was being stopped: handle it without a step. */
static struct err *gate_late_hit(struct gate *g)
{
	struct gdb_stop stop;
	struct err *err;
	bool got, hit;

	err = gdb_wait_stop(g->gdb, 0, &stop, &got);
	if (err || !got || stop.signal != GDB_SIGNAL_TRAP)
		return err;
	return gate_look(g, stop.thread, &hit);
}

struct err *gate_drop(struct gate *g, struct gate_counts *counts)
{
	struct err *err = NULL;

	if (g->gdb) {
		err = gdb_stop(g->gdb);
		if (!err)
			err = gate_late_hit(g);
		if (!err)
			err = gdb_break_clear(g->gdb, g->entry);
		if (err)
			gate_shut(g);
		else
			err = gdb_detach(take_ptr(g->gdb));
	}
	if (counts)
		*counts = g->counts;
	return err_wrap(err, "cannot drop the long-term gate");
}

enum gate_call {
	GATE_LIFT,
	GATE_DROP,
};

static const char *const calls[] = {
	[GATE_LIFT] = "gate-lift",
	[GATE_DROP] = "gate-drop",
	NULL,
};

static struct err *injector_create(const struct injector_guest *guest, void **self)
{
	struct gate_symbols symbols = { .kernel_major = guest->kernel_major,
					.kernel_minor = guest->kernel_minor };

	for (size_t i = 0; i < guest->nr_symbols; i++)
		gate_symbols_add(&symbols, guest->symbols[i].name, guest->symbols[i].addr,
				 guest->symbols[i].size);
	return gate_create(guest->gdb, &symbols, (struct gate **)self);
}

static struct err *injector_call(void *self, size_t call)
{
	struct gate_counts counts;
	struct err *err;

	if (call == GATE_LIFT)
		return gate_lift(self);
	err = gate_drop(self, &counts);
	if (!err && !counts.cleared)
		err = err_create(ERR_INFRA,
				 "no registration passed the long-term gate (%llu calls "
				 "of pin_user_pages_fast seen)",
				 (unsigned long long)counts.hits);
	return err;
}

static int injector_fd(const void *self)
{
	return gate_fd(self);
}

static struct err *injector_service(void *self)
{
	return gate_service(self);
}

static void injector_destroy(void *self)
{
	gate_destroy(self);
}

const struct injector injector_gate = {
	.name = "gate",
	.needs_gdb = true,
	.sabotage = SABOTAGE_NO_GATE,
	.symbols = gate_symbol_names,
	.calls = calls,
	.create = injector_create,
	.call = injector_call,
	.fd = injector_fd,
	.service = injector_service,
	.destroy = injector_destroy,
};
