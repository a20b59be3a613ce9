/* SPDX-License-Identifier: GPL-2.0-only */
/* What a mail tells beside the record of its case: from the kernel, the history and the scenario. */
#ifndef RIG_CMD_MAIL_FACTS_H
#define RIG_CMD_MAIL_FACTS_H

#include "base/progress.h"
#include "bisect/answer-file.h"
#include "cmd/one-case.h"
#include "reports/render/upstream.h"

struct mail_facts {
	struct upstream u; /* borrows what follows */
	char *compiler;
	char *kernel_version, *options, *mkfs, *mount, *caveat, *trace;
	char *program, *no_program, *words, *network;
	struct upstream_count *counts;
	struct bisect_found found;
	bool no_holder;
};

/*
 * Fills @f, of zeroes, but for the counts (mail-counts.h); @say gets a line for what this machine
 * lacks, and how to get it.
 */
void mail_facts_find(struct mail_facts *f, const struct one_case *c, const struct progress *say);
void mail_facts_deinit(struct mail_facts *f);

#endif
