/* SPDX-License-Identifier: GPL-2.0-only */
#include "workloads/pins/verbs.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#define TIMEOUT 17 /* 4.096 us << 17 = 0.5 s: guests share processors */
#define RETRIES 7

static int fail(struct verbs *v, int errnum, const char *what)
{
	snprintf(v->why, sizeof(v->why), "%s: %s", what, strerror(errnum));
	return -errnum;
}

const char *verbs_missing(const struct guest_facts *guest, char *buf, size_t size)
{
	if (guest->rdma_dev[0])
		return NULL;
	snprintf(buf, size, "no RDMA device: %s",
		 guest->rdma_why[0] ? guest->rdma_why : "none was set up");
	return buf;
}

struct ibv_context *verbs_open_device(const struct guest_facts *guest)
{
	int n = 0;
	struct ibv_device **list = ibv_get_device_list(&n);
	struct ibv_context *context = NULL;
	int err = list ? ENODEV : errno;

	for (int i = 0; list && i < n; i++) {
		if (strcmp(ibv_get_device_name(list[i]), guest->rdma_dev) != 0)
			continue;
		context = ibv_open_device(list[i]);
		err = errno;
		break;
	}
	if (list)
		ibv_free_device_list(list);
	errno = err;
	return context;
}

static struct ibv_qp *qp_create(struct verbs *v)
{
	struct ibv_qp_init_attr attr = {
		.send_cq = v->cq,
		.recv_cq = v->cq,
		.cap = { .max_send_wr = VERBS_BATCH,
			 .max_recv_wr = 1,
			 .max_send_sge = 1,
			 .max_recv_sge = 1 },
		.qp_type = IBV_QPT_RC,
	};

	return ibv_create_qp(v->pd, &attr);
}

static int qp_to_init(struct ibv_qp *qp)
{
	struct ibv_qp_attr attr = {
		.qp_state = IBV_QPS_INIT,
		.port_num = VERBS_PORT,
		.qp_access_flags = IBV_ACCESS_REMOTE_READ | IBV_ACCESS_REMOTE_WRITE,
	};

	return ibv_modify_qp(qp, &attr,
			     IBV_QP_STATE | IBV_QP_PKEY_INDEX | IBV_QP_PORT | IBV_QP_ACCESS_FLAGS);
}

static int qp_to_rtr(struct verbs *v, struct ibv_qp *qp, uint32_t peer)
{
	struct ibv_qp_attr attr = {
		.qp_state = IBV_QPS_RTR,
		.path_mtu = v->mtu,
		.dest_qp_num = peer,
		.max_dest_rd_atomic = 4,
		.min_rnr_timer = 12,
		.ah_attr = { .is_global = 1,
			     .port_num = VERBS_PORT,
			     .grh = { .dgid = v->gid,
				      .sgid_index = (uint8_t)v->gid_index,
				      .hop_limit = 1 } },
	};

	return ibv_modify_qp(qp, &attr,
			     IBV_QP_STATE | IBV_QP_AV | IBV_QP_PATH_MTU | IBV_QP_DEST_QPN |
				     IBV_QP_RQ_PSN | IBV_QP_MAX_DEST_RD_ATOMIC |
				     IBV_QP_MIN_RNR_TIMER);
}

static int qp_to_rts(struct ibv_qp *qp)
{
	struct ibv_qp_attr attr = {
		.qp_state = IBV_QPS_RTS,
		.timeout = TIMEOUT,
		.retry_cnt = RETRIES,
		.rnr_retry = RETRIES,
		.max_rd_atomic = 4,
	};

	return ibv_modify_qp(qp, &attr,
			     IBV_QP_STATE | IBV_QP_TIMEOUT | IBV_QP_RETRY_CNT | IBV_QP_RNR_RETRY |
				     IBV_QP_SQ_PSN | IBV_QP_MAX_QP_RD_ATOMIC);
}

static int connect_pair(struct verbs *v)
{
	int ret;

	v->near = qp_create(v);
	v->far = v->near ? qp_create(v) : NULL;
	if (!v->far)
		return fail(v, errno, "cannot make a queue pair");
	ret = qp_to_init(v->near);
	if (!ret)
		ret = qp_to_init(v->far);
	if (!ret)
		ret = qp_to_rtr(v, v->near, v->far->qp_num);
	if (!ret)
		ret = qp_to_rtr(v, v->far, v->near->qp_num);
	if (!ret)
		ret = qp_to_rts(v->near);
	if (!ret)
		ret = qp_to_rts(v->far);
	return ret ? fail(v, ret, "cannot connect the queue pair") : 0;
}

static void disconnect_pair(struct verbs *v)
{
	struct ibv_wc wc;

	if (v->near)
		ibv_destroy_qp(v->near);
	if (v->far)
		ibv_destroy_qp(v->far);
	v->near = NULL;
	v->far = NULL;
	while (v->cq && ibv_poll_cq(v->cq, 1, &wc) > 0)
		;
}

static int reconnect(struct verbs *v)
{
	int ret;

	disconnect_pair(v);
	ret = connect_pair(v);
	v->broken = ret != 0;
	return ret;
}

static int open_port(struct verbs *v, const struct guest_facts *guest)
{
	struct ibv_port_attr port;

	v->context = verbs_open_device(guest);
	if (!v->context)
		return fail(v, errno, "cannot open the RDMA device");
	if (ibv_query_port(v->context, VERBS_PORT, &port))
		return fail(v, errno, "cannot query the RDMA port");
	v->mtu = port.active_mtu;
	v->gid_index = guest->gid_index;
	if (ibv_query_gid(v->context, VERBS_PORT, (int)v->gid_index, &v->gid))
		return fail(v, errno, "cannot read the GID");
	return 0;
}

