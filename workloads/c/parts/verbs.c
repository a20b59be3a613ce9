/* SPDX-License-Identifier: GPL-2.0-only */
#include "rdma-device.c"
#include <sys/mman.h>
#include <time.h>

/* An RDMA device with two queue pairs that are connected to each other. */
struct verbs {
	struct ibv_context *context;
	struct ibv_pd *pd;
	struct ibv_cq *cq;
	struct ibv_qp *near, *far;
	enum ibv_mtu mtu;
	struct ibv_gid_entry gid; /* of port 1 */
	char *bounce;		  /* where transfers begin or end on the near side */
	struct ibv_mr *bounce_mr;
	long len; /* of bounce */
};

/* A GID of an IPv4 address: RoCE version 2. */
static void find_gid(struct verbs *v)
{
	static const unsigned char ipv4[12] = { [10] = 0xff, [11] = 0xff };

	for (unsigned int i = 0; i < 256; i++)
		if (ibv_query_gid_ex(v->context, 1, i, &v->gid, 0) == 0 &&
		    v->gid.gid_type == IBV_GID_TYPE_ROCE_V2 &&
		    memcmp(v->gid.gid.raw, ipv4, sizeof(ipv4)) == 0)
			return;
	skip("the network device below the RDMA device has no IPv4 address");
}

static struct ibv_qp *make_qp(struct verbs *v)
{
	struct ibv_qp_init_attr init = {
		.send_cq = v->cq,
		.recv_cq = v->cq,
		.cap = { .max_send_wr = 4, .max_recv_wr = 1, .max_send_sge = 1, .max_recv_sge = 1 },
		.qp_type = IBV_QPT_RC,
	};
	struct ibv_qp_attr attr = {
		.qp_state = IBV_QPS_INIT,
		.port_num = 1,
		.qp_access_flags = IBV_ACCESS_REMOTE_READ | IBV_ACCESS_REMOTE_WRITE,
	};
	struct ibv_qp *qp = ibv_create_qp(v->pd, &init);

	if (!qp ||
	    ibv_modify_qp(qp, &attr,
			  IBV_QP_STATE | IBV_QP_PKEY_INDEX | IBV_QP_PORT | IBV_QP_ACCESS_FLAGS))
		die("ibv_create_qp");
	return qp;
}

/* Makes @qp ready to send to @peer. */
static void connect_qp(struct verbs *v, struct ibv_qp *qp, const struct ibv_qp *peer)
{
	struct ibv_qp_attr rtr = {
		.qp_state = IBV_QPS_RTR,
		.path_mtu = v->mtu,
		.dest_qp_num = peer->qp_num,
		.max_dest_rd_atomic = 4,
		.min_rnr_timer = 12,
		.ah_attr = { .is_global = 1,
			     .port_num = 1,
			     .grh = { .dgid = v->gid.gid,
				      .sgid_index = (unsigned char)v->gid.gid_index,
				      .hop_limit = 1 } },
	};
	struct ibv_qp_attr rts = {
		.qp_state = IBV_QPS_RTS,
		.timeout = 17, /* 0.5 s */
		.retry_cnt = 7,
		.rnr_retry = 7,
		.max_rd_atomic = 4,
	};

	if (ibv_modify_qp(qp, &rtr,
			  IBV_QP_STATE | IBV_QP_AV | IBV_QP_PATH_MTU | IBV_QP_DEST_QPN |
				  IBV_QP_RQ_PSN | IBV_QP_MAX_DEST_RD_ATOMIC |
				  IBV_QP_MIN_RNR_TIMER) ||
	    ibv_modify_qp(qp, &rts,
			  IBV_QP_STATE | IBV_QP_TIMEOUT | IBV_QP_RETRY_CNT | IBV_QP_RNR_RETRY |
				  IBV_QP_SQ_PSN | IBV_QP_MAX_QP_RD_ATOMIC))
		die("ibv_modify_qp");
}

/* A refused transfer leaves queue pairs that are of no more use. */
static void make_pair(struct verbs *v)
{
	struct ibv_wc wc;

	if (v->near) {
		ibv_destroy_qp(v->near);
		ibv_destroy_qp(v->far);
	}
	while (ibv_poll_cq(v->cq, 1, &wc) > 0)
		;
	v->near = make_qp(v);
	v->far = make_qp(v);
	connect_qp(v, v->near, v->far);
	connect_qp(v, v->far, v->near);
}

static void verbs_open(struct verbs *v, long len)
{
	struct ibv_port_attr port;

	*v = (struct verbs){ .context = open_rdma_device(), .len = len };
	if (ibv_query_port(v->context, 1, &port))
		die("ibv_query_port");
	v->mtu = port.active_mtu;
	find_gid(v);
	v->pd = ibv_alloc_pd(v->context);
	v->cq = ibv_create_cq(v->context, 16, NULL, NULL, 0);
	v->bounce = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (!v->pd || !v->cq || v->bounce == MAP_FAILED)
		die("the RDMA device");
	v->bounce_mr = ibv_reg_mr(v->pd, v->bounce, len, IBV_ACCESS_LOCAL_WRITE);
	if (!v->bounce_mr)
		die("ibv_reg_mr of a buffer");
	make_pair(v);
}

static void verbs_close(struct verbs *v)
{
	ibv_destroy_qp(v->near);
	ibv_destroy_qp(v->far);
	ibv_dereg_mr(v->bounce_mr);
	munmap(v->bounce, v->len);
	ibv_destroy_cq(v->cq);
	ibv_dealloc_pd(v->pd);
	ibv_close_device(v->context);
}

/* One RDMA READ into the bounce buffer, or WRITE from it: whether it is granted. */
static int transfer(struct verbs *v, enum ibv_wr_opcode opcode, const char *remote,
		    unsigned int key, long len)
{
	const struct timespec tick = { 0, 100000 };
	struct ibv_sge sge = { (unsigned long)v->bounce, (unsigned int)len, v->bounce_mr->lkey };
	struct ibv_send_wr *bad, wr = {
		.sg_list = &sge,
		.num_sge = 1,
		.opcode = opcode,
		.send_flags = IBV_SEND_SIGNALED,
		.wr.rdma = { (unsigned long)remote, key },
	};
	struct ibv_wc wc;
	int n = 0;

	errno = ibv_post_send(v->near, &wr, &bad);
	if (errno)
		die("ibv_post_send");
	for (int left = 100000; left-- > 0 && (n = ibv_poll_cq(v->cq, 1, &wc)) == 0;)
		nanosleep(&tick, NULL);
	errno = n ? EIO : ETIMEDOUT;
	if (n <= 0)
		die("ibv_poll_cq");
	if (wc.status == IBV_WC_SUCCESS)
		return 1;
	if (wc.status != IBV_WC_REM_ACCESS_ERR)
		die(ibv_wc_status_str(wc.status));
	make_pair(v);
	return 0;
}
