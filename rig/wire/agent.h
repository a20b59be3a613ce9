/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Inside the guest: what PID 1 (guests/agent) gives the program that runs a case
 * (workloads/exec), and the other way round. The two rooms meet only here and in
 * rig/agent-main.c, which joins them.
 */
#ifndef WIRE_AGENT_H
#define WIRE_AGENT_H

#include "base/buf.h"
#include "wire/filesystem/filesystem.h"
#include "wire/msg.h"

/* What PID 1 found out while it set the guest up; the same for every case. */
struct guest_facts {
	unsigned int kernel_major, kernel_minor;
	char release[128];
	char pmem[64];		/* fsdax block device: "/dev/pmem0" */
	char devdax[64];	/* device-DAX node: "/dev/dax1.0"; "" when there is none */
	uint64_t devdax_align;	/* bytes */
	char rdma_dev[64];	/* "rxe0"; "" when there is none, then: */
	char rdma_why[128];	/* why */
	unsigned int gid_index; /* of an IPv4 RoCE v2 GID of port 1 */
	unsigned int cpus;
	const struct filesystem *mounted; /* prepare() left it for the next case; or NULL */
};

struct case_ctx {
	const char *name;
	const char *text; /* the scenario */
	const struct filesystem *fs;
	enum sabotage sabotage;
	uint64_t seed;
	unsigned int number; /* among the cases of this guest, from 1 */
	uint64_t grace_ms;   /* what was let go ends so soon, 2 s scaled */
	const struct guest_facts *guest;
	int link; /* SOCK_SEQPACKET to PID 1, used by the calls below */
};

/* Sends one MSG_STEP, MSG_LOG or MSG_EVIDENCE to the host. */
void case_send(const struct case_ctx *ctx, enum msg_type type, const struct buf *payload);

/*
 * Asks the host for something only it can do, and waits. @call is one of
 * an injector's or of the ledger's; @args NULL-terminated or NULL. 0, or -1 or CALL_LACKS with the
 * host's reason in @why. One call at a time a case; callable from any thread.
 */
int case_call(const struct case_ctx *ctx, const char *call, const char *const *args, char *why,
	      size_t size);

/* Of case_call(): this kernel does not offer what the host needs for it. */
#define CALL_LACKS 1

/* What run_case() returns when all went well and the guest must not be used again. */
#define CASE_SPOILED 64

struct agent_ops {
	/*
	 * Runs one case to its end in a child of PID 1 that leads its own process
	 * group; everything it started may be killed when it returns. The value is
	 * the child's exit status: 0 or CASE_SPOILED when every step was reported,
	 * whatever they said.
	 */
	int (*run_case)(const struct case_ctx *ctx);
	/*
	 * Makes the guest's disk ready, and mounts @fs, unless it is NULL, so that the next
	 * case finds it; false when it could not.
	 * Runs in a child of PID 1 while the guest boots.
	 */
	bool (*prepare)(const struct guest_facts *guest, const struct filesystem *fs);
	/* The kernel's symbols that the host is told: lists, and a list of them, NULL-terminated. */
	const char *const *const *symbols;
};

/* PID 1's whole life; returns only when it is not PID 1. */
int agent_main(const struct agent_ops *ops);

#endif
