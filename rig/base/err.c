/* SPDX-License-Identifier: GPL-2.0-only */
#include "base/err.h"

#include <stdio.h>
#include <string.h>

static struct err *err_take(enum err_code code, char *message)
{
	struct err *err = xcalloc(1, sizeof(*err));

	err->code = code;
	err->message = message;
	return err;
}

struct err *err_create(enum err_code code, const char *fmt, ...)
{
	va_list ap;
	char *message;

	va_start(ap, fmt);
	message = xvasprintf(fmt, ap);
	va_end(ap);
	return err_take(code, message);
}

struct err *err_errno(int errnum, const char *fmt, ...)
{
	_cleanup_free_ char *what = NULL;
	va_list ap;

	va_start(ap, fmt);
	what = xvasprintf(fmt, ap);
	va_end(ap);
	return err_take(ERR_INFRA, xasprintf("%s: %s", what, strerror(errnum)));
}

struct err *err_wrap(struct err *err, const char *fmt, ...)
{
	_cleanup_free_ char *what = NULL;
	char *joined;
	va_list ap;

	if (!err || err->code == ERR_CANCELLED)
		return err;
	va_start(ap, fmt);
	what = xvasprintf(fmt, ap);
	va_end(ap);
	joined = xasprintf("%s: %s", what, err->message);
	free(err->message);
	err->message = joined;
	return err;
}

void err_free(struct err *err)
{
	if (!err)
		return;
	free(err->message);
	free(err);
}
