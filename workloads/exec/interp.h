/* SPDX-License-Identifier: GPL-2.0-only */
/* Runs a scenario in the guest. */
#ifndef WORKLOADS_EXEC_INTERP_H
#define WORKLOADS_EXEC_INTERP_H

#include "wire/agent.h"

/*
 * The run_case of struct agent_ops: runs @ctx->text to its end and sends a MSG_STEP for
 * each step, with line 0 for the setup and the teardown. If something does not end, the
 * message has TAG_DIRTY, and this function does not return: MSG_ABORT kills the process
 * after the host has taken the evidence. Else it returns 0.
 */
int interp_run_case(const struct case_ctx *ctx);

/*
 * The prepare of struct agent_ops: fills the part of the disk where file blocks will be
 * with bytes of no case, so that a file that shows a block's old bytes is detected.
 */
bool interp_prepare(const struct guest_facts *guest, const struct filesystem *fs);

#endif
