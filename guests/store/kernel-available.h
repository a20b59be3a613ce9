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
	char *suite;	/* the first that has it, from where it would be fetched */
	char *missing;	/* a package it needs that the suite has no more; NULL: it is whole */
	uint64_t bytes; /* to download, all its packages together */
};

struct kernel_offers {
	struct kernel_offer *v;
	size_t n;
};

/*
 * Asks all suites (kernel-deb.h) for generic images, the newest first. A suite that cannot
 * be asked is left out, and @say is told, unless it is the last hope. Deinit *@out.
 */
struct err *kernel_available(const char *data_dir, const struct progress *say,
			     struct kernel_offers *out) __must_check;
void kernel_offers_deinit(struct kernel_offers *offers);

/*
 * The names of the generic images in @names, one a line, that @offers does not have, go to
 * @images. Pure.
 */
void kernel_offers_new(const struct kernel_offers *offers, const char *names, struct buf *images);

/* Adds @images of @suite, whose further packages are found in @parts. Pure. */
void kernel_offers_add(struct kernel_offers *offers, const char *suite,
		       const struct apt_packages *images, const struct apt_packages *parts);

/* The newest first. Pure. */
void kernel_offers_sort(struct kernel_offers *offers);

#endif
