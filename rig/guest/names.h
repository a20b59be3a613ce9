/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RIG_NAMES_H
#define RIG_NAMES_H

#include "base/buf.h"
#include "guest/guest.h"

/*
 * Adds the lines of the guest's /proc/kallsyms that name functions to @out; untrusted. For a
 * guest that runs no case. ERR_CANCELLED as elsewhere.
 */
struct err *guest_names(struct guest *g, struct buf *out) __must_check;

#endif
