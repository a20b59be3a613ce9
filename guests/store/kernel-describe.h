/* SPDX-License-Identifier: GPL-2.0-only */
/* A description of a kernel for people: its origin, and which of daxrig's needs it meets. */
#ifndef GUESTS_KERNEL_DESCRIBE_H
#define GUESTS_KERNEL_DESCRIBE_H

#include "base/buf.h"
#include "base/err.h"
#include "guests/store/kernel.h"

/* Adds lines "label value", in printable ASCII whatever the kernel's files contain. */
struct err *kernel_describe(const struct kernel *k, struct buf *out) __must_check;

/* Adds the lines about the text of a .config. Pure. */
void kernel_describe_config(const char *config, struct buf *out);

#endif
