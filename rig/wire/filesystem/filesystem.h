/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The filesystems under test. All that daxrig knows of one is its row: a file here that
 * defines a struct filesystem, and its line in the registry of filesystem.c. Pure data;
 * the host plans, fetches and packs by it, the guest makes, mounts and checks by it.
 */
#ifndef WIRE_FILESYSTEM_H
#define WIRE_FILESYSTEM_H

#include "base/util.h"

/* What some have and others lack: operations and scenarios name what they need. */
enum filesystem_feature {
	FILESYSTEM_REFLINK = 1 << 0,	   /* FICLONE, FICLONERANGE, FIDEDUPERANGE */
	FILESYSTEM_EXCHANGE = 1 << 1,	   /* XFS_IOC_EXCHANGE_RANGE, where the kernel has it */
	FILESYSTEM_PREALLOCATION = 1 << 2, /* fallocate() mode 0: unwritten extents */
	FILESYSTEM_PUNCH = 1 << 3,	   /* PUNCH_HOLE */
	FILESYSTEM_ZERO = 1 << 4,	   /* ZERO_RANGE */
	FILESYSTEM_SHIFT = 1 << 5,	   /* COLLAPSE_RANGE, INSERT_RANGE */
};

#define FILESYSTEM_FEATURES 6u /* bits of enum filesystem_feature */

#define FILESYSTEM_ARGS_MAX 16 /* of a command, with its name and the NULL behind */

/* A spot on the disk, in bytes. */
struct filesystem_spot {
	uint64_t sector;
	const char *magic; /* that stands there, or this is not it; "" if nothing need */
	uint64_t off;	   /* from the sector on */
};

struct filesystem {
	/* to mount(2), in scenarios, plans and names of cases: letters and digits */
	const char *name;
	const char *summary;
	unsigned int features; /* enum filesystem_feature */
	unsigned int optional; /* of them: another driver of the same name lacks these */

	/* what it is in a kernel: the module, as modprobe finds it, and options of the .config */
	const char *module;
	struct {
		const char *option, *why;
	} config[2];

	/* the host's programs that go into the guest, which adds the device to each command */
	const char *package;
	const char *mkfs[FILESYSTEM_ARGS_MAX];
	const char *fsck[FILESYSTEM_ARGS_MAX]; /* changes nothing; exits with 0 if all is well */
	const char *settings;		       /* a file they read, if the host has it; or NULL */
	const char *progress[4];	       /* how lines of fsck's begin that are no complaint */

	const char *dax, *no_dax; /* mount options: files are DAX, are not */

	uint64_t files_at;   /* bytes: what a case writes comes to lie from there on */
	bool frees_late;     /* an unlinked file's blocks: when it is asked how full it is */
	bool frees_by_fsync; /* blocks are free once the journal is committed */

	/* a function that a search for busy pages is inlined in, in some kernel; or NULL */
	const char *busy_page_in;
	struct filesystem_spot checked[2]; /* four bytes that fsck sees to be wrong */
};

#define FILESYSTEMS_MAX 32u /* so that a set of them is an unsigned int */

/* The registry: in the order of lists, plans and cases. Ends with NULL. */
extern const struct filesystem *const filesystems[];

/* For tests: it has nothing that one may lack. Not in the registry. */
extern const struct filesystem filesystem_null;

size_t filesystem_count(void);
/* NULL when none is called so. */
const struct filesystem *filesystem_find(const char *name);
/* Its number in the registry, and the bit that stands for it in a set. */
unsigned int filesystem_number(const struct filesystem *fs);
unsigned int filesystem_bit(const struct filesystem *fs);

/*
 * The option by which all files are DAX; "" if @more, options of a scenario (NULL: none), has a
 * "dax=" of its own.
 */
const char *filesystem_dax(const struct filesystem *fs, const char *more);

/* "cannot share extents": the first of @needs that @fs lacks, NULL when it has all. */
const char *filesystem_lacks(const struct filesystem *fs, unsigned int needs);
/* The set of those that have all of @needs. */
unsigned int filesystems_with(unsigned int needs);

/* The programs of all, each once; *@package has the n-th. NULL from some @n on. */
const char *filesystem_program(size_t n, const char **package);

#endif
