/* SPDX-License-Identifier: GPL-2.0-only */
#include "bytes.c"
#include "verbs.c"

/* A registration with on-demand paging: it sees the pages of the mapping, and holds none. */
struct odp {
	const char *name;
	struct verbs verbs;
	struct ibv_mr *mr;
	char *addr;
	long len;
};

static void need_odp(struct verbs *v)
{
	const unsigned int need = IBV_ODP_SUPPORT_READ | IBV_ODP_SUPPORT_WRITE;
	struct ibv_device_attr_ex attr = { 0 };

	errno = ibv_query_device_ex(v->context, NULL, &attr);
	if (errno)
		die("ibv_query_device_ex");
	if (!(attr.odp_caps.general_caps & IBV_ODP_SUPPORT) ||
	    (attr.odp_caps.per_transport_caps.rc_odp_caps & need) != need)
		skip("the RDMA device has no on-demand paging for READ and WRITE");
	if (v->mtu < IBV_MTU_4096)
		skip("the RDMA device needs an MTU of 4096: ip link set ETHERNET mtu 9000");
}

static void odp_take(struct odp *p, char *addr, long len, int writable)
{
	int access = IBV_ACCESS_ON_DEMAND | IBV_ACCESS_REMOTE_READ;

	verbs_open(&p->verbs, len);
	need_odp(&p->verbs);
	if (writable)
		access |= IBV_ACCESS_LOCAL_WRITE | IBV_ACCESS_REMOTE_WRITE;
	p->addr = addr;
	p->len = len;
	p->mr = ibv_reg_mr(p->verbs.pd, addr, len, access);
	if (!p->mr)
		die("ibv_reg_mr with IBV_ACCESS_ON_DEMAND");
}

/* One transfer of [off, off + len): whether it is granted. */
static int odp_transfer(struct odp *p, enum ibv_wr_opcode opcode, long off, long len)
{
	return transfer(&p->verbs, opcode, p->addr + off, p->mr->rkey, len);
}

static void odp_release(struct odp *p)
{
	if (ibv_dereg_mr(p->mr))
		fail("ibv_dereg_mr of '%s': %s", p->name, strerror(errno));
	verbs_close(&p->verbs);
}
