/* SPDX-License-Identifier: GPL-2.0-only */
/* Helpers of all fuzz targets: see HACKING.md. */
#ifndef RIG_FUZZ_H
#define RIG_FUZZ_H

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/err.h"

/* libFuzzer calls it with any bytes; returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Aborts unless @what, which must hold for any input. */
#define require(what)                                                                              \
	do {                                                                                       \
		if (!(what)) {                                                                     \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #what);         \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

/* The bytes as text in a buffer of exact size, so that ASan sees a read past it; free() it. */
static inline char *fuzz_text(const uint8_t *data, size_t size)
{
	char *s = xcalloc(size + 1, 1);

	if (size)
		memcpy(s, data, size);
	return s;
}

/* Checks that an error has a message fit for the user, and frees it. True: there was no error. */
static inline bool fuzz_ok(struct err *err)
{
	if (!err)
		return true;
	require(*err->message);
	for (const unsigned char *p = (const unsigned char *)err->message; *p; p++)
		require(!iscntrl(*p));
	err_free(err);
	return false;
}

#endif
