/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The people who look into a guest that stands still: their programs connect to a socket in the
 * folder of the run, and speak in frames. They send
 *
 *	MSG_SHELL	TAG_NAME, TAG_ARG: begin it; TAG_TEXT: input; TAG_STATUS: end it
 *	MSG_CALL	TAG_NAME "go" or "page", with TAG_ARG
 *
 * and get MSG_SHELL, with TAG_TEXT or at last TAG_STATUS, or MSG_REPLY. Never blocks.
 */
#ifndef RIG_VISITORS_H
#define RIG_VISITORS_H

#include "base/err.h"
#include "wire/frame.h"
#include "wire/msg.h"

#define VISITORS_MAX 4u
#define VISIT_GO "go"
#define VISIT_PAGE "page"

struct visitors;

/* Listens in @folder; with @keys a line on standard input is a visitor's "go", too. */
struct err *visitors_open(const char *folder, bool keys, struct visitors **out) __must_check;

/* Hangs up on all and removes the socket. NULL is fine. */
void visitors_close(struct visitors *v);

/* Readable when visitors_serve() has work. */
int visitors_fd(const struct visitors *v);

/*
 * Takes what has come; calls @fn for each frame, which belongs to visitor @who, below
 * VISITORS_MAX, and once with a NULL @f when that one leaves. A visitor whose frames are
 * damaged leaves. True: somebody pressed Enter.
 */
bool visitors_serve(struct visitors *v, void (*fn)(void *arg, size_t who, const struct frame *f),
		    void *arg);

/* Sends to visitor @who, if there is one; one that does not read is sent away. */
void visitors_send(struct visitors *v, size_t who, enum msg_type type, const struct buf *payload);

/*
 * The visitor's side: connects to the run in @folder, *@fd is the caller's. ERR_USAGE: no guest
 * of it stands still.
 */
struct err *visitors_connect(const char *folder, int *fd) __must_check;

#endif
