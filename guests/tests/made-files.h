/* SPDX-License-Identifier: GPL-2.0-only */
/* Makes files below the test's own folder, the array top, which it must define before this. */
#ifndef GUESTS_TESTS_MADE_FILES_H
#define GUESTS_TESTS_MADE_FILES_H

#include "tests/scratch.h"

static inline void put(const char *name, const void *bytes, size_t len)
{
	put_bytes(top, name, bytes, len);
}

static inline void put_text(const char *name, const char *text)
{
	put(name, text, strlen(text));
}

#endif
