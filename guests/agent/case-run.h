/* SPDX-License-Identifier: GPL-2.0-only */
/* One case, from MSG_CASE to MSG_END. */
#ifndef AGENT_CASE_RUN_H
#define AGENT_CASE_RUN_H

#include <sys/types.h>

#include "guests/agent/case.h"
#include "guests/agent/shell.h"

struct case_run {
	pid_t pid;	    /* 0: no case runs */
	int link;	    /* our end of the socketpair */
	bool link_over;	    /* the other end is closed */
	unsigned int calls; /* calls that wait for an answer */
	uint64_t asked;	    /* when the first was sent: the wait does not count for the limit */
	uint64_t started, deadline, limit_ms;
	uint64_t taint; /* before the case */
	bool hold;	/* the host is asked before it is over by a signal or an error */
	bool ended;	/* it is, with that wait status, and the host was asked */
	int status;
	char name[256];
	struct shells shells; /* end with the case */
};

/* Starts the case of MSG_CASE @f. False if the message is malformed. */
bool case_begin(struct case_loop *c, struct case_run *r, const struct frame *f);

/* The child ended with wait status @status: case_end(), or first asks the host. */
void case_ended(struct case_loop *c, struct case_run *r, int status);

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
