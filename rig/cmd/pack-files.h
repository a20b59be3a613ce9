/* SPDX-License-Identifier: GPL-2.0-only */
/* The files of a pack (plan/case-pack.h). */
#ifndef RIG_CMD_PACK_FILES_H
#define RIG_CMD_PACK_FILES_H

#include "base/progress.h"
#include "cmd/one-case.h"

/* Their names, in the order of the archive; the last two are folders. Not each pack has all. */
#define PACK_FILES                                                                                 \
	"run.json", "README", "case.scn", "case.c", "trace", "kernel.txt", "config", "cases",      \
		"kernel"

/* What is large, and comes along only when it is wanted. */
struct pack_extras {
	bool kernel; /* and its modules, which must then be on this machine */
	bool vmcore; /* the guest's memory, of run --vmcore; ERR_USAGE: the case has none */
};

/* Writes the files of a pack of @c into the folder @to. @say gets a line for what is missing. */
struct err *pack_files_write(struct one_case *c, const char *to, const struct pack_extras *extras,
			     const struct progress *say) __must_check;

#endif
