/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef WORKLOADS_C_PINS_H
#define WORKLOADS_C_PINS_H

#include "workloads/c/c-text.h"
#include "workloads/lang/pin-info.h"

/* How a pin is told; never NULL. */
const struct c_pin *c_pin(const struct pin_info *pin);

#endif
