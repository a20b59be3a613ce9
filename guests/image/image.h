/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The initramfs a guest boots: a zstd newc cpio with
 *
 *	/init				the agent
 *	/modules/NNN-NAME.ko		its modules, decompressed
 *	/modules/order			their paths, one a line, in load order
 *	/usr/sbin/			ndctl, mkfs.xfs, mkfs.ext4, xfs_repair, ...
 *	/dev /proc /sys /tmp /mnt /run /etc
 *
 * CACHE/images keeps images by a hash of their contents, each with a note of its digest
 * (image-note.h), which is checked once a run.
 */
#ifndef GUESTS_IMAGE_H
#define GUESTS_IMAGE_H

#include <time.h>

#include "base/err.h"
#include "base/progress.h"
#include "guests/store/kernel.h"

#define IMAGE_SUFFIX ".img"

struct pack;
struct module_list;

struct image {
	char *path;
	char *key; /* hex, the same for the same contents */
	uint64_t bytes;
	bool built; /* by this call; else it existed */
	int held;   /* descriptor with a lock that keeps others from removing it */
};

/*
 * Gets the image for @k with the static program @agent_path as its /init. Builds it if
 * there is none with these contents, or it is damaged; reports that to @say.
 */
struct err *image_get(const char *cache_dir, const struct kernel *k, const char *agent_path,
		      const struct progress *say, struct image **out) __must_check;

/*
 * Returns NULL, and the size in *@bytes, if the image @path, "KEY.img", is unchanged; else what
 * is wrong with it or with its note. Reads all of it, which takes 1 to 2 ms.
 */
struct err *image_check(const char *path, uint64_t *bytes) __must_check;

/* After that others may remove the file. NULL is fine. */
void image_free(struct image *image);

/* Adds all entries of an image to @pack, and sorts it; @modules may be NULL. */
struct err *image_plan(const struct module_list *modules, const char *agent_path, struct pack *pack)
	__must_check;

/* A file in CACHE/images; half-written files that a crash left are listed, too. */
struct image_entry {
	char *path;
	char *kernel; /* the kernel it is for; NULL: for none any more */
	uint64_t bytes;
	struct timespec used; /* last use, CLOCK_REALTIME */
	bool busy;	      /* a process uses it */
};

/*
 * Lists the images of @cache_dir, the least recently used first. Returns their number;
 * image_list_free() *@out.
 */
size_t image_list(const char *cache_dir, struct image_entry **out);
void image_list_free(struct image_entry *v, size_t n);

/* Removes it unless a process uses it (checked again); true if it is gone. */
bool image_remove(const struct image_entry *e);

/* Removes the notes of images that no longer exist. */
void image_sweep(const char *cache_dir);

/*
 * Opens the image @path so that image_remove() does not remove it until *@fd is closed;
 * *@fd is -1 if the image no longer exists.
 */
struct err *image_hold(const char *path, int *fd) __must_check;

#endif
