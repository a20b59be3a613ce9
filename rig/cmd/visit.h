/* SPDX-License-Identifier: GPL-2.0-only */
/* For commands that look into a guest that stands still: see guest/visitors.h. */
#ifndef RIG_CMD_VISIT_H
#define RIG_CMD_VISIT_H

#include "guest/link.h"

/*
 * Connects to the run @word, as run_find() takes it; NULL: to the newest of which a guest stands
 * still. link_deinit() @l. ERR_USAGE: there is none.
 */
struct err *visit_open(const char *word, struct link *l) __must_check;

/* Asks @name, one of guest/visitors.h, with @arg (NULL: none) and prints the answer. */
struct err *visit_ask(struct link *l, const char *name, const char *arg) __must_check;

/* Waits for the next frame, and calls @input when standard input is readable (NULL: never). */
struct err *visit_wait(struct link *l, struct frame *f, struct err *(*input)(struct link *l))
	__must_check;

#endif
