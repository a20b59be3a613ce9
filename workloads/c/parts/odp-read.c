/* SPDX-License-Identifier: GPL-2.0-only */
#include "odp.c"

/*
 * malloc()s as many bytes as the pin has. Those of [off, off + len) are read, by transfers of
 * @step bytes.
 */
static char *odp_read(struct odp *p, long off, long len, long step)
{
	char *data = calloc(1, p->len);

	if (!data)
		die("malloc");
	for (long end = off + len; off < end; off += step) {
		if (odp_transfer(p, IBV_WR_RDMA_READ, off, step))
			memcpy(data + off, p->verbs.bounce, step);
		else
			fail("an RDMA READ of pin '%s' offset %#lx is refused", p->name, off);
	}
	return data;
}
