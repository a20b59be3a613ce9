/* SPDX-License-Identifier: GPL-2.0-only */
#include "report.c"
#include <linux/io_uring.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/* Asks for registered buffers, and gives them back: 0, or -1 with errno when they are refused. */
static long uring_ask(char *addr, long len)
{
	struct io_uring_params params = { 0 };
	struct iovec iov = { addr, (size_t)len };
	int ring = (int)syscall(SYS_io_uring_setup, 2, &params), err;
	long ret;

	if (ring < 0)
		skip("io_uring cannot be set up: see /proc/sys/kernel/io_uring_disabled");
	ret = syscall(SYS_io_uring_register, ring, IORING_REGISTER_BUFFERS, &iov, 1);
	err = errno;
	if (ret && err == ENOMEM)
		skip("io_uring may lock too little memory: see ulimit -l");
	if (!ret)
		syscall(SYS_io_uring_register, ring, IORING_UNREGISTER_BUFFERS, NULL, 0);
	close(ring);
	errno = err;
	return ret;
}
