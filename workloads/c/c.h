/* SPDX-License-Identifier: GPL-2.0-only */
/* A scenario as a C program of its own, which needs libc and a DAX mount. Pure. */
#ifndef WORKLOADS_C_H
#define WORKLOADS_C_H

#include "base/buf.h"
#include "base/err.h"

/*
 * Appends the program that does what the case @name, with the expanded scenario @text, does. On
 * top it has @warning, a sentence of any bytes; "": nothing.
 * ERR_USAGE, "NAME:LINE: cannot be told in C: 'WORD': WHY", when one of its steps cannot be.
 */
struct err *c_program(const char *name, const char *text, const char *warning, struct buf *out)
	__must_check;

#endif
