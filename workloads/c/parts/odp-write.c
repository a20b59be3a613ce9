/* SPDX-License-Identifier: GPL-2.0-only */
#include "odp.c"

/* One RDMA WRITE. */
static void odp_write(struct odp *p, long off, long len, struct bytes b)
{
	char *data = make_bytes(b, len);

	memcpy(p->verbs.bounce, data, len);
	free(data);
	if (!odp_transfer(p, IBV_WR_RDMA_WRITE, off, len))
		fail("an RDMA WRITE to pin '%s' offset %#lx is refused", p->name, off);
}
