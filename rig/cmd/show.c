/* SPDX-License-Identifier: GPL-2.0-only */
#include <stdio.h>
#include <string.h>

#include "plan/cases.h"
#include "cmd/cmd.h"
#include "workloads/model/derive.h"

static bool derived;

/* Prints the text and the model's expectations, each after the line it follows from. */
static struct err *print_derived(const struct plan_case *c)
{
	struct scenario *s;
	struct err *err = model_parse(c->name, c->text, strlen(c->text), &s);
	unsigned int number = 0;

	if (err)
		return err;
	for (const char *line = c->text; *line; line++) {
		size_t len = strcspn(line, "\n");

		printf("%.*s\n", (int)len, line);
		number++;
		for (unsigned int i = 0; i < s->nr_steps; i++)
			if (s->steps[i].derived && s->steps[i].line == number)
				printf("%-40s# by the contract\n", s->steps[i].text);
		line += len;
		if (!*line)
			break;
	}
	scenario_free(s);
	return NULL;
}

static struct err *show(void *state, char **operands, int n, int *status)
{
	struct plan plan = { 0 };
	struct paths p;
	struct err *err;

	(void)state;
	(void)status;
	if (!n)
		return err_create(ERR_USAGE, "no case given; see 'daxrig show --help'");
	err = paths_init(&p);
	for (int i = 0; i < n && !err; i++)
		err = cases_from_word(&p, operands[i], &plan);
	for (size_t i = 0; i < plan.nr_notes; i++)
		progress_line(&command_say, "%s", plan.notes[i]);
	plan_write_texts(&plan);
	for (size_t i = 0; i < plan.nr_cases && !err; i++) {
		printf("%s# %s\n", i ? "\n" : "", plan.cases[i].name);
		if (derived)
			err = print_derived(&plan.cases[i]);
		else
			fputs(plan.cases[i].text, stdout);
	}
	plan_deinit(&plan);
	paths_deinit(&p);
	return err;
}

static struct err *option(void *state, int key, const char *value)
{
	(void)state;
	(void)key;
	(void)value;
	derived = true;
	return NULL;
}

static const struct command_option show_options[] = {
	{ "derived", NULL, "with the expectations that follow from the contract", 256 },
	{ NULL, NULL, NULL, 0 },
};

const struct command cmd_show = {
	.name = "show",
	.operands = "CASE|SCENARIO|FILE.scn...",
	.summary = "print cases as scenario text, to read, change and pass on",
	.help = "Name a case as in the output of run, or by a glob: 'xfs/4k/vmsplice/mapped/*'.\n",
	.options = show_options,
	.option = option,
	.run = show,
};
