/* SPDX-License-Identifier: GPL-2.0-only */
/* Prepares a run up to its first guest, and frees it at its end. */
#ifndef RIG_RUN_SETUP_PRIVATE_H
#define RIG_RUN_SETUP_PRIVATE_H

#include "run/private.h"

struct err *run_prepare(struct run *r) __must_check;
void run_deinit(struct run *r);

/* How many guests at once the host has room for. */
size_t run_jobs_auto(const struct run *r);

#endif
