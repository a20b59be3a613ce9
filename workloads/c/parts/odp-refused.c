/* SPDX-License-Identifier: GPL-2.0-only */
#include "odp.c"

/* The file has no page there: nothing can be read or written. */
static void odp_refused(struct odp *p, long off, int writable)
{
	if (odp_transfer(p, IBV_WR_RDMA_READ, off, 4 * K))
		fail("an RDMA READ of pin '%s' offset %#lx, where the file has no page, succeeds",
		     p->name, off);
	memset(p->verbs.bounce, 0x5a, 4 * K);
	if (writable && odp_transfer(p, IBV_WR_RDMA_WRITE, off, 4 * K))
		fail("an RDMA WRITE to pin '%s' offset %#lx, where the file has no page, succeeds",
		     p->name, off);
}
