/* SPDX-License-Identifier: GPL-2.0-only */
#include "base/release.h"

#include <stdio.h>

bool release_parse(const char *release, unsigned int *major, unsigned int *minor)
{
	return sscanf(release, "%3u.%3u", major, minor) == 2;
}

bool release_since(unsigned int major, unsigned int minor, unsigned int since_major,
		   unsigned int since_minor)
{
	return major > since_major || (major == since_major && minor >= since_minor);
}
