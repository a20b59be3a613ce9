/* SPDX-License-Identifier: GPL-2.0-only */
/* The signals that ask a command to end: what it began is taken back, and what it knows told. */
#ifndef RIG_CANCEL_H
#define RIG_CANCEL_H

#include "base/err.h"

/*
 * From here on INT, TERM, HUP and QUIT are read from *@fd, which the caller closes, in every
 * thread that is started later, and programs that run_program() waits for end by them. What
 * is ignored stays so, as nohup wants it.
 */
struct err *cancel_open(int *fd) __must_check;
/* Closes *@fd, -1 is fine; the signals stay blocked: one that came waits for the next. */
void cancel_close(int *fd);

#endif
