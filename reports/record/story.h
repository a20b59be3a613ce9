/* SPDX-License-Identifier: GPL-2.0-only */
/* What is told of a failed case, as text of several lines, printable ASCII. Pure. */
#ifndef REPORTS_STORY_H
#define REPORTS_STORY_H

#include "reports/record/verdict.h"

/* Appends "LABEL     TEXT" and a newline; nothing for NULL or "". */
void story_add_field(struct buf *b, const char *label, const char *text);

/*
 * Appends a finding: rule, step, what was expected and found, and at most @max
 * bytes of its lines: a trace.
 */
void story_add_finding(struct buf *b, const struct finding *f, size_t max);

/* Appends the findings of @rec, what failed in the rig, and where its evidence is. */
void story_add(struct buf *b, const struct case_record *rec, size_t max);

#endif
