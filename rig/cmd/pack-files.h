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

/*
 * Writes the files of a pack of @c into the folder @to; @with_kernel: the kernel and its modules,
 * too, which must then be on this machine. @say gets a line for what is missing.
 */
struct err *pack_files_write(struct one_case *c, const char *to, bool with_kernel,
			     const struct progress *say) __must_check;

#endif
