/* SPDX-License-Identifier: GPL-2.0-only */
/* The signals that ask a command to end: it undoes what is half done and prints its results. */
#ifndef RIG_CANCEL_H
#define RIG_CANCEL_H

#include "base/err.h"

/*
 * Blocks INT, TERM, HUP and QUIT in this thread and all it starts later, and opens *@fd (a
 * signalfd, which the caller closes) to read them from. They also end a program that
 * run_program() waits for. An ignored signal stays ignored, as nohup expects.
 */
struct err *cancel_open(int *fd) __must_check;
/* Closes *@fd; -1 is fine. The signals stay blocked: a pending one is read after the next open. */
void cancel_close(int *fd);

#endif
