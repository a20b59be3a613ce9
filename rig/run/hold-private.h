/* SPDX-License-Identifier: GPL-2.0-only */
/* What the cases of a run that stand still, or leave their guests' memory, are told. */
#ifndef RIG_RUN_HOLD_PRIVATE_H
#define RIG_RUN_HOLD_PRIVATE_H

#include "run/private.h"

/* Fills r->hold, and sets base.hold when a case may stand still. Close it in any case. */
void run_hold_open(struct run *r);
void run_hold_close(struct run *r);

#endif
