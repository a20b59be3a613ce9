/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A small wrapper of libibverbs: the RDMA device of the guest with two reliable queue
 * pairs that are connected to each other, and a bounce buffer that RDMA READ and WRITE
 * copy to and from. One thread at a time.
 * Functions that return int return 0 or -errno, with a line in verbs->why.
 */
#ifndef WORKLOADS_PINS_VERBS_H
#define WORKLOADS_PINS_VERBS_H

#include <infiniband/verbs.h>

#include "wire/agent.h"

#define VERBS_PORT 1

/* Work requests in one call of verbs_write(). */
#define VERBS_BATCH 64u

struct verbs {
	struct ibv_context *context;
	struct ibv_pd *pd;
	struct ibv_comp_channel *channel;
	struct ibv_cq *cq;
	struct ibv_qp *near, *far;
	enum ibv_mtu mtu;
	union ibv_gid gid;
	unsigned int gid_index;
	uint64_t wait_ms; /* longest wait for one completion */

	uint8_t *bounce;
	size_t bounce_len;
	struct ibv_mr *bounce_mr;
	bool broken; /* an error left the queue pair unusable */
	char why[192];
};

/* NULL, or why the guest has no RDMA device (text in @buf). */
const char *verbs_missing(const struct guest_facts *guest, char *buf, size_t size);

/* Opens the device only; end it with ibv_close_device(). NULL with errno set. */
struct ibv_context *verbs_open_device(const struct guest_facts *guest);

/* Sets up all of @v, the queue pairs ready to send. Call verbs_deinit() after a failure, too. */
int verbs_init(struct verbs *v, const struct case_ctx *ctx, size_t bounce_len);
void verbs_deinit(struct verbs *v);

/*
 * After one of these two fails, the next call starts with a new queue pair.
 * -EFAULT when the far side refused the access, -EIO for other completion errors.
 */

/* RDMA READ of @len bytes (at most bounce_len) at @remote to the bounce buffer. */
int verbs_read(struct verbs *v, uint64_t remote, uint32_t rkey, size_t len);

/*
 * RDMA WRITE of @n consecutive pieces of @piece bytes in the bounce buffer to
 * @remote[0..n-1], one work request each; @n up to VERBS_BATCH. Returns after the
 * device has written all of them.
 */
int verbs_write(struct verbs *v, const uint64_t *remote, unsigned int n, uint32_t piece,
		uint32_t rkey);

#endif
