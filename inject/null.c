// SPDX-License-Identifier: GPL-2.0-only
#include "inject/injector.h"

static const char *const calls[] = { "null-first", "null-second", NULL };

static struct err *null_create(const struct injector_guest *guest, void **self)
{
	(void)guest;
	*self = xcalloc(1, sizeof(size_t));
	return NULL;
}

/* Counts the calls; they must alternate. */
static struct err *null_call(void *self, size_t call)
{
	size_t *n = self;

	return (*n)++ % 2 == call ? NULL : err_create(ERR_INFRA, "'%s' is not due", calls[call]);
}

const struct injector injector_null = {
	.name = "null",
	.calls = calls,
	.create = null_create,
	.call = null_call,
	.destroy = free,
};
