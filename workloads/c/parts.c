/* SPDX-License-Identifier: GPL-2.0-only */
#include "workloads/c/parts.h"

#include <stddef.h>
#include <string.h>

const struct c_part c_parts[] = {
#include "c-parts.inc"
	{ NULL, NULL },
};

const struct c_part kselftest_parts[] = {
#include "kselftest-parts.inc"
	{ NULL, NULL },
};

const struct c_part *c_part_find(const char *name)
{
	for (const struct c_part *p = c_parts; p->name; p++)
		if (strcmp(p->name, name) == 0)
			return p;
	return NULL;
}
