/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How bad it is what a finding tells of: a ladder, the worst rung first. The severity of a rule
 * is that of its rung. Pure.
 */
#ifndef REPORTS_RUNG_H
#define REPORTS_RUNG_H

#include "reports/record/known.h"

enum rung {
	RUNG_OTHERS,  /* bytes of another file are seen or overwritten */
	RUNG_FREED,   /* a block or memory is in use after it was freed */
	RUNG_OWN,     /* a file's own bytes are lost, or old */
	RUNG_DAMAGED, /* the filesystem is damaged */
	RUNG_STOPPED, /* the kernel stops */
	RUNG_STUCK,   /* something hangs beyond SIGKILL */
	RUNG_PAGES,   /* pages keep counts or owners that are wrong */
	RUNG_WARNING, /* a warning, or a wait too long or too short */
	RUNG_NOTHING,
	RUNGS
};

/* "bytes of another file are seen or overwritten" */
const char *rung_text(enum rung r);
enum severity rung_severity(enum rung r);

/* The rung of breaking @rule, when nothing else is known. */
enum rung rung_of_rule(enum rule rule);

/* The rung of @f, a finding of @rec; for a report in the log, that of its kind. */
enum rung rung_of_finding(const struct case_record *rec, const struct finding *f);

#endif
