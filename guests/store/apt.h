/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Debian packages, through apt, without touching the machine's own configuration
 * or package lists: each suite gets a private configuration, derived from the
 * machine's archives (apt-sources.h), under DATA/apt/. apt checks the signatures.
 */
#ifndef GUESTS_APT_H
#define GUESTS_APT_H

#include "base/buf.h"
#include "base/err.h"
#include "base/progress.h"
#include "guests/store/apt-package.h"

struct apt;

/*
 * Sets up the private configuration of @suite (NULL: the machine's own suites), and
 * updates its lists if they are missing or older than a day. Waits for another daxrig
 * that does the same. apt_close() *@out.
 */
struct err *apt_open(const char *data_dir, const char *suite, const struct progress *say,
		     struct apt **out) __must_check;
void apt_close(struct apt *apt);
void apt_close_ptr(struct apt **apt);
#define _cleanup_apt_ _cleanup_(apt_close_ptr)

/* The suite's name for messages, or "the machine's own suites". */
const char *apt_suite(const struct apt *apt);

/* Adds the names of packages that begin with @prefix to @out, one a line. */
struct err *apt_names(struct apt *apt, const char *prefix, struct buf *out) __must_check;

/* The package that apt would download for @name. *@out NULL: this suite lacks it. */
struct err *apt_show(struct apt *apt, const char *name, struct apt_package **out) __must_check;

/*
 * The same for all of @names, one a line, in one call. Names that the suite lacks are
 * left out. Deinit *@out, in any case.
 */
struct err *apt_show_all(struct apt *apt, const char *names, struct apt_packages *out) __must_check;

/* Downloads exactly @package into the folder @dir. */
struct err *apt_download(struct apt *apt, const struct apt_package *package, const char *dir,
			 const struct progress *say) __must_check;

#endif
