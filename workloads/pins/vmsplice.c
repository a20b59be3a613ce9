/* SPDX-License-Identifier: GPL-2.0-only */
#include "workloads/pins/kinds.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

struct vmsplice {
	int pipe[2];
	size_t pages; /* its number of slots */
};

/* An empty pipe of a released pin, as most pins have the same size. NULL: none is kept. */
static _Thread_local struct vmsplice *spare;

static const char *vmsplice_missing(const struct case_ctx *ctx, char *buf, size_t size)
{
	static bool there;

	(void)ctx;
	if (there)
		return NULL;
	there = vmsplice(-1, NULL, 0, 0) != -1 || errno != ENOSYS;
	if (!there) {
		snprintf(buf, size, "this kernel has no vmsplice");
		return buf;
	}
	return NULL;
}

static size_t pages_of(const struct pin *p)
{
	return ((uintptr_t)p->addr % PIN_PAGE + p->len + PIN_PAGE - 1) / PIN_PAGE;
}

/* A pipe that holds one slot for every page the pin's range touches. */
static int pipe_for(struct pin *p, int fds[2])
{
	size_t pages = pages_of(p);
	int err;

	if (pages > INT32_MAX / PIN_PAGE)
		return pin_fail(p, E2BIG, "%zu pages are more than a pipe can hold", pages);
	if (pipe2(fds, O_CLOEXEC | O_NONBLOCK))
		return pin_fail(p, errno, "cannot make a pipe: %s", strerror(errno));
	if (fcntl(fds[1], F_SETPIPE_SZ, (int)(pages * PIN_PAGE)) >= 0)
		return 0;
	err = errno;
	close(fds[0]);
	close(fds[1]);
	return pin_fail(p, err, "a pipe cannot be made to hold %zu pages: %s", pages,
			strerror(err));
}

static int fill_pipe(struct pin *p, int fd)
{
	size_t done = 0;

	while (done < p->len) {
		struct iovec iov = { p->addr + done, p->len - done };
		ssize_t n = vmsplice(fd, &iov, 1, SPLICE_F_NONBLOCK);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return pin_fail(p, errno, "vmsplice stopped at byte %zu of %zu: %s", done,
					p->len, strerror(errno));
		if (n == 0)
			return pin_fail(p, EIO, "vmsplice took nothing at byte %zu", done);
		done += (size_t)n;
	}
	return 0;
}

static int read_pipe(struct pin *p, int fd, uint8_t *out)
{
	size_t done = 0;

	while (done < p->len) {
		ssize_t n = read(fd, out + done, p->len - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return pin_fail(p, n ? errno : EIO, "the pipe held %zu bytes of %zu: %s",
					done, p->len, n ? strerror(errno) : "end of file");
		done += (size_t)n;
	}
	return 0;
}

static void vmsplice_free(struct vmsplice *v)
{
	close(v->pipe[0]);
	close(v->pipe[1]);
	free(v);
}

static int pipe_get(struct pin *p, struct vmsplice **out)
{
	struct vmsplice *v = spare;
	int ret;

	spare = NULL;
	if (v && v->pages == pages_of(p)) {
		*out = v;
		return 0;
	}
	if (v)
		vmsplice_free(v);
	v = calloc(1, sizeof(*v));
	if (!v)
		return pin_fail(p, ENOMEM, "out of memory");
	v->pages = pages_of(p);
	ret = pipe_for(p, v->pipe);
	if (ret)
		free(v);
	else
		*out = v;
	return ret;
}

/* A child closes all descriptors, so the kept pipe is not usable in it. */
static void vmsplice_forked(void)
{
	free(spare);
	spare = NULL;
}

static int vmsplice_take(struct pin *p)
{
	struct vmsplice *v = NULL;
	int ret = pipe_get(p, &v);

	if (ret)
		return ret;
	p->asked = true;
	ret = fill_pipe(p, v->pipe[1]);
	if (ret)
		vmsplice_free(v);
	else
		p->priv = v;
	return ret;
}

static int vmsplice_look(struct pin *p, void *out)
{
	struct vmsplice *v = p->priv;
	ssize_t n;
	int copy[2];
	int ret;

	ret = pipe_for(p, copy);
	if (ret)
		return ret;
	/* One call only: a second tee would start at the beginning of the pipe again. */
	n = tee(v->pipe[0], copy[1], p->len, SPLICE_F_NONBLOCK);
	if (n < 0)
		ret = pin_fail(p, errno, "tee failed: %s", strerror(errno));
	else if ((size_t)n != p->len)
		ret = pin_fail(p, EIO, "tee copied %zd bytes of %zu", n, p->len);
	else
		ret = read_pipe(p, copy[0], out);
	close(copy[0]);
	close(copy[1]);
	return ret;
}

static int vmsplice_release(struct pin *p, void *last)
{
	struct vmsplice *v = p->priv;
	int ret = read_pipe(p, v->pipe[0], last);

	p->priv = NULL;
	if (ret || spare)
		vmsplice_free(v);
	else
		spare = v;
	return ret;
}

const struct pin_kind pin_vmsplice = {
	.name = "vmsplice",
	.missing = vmsplice_missing,
	.take = vmsplice_take,
	.look = vmsplice_look,
	.release = vmsplice_release,
	.forked = vmsplice_forked,
};
