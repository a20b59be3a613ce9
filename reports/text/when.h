/* SPDX-License-Identifier: GPL-2.0-only */
/* Times of a record. Pure. */
#ifndef REPORTS_WHEN_H
#define REPORTS_WHEN_H

#include <time.h>

#include "base/util.h"

/*
 * Reads "2026-11-20T10:53:01+01:00"; the zone may also be "+0100", as older records have it,
 * or "Z". False for anything else, also for dates that do not exist, or out of 1970 to 9999.
 */
bool when_parse(const char *s, time_t *out);

#define WHEN_MAX 32 /* bytes, with the NUL */

/* RFC 3339, in UTC, of @start plus @ns: "2026-11-20T09:53:01.250+00:00". */
void when_format(time_t start, uint64_t ns, char out[WHEN_MAX]);

#endif
