/* SPDX-License-Identifier: GPL-2.0-only */
/* Programs that the host starts beside a case that stands still, for a person to look around. */
#ifndef AGENT_SHELL_H
#define AGENT_SHELL_H

#include <poll.h>
#include <sys/types.h>

#include "guests/agent/link.h"

#define SHELLS 5 /* those of people, and one of the host itself */

/* Zero it at first. */
struct shells {
	struct shell {
		pid_t pid; /* 0: it is over */
		int fd;	   /* its terminal or pipe, O_NONBLOCK */
		uint64_t number;
		struct buf in; /* for it, not yet taken */
	} v[SHELLS];
};

/*
 * Does what the MSG_SHELL @f says: begins one (TAG_NAME: its command, "" is a shell on a
 * terminal; TAG_ARG: its environment), gives it input (TAG_TEXT) or ends it (TAG_STATUS). What
 * cannot be begun is answered by its end.
 */
void shells_take(struct shells *s, struct link *l, const struct frame *f);

/* Fills @p[SHELLS]. */
void shells_poll(const struct shells *s, const struct link *l, struct pollfd *p);

/* Passes on what shells_poll() waited for. */
void shells_serve(struct shells *s, struct link *l, const struct pollfd *p);

/* The child @pid of PID 1 ended with the wait status @status; it may be none of them. */
void shells_reaped(struct shells *s, struct link *l, pid_t pid, int status);

/* Ends all and frees what they hold. */
void shells_end(struct shells *s);

#endif
