/* SPDX-License-Identifier: GPL-2.0-only */
#include "rdma-device.c"

/* Asks for a registration without on-demand paging, and gives it back: 0, or -1 with errno. */
static long rdma_plain_ask(char *addr, long len)
{
	struct ibv_context *context = open_rdma_device();
	struct ibv_pd *pd = ibv_alloc_pd(context);
	struct ibv_mr *mr;
	int err;

	if (!pd)
		die("ibv_alloc_pd");
	mr = ibv_reg_mr(pd, addr, len,
			IBV_ACCESS_LOCAL_WRITE | IBV_ACCESS_REMOTE_WRITE | IBV_ACCESS_REMOTE_READ);
	err = errno;
	if (mr)
		ibv_dereg_mr(mr);
	ibv_dealloc_pd(pd);
	ibv_close_device(context);
	errno = err;
	return mr ? 0 : -1;
}
