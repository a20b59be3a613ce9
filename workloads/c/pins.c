/* SPDX-License-Identifier: GPL-2.0-only */
/* How each pin is told in C; a pin of PIN_EACH that has no row here does not build. */
#include "workloads/c/pins.h"

#define RDMA_DEVICE "an RDMA device, as by rdma link add rxe0 type rxe netdev ETHERNET"

static const struct c_pin rdma = {
	.part = "rdma",
	.type = "rdma",
	.look = "rdma-look",
	.needs = RDMA_DEVICE
	", and a kernel that grants such a pin of a DAX file: stock ones do not",
	.libs = "-libverbs",
	.access = true,
};

static const struct c_pin rdma_odp = {
	.part = "odp",
	.type = "odp",
	.look = "odp-read",
	.needs = RDMA_DEVICE " with on-demand paging, and an MTU of 4096",
	.libs = "-libverbs",
};

static const struct c_pin rdma_plain = {
	.type = "rdma_plain",
	.ask = "rdma-plain-ask",
	.needs = RDMA_DEVICE,
	.libs = "-libverbs",
};

static const struct c_pin rdma_devdax = {
	.part = "rdma",
	.type = "rdma",
	.look = "rdma-look",
	.needs = RDMA_DEVICE,
	.libs = "-libverbs",
	.access = true,
};

static const struct c_pin uring = {
	.type = "uring",
	.ask = "uring-ask",
};

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
