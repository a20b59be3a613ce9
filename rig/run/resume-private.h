/* SPDX-License-Identifier: GPL-2.0-only */
/* Going on with a run that was interrupted or killed. setup.c calls these, in this order. */
#ifndef RIG_RUN_RESUME_PRIVATE_H
#define RIG_RUN_RESUME_PRIVATE_H

#include "run/private.h"

/*
 * Locks the run in the folder r->o->resume and reads its record. From then on r->o is what that
 * run was told. ERR_USAGE when it still runs, or when r->o contradicts the record. Sets
 * r->is_complete when nothing is left of it.
 */
struct err *run_resume_begin(struct run *r) __must_check;

/* ERR_USAGE when kernel, initramfs, geometry, cases or daxrig are not those of the run. */
struct err *run_resume_check(struct run *r) __must_check;

/* Takes over the run's folder, and the cases that are over. */
struct err *run_resume_adopt(struct run *r) __must_check;

/* The guests must have the same accelerator; known only when one was started. */
struct err *run_resume_check_accel(const struct run *r) __must_check;

#endif
