/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of a folder held when it was made: the folder's file "digests",
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
	int fd;			/* the folder, which may get another name meanwhile */
	char *text;		/* holds the names */
	struct digests_file *v; /* by name, strictly ascending */
	size_t n;
};

/*
 * Digests all files below @dir, and notes that there, on the disk when it returns. What was
 * noted before stays.
 */
struct err *digests_write(const char *dir) __must_check;

/*
 * Reads what was noted in the folder @dir; digests_close() *@out. *@out is NULL when nothing
 * was. What is torn, or names what it must not, is an error.
 */
struct err *digests_open(const char *dir, struct digests **out) __must_check;
void digests_close(struct digests *d);

static inline void digests_close_ptr(struct digests **d)
{
	digests_close(*d);
}
#define _cleanup_digests_ _cleanup_(digests_close_ptr)

/* NULL when the file @name is as it was noted; else what is wrong, or that it was not. */
struct err *digests_check(const struct digests *d, const char *name) __must_check;

/* The same of each file that @wanted takes; NULL takes all. */
struct err *digests_check_those(const struct digests *d, bool (*wanted)(const char *name))
	__must_check;

/* Fills @d, all zero, from @text, which it takes. False: it is none. Pure. */
bool digests_parse(char *text, struct digests *d);

#endif
