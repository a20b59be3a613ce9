/* SPDX-License-Identifier: GPL-2.0-only */
/* One case, from MSG_CASE to MSG_END. */
#ifndef AGENT_CASE_RUN_H
#define AGENT_CASE_RUN_H

#include <sys/types.h>

#include "guests/agent/case.h"

struct case_run {
	pid_t pid;	    /* 0: no case runs */
	int link;	    /* our end of the socketpair */
	bool link_over;	    /* the other end is closed */
	unsigned int calls; /* calls that wait for an answer */
	uint64_t asked;	    /* when the first was sent: the wait does not count for the limit */
	uint64_t started, deadline, limit_ms;
	uint64_t taint; /* before the case */
	char name[256];
};

/* Starts the case of MSG_CASE @f. False if the message is malformed. */
bool case_begin(struct case_loop *c, struct case_run *r, const struct frame *f);

/* After the child ended with wait status @status: kills the rest, cleans, sends MSG_END. */
void case_end(struct case_loop *c, struct case_run *r, int status);

/* Sends evidence, kills the case and sends MSG_END. @why NULL: it exceeded its time limit. */
void case_stop(struct case_loop *c, struct case_run *r, const char *why);

void case_run_deinit(struct case_run *r);

/*
 * relay.c: relay_one() passes one datagram of the case to the host, and returns false if
 * none has arrived. relay_all() passes all that have arrived, up to a limit. relay_reply()
 * passes the host's MSG_REPLY @f to the case; it drops @f if no call waits for an answer.
 */
bool relay_one(struct case_loop *c, struct case_run *r);
void relay_all(struct case_loop *c, struct case_run *r);
void relay_reply(struct case_run *r, const struct frame *f);

#endif
