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
 * Images are kept in CACHE/images by what is in them, each with a note of its digest
 * (image-note.h), which is looked at once a run.
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
	bool built; /* by this call; else it was there */
	int held;   /* descriptor that keeps others from removing it */
};

/*
 * Gets the image for @k with the static program @agent_path as its /init, building
 * it when there is none of these contents, or a damaged one, of which @say is told.
 */
struct err *image_get(const char *cache_dir, const struct kernel *k, const char *agent_path,
		      const struct progress *say, struct image **out) __must_check;

/*
 * NULL when the image @path, "KEY.img", is as it was made, then of *@bytes; else what is wrong
 * with it or with its note. All of it is read, which takes 1 to 2 ms.
 */
struct err *image_check(const char *path, uint64_t *bytes) __must_check;

/* From here on others may remove the file. NULL is fine. */
void image_free(struct image *image);

/* Adds all that goes into an image; @modules may be NULL. @pack is left sorted. */
struct err *image_plan(const struct module_list *modules, const char *agent_path, struct pack *pack)
	__must_check;

/* What lies in CACHE/images, half-written files that a crash left included. */
struct image_entry {
	char *path;
	char *kernel; /* the kernel it is for; NULL: none has it any more */
	uint64_t bytes;
	struct timespec used; /* last, by the clock on the wall */
	bool busy;	      /* somebody used it just now */
};

/*
 * Lists the images of @cache_dir, what was used longest ago first.
 * image_list_free() *@out.
 */
size_t image_list(const char *cache_dir, struct image_entry **out);
void image_list_free(struct image_entry *v, size_t n);

/* Removes it unless somebody uses it, which @e need not know; true when it is gone. */
bool image_remove(const struct image_entry *e);

/* Removes what was noted about images that are no more. */
void image_sweep(const char *cache_dir);

/*
 * Opens the image @path so that image_remove() leaves it alone until *@fd is closed;
 * *@fd is -1 when it is not there any more.
 */
struct err *image_hold(const char *path, int *fd) __must_check;

#endif