static int make_bounce(struct verbs *v, size_t len)
{
	/* Shared, so that after a fork this process still has the pages that the device uses. */
	void *p = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return fail(v, errno, "cannot map a bounce buffer");
	v->bounce = p;
	v->bounce_len = len;
	v->bounce_mr = ibv_reg_mr(v->pd, p, len, IBV_ACCESS_LOCAL_WRITE);
	return v->bounce_mr ? 0 : fail(v, errno, "cannot register the bounce buffer");
}

int verbs_init(struct verbs *v, const struct case_ctx *ctx, size_t bounce_len)
{
	int ret;

	*v = (struct verbs){ .wait_ms = MAX(10000, 5 * ctx->grace_ms) };
	ret = open_port(v, ctx->guest);
	if (ret)
		return ret;
	v->pd = ibv_alloc_pd(v->context);
	if (!v->pd)
		return fail(v, errno, "cannot make a protection domain");
	v->channel = ibv_create_comp_channel(v->context);
	if (!v->channel || fcntl(v->channel->fd, F_SETFL, O_NONBLOCK))
		return fail(v, errno, "cannot make a completion channel");
	v->cq = ibv_create_cq(v->context, 2 * VERBS_BATCH, NULL, v->channel, 0);
	if (!v->cq)
		return fail(v, errno, "cannot make a completion queue");
	ret = make_bounce(v, bounce_len);
	return ret ? ret : connect_pair(v);
}

void verbs_deinit(struct verbs *v)
{
	disconnect_pair(v);
	if (v->bounce_mr)
		ibv_dereg_mr(v->bounce_mr);
	if (v->bounce)
		munmap(v->bounce, v->bounce_len);
	if (v->cq)
		ibv_destroy_cq(v->cq);
	if (v->channel)
		ibv_destroy_comp_channel(v->channel);
	if (v->pd)
		ibv_dealloc_pd(v->pd);
	if (v->context)
		ibv_close_device(v->context);
	*v = (struct verbs){ 0 };
}

static void drain_events(struct verbs *v)
{
	struct ibv_cq *cq;
	void *context;

	while (ibv_get_cq_event(v->channel, &cq, &context) == 0)
		ibv_ack_cq_events(cq, 1);
}

/* The next completion. */
static int wait_completion(struct verbs *v, struct ibv_wc *wc)
{
	uint64_t now = now_ns(), end = now + v->wait_ms * 1000000;
	struct pollfd pfd = { .fd = v->channel->fd, .events = POLLIN };

	for (;; now = now_ns()) {
		int n = ibv_poll_cq(v->cq, 1, wc);

		if (n == 0) {
			/* A completion may arrive between the poll and the arming. */
			drain_events(v);
			if (ibv_req_notify_cq(v->cq, 0))
				return fail(v, EIO, "cannot arm the completion queue");
			n = ibv_poll_cq(v->cq, 1, wc);
		}
		if (n < 0)
			return fail(v, EIO, "cannot poll the completion queue");
		if (n > 0)
			return 0;
		if (now >= end)
			return fail(v, ETIMEDOUT, "no completion came");
		poll(&pfd, 1, (int)((end - now) / 1000000 + 1));
	}
}

/* Posts @wr, of which only the last request is signalled, and waits for that one. */
static int run(struct verbs *v, struct ibv_send_wr *wr, const char *what)
{
	struct ibv_send_wr *bad;
	struct ibv_wc wc;
	int ret = v->broken ? reconnect(v) : 0;

	if (ret)
		return ret;
	v->broken = true;
	ret = ibv_post_send(v->near, wr, &bad);
	if (ret)
		return fail(v, ret, what);
	ret = wait_completion(v, &wc);
	if (ret)
		return ret;
	if (wc.status == IBV_WC_SUCCESS) {
		v->broken = false;
		return 0;
	}
	snprintf(v->why, sizeof(v->why), "%s: %s", what, ibv_wc_status_str(wc.status));
	return wc.status == IBV_WC_REM_ACCESS_ERR ? -EFAULT : -EIO;
}

int verbs_read(struct verbs *v, uint64_t remote, uint32_t rkey, size_t len)
{
	struct ibv_sge sge = { .addr = (uintptr_t)v->bounce,
			       .length = (uint32_t)len,
			       .lkey = v->bounce_mr->lkey };
	struct ibv_send_wr wr = {
		.sg_list = &sge,
		.num_sge = 1,
		.opcode = IBV_WR_RDMA_READ,
		.send_flags = IBV_SEND_SIGNALED,
		.wr.rdma = { .remote_addr = remote, .rkey = rkey },
	};

	return run(v, &wr, "RDMA READ");
}

int verbs_write(struct verbs *v, const uint64_t *remote, unsigned int n, uint32_t piece,
		uint32_t rkey)
{
	struct ibv_send_wr wr[VERBS_BATCH] = { 0 };
	struct ibv_sge sge[VERBS_BATCH];

	for (unsigned int i = 0; i < n; i++) {
		sge[i] = (struct ibv_sge){
			.addr = (uintptr_t)v->bounce + (uint64_t)i * piece,
			.length = piece,
			.lkey = v->bounce_mr->lkey,
		};
		wr[i] = (struct ibv_send_wr){
			.next = i + 1 < n ? &wr[i + 1] : NULL,
			.sg_list = &sge[i],
			.num_sge = 1,
			.opcode = IBV_WR_RDMA_WRITE,
			.send_flags = i + 1 < n ? 0 : IBV_SEND_SIGNALED,
			.wr.rdma = { .remote_addr = remote[i], .rkey = rkey },
		};
	}
	return run(v, wr, "RDMA WRITE");
}
