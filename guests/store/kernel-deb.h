/* SPDX-License-Identifier: GPL-2.0-only */
/* Kernels from the Debian archive: finds the build that a name means, and fetches it. */
#ifndef GUESTS_KERNEL_DEB_H
#define GUESTS_KERNEL_DEB_H

#include "base/err.h"
#include "guests/archive/archive-io.h"
#include "base/progress.h"
#include "guests/store/kernel-spec.h"

struct apt;

/* The suites to search, in this order; NULL stands for the machine's own suites. */
#define KERNEL_DEB_SUITES 5
extern const char *const kernel_deb_suites[KERNEL_DEB_SUITES];

struct kernel_deb {
	char *package; /* "linux-image-6.1.0-56-amd64" */
	char *version; /* "6.1.192-2" */
	char *depends;
	struct apt *apt; /* of the suite it is in */
};

/*
 * Finds the build that @spec means now: in the machine's own suites first, then in newer
 * ones; for a version, or the newest, in all of them. ERR_USAGE: there is none, or there
 * are several builds of the version. Deinit *@out after success only.
 */
struct err *kernel_deb_find(const char *data_dir, const struct kernel_spec *spec,
			    const struct progress *say, struct kernel_deb *out) __must_check;
void kernel_deb_deinit(struct kernel_deb *deb);

/*
 * The next package with a part of the kernel in @depends, of an image package, from *@at (0
 * at first) on; NULL: no more; free() it. Pure.
 */
char *kernel_deb_part(const char *depends, size_t *at);

/* Downloads the build with its parts, and unpacks it to the existing folder @dir. */
struct err *kernel_deb_fetch(const struct kernel_deb *deb, const char *dir,
			     const struct progress *say) __must_check;

/* Unpacks the packages in the folder @from to @dir, by @place, and removes @from. */
struct err *kernel_deb_unpack(const char *from, const char *dir, deb_place_fn *place,
			      const struct progress *say) __must_check;

/*
 * Where a file of a kernel package goes in the store, in any of Debian's layouts;
 * free() it. NULL: not needed. Pure.
 */
char *kernel_deb_place(const char *entry);

/*
 * The first name in a Depends field, at or after *@from, that begins with @prefix
 * and a digit; moves *@from after it. NULL if there is none; free() it. Pure.
 */
char *kernel_deb_depend(const char **from, const char *prefix);

#endif
