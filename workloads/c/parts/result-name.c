/* SPDX-License-Identifier: GPL-2.0-only */
#include <string.h>

static const char *result_name(int result)
{
	return result ? strerror(result) : "success";
}
