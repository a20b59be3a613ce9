/* SPDX-License-Identifier: GPL-2.0-only */
/* A parser for the output of apt-cache. Pure. */
#ifndef GUESTS_APT_PACKAGE_H
#define GUESTS_APT_PACKAGE_H

#include "base/util.h"

struct apt_package {
	char *name, *version;
	char *depends;	/* "a, b (= 1) | c"; "" if there is none */
	uint64_t bytes; /* of the package file */
};

struct apt_packages {
	struct apt_package *v;
	size_t n;
};

/* Adds each stanza of the output of `apt-cache show` that has a name and a version. */
void apt_packages_parse(struct apt_packages *list, const char *text);
void apt_packages_deinit(struct apt_packages *list);

/* The package @name; NULL if there is none. */
const struct apt_package *apt_packages_find(const struct apt_packages *list, const char *name);

/* Frees a package on the heap; NULL is fine. */
void apt_package_free(struct apt_package *package);

#endif
