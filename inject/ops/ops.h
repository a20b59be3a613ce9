/* SPDX-License-Identifier: GPL-2.0-only */
/* Carries a mutator out, in the guest. */
#ifndef INJECT_OPS_OPS_H
#define INJECT_OPS_OPS_H

#include "inject/ops/mutator.h"

/* What a call works on; the caller keeps it alive until the call returns. */
struct op_target {
	int fd[MUTATOR_FILES_MAX]; /* open read-write; -1 where the call has no file */
	const char *path[MUTATOR_FILES_MAX];
	const char *mountpoint;
	const char *pmem; /* "/dev/pmem0" */
	const void *data; /* write, store: the bytes, call->len of them */
	void *into;	  /* read: room for call->len bytes */
	uint8_t *addr;	  /* where the call's range is mapped */
	/* memcpy(), false when the kernel answers with SIGBUS: load, store */
	bool (*copy)(void *dst, const void *src, size_t len);
};

/*
 * Runs @call and returns 0 or -errno, as the kernel gave it. "unlink" closes the
 * descriptor in @t itself, as the last step before the kernel lets the inode go;
 * before "umount" the caller has closed all of them.
 *
 * A load or store that is answered with SIGBUS is -EFAULT; pages before it were stored
 * to. A read that ends early is -EIO.
 *
 * FIDEDUPERANGE on ranges that differ changes nothing and is -EBADE here: the
 * kernel reports it as FILE_DEDUPE_RANGE_DIFFERS, not as an errno.
 */
int op_run(const struct mutator_call *call, struct op_target *t);

/* Whether @result says that this kernel, or the filesystem as it was made, lacks the call. */
bool op_lacking(const struct mutator_call *call, int result);

#endif
