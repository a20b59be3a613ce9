/* SPDX-License-Identifier: GPL-2.0-only */
/* 'daxrig mail': a case of a run that failed, as a mail to the kernel's developers. */
#include <stdio.h>

#include "cmd/cmd.h"
#include "cmd/mail-counts.h"
#include "reports/render/render.h"

static struct err *check(const struct one_case *c)
{
	if (c->rec->verdict == VERDICT_FAIL)
		return NULL;
	return err_create(ERR_USAGE,
			  "case '%s' did not fail in run '%s': %s; 'daxrig history %s' names runs "
			  "in which it did",
			  c->shown, c->folder, verdict_name(c->rec->verdict), c->shown);
}

static struct err *mail(void *state, char **operands, int n, int *status)
{
	struct mail_facts facts = { 0 };
	struct one_case c;
	struct err *err = one_case_find(&c, "mail", operands, n);

	(void)state;
	(void)status;
	if (!err)
		err = check(&c);
	if (!err) {
		mail_facts_find(&facts, &c, &command_say);
		err = mail_counts_find(&facts, &c, &command_say);
	}
	if (!err) {
		struct render_run run = render_run_of(&c.s, c.folder);

		run.known = &c.known;
		run.compiler = facts.compiler;
		run.upstream = &facts.u;
		/* main() reports a failed write */
		render_cases(&renderer_upstream, stdout, &run, &c.rec, 1, NULL);
	}
	mail_facts_deinit(&facts);
	one_case_deinit(&c);
	return err;
}

static const struct command_option mail_options[] = { { NULL, NULL, NULL, 0 } };

const struct command cmd_mail = {
	.name = "mail",
	.operands = "[RUN] CASE",
	.summary = "write a mail to the kernel's developers about a case that failed",
	.help = "CASE is a name or a glob: of several cases the first that failed. RUN is as of\n"
		"'daxrig report'; default: the newest run with that case. What was not measured is\n"
		"said. The mail has no sender and no recipient.\n",
	.options = mail_options,
	.run = mail,
};
