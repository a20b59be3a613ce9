/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Digests of a folder's files when it was made, in the folder's file "digests":
 *
 *	daxrig-digests 1
 *	SIZE SUM NAME		of each regular file below it, in the order of the names
 *	end
 */
#ifndef GUESTS_DIGESTS_H
#define GUESTS_DIGESTS_H

#include "base/digest.h"

#define DIGESTS_NAME "digests"

struct digests_file {
	const char *name; /* "lib/modules/6.1.0/modules.dep": no "..", no link on the way */
	struct digest digest;
};

struct digests {
	char *dir;		/* for messages */
	int fd;			/* the folder, which may be renamed meanwhile */
	char *text;		/* holds the names */
	struct digests_file *v; /* by name, strictly ascending */
	size_t n;
};

/*
 * Writes the digests of all files below @dir to the file there, which is on the disk when
 * this returns. An existing file stays as it is.
 */
struct err *digests_write(const char *dir) __must_check;

/*
 * Reads the digests of the folder @dir; digests_close() *@out, which is NULL if there are
 * none. A torn file, or one with a path out of the folder, is an error.
 */
struct err *digests_open(const char *dir, struct digests **out) __must_check;
void digests_close(struct digests *d);

static inline void digests_close_ptr(struct digests **d)
{
	digests_close(*d);
}
#define _cleanup_digests_ _cleanup_(digests_close_ptr)

/* NULL if the file @name has its digest; else what is wrong, or that @d does not name it. */
struct err *digests_check(const struct digests *d, const char *name) __must_check;

/* Checks each file of @d that @wanted accepts; NULL accepts all. */
struct err *digests_check_those(const struct digests *d, bool (*wanted)(const char *name))
	__must_check;

#endif
