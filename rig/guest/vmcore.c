/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writes the guest's memory as QEMU's dump-guest-memory gives it, in the format kdump-zlib. QEMU
 * may write no file of that size, so it writes into a pipe, in the form that makedumpfile calls
 * flattened (QEMU's dump/dump.c, write_start_flat_header() and write_buffer(); 7.2): pieces,
 * each with its place in the file.
 */
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "guest/private.h"

#define FLAT_SIGNATURE "makedumpfile"
#define FLAT_HEADER 4096u
/* The file begins with this when it is put together (QEMU's DISKDUMP header). */
#define CORE_SIGNATURE "KDUMP   "
#define LIMIT_MS                                                                                   \
	(300u * 1000) /* 1 GiB and two NVDIMMs took 3.5 s on an idle machine, 27 s at load 10 */

struct piece {
	uint64_t at, size; /* big-endian; -1: the end */
};

struct core {
	const struct guest *g;
	int in, out;
	uint64_t deadline;
	uint64_t most; /* bytes that the file may have */
};

/* 0 is never returned: the end before @len bytes is an error. */
static struct err *take(struct core *c, void *to, size_t len)
{
	for (size_t done = 0; done < len;) {
		struct pollfd p[] = { { .fd = c->in, .events = POLLIN },
				      { .fd = c->g->setup->cancel_fd, .events = POLLIN } };
		uint64_t now = now_ns();
		ssize_t n;

		if (now >= c->deadline)
			return err_create(ERR_TIMEOUT, "QEMU did not write the memory within %u s",
					  LIMIT_MS / 1000);
		if (poll(p, 2, (int)((c->deadline - now) / 1000000 + 1)) < 0 && errno != EINTR)
			return err_errno(errno, "cannot wait for QEMU");
		if (p[1].revents)
			return err_create(ERR_CANCELLED, "interrupted");
		if (!p[0].revents)
			continue;
		n = read(c->in, (char *)to + done, len - done);
		if (n == 0)
			return err_create(ERR_INFRA, "QEMU stopped while it wrote the memory");
		if (n < 0 && errno != EINTR)
			return err_errno(errno, "cannot read from QEMU");
		done += n > 0 ? (size_t)n : 0;
	}
	return NULL;
}

static struct err *put(struct core *c, const char *data, size_t len, uint64_t at)
{
	for (size_t done = 0; done < len;) {
		ssize_t n = pwrite(c->out, data + done, len - done, (off_t)(at + done));

		if (n < 0 && errno != EINTR)
			return err_errno(errno, "cannot write the memory of the guest");
		done += n > 0 ? (size_t)n : 0;
	}
	return NULL;
}

static struct err *take_piece(struct core *c, uint64_t at, uint64_t size)
{
	char data[65536];
	struct err *err = NULL;

	if (at > c->most || size > c->most - at)
		return err_create(ERR_INFRA, "QEMU wrote more memory than the guest has");
	while (size && !err) {
		size_t n = MIN(size, sizeof(data));

		err = take(c, data, n);
		if (!err)
			err = put(c, data, n, at);
		at += n;
		size -= n;
	}
	return err;
}

static struct err *assemble(struct core *c)
{
	char head[FLAT_HEADER], first[sizeof(CORE_SIGNATURE) - 1];
	struct err *err = take(c, head, sizeof(head));
	struct piece p;

	if (!err && memcmp(head, FLAT_SIGNATURE, strlen(FLAT_SIGNATURE)) != 0)
		return err_create(ERR_INFRA, "QEMU's dump of the memory has an unknown form");
	while (!err) {
		err = take(c, &p, sizeof(p));
		if (err || (int64_t)be64toh(p.at) < 0)
			break;
		err = take_piece(c, be64toh(p.at), be64toh(p.size));
	}
	if (!err && (pread(c->out, first, sizeof(first), 0) != sizeof(first) ||
		     memcmp(first, CORE_SIGNATURE, sizeof(first)) != 0))
		err = err_create(ERR_INFRA, "QEMU's dump of the memory is no kdump file");
	return err;
}

static struct err *start(const struct guest *g, int pipe)
{
	static const char name[] = "{\"execute\":\"getfd\",\"arguments\":{\"fdname\":\"vmcore\"}}";
	static const char dump[] = "{\"execute\":\"dump-guest-memory\",\"arguments\":{"
				   "\"paging\":false,\"protocol\":\"fd:vmcore\",\"detach\":true,"
				   "\"format\":\"kdump-zlib\"}}";
	_cleanup_free_ char *reply = NULL, *started = NULL;
	struct err *err = virt_domain_monitor_fd(g->domain, name, pipe, &reply);

	if (!err)
		err = virt_domain_monitor(g->domain, false, dump, &started);
	/* libvirt returns QEMU's error reply as a normal reply */
	if (!err && started && strstr(started, "\"error\""))
		err = err_create(ERR_INFRA, "QEMU does not write the memory: %.200s", started);
	return err;
}

struct err *guest_vmcore(struct guest *g, const char *path)
{
	struct core c = { .g = g, .in = -1, .deadline = now_ns() + LIMIT_MS * 1000000ull };
	_cleanup_close_ int out = open(path, O_RDWR | O_TRUNC | O_CLOEXEC);
	struct err *err;
	int both[2];

	if (out < 0)
		return err_errno(errno, "cannot open '%s'", path);
	if (pipe2(both, O_CLOEXEC))
		return err_errno(errno, "cannot make a pipe");
	c.in = both[0];
	c.out = out;
	/* headers, bitmaps and page descriptors are less than a quarter */
	c.most = (g->setup->spec.memory + g->layout.pages * PAGE) / 4 * 5 + (64ull << 20);
	err = start(g, both[1]);
	close(both[1]);
	if (!err)
		err = assemble(&c);
	close(c.in);
	if (err)
		unlink(path);
	return err_wrap(err, "cannot keep the guest's memory");
}
