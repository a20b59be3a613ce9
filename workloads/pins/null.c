/* SPDX-License-Identifier: GPL-2.0-only */
#include "workloads/pins/kinds.h"

#include <string.h>

static const char *null_missing(const struct case_ctx *ctx, char *buf, size_t size)
{
	(void)ctx;
	(void)buf;
	(void)size;
	return NULL;
}

static int null_take(struct pin *p)
{
	(void)p;
	return 0;
}

static int null_release(struct pin *p, void *last)
{
	memset(last, 0, p->len);
	return 0;
}

const struct pin_kind pin_null = {
	.name = "null",
	.missing = null_missing,
	.take = null_take,
	.release = null_release,
};
