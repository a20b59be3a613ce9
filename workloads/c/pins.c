/* SPDX-License-Identifier: GPL-2.0-only */
/* How each pin is told in C; a pin of PIN_EACH that has no row here does not build. */
#include "workloads/c/pins.h"

#define RDMA_NO "it needs libibverbs, and no program with RDMA is written yet"

static const struct c_pin rdma = { .no = RDMA_NO };
static const struct c_pin rdma_odp = { .no = RDMA_NO };
static const struct c_pin rdma_plain = { .no = RDMA_NO };
static const struct c_pin rdma_devdax = { .no = RDMA_NO };
static const struct c_pin uring = { .no = "a pin that must be refused is not written yet" };

static const struct c_pin vmsplice = {
	.part = "vmsplice",
	.type = "vmsplice",
	.look = "vmsplice-look",
};

static const struct c_pin odirect = {
	.part = "odirect",
	.type = "odirect",
	.needs = "root, device-mapper, and RAM disks (modprobe brd)",
	.numbered = true,
};

/* Holds nothing, so there is nothing to write. */
static const struct c_pin null = { .no = NULL };

#define ROW(symbol, name, summary, traits) &symbol,

static const struct c_pin *const rows[] = { PIN_EACH(ROW) };

const struct c_pin *c_pin(const struct pin_info *pin)
{
	return rows[pin - pin_infos];
}
