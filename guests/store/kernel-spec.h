/* SPDX-License-Identifier: GPL-2.0-only */
/* SPEC: the name by which a user selects a kernel. Pure. */
#ifndef GUESTS_KERNEL_SPEC_H
#define GUESTS_KERNEL_SPEC_H

#include <string.h>

#include "base/arch.h"
#include "base/err.h"

#define KERNEL_SPEC_DEFAULT "deb:linux-image-" ARCH_DEBIAN

/* The prefix of the names of packages with an image. */
#define KERNEL_IMAGE_PREFIX "linux-image-"

/* The text after "unknown kernel", also for --help. */
#define KERNEL_SPEC_FORMS                                                                          \
	KERNEL_SPEC_DEFAULT                                                                        \
	", deb:newest, deb:6.12, deb:6.12.100+deb12-" ARCH_DEBIAN ", "                             \
	"src:7.2[+PROFILE][+FILE.config|+FILE.patch...], tree:PATH[@REV][+...], "                  \
	"file:BZIMAGE[,modules=DIR][,config=FILE] or store:NAME"

enum kernel_spec_kind {
	KERNEL_SPEC_PACKAGE, /* a package that may point to another one tomorrow */
	KERNEL_SPEC_SERIES,  /* the newest build whose version begins with the name */
	KERNEL_SPEC_EXACT,   /* always the same build */
	KERNEL_SPEC_NEWEST,  /* the newest build in any suite */
	KERNEL_SPEC_FILE,
	KERNEL_SPEC_STORE,  /* the kernel in the store with that key */
	KERNEL_SPEC_SOURCE, /* built from Debian's linux-source-SERIES */
	KERNEL_SPEC_TREE,   /* built from a git tree */
};

#define KERNEL_SPEC_EXTRAS_MAX 16

/* Does daxrig build it from source? */
#define kernel_spec_is_built(spec)                                                                 \
	((spec)->kind == KERNEL_SPEC_SOURCE || (spec)->kind == KERNEL_SPEC_TREE)

struct kernel_spec {
	enum kernel_spec_kind kind;
	char *text; /* the full form, with "deb:" or "file:" */
	char *name; /* the package's name; for SERIES and SOURCE the number ("6.12"),
			   for NEWEST "", for STORE the key, for TREE the path */
	char *rev;  /* KERNEL_SPEC_TREE: a git revision; NULL: HEAD */
	char *extras[KERNEL_SPEC_EXTRAS_MAX]; /* for SOURCE and TREE: the text after
						   each "+", as written */
	size_t nr_extras;
	char *image, *modules, *config; /* KERNEL_SPEC_FILE, as written; the last two
					   may be NULL */
};

/* The text after the source or tree, as written: "+debug+x.patch", "". */
static inline const char *kernel_spec_extras(const struct kernel_spec *spec)
{
	return spec->nr_extras ? strchr(spec->text, '+') : "";
}

/* Parses @text. ERR_USAGE: it is malformed. Deinit *@out after success only. */
struct err *kernel_spec_parse(const char *text, struct kernel_spec *out) __must_check;
void kernel_spec_deinit(struct kernel_spec *spec);

/*
 * Does it name one version ("6.12.90") rather than a series? There may be several builds of
 * a version.
 */
bool kernel_spec_is_version(const struct kernel_spec *spec);

/*
 * Is the package @name a generic image of @series ("": of any)? No cloud, rt, dbg or
 * unsigned build and no package that only points to another.
 */
bool kernel_spec_matches(const char *name, const char *series);

/* Compares two packages or releases; returns > 0 if @a is newer, as strcmp() does. */
int kernel_spec_compare(const char *a, const char *b);

/*
 * Chooses the package in @names, one a line, that @spec means: a series, a version or the
 * newest. *@out is NULL if there is none; free() it. ERR_USAGE: there are several builds of the
 * version; the message names them.
 */
struct err *kernel_spec_choose(const struct kernel_spec *spec, const char *names, char **out)
	__must_check;

/* An ERR_USAGE that lists the packages in @names that @spec may mean. */
struct err *kernel_spec_ambiguous(const struct kernel_spec *spec, const char *names) __must_check;

#endif
