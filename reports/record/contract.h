/* SPDX-License-Identifier: GPL-2.0-only */
/* What the kernel promises where a rule is broken, in the words of kernel developers. Pure. */
#ifndef REPORTS_CONTRACT_H
#define REPORTS_CONTRACT_H

/* Static strings, printable ASCII on one line. */
struct contract {
	const char *text;   /* whole sentences */
	const char *source; /* where the kernel says so; NULL: it goes without saying */
};

/* Of the rule @name, any string; text is NULL when it is unknown. */
struct contract rule_contract(const char *name);

#endif
