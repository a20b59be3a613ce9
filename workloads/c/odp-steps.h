/* SPDX-License-Identifier: GPL-2.0-only */
/* Pins that see pages and hold none, as pin_traits_on_demand() says. */
#ifndef WORKLOADS_C_ODP_STEPS_H
#define WORKLOADS_C_ODP_STEPS_H

#include "workloads/c/told.h"

/* It is taken, and maps its pages; it is used once more, and released. */
struct err *told_odp_take(struct told *t, const struct step *st, const struct model_pin *p)
	__must_check;
struct err *told_odp_release(struct told *t, const struct step *st, const struct model_pin *p)
	__must_check;
/* Its bytes are read: all, page by page, or a part by one transfer. */
struct err *told_odp_check(struct told *t, const struct step *st, const struct model_pin *p)
	__must_check;
/* One RDMA WRITE, after which all files are checked. */
struct err *told_odp_write(struct told *t, const struct step *st, const struct model_pin *p)
	__must_check;

#endif
