/* SPDX-License-Identifier: GPL-2.0-only */
/* Runs a scenario in the guest. */
#ifndef WORKLOADS_EXEC_INTERP_H
#define WORKLOADS_EXEC_INTERP_H

#include "wire/agent.h"

/*
 * A struct agent_ops run_case: runs @ctx->text to its end and sends a MSG_STEP for
 * each step, line 0 for what stands before the first and behind the last one.
 * A step that shows that something does not end carries TAG_DIRTY; then it waits to
 * be killed, which MSG_ABORT does once the evidence is taken. Else it returns 0.
 */
int interp_run_case(const struct case_ctx *ctx);

/*
 * A struct agent_ops prepare: the part of the disk that files come to lie in holds
 * bytes that are no case's, so that a block handed out as it was shows.
 */
bool interp_prepare(const struct guest_facts *guest, const struct filesystem *fs);

#endif
