/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The case loop: one case after another, each in a child, until the host hangs up
 * or says so. What touches the guest as a whole stands behind hooks, so that the
 * loop runs on the host too, in tests.
 */
#ifndef AGENT_CASE_H
#define AGENT_CASE_H

#include "guests/agent/link.h"
#include "wire/agent.h"

struct case_hooks {
	/* Before a case: clear_warn_once, a mark in the kernel log. */
	void (*begin)(const char *name);
	/* Behind it: the other mark, by which the console is known to be complete. */
	void (*end)(const char *name);
	/* Behind the evidence about tasks: sysrq w and l on the console, t into @out. */
	void (*evidence)(struct buf *out);
	/* Lets go of what may keep a killed task from dying: suspended devices. */
	void (*release)(void);
	/*
	 * After everything is dead: unmounts, removes devices. True when the guest
	 * is as before; what was not goes to @log, a line each.
	 */
	bool (*clean)(struct buf *log);
	/* A number that changes when the kernel was tainted. */
	uint64_t (*taint)(void);
	/*
	 * What MSG_WELCOME says is made true of the guest, before its first case; what it
	 * then is goes to @out, as MSG_GUEST has it.
	 */
	void (*welcome)(const uint8_t *payload, size_t len, struct buf *out);
};

enum loop_end {
	LOOP_GONE,   /* the host hung up while no case ran */
	LOOP_LOST,   /* the host hung up while one ran: it was killed */
	LOOP_BROKEN, /* the host does not speak the protocol */
	LOOP_POWEROFF,
};

struct case_loop {
	const struct agent_ops *ops;
	struct guest_facts *facts;
	const struct case_hooks *hooks; /* NULL members are left out */
	uint64_t grace_ms;		/* for what was killed to go away */
	struct link *link;
	unsigned int served; /* cases begun */
	bool dirty;
	char why[256]; /* of LOOP_BROKEN */
};

/*
 * SIGCHLD must be blocked, and the caller be PID 1 or a child subreaper: all its
 * descendants are the case's, and are killed with it.
 */
enum loop_end case_loop_run(struct case_loop *c);

/*
 * evidence.c: writes to @fd state, place, CPU time and kernel stack of every thread
 * of every descendant of @root, except @except; task by task, as one may hang it.
 */
void evidence_tasks(pid_t root, pid_t except, int fd);

#endif
