/* SPDX-License-Identifier: GPL-2.0-only */
#include "workloads/pins/kinds.h"

const struct pin_kind *const pin_kinds[] = {
	&pin_rdma,	  &pin_rdma_odp, &pin_rdma_plain,
	&pin_rdma_devdax, &pin_vmsplice, &pin_odirect,
	&pin_uring,	  &pin_null,	 NULL,
};
