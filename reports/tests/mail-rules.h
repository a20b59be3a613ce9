/* SPDX-License-Identifier: GPL-2.0-only */
/* The rules that each mail keeps, whatever is in its record. */
#ifndef REPORTS_TESTS_MAIL_RULES_H
#define REPORTS_TESTS_MAIL_RULES_H

#include <string.h>

#include "base/util.h"

/*
 * Which rule the @text of a mail, up to its first attachment, breaks; NULL: none. @begins: how
 * its subject begins.
 */
static inline const char *mail_broken(const char *text, const char *begins)
{
	static const char attached[] = "\nContent-Disposition: attachment";
	const char *end = strstr(text, attached);
	bool body = false, parts = end;

	if (strncmp(text, begins, strlen(begins)) != 0)
		return "it begins with no subject";
	for (const char *p = text; *p && (!end || p < end);) {
		size_t len = strcspn(p, "\n"), columns = 0;

		if (!p[len])
			return "its last line has no end";
		for (size_t i = 0; i < len; i++) {
			columns = p[i] == '\t' ? (columns | 7) + 1 : columns + 1;
			if (p[i] != '\t' && (p[i] < ' ' || p[i] > '~'))
				return "it is not printable ASCII";
		}
		if (!body && len && strncmp(p, "--=_", 4) && (!memchr(p, ':', len) || *p == ' '))
			return "a line of its header has no name";
		if (columns > (body ? 75 : 200))
			return "a line is too long";
		if (body && (*p == '.' || strncmp(p, "From ", 5) == 0))
			return "a line ends the mail, or begins another";
		if (len && p[len - 1] == ' ')
			return "a line ends with blanks";
		/* a mail of parts has two headers */
		body |= !len && !parts;
		parts &= len > 0;
		p += len + 1;
	}
	return body ? NULL : "it has no body";
}

#endif
