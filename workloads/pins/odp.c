/* SPDX-License-Identifier: GPL-2.0-only */
#include "workloads/pins/kinds.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "workloads/pins/verbs.h"

struct odp {
	struct verbs verbs;
	struct ibv_mr *mr;
};

static const char *odp_missing(const struct case_ctx *ctx, char *buf, size_t size)
{
	const uint32_t need = IBV_ODP_SUPPORT_READ | IBV_ODP_SUPPORT_WRITE;
	struct ibv_device_attr_ex attr = { 0 };
	struct ibv_port_attr port = { 0 };
	struct ibv_context *context;
	int ret;

	if (verbs_missing(ctx->guest, buf, size))
		return buf;
	context = verbs_open_device(ctx->guest);
	if (!context) {
		snprintf(buf, size, "cannot open the RDMA device: %s", strerror(errno));
		return buf;
	}
	ret = ibv_query_device_ex(context, NULL, &attr);
	if (!ret)
		ret = ibv_query_port(context, VERBS_PORT, &port);
	ibv_close_device(context);
	if (ret)
		snprintf(buf, size, "cannot query the RDMA device: %s", strerror(ret));
	else if (!(attr.odp_caps.general_caps & IBV_ODP_SUPPORT))
		snprintf(buf, size, "this kernel's rxe has no on-demand paging");
	else if ((attr.odp_caps.per_transport_caps.rc_odp_caps & need) != need)
		snprintf(buf, size, "rxe's on-demand paging lacks RC read or write");
	else if (port.active_mtu < IBV_MTU_4096)
		snprintf(buf, size, "rxe's MTU is below 4096: packets would not hold a page");
	else
		return NULL;
	return buf;
}

static int odp_take(struct pin *p)
{
	int access = IBV_ACCESS_ON_DEMAND | IBV_ACCESS_REMOTE_READ;
	struct odp *o = calloc(1, sizeof(*o));
	int ret;

	if (!o)
		return pin_fail(p, ENOMEM, "out of memory");
	ret = verbs_init(&o->verbs, p->ctx, PIN_PAGE);
	if (ret) {
		pin_fail(p, -ret, "%s", o->verbs.why);
		goto out_deinit;
	}
	if (!p->readonly)
		access |= IBV_ACCESS_LOCAL_WRITE | IBV_ACCESS_REMOTE_WRITE;
	o->mr = ibv_reg_mr(o->verbs.pd, p->addr, p->len, access);
	if (!o->mr) {
		ret = pin_fail(p, errno, "ibv_reg_mr with ON_DEMAND: %s", strerror(errno));
		goto out_deinit;
	}
	p->priv = o;
	return 0;

out_deinit:
	verbs_deinit(&o->verbs);
	free(o);
	return ret;
}

/*
 * One page, one packet: 7.2 reads the start of the page again for every packet that
 * begins inside it (seen with an MTU of 1024), and its copy across pages is doubtful
 * too, see KERNEL.md.
 */
static size_t piece(const struct pin *p, size_t off)
{
	return MIN(p->len - off, PIN_PAGE - ((uintptr_t)p->addr + off) % PIN_PAGE);
}

static int odp_look(struct pin *p, void *out)
{
	struct odp *o = p->priv;

	memset(out, 0, p->len);
	for (size_t off = 0, n; off < p->len; off += n) {
		int ret;

		n = piece(p, off);
		ret = verbs_read(&o->verbs, (uintptr_t)p->addr + off, o->mr->rkey, n);
		if (ret)
			return pin_fail(p, -ret, "%s at byte %zu of the range", o->verbs.why,
					off);
		memcpy((uint8_t *)out + off, o->verbs.bounce, n);
	}
	return 0;
}

/* Pages that are gone by now, as after a truncate, stay zero in @last: no error. */
static int odp_release(struct pin *p, void *last)
{
	struct odp *o = p->priv;
	int ret;

	memset(last, 0, p->len);
	ret = odp_look(p, last);
	p->priv = NULL;
	if (ret == -EFAULT)
		ret = 0;
	if (ibv_dereg_mr(o->mr) && !ret)
		ret = pin_fail(p, EIO, "ibv_dereg_mr failed");
	verbs_deinit(&o->verbs);
	free(o);
	return ret;
}

const struct pin_kind pin_rdma_odp = {
	.name = "rdma-odp",
	.missing = odp_missing,
	.take = odp_take,
	.look = odp_look,
	.release = odp_release,
};
