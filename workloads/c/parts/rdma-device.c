/* SPDX-License-Identifier: GPL-2.0-only */
#include "report.c"
#include <infiniband/verbs.h>

/* The first RDMA device; the caller closes it. */
static struct ibv_context *open_rdma_device(void)
{
	struct ibv_device **list = ibv_get_device_list(NULL);
	struct ibv_context *context;

	if (!list || !list[0])
		skip("there is no RDMA device: rdma link add rxe0 type rxe netdev ETHERNET");
	context = ibv_open_device(list[0]);
	if (!context)
		die("ibv_open_device");
	ibv_free_device_list(list);
	return context;
}
