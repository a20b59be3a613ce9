/* SPDX-License-Identifier: GPL-2.0-only */
#include "guest/private.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "base/arch.h"
#include "base/release.h"
#include "host/proc.h"

/* 2 s to ready with KVM; scaled, 6 to 8 s under TCG on a machine that is not busy. */
#define BOOT_MS 10000
/* A panicking kernel prints for a while; after so much silence it is done. */
#define QUIET_NS 500000000ull
#define RELEASE_MAX 127
/* The ms QEMU may take to end after it closed the channel: it frees all its memory. */
#define END_MS 1000
/* How often to check whether QEMU is stopped. */
#define STOP_LOOK_NS 200000000ull
/* A stopped QEMU's limits are held for so long at most, so that a nightly run ends. */
#define STOPPED_MAX_NS 60000000000ull

uint64_t guest_ms(const struct guest *g, uint64_t ms)
{
	return (uint64_t)((double)ms * MAX(g->setup->scale, 1.0));
}

uint64_t guest_now(const struct guest *g)
{
	return now_ns() - g->still_ns;
}

/* Counts the time QEMU was stopped by a signal: a stopped guest does not hang. */
static void see_stop(struct guest *g)
{
	uint64_t now = now_ns();
	struct proc_stat st;

	if (now - g->looked_ns < STOP_LOOK_NS)
		return;
	if (g->looked_ns && g->still_ns < STOPPED_MAX_NS && virt_domain_pid(g->domain) > 0 &&
	    proc_stat_read(virt_domain_pid(g->domain), &st) && (st.state == 'T' || st.state == 't'))
		g->still_ns += now - g->looked_ns;
	g->looked_ns = now;
}

/* Reads a frame, if there is one; returns GUEST_FRAME, or why no more frames can come. */
static enum guest_event read_frame(struct guest *g, struct frame *f, struct err **err, bool *got)
{
	do
		*err = link_next(&g->link, f, got);
	while (!*err && *got && guest_take_who(g, f));
	return *err ? GUEST_BROKEN : GUEST_FRAME;
}

/* A dying QEMU closes the channel before it is gone; waits for its end to learn the reason. */
static void await_end(struct guest *g)
{
	struct pollfd p = { .fd = virt_domain_event_fd(g->domain), .events = POLLIN };

	poll(&p, 1, END_MS);
}

static int poll_ms(uint64_t now, uint64_t until)
{
	return until <= now ? 0 : (int)MIN((until - now) / 1000000 + 1, 3600000u);
}

/* The first injector in the list that guest_wait() polls; the injectors come last. */
#define POLL_INJECTIONS 5

static bool serve(struct guest *g, const struct pollfd *p, struct err **err)
{
	for (size_t i = 0; i < INJECTORS && !*err; i++)
		if (p[POLL_INJECTIONS + i].revents)
			*err = injection_service(&g->injections[i]);
	if (!*err && p[0].revents & POLLOUT)
		*err = link_flush(&g->link);
	if (!*err && p[0].revents & ~POLLOUT)
		*err = link_fill(&g->link);
	return !*err;
}

enum guest_event guest_wait(struct guest *g, uint64_t deadline, struct frame *f, struct err **err)
{
	*err = NULL;
	for (;;) {
		uint64_t now = guest_now(g), until = MIN(deadline, now + STOP_LOOK_NS);
		uint64_t seen = g->console.size;
		bool marked = g->console.marked;
		bool got = false;
		enum guest_event e = read_frame(g, f, err, &got);
		struct pollfd p[] = {
			{ .fd = g->link.fd, .events = link_events(&g->link) },
			{ .fd = g->console.watch_fd, .events = POLLIN },
			{ .fd = virt_domain_event_fd(g->domain), .events = POLLIN },
			{ .fd = g->setup->cancel_fd, .events = POLLIN },
			{ .fd = g->side_fd, .events = POLLIN },
			[POLL_INJECTIONS + INJECTORS - 1] = { 0 },
		};

		if (e == GUEST_BROKEN || got)
			return e;
		for (size_t i = 0; i < INJECTORS; i++)
			p[POLL_INJECTIONS + i] = (struct pollfd){
				.fd = injection_fd(&g->injections[i]), .events = POLLIN
			};
		if (g->link.fd < 0) {
			await_end(g);
			return GUEST_GONE;
		}
		if (g->quiet_at)
			until = MIN(until, g->quiet_at);
		if (poll(p, ARRAY_SIZE(p), poll_ms(now, until)) < 0 && errno != EINTR) {
			*err = err_errno(errno, "cannot wait for the guest");
			return GUEST_BROKEN;
		}
		if (p[3].revents)
			return GUEST_CANCELLED;
		see_stop(g);
		console_read(&g->console);
		if (g->console.size != seen)
			g->quiet_at = guest_now(g) + QUIET_NS;
		if (g->console.marked && !marked)
			return GUEST_MARK;
		if (!serve(g, p, err))
			return GUEST_BROKEN;
		if (p[4].revents)
			return GUEST_SIDE;
		if (p[2].revents && virt_domain_is_gone(g->domain) && !(p[0].revents & POLLIN))
			return GUEST_GONE;
		now = guest_now(g);
		if (g->quiet_at && now >= g->quiet_at) {
			g->quiet_at = 0;
			return GUEST_QUIET;
		}
		if (now >= deadline && !p[0].revents)
			return GUEST_TIMEOUT;
	}
}

