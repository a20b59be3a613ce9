/* SPDX-License-Identifier: GPL-2.0-only */
#include "cmd/program-keys.h"

#include <string.h>

#include "plan/program.h"

struct err *program_keys_add(struct buf *keys, const char *name, const char *value)
{
	struct program *p = program_create();
	struct err *err = program_set(p, name, value);

	program_put(p);
	if (err)
		return err;
	if (strpbrk(value, " \t#"))
		return err_create(ERR_USAGE, "--%s '%s' holds a blank or '#'", name, value);
	buf_addf(keys, "%s=%s ", name, value);
	return NULL;
}
