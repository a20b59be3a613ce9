/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * --self-test bare: the cost of a block of pin, operation, unpin in a plain program: a loop
 * of the three system calls without checks. `make bench` compares with it.
 */
#include "workloads/exec/files.h"
#include "workloads/exec/maps.h"
#include "workloads/exec/operation.h"
#include "workloads/exec/repeat.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

struct bare {
	int pipe[2];
	const struct op_call *call;
	struct op_target target;
	struct iovec iov; /* the page that is pinned */
	void *last;
};

/* Whether the operation changes a range and needs no bytes. */
static bool is_plain(const struct operation *op)
{
	return strcmp(op->args, "fol") == 0 && !(op->traits & (OP_NEW_BYTES | OP_READS));
}

static bool is_fit(const struct step *st, unsigned int n)
{
	return n == 3 && st[0].verb == STEP_PIN && strcmp(st[0].pin->name, "vmsplice") == 0 &&
	       !st[0].errnum && st[1].verb == STEP_OPERATION && !st[1].errnum &&
	       is_plain(st[1].call.op) && st[2].verb == STEP_UNPIN &&
	       strcmp(st[0].name, st[2].name) == 0;
}

static int bare_init(struct exec *x, const struct step *st, struct bare *b)
{
	struct exec_file *f = exec_file(x, st[1].call.file[0]);

	*b = (struct bare){
		.call = &st[1].call,
		.target = { .fd = { f->fd, -1 } },
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

static const char *loop(struct bare *b, unsigned int rounds)
{
	ssize_t len = (ssize_t)b->iov.iov_len;

	for (unsigned int i = 0; i < rounds; i++) {
		if (vmsplice(b->pipe[1], &b->iov, 1, 0) != len)
			return "vmsplice";
		if (b->call->op->run(b->call, &b->target))
			return b->call->op->name;
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
