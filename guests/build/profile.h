/* SPDX-License-Identifier: GPL-2.0-only */
/* The config fragments of guests/profiles/, which are linked into the program. Pure. */
#ifndef GUESTS_PROFILE_H
#define GUESTS_PROFILE_H

#include "base/buf.h"
#include "base/err.h"

#define PROFILE_DEFAULT "fast"
#define PROFILE_NAMES "fast, debug or kasan"

/* The fragment of profile @name; NULL if there is none. Static. */
const char *profile_text(const char *name);

/* ERR_USAGE: there is no profile @name. */
struct err *profile_check(const char *name) __must_check;

/* The base fragment that every profile extends. Static. */
const char *profile_base(void);

/* A line of a .config; "# CONFIG_X is not set" is the value "n". */
struct profile_setting {
	const char *name, *value; /* point into the line */
	size_t name_len, value_len;
};

/* False for a line that sets nothing. */
bool profile_read_setting(const char *line, struct profile_setting *out);

/*
 * Adds to @lost, as "CONFIG_X=y, CONFIG_Y=m", the settings of @fragment that @config, the
 * resulting .config, does not have.
 */
void profile_lost(const char *fragment, const char *config, struct buf *lost);

#endif
