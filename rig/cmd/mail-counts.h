/* SPDX-License-Identifier: GPL-2.0-only */
/* How often the case of a mail failed, in all the records of this user. */
#ifndef RIG_CMD_MAIL_COUNTS_H
#define RIG_CMD_MAIL_COUNTS_H

#include "cmd/mail-facts.h"

/*
 * Sets the counts of @f: of this case on its kernel and on others, rechecks included; and of the
 * case that differs only by a pin that holds nothing. @say gets a line for what was never tried.
 */
struct err *mail_counts_find(struct mail_facts *f, struct one_case *c, const struct progress *say)
	__must_check;

#endif
