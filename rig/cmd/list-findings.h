/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef RIG_LIST_FINDINGS_H
#define RIG_LIST_FINDINGS_H

#include "host/paths.h"

/*
 * Prints the findings of the list or folder @known (NULL: daxrig's own list): name, severity and
 * title, the most severe first. @as makes a text of a folder instead: "known" the list,
 * "markdown" the page.
 */
struct err *list_findings(const struct paths *p, const char *known, const char *as) __must_check;

#endif
