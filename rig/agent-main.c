/* SPDX-License-Identifier: GPL-2.0-only */
/* The agent's program: PID 1 (guests/agent) joined with the interpreter. */
#include "inject/injector.h"
#include "wire/agent.h"
#include "workloads/exec/interp.h"

int main(void)
{
	static const struct agent_ops ops = { .run_case = interp_run_case,
					      .prepare = interp_prepare,
					      .symbols = injector_symbols };

	return agent_main(&ops);
}
