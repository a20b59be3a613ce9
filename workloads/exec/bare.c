/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * --self-test bare: what a block of pin, operation, unpin would cost a plain program:
 * the three system calls again and again, and nothing judged. `make bench` compares.
 */
#include "workloads/exec/exec.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

struct bare {
	int pipe[2], fd;
	int mode;	   /* of fallocate() */
	uint64_t off, len; /* likewise */
	struct iovec iov;  /* the page that is pinned */
	void *last;
};

/* fallocate()'s mode for @op; -1: it is another call. */
static int mode_of(const char *op)
{
	if (strcmp(op, "punch") == 0)
		return FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
	if (strcmp(op, "zero") == 0)
		return FALLOC_FL_ZERO_RANGE;
	return strcmp(op, "falloc") == 0 ? 0 : -1;
}

static bool is_fit(const struct step *st, unsigned int n)
{
	return n == 3 && st[0].verb == STEP_PIN && strcmp(st[0].pin->name, "vmsplice") == 0 &&
	       !st[0].errnum && st[1].verb == STEP_OPERATION && !st[1].errnum &&
	       mode_of(st[1].call.mutator->name) >= 0 && st[2].verb == STEP_UNPIN &&
	       strcmp(st[0].name, st[2].name) == 0;
}

static int bare_init(struct exec *x, const struct step *st, struct bare *b)
{
	struct exec_file *f = exec_file(x, st[1].call.file[0]);

	*b = (struct bare){
		.fd = f->fd,
		.mode = mode_of(st[1].call.mutator->name),
		.off = st[1].call.off[0],
		.len = st[1].call.len,
		.iov = { exec_map(x, st[0].other)->addr + st[0].off, st[0].len },
	};
	if (pipe2(b->pipe, O_CLOEXEC))
		return -errno;
	if (fcntl(b->pipe[1], F_SETPIPE_SZ, (int)b->iov.iov_len) < 0) {
		close(b->pipe[0]);
		close(b->pipe[1]);
		return -errno;
	}
	b->last = xcalloc(1, b->iov.iov_len);
	return 0;
}

static const char *loop(const struct bare *b, unsigned int rounds)
{
	ssize_t len = (ssize_t)b->iov.iov_len;

	for (unsigned int i = 0; i < rounds; i++) {
		if (vmsplice(b->pipe[1], &b->iov, 1, 0) != len)
			return "vmsplice";
		if (fallocate(b->fd, b->mode, (off_t)b->off, (off_t)b->len))
			return "fallocate";
		if (read(b->pipe[0], b->last, (size_t)len) != len)
			return "read";
	}
	return NULL;
}

void exec_bare(struct exec *x, unsigned int repeat, struct outcome *o)
{
	const struct step *st = &x->s->steps[repeat];
	const char *failed;
	struct bare b;
	int ret;

	if (!is_fit(st + 1, st->block_end - repeat - 1)) {
		outcome_error(o, "only a block of pin vmsplice, punch, zero or falloc, and unpin "
				 "can be run bare");
		return;
	}
	ret = bare_init(x, st + 1, &b);
	if (ret) {
		outcome_error(o, "no pipe for the bare loop: %s", strerror(-ret));
		return;
	}
	failed = loop(&b, st->rounds);
	if (failed)
		outcome_error(o, "bare %s: %s", failed, strerror(errno));
	exec_apply(x, &st[2].call, 0);
	free(b.last);
	close(b.pipe[0]);
	close(b.pipe[1]);
}
