/* SPDX-License-Identifier: GPL-2.0-only */
#include "cmd/cmd.h"
#include "cmd/visit.h"
#include "guest/visitors.h"

#define KEY_RUN 256

static const char *run_word;

static const struct command_option page_options[] = {
	{ "run", "RUN", "the run; default: the newest of which a guest stands still", KEY_RUN },
	{ NULL, NULL, NULL, 0 },
};

static struct err *option(void *state, int key, const char *value)
{
	(void)state;
	(void)key;
	run_word = value;
	return NULL;
}

static struct err *run(void *state, char **operands, int n, int *status)
{
	struct link l;
	struct err *err;

	(void)state;
	(void)status;
	if (n != 1)
		return err_create(ERR_USAGE, "%s; see 'daxrig page --help'",
				  n ? "expected one page" : "no page given");
	err = visit_open(run_word, &l);
	if (err)
		return err;
	err = visit_ask(&l, VISIT_PAGE, operands[0]);
	link_deinit(&l);
	return err;
}

const struct command cmd_page = {
	.name = "page",
	.operands = "PFN|FILE+OFFSET",
	.summary = "show a struct page of a guest that stands still",
	.help = "PFN is a page frame, such as 0x140200. FILE is a path in the guest, on its DAX\n"
		"filesystem, and OFFSET a byte of it: '/mnt/case/a+64K'. The page is not touched.\n"
		"For a guest that 'run --hold' left standing still.\n",
	.options = page_options,
	.option = option,
	.run = run,
};
