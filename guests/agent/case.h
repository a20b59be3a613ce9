/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The case loop: runs one case after another, each in a child, until the host hangs
 * up or powers the guest off. What affects the guest as a whole is done by hooks, so
 * that tests can run the loop on the host.
 */
#ifndef AGENT_CASE_H
#define AGENT_CASE_H

#include "guests/agent/link.h"
#include "wire/agent.h"

struct case_hooks {
	/* Before a case: writes clear_warn_once, and a mark to the kernel log. */
	void (*begin)(const char *name);
	/* After it: writes the other mark, which shows that the console is complete. */
	void (*end)(const char *name);
	/* After the evidence about tasks: sysrq w and l to the console, sysrq t to @out. */
	void (*evidence)(struct buf *out);
	/* Resumes suspended devices, which may keep a killed task from dying. */
	void (*release)(void);
	/*
	 * After all processes are dead: unmounts, removes devices. True if the guest is
	 * as it was before the case; else @log gets a line for each failure.
	 */
	bool (*clean)(struct buf *log);
	/* The kernel's taint: it changes when the kernel is tainted. */
	uint64_t (*taint)(void);
	/*
	 * Does what a MSG_FILE says: TAG_NAME is the path, TAG_TEXT the bytes to append, TAG_MODE
	 * begins the file. After a failure, with its reason in @why, the next case is not run: a
	 * program that lacks a part of its files would fail by that.
	 */
	bool (*file)(const uint8_t *payload, size_t len, char *why, size_t size);
	/*
	 * Applies MSG_WELCOME to the guest, before its first case, and adds the resulting
	 * state to @out, as the payload of MSG_GUEST.
	 */
	void (*welcome)(const uint8_t *payload, size_t len, struct buf *out);
	/* Answers MSG_NAMES with evidence; false: not all of it was sent. */
	bool (*names)(struct link *link);
};

enum loop_end {
	LOOP_GONE,   /* the host hung up between cases */
	LOOP_LOST,   /* the host hung up during a case, which was killed */
	LOOP_BROKEN, /* the host broke the protocol */
	LOOP_POWEROFF,
};

struct case_loop {
	const struct agent_ops *ops;
	struct guest_facts *facts;
	const struct case_hooks *hooks; /* NULL members are skipped */
	uint64_t grace_ms;		/* time for killed processes to die */
	struct link *link;
	unsigned int served; /* cases begun */
	bool dirty;
	char why[256];	 /* of LOOP_BROKEN */
	char lacks[256]; /* why a file of the next case is not there; "": nothing lacks */
};

/*
 * The caller must block SIGCHLD, and be PID 1 or a child subreaper: all its
 * descendants count as the case's, and are killed with it.
 */
enum loop_end case_loop_run(struct case_loop *c);

/*
 * evidence.c: writes state, wchan, CPU time and kernel stack of every thread of every
 * descendant of @root, except @except, to @fd. It writes each task at once, because
 * reading the next one may hang.
 */
void evidence_tasks(pid_t root, pid_t except, int fd);

#endif
