/* SPDX-License-Identifier: GPL-2.0-only */
/* How a user names a kernel. Pure. */
#ifndef GUESTS_KERNEL_SPEC_H
#define GUESTS_KERNEL_SPEC_H

#include <string.h>

#include "base/arch.h"
#include "base/err.h"

#define KERNEL_SPEC_DEFAULT "deb:linux-image-" ARCH_DEBIAN

/* What the names of packages with an image begin with. */
#define KERNEL_IMAGE_PREFIX "linux-image-"

/* What to say after "unknown kernel", for --help too. */
#define KERNEL_SPEC_FORMS                                                                          \
	KERNEL_SPEC_DEFAULT                                                                        \
	", deb:newest, deb:6.12, deb:6.12.100+deb12-" ARCH_DEBIAN ", "                             \
	"src:7.2[+PROFILE][+FILE.config|+FILE.patch...], tree:PATH[@REV][+...], "                  \
	"file:BZIMAGE[,modules=DIR][,config=FILE] or store:NAME"

enum kernel_spec_kind {
	KERNEL_SPEC_PACKAGE, /* a package that may point to another one tomorrow */
	KERNEL_SPEC_SERIES,  /* the newest build whose version begins so */
	KERNEL_SPEC_EXACT,   /* one build for ever */
	KERNEL_SPEC_NEWEST,  /* the newest there is in any suite */
	KERNEL_SPEC_FILE,
	KERNEL_SPEC_STORE,  /* what the store has under that name */
	KERNEL_SPEC_SOURCE, /* built from Debian's linux-source-SERIES */
	KERNEL_SPEC_TREE,   /* built from a git tree */
};

#define KERNEL_SPEC_EXTRAS_MAX 16

/* Is it built here? */
#define kernel_spec_is_built(spec)                                                                 \
	((spec)->kind == KERNEL_SPEC_SOURCE || (spec)->kind == KERNEL_SPEC_TREE)

struct kernel_spec {
	enum kernel_spec_kind kind;
	char *text; /* the full form, with "deb:" or "file:" */
	char *name; /* the package's name, of a series or a source its number
			   ("6.12"), of the newest "", of what is stored its folder's,
			   of a tree its path */
	char *rev;  /* KERNEL_SPEC_TREE: a git revision; NULL: HEAD */
	char *extras[KERNEL_SPEC_EXTRAS_MAX]; /* of what is built, what was behind each
						   "+", as written */
	size_t nr_extras;
	char *image, *modules, *config; /* KERNEL_SPEC_FILE, as written; the last two
					   may be NULL */
};

/* What is behind the source or tree, as written: "+debug+x.patch", "". */
static inline const char *kernel_spec_extras(const struct kernel_spec *spec)
{
	return spec->nr_extras ? strchr(spec->text, '+') : "";
}

/* Fills *@out (deinit it) or fails with ERR_USAGE, then there is nothing to deinit. */
struct err *kernel_spec_parse(const char *text, struct kernel_spec *out) __must_check;
void kernel_spec_deinit(struct kernel_spec *spec);

/*
 * Does it say more than a series, "6.12.90": one version, of which there may be several
 * builds?
 */
bool kernel_spec_is_version(const struct kernel_spec *spec);

/*
 * Is the package @name a generic image of @series ("": of any)? No cloud, rt, dbg or
 * unsigned build and no package that only points to another.
 */
bool kernel_spec_matches(const char *name, const char *series);

/* Which of two packages or releases is newer, as strcmp() says which is greater. */
int kernel_spec_compare(const char *a, const char *b);

/*
 * The one that @spec, a series, a version or the newest, means of the package names in @names,
 * one a line: *@out is NULL if there is none; free() it. A version of which there are several
 * is ERR_USAGE with their names.
 */
struct err *kernel_spec_choose(const struct kernel_spec *spec, const char *names, char **out)
	__must_check;

/* The ERR_USAGE that names those of @names that @spec may mean. */
struct err *kernel_spec_ambiguous(const struct kernel_spec *spec, const char *names) __must_check;

#endif
