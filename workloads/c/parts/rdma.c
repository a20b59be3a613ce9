/* SPDX-License-Identifier: GPL-2.0-only */
#include "verbs.c"

/* A registration: it pins the pages for as long as it stands (FOLL_LONGTERM). */
struct rdma {
	const char *name;
	struct verbs verbs;
	struct ibv_mr *mr;
	char *addr;
	long len;
};

/* One RDMA READ of all into the bounce buffer. */
static void rdma_read(struct rdma *r)
{
	if (!transfer(&r->verbs, IBV_WR_RDMA_READ, r->addr, r->mr->rkey, r->len))
		fail("an RDMA READ of pin '%s' is refused", r->name);
}

/* The device reads the pages, and writes the same bytes to them. */
static void rdma_take(struct rdma *r, char *addr, long len, int writable)
{
	int access = IBV_ACCESS_REMOTE_READ;

	if (writable)
		access |= IBV_ACCESS_LOCAL_WRITE | IBV_ACCESS_REMOTE_WRITE;
	verbs_open(&r->verbs, len);
	r->addr = addr;
	r->len = len;
	r->mr = ibv_reg_mr(r->verbs.pd, addr, len, access);
	if (!r->mr && errno == EOPNOTSUPP)
		skip("the kernel refuses an RDMA pin of such pages, as stock kernels do on a DAX file");
	if (!r->mr)
		die("ibv_reg_mr");
	rdma_read(r);
	if (writable && !transfer(&r->verbs, IBV_WR_RDMA_WRITE, addr, r->mr->rkey, len))
		fail("an RDMA WRITE of pin '%s' is refused", r->name);
}

/* malloc()s the bytes that it holds. */
static char *rdma_bytes(struct rdma *r)
{
	char *data = malloc(r->len);

	if (!data)
		die("malloc");
	rdma_read(r);
	memcpy(data, r->verbs.bounce, r->len);
	return data;
}

/* Returns what it held at last; the caller frees it. */
static char *rdma_release(struct rdma *r)
{
	char *data = rdma_bytes(r);

	if (ibv_dereg_mr(r->mr))
		fail("ibv_dereg_mr of '%s': %s", r->name, strerror(errno));
	verbs_close(&r->verbs);
	return data;
}
