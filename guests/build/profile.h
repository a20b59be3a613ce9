/* SPDX-License-Identifier: GPL-2.0-only */
/* The config fragments of guests/profiles/, which are part of the program. Pure. */
#ifndef GUESTS_PROFILE_H
#define GUESTS_PROFILE_H

#include "base/buf.h"
#include "base/err.h"

#define PROFILE_DEFAULT "fast"
#define PROFILE_NAMES "fast, debug or kasan"

/* The fragment of profile @name; NULL when there is none. Static. */
const char *profile_text(const char *name);

/* ERR_USAGE: there is no profile @name. */
struct err *profile_check(const char *name) __must_check;

/* The fragment below every profile. Static. */
const char *profile_base(void);

/* What a line of a .config sets; "# CONFIG_X is not set" is the value "n". */
struct profile_setting {
	const char *name, *value; /* into the line */
	size_t name_len, value_len;
};

/* False for a line that sets nothing. */
bool profile_read_setting(const char *line, struct profile_setting *out);

/*
 * Adds to @lost, "CONFIG_X=y, CONFIG_Y", the settings that @fragment asks for and @config,
 * the .config that came out, does not have.
 */
void profile_lost(const char *fragment, const char *config, struct buf *lost);

#endif
