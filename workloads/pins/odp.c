/* SPDX-License-Identifier: GPL-2.0-only */
#include "workloads/pins/kinds.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "workloads/model/pattern.h"
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

/*
 * Each transfer is one page in one packet; odp_look_at() and odp_write_at() test others,
 * which 7.2 handles differently. A range is whole pages.
 */
static int read_page(struct pin *p, struct pin_page *page, size_t off, uint8_t *out)
{
	struct odp *o = p->priv;
	int ret = verbs_read(&o->verbs, (uintptr_t)p->addr + off, o->mr->rkey, PIN_PAGE);

	if (ret)
		return ret;
	page->done |= PIN_READ;
	if (out)
		memcpy(out + off, o->verbs.bounce, PIN_PAGE);
	return 0;
}

/* Writes all of a page except the lane, which belongs to devices. */
static int write_page(struct pin *p, struct pin_page *page, size_t off)
{
	struct odp *o = p->priv;
	uint64_t remote = (uintptr_t)p->addr + off;
	enum pin_access as = page->todo & PIN_STRAY;
	uint32_t n = PIN_PAGE - PIN_LANE;
	int ret;

	if (!as)
		as = page->done & PIN_READ ? page->todo & PIN_WRITE : 0;
	if (!as)
		return 0;
	if (as == PIN_STRAY)
		pattern_fill(o->verbs.bounce, n, ORIGIN_PIN + p->id, 1, off);
	ret = verbs_write(&o->verbs, &remote, 1, n, o->mr->rkey);
	page->done |= ret ? 0 : as;
	return ret;
}

/* Tries the accesses that each page has in todo. Copies the bytes read to @out, if not NULL. */
static int access_pages(struct pin *p, uint8_t *out)
{
	struct odp *o = p->priv;
	struct pin_page *page = p->pages;

	if (!page)
		return pin_fail(p, ENOMEM, "out of memory");
	for (size_t off = 0; off < p->len; off += PIN_PAGE, page++) {
		int ret = 0;

		page->done = 0;
		if (page->todo & PIN_READ)
			ret = read_page(p, page, off, out);
		if (!ret || ret == -EFAULT)
			ret = write_page(p, page, off);
		if (ret && ret != -EFAULT)
			return pin_fail(p, -ret, "%s at byte %zu of the range", o->verbs.why, off);
	}
	return 0;
}

static int odp_take(struct pin *p)
{
	int access = IBV_ACCESS_ON_DEMAND | IBV_ACCESS_REMOTE_READ;
	struct odp *o = calloc(1, sizeof(*o));
	int ret;

	if (!o)
		return pin_fail(p, ENOMEM, "out of memory");
	ret = verbs_init(&o->verbs, p->ctx, p->len);
	if (ret) {
		pin_fail(p, -ret, "%s", o->verbs.why);
		goto out_deinit;
	}
	if (!p->readonly)
		access |= IBV_ACCESS_LOCAL_WRITE | IBV_ACCESS_REMOTE_WRITE;
	p->asked = true;
	o->mr = ibv_reg_mr(o->verbs.pd, p->addr, p->len, access);
	if (!o->mr) {
		ret = pin_fail(p, errno, "ibv_reg_mr with ON_DEMAND: %s", strerror(errno));
		goto out_deinit;
	}
	p->priv = o;
	/* map the pages in the device now: without this none could go stale */
	ret = access_pages(p, NULL);
	if (!ret)
		return 0;
	ibv_dereg_mr(o->mr);

out_deinit:
	verbs_deinit(&o->verbs);
	free(o);
	return ret;
}

static int odp_look(struct pin *p, void *out)
{
	memset(out, 0, p->len);
	return access_pages(p, out);
}

static int odp_look_at(struct pin *p, size_t off, size_t len, void *out)
{
	struct odp *o = p->priv;
	int ret = verbs_read(&o->verbs, (uintptr_t)p->addr + off, o->mr->rkey, len);

	if (ret)
		return pin_fail(p, -ret, "%s", o->verbs.why);
	memcpy(out, o->verbs.bounce, len);
	return 0;
}

static int odp_write_at(struct pin *p, size_t off, size_t len, const void *data)
{
	struct odp *o = p->priv;
	uint64_t remote = (uintptr_t)p->addr + off;
	int ret;

	memcpy(o->verbs.bounce, data, len);
	ret = verbs_write(&o->verbs, &remote, 1, (uint32_t)len, o->mr->rkey);
	return ret ? pin_fail(p, -ret, "%s", o->verbs.why) : 0;
}

static int odp_release(struct pin *p, void *last)
{
	struct odp *o = p->priv;
	int ret = odp_look(p, last);

	p->priv = NULL;
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
	.look_at = odp_look_at,
	.write_at = odp_write_at,
	.release = odp_release,
};
