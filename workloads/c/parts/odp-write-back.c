/* SPDX-License-Identifier: GPL-2.0-only */
#include "odp.c"

/* Reads a page, and writes the same bytes: the device then has it writable. */
static void odp_write_back(struct odp *p, long off)
{
	if (!odp_transfer(p, IBV_WR_RDMA_READ, off, 4 * K) ||
	    !odp_transfer(p, IBV_WR_RDMA_WRITE, off, 4 * K))
		fail("an RDMA WRITE to pin '%s' offset %#lx is refused", p->name, off);
}
