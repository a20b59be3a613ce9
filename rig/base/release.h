/* SPDX-License-Identifier: GPL-2.0-only */
/* Kernel versions: the numbers that a release begins with. Pure. */
#ifndef BASE_RELEASE_H
#define BASE_RELEASE_H

#include <stdbool.h>

/* "6.1.0-56-amd64" -> 6, 1. False if @release does not begin with two numbers. */
bool release_parse(const char *release, unsigned int *major, unsigned int *minor);

/* Is @major.@minor version @since_major.@since_minor, or later? */
bool release_since(unsigned int major, unsigned int minor, unsigned int since_major,
		   unsigned int since_minor);

#endif