static char *escaped(const struct msg_field *f, size_t max)
{
	struct buf b = BUF_INIT;

	buf_add_escaped(&b, f->data, f->len, max);
	return buf_take(&b);
}

static void take_symbol(struct guest *g, struct injector_guest *told, const struct msg_field *f)
{
	_cleanup_free_ char *text = msg_str(f, 256);
	struct injector_symbol s;

	if (sscanf(text, "%127s %" SCNx64 " %" SCNx64, s.name, &s.addr, &s.size) != 3)
		return;
	if (told->nr_symbols < INJECTOR_SYMBOLS_MAX)
		told->symbols[told->nr_symbols++] = s;
	if (strcmp(s.name, ARCH_HERE->vmemmap_symbol) == 0)
		g->vmemmap_base = s.addr;
}

static struct err *take_hello(struct guest *g, const struct frame *f)
{
	struct injector_guest told = { .gdb = g->setup->spec.gdb };
	struct msg_reader r;
	struct msg_field field;
	uint64_t version = 0;

	if (f->type != MSG_HELLO)
		return err_create(ERR_INFRA, "the agent began with message %u, not with hello",
				  f->type);
	msg_reader_init(&r, f->payload, f->len);
	while (msg_next(&r, &field)) {
		if (field.tag == TAG_VERSION) {
			version = msg_u64(&field);
		} else if (field.tag == TAG_KERNEL) {
			free(g->release);
			g->release = escaped(&field, RELEASE_MAX);
		} else if (field.tag == TAG_SYMBOL) {
			take_symbol(g, &told, &field);
		} else if (field.tag == TAG_LAYOUT) {
			_cleanup_free_ char *line = msg_str(&field, 64);

			ledger_layout_add(&g->layout, line);
		}
	}
	if (version != PROTO_VERSION || !g->release)
		return err_create(ERR_INFRA,
				  "the agent speaks version %llu of the protocol, "
				  "not %d",
				  (unsigned long long)version, PROTO_VERSION);
	if (!release_parse(g->release, &told.kernel_major, &told.kernel_minor))
		return err_create(ERR_INFRA, "the guest's kernel release '%s' has no version",
				  g->release);
	injections_init(g->injections, &told);
	return NULL;
}

static struct err *wait_hello(struct guest *g, uint64_t deadline)
{
	struct err *err = NULL;
	struct frame f;

	for (;;) {
		switch (guest_wait(g, deadline, &f, &err)) {
		case GUEST_FRAME:
			return take_hello(g, &f);
		case GUEST_BROKEN:
			return err;
		case GUEST_CANCELLED:
			return err_create(ERR_CANCELLED, "interrupted");
		case GUEST_GONE:
			return err_create(ERR_TIMEOUT,
					  "the guest ended before its agent spoke; "
					  "see '%s'",
					  g->console.path);
		case GUEST_TIMEOUT:
			return err_create(ERR_TIMEOUT,
					  "the guest's agent did not speak within "
					  "%.0f s; see '%s'",
					  (double)guest_ms(g, BOOT_MS) / 1e3, g->console.path);
		case GUEST_SIDE:
		case GUEST_MARK:
		case GUEST_QUIET:
			break;
		}
	}
}

struct err *guest_boot(const struct guest_setup *setup, struct guest **out)
{
	struct guest *g = xcalloc(1, sizeof(*g));
	uint64_t start = now_ns(), deadline;
	struct err *err;
	int fd;

	g->setup = setup;
	g->link.fd = -1;
	g->pages = g->side_fd = -1;
	ledger_layout_init(&g->layout);
	for (size_t i = 0; i < setup->spec.nvdimm_count; i++)
		g->layout.pages += setup->spec.nvdimms[i].size / PAGE;
	deadline = start + guest_ms(g, BOOT_MS) * 1000000;
	err = console_open(&g->console, setup->spec.console);
	if (!err)
		err = setup->template ? template_fork(setup->template, &setup->spec,
						      setup->coverage, &g->domain) :
					virt_domain_start(setup->virt, &setup->spec, &g->domain);
	if (!err)
		err = virt_domain_connect_channel(g->domain, deadline, &fd);
	if (!err) {
		link_init(&g->link, fd);
		err = wait_hello(g, deadline);
	}
	if (!err)
		err = guest_welcome(g);
	if (err) {
		guest_destroy(g);
		return err;
	}
	g->boot_ns = now_ns() - start;
	*out = g;
	return NULL;
}

void guest_destroy(struct guest *g)
{
	if (!g)
		return;
	injections_deinit(g->injections);
	virt_domain_destroy(g->domain);
	link_deinit(&g->link);
	console_close(&g->console);
	close_fd(&g->pages);
	free(g->release);
	free(g);
}
