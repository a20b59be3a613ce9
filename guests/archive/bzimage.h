/* SPDX-License-Identifier: GPL-2.0-only */
/* The x86 boot header of a kernel image. Pure. */
#ifndef GUESTS_BZIMAGE_H
#define GUESTS_BZIMAGE_H

#include "base/util.h"

/* The header and the release string lie within the first this many bytes. */
#define BZIMAGE_HEAD (64 << 10)

#define BZIMAGE_RELEASE_MAX 128

/*
 * Looks at the first @len bytes of a file. NULL when they begin a bzImage, and then
 * @release holds what uname -r will say; else the reason it is none, a constant.
 */
const char *bzimage_check(const void *data, size_t len, char release[static BZIMAGE_RELEASE_MAX]);

/*
 * Where in the bzImage @data the compressed kernel is. False when its header does not
 * say, or that is not within @len bytes.
 */
bool bzimage_payload(const void *data, size_t len, size_t *offset, size_t *size);

#endif
