/* SPDX-License-Identifier: GPL-2.0-only */
#include <stdio.h>

#include "cases.h"
#include "cmd.h"

static struct err *show(void *state, char **operands, int n, int *status)
{
	struct plan plan = { 0 };
	struct paths p;
	struct err *err;

	(void)state;
	(void)status;
	if (!n)
		return err_create(ERR_USAGE, "say which case; see 'daxrig show --help'");
	err = paths_init(&p);
	for (int i = 0; i < n && !err; i++)
		err = cases_from_word(&p, operands[i], &plan);
	plan_write_texts(&plan);
	for (size_t i = 0; i < plan.nr_cases && !err; i++)
		printf("%s# %s\n%s", i ? "\n" : "", plan.cases[i].name, plan.cases[i].text);
	plan_deinit(&plan);
	paths_deinit(&p);
	return err;
}

static const struct command_option no_options[] = { { NULL, NULL, NULL, 0 } };

const struct command cmd_show = {
	.name = "show",
	.operands = "CASE|SCENARIO|FILE.scn...",
	.summary = "print cases as scenario text, to be read, changed and handed on",
	.help = "A case is named as in the output of run, or by a glob: 'xfs/4k/vmsplice/mapped/*'.\n",
	.options = no_options,
	.run = show,
};
