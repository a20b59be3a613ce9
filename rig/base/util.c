/* SPDX-License-Identifier: GPL-2.0-only */
#include "base/util.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void close_fd(const int *fd)
{
	int saved = errno;

	if (*fd >= 0)
		close(*fd);
	errno = saved;
}

static void *check_memory(void *p)
{
	if (!p) {
		fputs("daxrig: out of memory\n", stderr);
		abort();
	}
	return p;
}

void *xcalloc(size_t n, size_t size)
{
	return check_memory(calloc(n ? n : 1, size ? size : 1));
}

void *xrealloc(void *p, size_t n, size_t size)
{
	return check_memory(reallocarray(p, n ? n : 1, size));
}

char *xstrdup(const char *s)
{
	return check_memory(strdup(s));
}

char *xstrndup(const char *s, size_t n)
{
	return check_memory(strndup(s, n));
}

char *xvasprintf(const char *fmt, va_list ap)
{
	char *s = NULL;

	if (vasprintf(&s, fmt, ap) < 0)
		s = NULL;
	return check_memory(s);
}

char *xasprintf(const char *fmt, ...)
{
	va_list ap;
	char *s;

	va_start(ap, fmt);
	s = xvasprintf(fmt, ap);
	va_end(ap);
	return s;
}

static const char size_units[] = "KMGT";

bool parse_size(const char *s, uint64_t *out)
{
	uint64_t v = 0;
	const char *p = s;
	const char *unit;

	if (*p < '0' || *p > '9')
		return false;
	for (; *p >= '0' && *p <= '9'; p++) {
		if (v > (INT64_MAX - 9) / 10)
			return false;
		v = v * 10 + (uint64_t)(*p - '0');
	}
	if (*p) {
		unit = strchr(size_units, *p++);
		if (!unit || *p)
			return false;
		for (int i = 0; i <= unit - size_units; i++) {
			if (v > INT64_MAX / 1024)
				return false;
			v *= 1024;
		}
	}
	*out = v;
	return true;
}

const char *format_size(uint64_t size, char *buf)
{
	int unit = -1;

	while (size && size % 1024 == 0 && unit < 3) {
		size /= 1024;
		unit++;
	}
	if (unit < 0)
		snprintf(buf, 24, "%llu", (unsigned long long)size);
	else
		snprintf(buf, 24, "%llu%c", (unsigned long long)size, size_units[unit]);
	return buf;
}

bool str_ends(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n >= m && !memcmp(s + n - m, end, m);
}

const char *errno_name(int err)
{
	static _Thread_local char unknown[24];
	const char *name = strerrorname_np(err);

	/* internal to the kernel: a program that sees one has found a bug */
	if (err == 512)
		return "ERESTARTSYS";
	if (name)
		return name;
	snprintf(unknown, sizeof(unknown), "ERR%d", err);
	return unknown;
}

int errno_by_name(const char *name)
{
	for (int e = 1; e < 134; e++) {
		const char *n = strerrorname_np(e);

		if (n && strcmp(n, name) == 0)
			return e;
	}
	return -1;
}
