/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The interface between PID 1 of the guest (guests/agent) and the program that runs a case
 * (workloads/exec). The two rooms meet only here and in rig/agent-main.c, which joins them.
 */
#ifndef WIRE_AGENT_H
#define WIRE_AGENT_H

#include "base/buf.h"
#include "wire/filesystem/filesystem.h"
#include "wire/msg.h"

/* The interface that soft-RoCE is on: its packets hold a page, for a path MTU of 4096. */
#define AGENT_MTU 9000

/* What PID 1 found while it set the guest up; the same for every case. */
struct guest_facts {
	unsigned int kernel_major, kernel_minor;
	char release[128];
	char pmem[64];		/* fsdax block device: "/dev/pmem0" */
	char devdax[64];	/* device-DAX node: "/dev/dax1.0"; "" if there is none */
	uint64_t devdax_align;	/* bytes */
	char rdma_dev[64];	/* "rxe0"; "" if there is none */
	char rdma_why[128];	/* the reason why there is none */
	unsigned int gid_index; /* of an IPv4 RoCE v2 GID of port 1 */
	unsigned int cpus;
	const struct filesystem *mounted; /* mounted by prepare() for the next case; or NULL */
};

struct case_ctx {
	const char *name;
	const char *text; /* the scenario */
	const struct filesystem *fs;
	enum sabotage sabotage;
	uint64_t seed;
	bool hold;	     /* ask the host, by HOLD_CALL, before each step and after a finding */
	unsigned int number; /* among the cases of this guest, from 1 */
	uint64_t grace_ms;   /* an operation must end within this after the release: 2 s, scaled */
	const struct guest_facts *guest;
	int link; /* SOCK_SEQPACKET to PID 1, used by the calls below */
};

/* Sends one MSG_STEP, MSG_LOG or MSG_EVIDENCE to the host. */
void case_send(const struct case_ctx *ctx, enum msg_type type, const struct buf *payload);

/*
 * Asks the host for something only it can do, and waits for the answer. @call names a call of
 * an injector or of the ledger; @args is NULL-terminated or NULL. Returns 0, or -1 or
 * CALL_LACKS with the host's reason in @why. May be called from any thread; a case makes one
 * call at a time.
 */
int case_call(const struct case_ctx *ctx, const char *call, const char *const *args, char *why,
	      size_t size);

/*
 * The call that returns when the host lets the case go on. Its arguments: when, "before" or
 * "after" a step, and the line of the step, 0 for the teardown.
 */
#define HOLD_CALL "hold"

/* The word for the agent's program that makes it workloads/oracles/place.h. */
#define AGENT_PLACE "place"

/* Returned by case_call(): this kernel does not offer what the host needs for the call. */
#define CALL_LACKS 1

/* Returned by run_case(): all went well, but the guest must not be used again. */
#define CASE_SPOILED 64

struct agent_ops {
	/*
	 * Runs one case to its end in a child of PID 1 that leads its own process
	 * group; everything it started may be killed after it returns. Returns the
	 * child's exit status: 0 or CASE_SPOILED if every step was reported, whatever
	 * the results.
	 */
	int (*run_case)(const struct case_ctx *ctx);
	/*
	 * Prepares the guest's disk, and mounts @fs, unless it is NULL, for the next case.
	 * Returns false if it failed. Runs in a child of PID 1 while the guest boots.
	 */
	bool (*prepare)(const struct guest_facts *guest, const struct filesystem *fs);
	/* Kernel symbols to report to the host: a list of lists, each NULL-terminated. */
	const char *const *const *symbols;
};

/* All that PID 1 does; returns only if the caller is not PID 1. */
int agent_main(const struct agent_ops *ops);

#endif
