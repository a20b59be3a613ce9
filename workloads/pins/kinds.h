/* SPDX-License-Identifier: GPL-2.0-only */
/* The kinds that kinds.c registers; one file each, the plain rdma ones together. */
#ifndef WORKLOADS_PINS_KINDS_H
#define WORKLOADS_PINS_KINDS_H

#include "workloads/pins/pin.h"

extern const struct pin_kind pin_null;
extern const struct pin_kind pin_vmsplice;
extern const struct pin_kind pin_odirect;
extern const struct pin_kind pin_uring;
extern const struct pin_kind pin_rdma;
extern const struct pin_kind pin_rdma_plain;
extern const struct pin_kind pin_rdma_devdax;
extern const struct pin_kind pin_rdma_odp;

#endif
