/* SPDX-License-Identifier: GPL-2.0-only */
/* How a user names a kernel. Pure. */
#ifndef GUESTS_KERNEL_SPEC_H
#define GUESTS_KERNEL_SPEC_H

#include "base/err.h"

#define KERNEL_SPEC_DEFAULT "deb:linux-image-amd64"

/* What to say after "unknown kernel", for --help too. */
#define KERNEL_SPEC_FORMS \
	"deb:linux-image-amd64, deb:6.12, deb:6.12.100+deb12-amd64 or " \
	"file:BZIMAGE[,modules=DIR][,config=FILE]"

enum kernel_spec_kind {
	KERNEL_SPEC_PACKAGE,	/* a package that may point to another one tomorrow */
	KERNEL_SPEC_SERIES,	/* the newest build whose version begins so */
	KERNEL_SPEC_EXACT,	/* one build for ever */
	KERNEL_SPEC_FILE,
};

struct kernel_spec {
	enum kernel_spec_kind kind;
	char *text;	/* the full form, with "deb:" or "file:" */
	char *name;	/* the package's name, of a series its number ("6.12") */
	char *image, *modules, *config;	/* KERNEL_SPEC_FILE, as written; the last two
					   may be NULL */
};

/* Fills *@out (deinit it) or fails with ERR_USAGE, then there is nothing to deinit. */
struct err *kernel_spec_parse(const char *text, struct kernel_spec *out) __must_check;
void kernel_spec_deinit(struct kernel_spec *spec);

/*
 * Of the package names in @names, one a line, the newest generic image of @series:
 * no cloud, rt, dbg or unsigned build and no package that only points to another.
 * NULL if there is none; free() it.
 */
char *kernel_spec_newest(const char *names, const char *series);

#endif
