/* SPDX-License-Identifier: GPL-2.0-only */
#include "workloads/pins/kinds.h"

#define PIN_KIND(symbol, name, summary, traits) &pin_##symbol,

const struct pin_kind *const pin_kinds[] = { PIN_EACH(PIN_KIND) NULL };
