/* SPDX-License-Identifier: GPL-2.0-only */
/* All pins, as kinds.c registers them: a file each, except that rdma.c has several. */
#ifndef WORKLOADS_PINS_KINDS_H
#define WORKLOADS_PINS_KINDS_H

#include "workloads/pins/pin.h"

#define PIN_DECLARE(symbol, name, summary, traits) extern const struct pin_kind pin_##symbol;
PIN_EACH(PIN_DECLARE)

#endif
