/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernels that could be fetched as Debian packages. */
#ifndef GUESTS_KERNEL_AVAILABLE_H
#define GUESTS_KERNEL_AVAILABLE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/progress.h"
#include "guests/store/apt-package.h"

struct kernel_offer {
	char *package;	/* "linux-image-6.1.0-56-amd64" */
	char *version;	/* "6.1.192-2" */
	char *suite;	/* the first suite that has it, from which it would be fetched */
	char *missing;	/* a package it needs that the suite no longer has; NULL: none */
	uint64_t bytes; /* of all its packages, to download */
};

struct kernel_offers {
	struct kernel_offer *v;
	size_t n;
};

/*
 * Lists the generic images of all suites (kernel-deb.h), the newest first. A suite whose lists
 * cannot be read is left out and reported to @say; if all fail, that is an error. Deinit *@out.
 */
struct err *kernel_available(const char *data_dir, const struct progress *say,
			     struct kernel_offers *out) __must_check;
void kernel_offers_deinit(struct kernel_offers *offers);

/*
 * Adds to @images the names of the generic images in @names, one a line, that @offers does
 * not have. Pure.
 */
void kernel_offers_new(const struct kernel_offers *offers, const char *names, struct buf *images);

/* Adds @images of @suite; @parts has the further packages that they need. Pure. */
void kernel_offers_add(struct kernel_offers *offers, const char *suite,
		       const struct apt_packages *images, const struct apt_packages *parts);

/* Sorts the newest first. Pure. */
void kernel_offers_sort(struct kernel_offers *offers);

#endif
