/* SPDX-License-Identifier: GPL-2.0-only */
/* apt's lists of archives: read the machine's own, write ours from them. Pure. */
#ifndef GUESTS_APT_SOURCES_H
#define GUESTS_APT_SOURCES_H

#include "base/util.h"

enum apt_format {
	APT_FORMAT_LIST,   /* "deb [options] URI SUITE COMPONENT..." */
	APT_FORMAT_DEB822, /* stanzas of "Types:", "URIs:", ... */
};

struct apt_source {
	char *uris, *suites, *components; /* separated by spaces */
	char *signed_by;		  /* NULL: any key apt trusts; may hold a key, many lines */
	char *valid_until;		  /* the Check-Valid-Until option; NULL: not said */
};

struct apt_sources {
	struct apt_source *items;
	size_t count;
};

/* Adds what @text enables of binary packages; lines that make no sense are skipped. */
void apt_sources_add(struct apt_sources *sources, const char *text, enum apt_format format);
void apt_sources_deinit(struct apt_sources *sources);

/*
 * The machine's Debian archive with its suite exchanged for @suite, or, for NULL,
 * all Debian entries as they are; main only, in deb822 form. An option that would
 * switch off the check of signatures is not taken over. NULL if no entry is of the
 * Debian archive; free() it.
 */
char *apt_sources_derive(const struct apt_sources *sources, const char *suite);

#endif
