// SPDX-License-Identifier: GPL-2.0-only
/*
 * An agent's first messages, through the socket: "type u8 | len u16 | payload", repeated;
 * each is sent as a frame.
 */
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "guest/private.h"
#include "fuzz/fuzz.h"

/* The linker replaces functions that would need a QEMU by these: rig/build.mk. */
struct err *__wrap_console_open(struct console *c, const char *path);
void __wrap_console_close(struct console *c);
void __wrap_console_read(struct console *c);
struct err *__wrap_virt_domain_start(struct virt *v, const struct domain_spec *spec,
				     struct virt_domain **out);
struct err *__wrap_virt_domain_connect_channel(struct virt_domain *d, uint64_t deadline, int *fd);
int __wrap_virt_domain_event_fd(const struct virt_domain *d);
bool __wrap_virt_domain_is_gone(const struct virt_domain *d);
void __wrap_virt_domain_destroy(struct virt_domain *d);

static int channel[2], ended = -1;

struct err *__wrap_console_open(struct console *c, const char *path)
{
	(void)path;
	*c = (struct console){ .path = (char *)"console", .fd = -1, .watch_fd = -1 };
	return NULL;
}

void __wrap_console_close(struct console *c)
{
	(void)c;
}

void __wrap_console_read(struct console *c)
{
	(void)c;
}

struct err *__wrap_virt_domain_start(struct virt *v, const struct domain_spec *spec,
				     struct virt_domain **out)
{
	(void)v, (void)spec;
	*out = NULL;
	return NULL;
}

struct err *__wrap_virt_domain_connect_channel(struct virt_domain *d, uint64_t deadline, int *fd)
{
	(void)d, (void)deadline;
	*fd = channel[0];
	return NULL;
}

int __wrap_virt_domain_event_fd(const struct virt_domain *d)
{
	(void)d;
	return ended;
}

bool __wrap_virt_domain_is_gone(const struct virt_domain *d)
{
	(void)d;
	return true;
}

void __wrap_virt_domain_destroy(struct virt_domain *d)
{
	(void)d;
}

/* Writes the agent's messages to the socket, then closes it. */
static void say(const uint8_t *data, size_t size)
{
	_cleanup_buf_ struct buf out = BUF_INIT;

	for (uint16_t seq = 0; size >= 3; seq++) {
		size_t len = MIN(data[1] | (size_t)data[2] << 8, size - 3);

		frame_encode(&out, data[0], seq, data + 3, len);
		data += 3 + len;
		size -= 3 + len;
	}
	buf_add(&out, data, size);
	require(!socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, channel));
	require(send(channel[1], buf_str(&out), out.len, 0) == (ssize_t)out.len);
	require(!shutdown(channel[1], SHUT_WR));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct guest_setup setup = { .scale = 1, .cancel_fd = -1 };
	struct guest *g = NULL;

	if (ended < 0)
		ended = eventfd(1, EFD_CLOEXEC);
	say(data, size);
	if (fuzz_ok(guest_boot(&setup, &g))) {
		require(strlen(g->release) <= 4 * 127 + 3);
		require(g->injections[INJECTOR_GATE].lacks && g->injections[INJECTOR_NULL].self);
		for (const char *s = g->release; *s; s++)
			require(*s >= 0x20 && *s < 0x7f);
		ledger_layout_lacks(&g->layout);
		guest_destroy(g);
	}
	close(channel[1]);
	return 0;
}
