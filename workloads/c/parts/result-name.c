/* SPDX-License-Identifier: GPL-2.0-only */
#include "task.c"

static const char *result_name(int result)
{
	return result == KILLED ? "a kill" : result ? strerror(result) : "success";
}
