/* SPDX-License-Identifier: GPL-2.0-only */
#include <stdio.h>
#include <string.h>

#include "plan/cases.h"
#include "cmd/cmd.h"
#include "cmd/show-kselftest.h"
#include "reports/record/known.h"
#include "workloads/c/c.h"
#include "workloads/model/derive.h"

static bool derived, as_c;
static const char *kselftest;

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

/* What is to be said on top of the program, by the findings that daxrig brings; free() it. */
static struct err *find_warning(const struct paths *p, const char *name, char **out)
{
	_cleanup_free_ char *findings = paths_findings(p);
	struct known known;
	struct err *err = known_read(findings, &known);

	if (err)
		return err;
	*out = known_warning(known_shown_by(&known, name));
	known_deinit(&known);
	return NULL;
}

static struct err *print_c(const struct paths *p, const struct plan_case *c)
{
	_cleanup_buf_ struct buf program = BUF_INIT;
	_cleanup_free_ char *warning = NULL;
	struct err *err = c->bad ? err_create(ERR_USAGE, "%s: %s", c->name, c->bad) :
				   find_warning(p, c->name, &warning);

	if (!err)
		err = c_program(c->name, c->text, warning, &program);

	if (!err)
		fputs(buf_str(&program), stdout);
	return err;
}

static struct err *print_case(const struct paths *p, const struct plan_case *c, bool first)
{
	if (as_c)
		return print_c(p, c);
	printf("%s# %s\n", first ? "" : "\n", c->name);
	if (derived)
		return print_derived(c);
	fputs(c->text, stdout);
	return NULL;
}

static struct err *show(void *state, char **operands, int n, int *status)
{
	struct plan plan = { 0 };
	struct paths p;
	struct err *err;

	(void)state;
	(void)status;
	if (kselftest && (as_c || derived))
		return err_create(ERR_USAGE, "--kselftest writes a folder: leave out --%s",
				  as_c ? "c" : "derived");
	if (!n && !kselftest)
		return err_create(ERR_USAGE, "no case given; see 'daxrig show --help'");
	err = paths_init(&p);
	if (!err && kselftest) {
		err = show_kselftest(&p, kselftest, operands, n);
		paths_deinit(&p);
		return err;
	}
	for (int i = 0; i < n && !err; i++)
		err = cases_from_word(&p, operands[i], &plan);
	for (size_t i = 0; i < plan.nr_notes; i++)
		progress_line(&command_say, "%s", plan.notes[i]);
	plan_write_texts(&plan);
	if (!err && as_c && plan.nr_cases > 1)
		err = err_create(ERR_USAGE,
				 "--c writes one program, and '%s' is %zu cases: name one, "
				 "as '%s'",
				 operands[0], plan.nr_cases, plan.cases[0].name);
	for (size_t i = 0; i < plan.nr_cases && !err; i++)
		err = print_case(&p, &plan.cases[i], !i);
	plan_deinit(&plan);
	paths_deinit(&p);
	return err;
}

static struct err *option(void *state, int key, const char *value)
{
	(void)state;
	if (key == 257)
		as_c = true;
	else if (key == 258)
		kselftest = value;
	else
		derived = true;
	return NULL;
}

static const struct command_option show_options[] = {
	{ "derived", NULL, "with the expectations that follow from the contract", 256 },
	{ "c", NULL, "as a C program of its own, which runs on any machine with a DAX mount", 257 },
	{ "kselftest", "DIR",
	  "scenarios (all of the library, if none is named) as the new folder DIR, to be\n"
	  "tools/testing/selftests/dax of a kernel tree",
	  258 },
	{ NULL, NULL, NULL, 0 },
};

const struct command cmd_show = {
	.name = "show",
	.operands = "[CASE|SCENARIO|FILE.scn...]",
	.summary = "print cases as scenario text, to read, change and pass on",
	.help = "Name a case as in the output of run, or by a glob: 'xfs/4k/vmsplice/mapped/*'.\n",
	.options = show_options,
	.option = option,
	.run = show,
};
