/* SPDX-License-Identifier: GPL-2.0-only */
#include "reports/text/when.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define LAST 253402300799 /* the last second of 9999 */

/* @form has "0" for a digit. */
static bool has_form(const char *s, const char *form)
{
	for (; *form; s++, form++)
		if (*form == '0' ? !isdigit((unsigned char)*s) : *s != *form)
			return false;
	return true;
}

static int two(const char *s)
{
	return (s[0] - '0') * 10 + s[1] - '0';
}

/* Seconds east of UTC. */
static bool parse_zone(const char *s, long *east)
{
	bool colon = has_form(s + (*s != '\0'), "00:00");
	const char *minutes = s + (colon ? 4 : 3);

	*east = 0;
	if (strcmp(s, "Z") == 0)
		return true;
	if ((*s != '+' && *s != '-') || !(colon || has_form(s + 1, "0000")) || minutes[2] ||
	    two(s + 1) > 23 || two(minutes) > 59)
		return false;
	*east = (two(s + 1) * 60 + two(minutes)) * (*s == '-' ? -60L : 60L);
	return true;
}

bool when_parse(const char *s, time_t *out)
{
	struct tm tm = { 0 }, same;
	long east;
	time_t t;

	if (!has_form(s, "0000-00-00T00:00:00") || !parse_zone(s + 19, &east))
		return false;
	tm.tm_year = two(s) * 100 + two(s + 2) - 1900;
	tm.tm_mon = two(s + 5) - 1;
	tm.tm_mday = two(s + 8);
	tm.tm_hour = two(s + 11);
	tm.tm_min = two(s + 14);
	tm.tm_sec = two(s + 17);
	same = tm;
	t = timegm(&same);
	/* timegm() makes the 1st of March of the 30th of February */
	if (same.tm_mon != tm.tm_mon || same.tm_mday != tm.tm_mday || same.tm_hour != tm.tm_hour ||
	    same.tm_min != tm.tm_min || same.tm_sec != tm.tm_sec)
		return false;
	t -= east;
	if (t < 0 || t > LAST)
		return false;
	*out = t;
	return true;
}

void when_format(time_t start, uint64_t ns, char out[WHEN_MAX])
{
	time_t t = start + (time_t)MIN(ns / 1000000000, (uint64_t)LAST);
	char seconds[WHEN_MAX];
	struct tm tm;

	t = MIN(MAX(t, (time_t)0), (time_t)LAST);
	gmtime_r(&t, &tm);
	strftime(seconds, sizeof(seconds), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(out, WHEN_MAX, "%.19s.%03u+00:00", seconds, (unsigned int)(ns / 1000000 % 1000));
}
