/* SPDX-License-Identifier: GPL-2.0-only */
#include "rdma.c"

/* Returns what it holds; the caller frees it. */
static char *rdma_look(struct rdma *r)
{
	return rdma_bytes(r);
}
