/* SPDX-License-Identifier: GPL-2.0-only */
/* apt's lists of archives: parses the machine's own, and derives daxrig's from them. Pure. */
#ifndef GUESTS_APT_SOURCES_H
#define GUESTS_APT_SOURCES_H

#include "base/util.h"

enum apt_format {
	APT_FORMAT_LIST,   /* "deb [options] URI SUITE COMPONENT..." */
	APT_FORMAT_DEB822, /* stanzas of "Types:", "URIs:", ... */
};

struct apt_source {
	char *uris, *suites, *components; /* separated by spaces */
	char *signed_by;		  /* NULL: any key apt trusts; may be a key of many lines */
	char *valid_until;		  /* the Check-Valid-Until option; NULL: not given */
};

struct apt_sources {
	struct apt_source *items;
	size_t count;
};

/* Adds the enabled archives of binary packages in @text; skips malformed lines. */
void apt_sources_add(struct apt_sources *sources, const char *text, enum apt_format format);
void apt_sources_deinit(struct apt_sources *sources);

/*
 * The machine's Debian archive with @suite in place of its own suite; or, if @suite is
 * NULL, all Debian entries as they are. The result is in deb822 form, and has main only.
 * Options that switch off the check of signatures are left out. NULL if no entry is of
 * the Debian archive; free() it.
 */
char *apt_sources_derive(const struct apt_sources *sources, const char *suite);

#endif
