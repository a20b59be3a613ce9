/* SPDX-License-Identifier: GPL-2.0-only */
#include "workloads/pins/kinds.h"

#include <errno.h>
#include <liburing.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

static const char *uring_missing(const struct case_ctx *ctx, char *buf, size_t size)
{
	struct io_uring ring;
	int ret = io_uring_queue_init(2, &ring, 0);

	(void)ctx;
	if (ret < 0) {
		snprintf(buf, size, "io_uring cannot be set up: %s", strerror(-ret));
		return buf;
	}
	io_uring_queue_exit(&ring);
	return NULL;
}

static int uring_take(struct pin *p)
{
	struct iovec iov = { p->addr, p->len };
	struct io_uring *ring = calloc(1, sizeof(*ring));
	int ret;

	if (!ring)
		return pin_fail(p, ENOMEM, "out of memory");
	ret = io_uring_queue_init(2, ring, 0);
	if (ret < 0) {
		pin_fail(p, -ret, "io_uring_setup: %s", strerror(-ret));
		goto out_free;
	}
	p->asked = true;
	ret = io_uring_register_buffers(ring, &iov, 1);
	if (ret < 0) {
		pin_fail(p, -ret, "io_uring registered buffers: %s", strerror(-ret));
		goto out_exit;
	}
	p->priv = ring;
	return 0;

out_exit:
	io_uring_queue_exit(ring);
out_free:
	free(ring);
	return ret;
}

/* Copies [off, off + len) of the registered buffer into @fd; the bytes copied or -errno. */
static int write_fixed(struct pin *p, int fd, size_t off, size_t len)
{
	struct __kernel_timespec limit = { .tv_sec = 10 };
	struct io_uring *ring = p->priv;
	struct io_uring_cqe *cqe;
	struct io_uring_sqe *sqe = io_uring_get_sqe(ring);
	int ret;

	if (!sqe)
		return -EBUSY;
	io_uring_prep_write_fixed(sqe, fd, p->addr + off, (unsigned int)len, off, 0);
	ret = io_uring_submit(ring);
	if (ret < 0)
		return ret;
	ret = io_uring_wait_cqe_timeout(ring, &cqe, &limit);
	if (ret < 0)
		return ret;
	ret = cqe->res;
	io_uring_cqe_seen(ring, cqe);
	return ret;
}

static int read_through(struct pin *p, uint8_t *last)
{
	int fd = memfd_create("uring-pin", MFD_CLOEXEC);
	size_t done = 0;
	int ret = 0;

	if (fd < 0)
		return pin_fail(p, errno, "memfd_create: %s", strerror(errno));
	while (done < p->len) {
		ret = write_fixed(p, fd, done, MIN(p->len - done, (size_t)1 << 20));
		if (ret > 0 && pread(fd, last + done, (size_t)ret, (off_t)done) != ret)
			ret = -EIO;
		if (ret <= 0) {
			ret = pin_fail(p, ret ? -ret : EIO,
				       "a write from the registered buffer failed: %s",
				       strerror(ret ? -ret : EIO));
			break;
		}
		done += (size_t)ret;
		ret = 0;
	}
	close(fd);
	return ret;
}

static int uring_release(struct pin *p, void *last)
{
	int ret;

	memset(last, 0, p->len);
	ret = read_through(p, last);
	/* Unregister here: the exit of the ring drops the pages some time later. */
	io_uring_unregister_buffers(p->priv);
	io_uring_queue_exit(p->priv);
	free(p->priv);
	p->priv = NULL;
	return ret;
}

const struct pin_kind pin_uring = {
	.name = "uring",
	.missing = uring_missing,
	.take = uring_take,
	.release = uring_release,
};
