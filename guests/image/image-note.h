/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is noted beside images (image.h) in CACHE/images:
 *
 *	KEY.digest	size and digest of KEY.img, on one line
 *	KERNEL.memo	see image_memo_read()
 */
#ifndef GUESTS_IMAGE_NOTE_H
#define GUESTS_IMAGE_NOTE_H

#include "base/err.h"
#include "guests/archive/sha256.h"

/* The path of what is noted of the image @path; free() it. Pure. */
char *image_note_path(const char *path);

/* Notes what the file @from, which is to become the image @path, holds, and its size. */
struct err *image_note_write(const char *path, const char *from, uint64_t *bytes) __must_check;

/*
 * A memo has the state of an image's sources (by their times), the key by content that they
 * had then, so that their bytes need not be read again, and a digest of these two lines.
 * Any doubt, and another state than @quick unless that is NULL, reads as no memo: false.
 */
bool image_memo_read(const char *path, const char *quick, char key[static SHA256_HEX]);
struct err *image_memo_write(const char *path, const char *quick, const char *key) __must_check;

#endif
