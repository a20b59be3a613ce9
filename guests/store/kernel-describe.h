/* SPDX-License-Identifier: GPL-2.0-only */
/* A kernel for people: where it is from, and what of daxrig's needs it has. */
#ifndef GUESTS_KERNEL_DESCRIBE_H
#define GUESTS_KERNEL_DESCRIBE_H

#include "base/buf.h"
#include "base/err.h"
#include "guests/store/kernel.h"

/* Adds lines "label value", printable ASCII whatever its files hold. */
struct err *kernel_describe(const struct kernel *k, struct buf *out) __must_check;

/* The part of it that is about the text of a .config. Pure. */
void kernel_describe_config(const char *config, struct buf *out);

#endif
