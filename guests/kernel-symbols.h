/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef GUESTS_KERNEL_SYMBOLS_H
#define GUESTS_KERNEL_SYMBOLS_H
#include "guests/kernel.h"
struct err *kernel_symbols(const struct kernel *k, char **vmlinux, char **modules);
#endif
