/* SPDX-License-Identifier: GPL-2.0-only */
/* For commands about one case of one run: finds it by their operands, "[RUN] CASE". */
#ifndef RIG_CMD_ONE_CASE_H
#define RIG_CMD_ONE_CASE_H

#include "cmd/past.h"
#include "reports/record/run-json.h"

struct one_case {
	struct past past;
	char *folder;		 /* of the run */
	struct run_summary s;	 /* its record; the cases keep their JSON */
	struct case_record *rec; /* in it */
	char *name;		 /* of the case, without the number of a repeat */
	char *shown;		 /* the same in printable ASCII, for messages */
	struct known known;	 /* the installed findings, with their prose; rec is marked */
};

/*
 * Finds the case: CASE is a name or a glob, of several cases the first that failed; RUN is as
 * for run_find(), and without one the newest run that has such a case. ERR_USAGE names what to
 * do; so it does for a run of a self-test, which says nothing of the kernel. one_case_deinit() it after success and after an error.
 */
struct err *one_case_find(struct one_case *c, const char *command, char **operands, int n)
	__must_check;
void one_case_deinit(struct one_case *c);

#endif
