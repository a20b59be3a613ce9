/* SPDX-License-Identifier: GPL-2.0-only */
/* The agent's program: PID 1 (guests/agent) joined with the interpreter. */
#include <string.h>

#include "inject/injector.h"
#include "wire/agent.h"
#include "workloads/exec/interp.h"
#include "workloads/oracles/place.h"

/* Beside PID 1, for a person: 'AGENT place FILE OFFSET'. */
int main(int argc, char **argv)
{
	static const struct agent_ops ops = { .run_case = interp_run_case,
					      .prepare = interp_prepare,
					      .symbols = injector_symbols };

	if (argc == 4 && strcmp(argv[1], AGENT_PLACE) == 0)
		return place_main(argv[2], argv[3]);
	return agent_main(&ops);
}
