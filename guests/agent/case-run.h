/* SPDX-License-Identifier: GPL-2.0-only */
/* One case, from its message to its end. */
#ifndef AGENT_CASE_RUN_H
#define AGENT_CASE_RUN_H

#include <sys/types.h>

#include "guests/agent/case.h"

struct case_run {
	pid_t pid;	    /* 0: none runs */
	int link;	    /* our end of the socketpair */
	bool link_over;	    /* nobody holds the other end */
	unsigned int calls; /* that wait for an answer */
	uint64_t asked;	    /* since when; what the host takes for them is not the case's */
	uint64_t started, deadline, limit_ms;
	uint64_t taint; /* before it */
	char name[256];
};

/* Starts what MSG_CASE @f says. False when the message is not a case. */
bool case_begin(struct case_loop *c, struct case_run *r, const struct frame *f);

/* The child ended by itself with wait status @status: kill the rest, clean, MSG_END. */
void case_end(struct case_loop *c, struct case_run *r, int status);

/* Evidence, then SIGKILL and MSG_END. @why NULL: it ran over its time limit. */
void case_stop(struct case_loop *c, struct case_run *r, const char *why);

void case_run_deinit(struct case_run *r);

/*
 * relay.c: takes one datagram of the case to the host, false when there is none now;
 * all that are there, within reason; MSG_REPLY @f of the host to the case, dropped when
 * nobody waits for one.
 */
bool relay_one(struct case_loop *c, struct case_run *r);
void relay_all(struct case_loop *c, struct case_run *r);
void relay_reply(struct case_run *r, const struct frame *f);

#endif
