/* SPDX-License-Identifier: GPL-2.0-only */
#include "report.c"
#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

/* Pages that a pipe holds by a reference (FOLL_GET). */
struct vmsplice {
	const char *name;
	int pipe[2];
	long len;
};

static void pipe_for(int fds[2], long len)
{
	if (pipe2(fds, O_CLOEXEC | O_NONBLOCK) || fcntl(fds[1], F_SETPIPE_SZ, (int)len) < 0)
		die("pipe");
}

static void vmsplice_take(struct vmsplice *v, char *addr, long len)
{
	v->len = len;
	pipe_for(v->pipe, len);
	for (long done = 0; done < len;) {
		struct iovec iov = { addr + done, (size_t)(len - done) };
		ssize_t n = vmsplice(v->pipe[1], &iov, 1, SPLICE_F_NONBLOCK);

		if (n <= 0)
			die("vmsplice");
		done += n;
	}
}

/* malloc()s the bytes that the pipe holds. */
static char *read_pipe(int fd, long len)
{
	char *data = malloc(len);

	for (long done = 0; data && done < len;) {
		ssize_t n = read(fd, data + done, len - done);

		if (n <= 0)
			die("read of the pipe");
		done += n;
	}
	return data;
}

/* Returns what it held at last; the caller frees it. */
static char *vmsplice_release(struct vmsplice *v)
{
	char *data = read_pipe(v->pipe[0], v->len);

	close(v->pipe[0]);
	close(v->pipe[1]);
	return data;
}
