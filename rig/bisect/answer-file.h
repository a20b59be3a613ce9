/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a bisection found, in the file "answer" beside its log, for whoever tells of the case. A
 * line is a key, a tab and a text in printable ASCII:
 *
 *	good	9f2c12345678 xfs: wait (2025-03-01)	the last version without it
 *	bad	1234abcd5678 xfs: do not wait (2025-03-02)	the first with it
 *	commit	1234abcd5678 ("xfs: do not wait")	only of a git tree
 *	rule	contract.waits	the finding that was sought; "-": any
 *	title	WARNING in f	of a splat, or a glob of such
 *	fixed	yes	only if good is the newer one: what was found is the fix
 */
#ifndef RIG_BISECT_ANSWER_FILE_H
#define RIG_BISECT_ANSWER_FILE_H

#include "bisect/session.h"

struct bisect_found {
	char *good, *bad;
	char *commit; /* NULL: of packages, or of configurations */
	bool fixed;
};

/*
 * Writes the answer of @s, which found one change, beside its log; it replaces what an earlier
 * session found.
 */
struct err *answer_file_write(const struct session *s) __must_check;

/*
 * Finds the newest answer for the case @name below @data_dir that is about one of the findings of
 * @rec; all of *@out is NULL when there is none, or none that can be read. bisect_found_deinit() it.
 */
void answer_file_find(const char *data_dir, const char *name, const struct case_record *rec,
		      struct bisect_found *out);
void bisect_found_deinit(struct bisect_found *f);

#endif
