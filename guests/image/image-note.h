/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Notes beside the images (image.h) in CACHE/images:
 *
 *	KEY.digest	size and digest of KEY.img, on one line
 *	KERNEL.memo	see image_memo_read()
 */
#ifndef GUESTS_IMAGE_NOTE_H
#define GUESTS_IMAGE_NOTE_H

#include "base/err.h"
#include "guests/archive/sha256.h"

/* The path of the note of the image @path; free() it. Pure. */
char *image_note_path(const char *path);

/* Writes the note of the image @path, from the file @from that will become it; also its size. */
struct err *image_note_write(const char *path, const char *from, uint64_t *bytes) __must_check;

/*
 * A memo has two lines, and a digest of them: the state of an image's sources (by their ctimes)
 * and the key of their contents in that state, which saves reading their bytes again. Returns
 * false if the memo is damaged, or its state is not @quick (NULL: any state will do).
 */
bool image_memo_read(const char *path, const char *quick, char key[static SHA256_HEX]);
struct err *image_memo_write(const char *path, const char *quick, const char *key) __must_check;

#endif
