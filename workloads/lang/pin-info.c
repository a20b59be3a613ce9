/* SPDX-License-Identifier: GPL-2.0-only */
#include "workloads/lang/pin-info.h"

#include <string.h>

const struct pin_info pin_infos[] = {
	{ "rdma", "ibv_reg_mr, long-term gate lifted, RDMA traffic while it stands",
	  PIN_HOLDS | PIN_DMA_WRITES | PIN_LOOKS | PIN_NEEDS_GATE | PIN_PINS },
	{ "rdma-odp", "ibv_reg_mr with ON_DEMAND: no reference, faults on access", PIN_LOOKS },
	{ "rdma-plain", "ibv_reg_mr as a user calls it: must be refused", PIN_REFUSED },
	{ "rdma-devdax", "ibv_reg_mr on device-DAX: the positive control",
	  PIN_HOLDS | PIN_DMA_WRITES | PIN_LOOKS | PIN_DEVDAX | PIN_PINS },
	{ "vmsplice", "pages gifted into a pipe by vmsplice (FOLL_GET)",
	  PIN_HOLDS | PIN_LOOKS | PIN_GETS },
	{ "odirect", "O_DIRECT write from the page to a suspended dm device (FOLL_PIN)",
	  PIN_HOLDS | PIN_UNINTERRUPTIBLE | PIN_BIO },
	{ "uring", "io_uring registered buffers: must be refused", PIN_REFUSED },
	{ "null", "holds nothing: tests the frame", 0 },
	{ NULL, NULL, 0 },
};

const struct pin_info *pin_info_find(const char *name)
{
	for (const struct pin_info *p = pin_infos; p->name; p++)
		if (strcmp(p->name, name) == 0)
			return p;
	return NULL;
}

bool pin_traits_on_demand(unsigned int traits)
{
	return (traits & PIN_LOOKS) && !(traits & PIN_HOLDS);
}
