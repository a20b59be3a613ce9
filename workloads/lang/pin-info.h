/* SPDX-License-Identifier: GPL-2.0-only */
/* The pins as both host and guest know them: names and traits. Pure. */
#ifndef WORKLOADS_PIN_INFO_H
#define WORKLOADS_PIN_INFO_H

#include "base/arch.h"

enum pin_trait {
	PIN_HOLDS = 1 << 0,	      /* a lasting reference: operations in its range wait */
	PIN_REFUSED = 1 << 1,	      /* on fsdax the kernel must refuse it with EOPNOTSUPP */
	PIN_DMA_WRITES = 1 << 2,      /* real DMA writes into the page while it is held */
	PIN_LOOKS = 1 << 3,	      /* the bytes it sees can be read while it is held */
	PIN_NEEDS_GATE = 1 << 4,      /* the host must lift the long-term gate */
	PIN_DEVDAX = 1 << 5,	      /* works on a device-DAX mapping, not on a file */
	PIN_UNINTERRUPTIBLE = 1 << 6, /* its holder is in state D until its release */
	/* how it holds each page; without any of these, it holds none */
	PIN_GETS = 1 << 7,  /* a reference (FOLL_GET) */
	PIN_PINS = 1 << 8,  /* a pin (FOLL_PIN) */
	PIN_BIO = 1 << 9,   /* as a bio does: a pin since v6.5, a reference before */
	PIN_RDMA = 1 << 10, /* goes over soft-RoCE */
};

/*
 * DMA lane: a pin with PIN_DMA_WRITES writes, in every page it holds, only the
 * last PIN_LANE bytes, with pattern_word(ORIGIN_PIN + id, generation, offset of
 * the word in the pinned range), generation counting the rounds from 1 and
 * skipping 0 when it wraps. It only reads the rest of the page. It writes no lane
 * that is only partly inside the pinned range.
 */
#define PIN_LANE 64u
#define PIN_PAGE PAGE

struct pin_info {
	const char *name;    /* as in a scenario: "vmsplice" */
	const char *summary; /* one line for `daxrig list pins` */
	unsigned int traits; /* enum pin_trait */
};

/*
 * All pins, "null" (which holds nothing) included: X(symbol, name, summary, traits). Each has
 * a struct pin_kind pin_SYMBOL in workloads/pins.
 */
#define PIN_EACH(X)                                                                                \
	X(rdma, "rdma", "ibv_reg_mr, long-term gate lifted, RDMA traffic while it stands",         \
	  PIN_HOLDS | PIN_DMA_WRITES | PIN_LOOKS | PIN_NEEDS_GATE | PIN_PINS | PIN_RDMA)           \
	X(rdma_odp, "rdma-odp", "ibv_reg_mr with ON_DEMAND: no reference, faults on access",       \
	  PIN_LOOKS | PIN_RDMA)                                                                    \
	X(rdma_plain, "rdma-plain", "ibv_reg_mr as a user calls it: must be refused",              \
	  PIN_REFUSED | PIN_RDMA)                                                                  \
	X(rdma_devdax, "rdma-devdax", "ibv_reg_mr on device-DAX: the positive control",            \
	  PIN_HOLDS | PIN_DMA_WRITES | PIN_LOOKS | PIN_DEVDAX | PIN_PINS | PIN_RDMA)               \
	X(vmsplice, "vmsplice", "pages gifted into a pipe by vmsplice (FOLL_GET)",                 \
	  PIN_HOLDS | PIN_LOOKS | PIN_GETS)                                                        \
	X(odirect, "odirect", "O_DIRECT write from the page to a suspended dm device (FOLL_PIN)",  \
	  PIN_HOLDS | PIN_UNINTERRUPTIBLE | PIN_BIO)                                               \
	X(uring, "uring", "io_uring registered buffers: must be refused", PIN_REFUSED)             \
	X(null, "null", "holds nothing: tests the frame", 0)

/* The same as a table; ends with a NULL name. */
extern const struct pin_info pin_infos[];

/* Whether such a pin sees pages but holds none: it always sees the current pages of the file. */
bool pin_traits_on_demand(unsigned int traits);

/* NULL when no pin has that name. */
const struct pin_info *pin_info_find(const char *name);

#endif
