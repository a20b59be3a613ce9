/* SPDX-License-Identifier: GPL-2.0-only */
#include "guests/kernel-spec.h"

#include <ctype.h>
#include <string.h>

#include "base/buf.h"

#define IMAGE_PREFIX "linux-image-"
#define ARCH_SUFFIX "-amd64"

static bool ends_with(const char *s, size_t len, const char *end)
{
	size_t n = strlen(end);

	return len >= n && !memcmp(s + len - n, end, n);
}

/* The letters Debian allows in names and versions; no '/', no space, no "..". */
static bool name_is_safe(const char *s)
{
	for (const char *p = s; *p; p++) {
		if (!isascii(*p) || (!isalnum(*p) && !strchr("+-.~", *p)))
			return false;
	}
	return *s && strlen(s) < 128 && !strstr(s, "..");
}

/* "6.12" of "6.12.100+deb12": length of the leading digits.digits, 0 if none. */
static size_t series_len(const char *s)
{
	size_t n = strspn(s, "0123456789"), m;

	if (!n || s[n] != '.')
		return 0;
	m = strspn(s + n + 1, "0123456789");
	return m ? n + 1 + m : 0;
}

/* "6.12.100+deb12-amd64" and "6.1.0-56-amd64", not "6.12-amd64" nor "6.12.100". */
static bool version_is_exact(const char *s)
{
	size_t n = series_len(s);

	return n && s[n] && s[n] != '-' && ends_with(s, strlen(s), ARCH_SUFFIX);
}

static bool parse_deb(const char *name, struct kernel_spec *out)
{
	const char *version = name;

	if (!name_is_safe(name))
		return false;
	if (!strncmp(name, IMAGE_PREFIX, strlen(IMAGE_PREFIX)))
		version = name + strlen(IMAGE_PREFIX);
	if (!*version)
		return false;
	if (version_is_exact(version)) {
		out->kind = KERNEL_SPEC_EXACT;
		out->name = xasprintf(IMAGE_PREFIX "%s", version);
	} else if (version != name) {
		out->kind = KERNEL_SPEC_PACKAGE;
		out->name = xstrdup(name);
	} else if (series_len(version)) {
		out->kind = KERNEL_SPEC_SERIES;
		out->name = xstrdup(version);
	} else {
		return false;
	}
	out->text = xasprintf("deb:%s", name);
	return true;
}

static bool parse_file(const char *text, struct kernel_spec *out)
{
	_cleanup_free_ char *copy = xstrdup(text);
	char *rest = copy, *part = strsep(&rest, ",");

	if (!*part)
		return false;
	out->kind = KERNEL_SPEC_FILE;
	out->image = xstrdup(part);
	while ((part = strsep(&rest, ","))) {
		char **to = NULL;
		char *value = strchr(part, '=');

		if (!strncmp(part, "modules=", 8))
			to = &out->modules;
		else if (!strncmp(part, "config=", 7))
			to = &out->config;
		if (!to || *to || !value[1])
			return false;
		*to = xstrdup(value + 1);
	}
	out->text = xasprintf("file:%s", text);
	return true;
}

struct err *kernel_spec_parse(const char *text, struct kernel_spec *out)
{
	_cleanup_buf_ struct buf shown = BUF_INIT;
	bool good;

	memset(out, 0, sizeof(*out));
	if (!strncmp(text, "file:", 5))
		good = parse_file(text + 5, out);
	else
		good = parse_deb(strncmp(text, "deb:", 4) ? text : text + 4, out);
	if (good)
		return NULL;
	kernel_spec_deinit(out);
	buf_add_escaped(&shown, text, strlen(text), 200);
	return err_create(ERR_USAGE, "unknown kernel '%s': say " KERNEL_SPEC_FORMS,
			  buf_str(&shown));
}

void kernel_spec_deinit(struct kernel_spec *spec)
{
	free(spec->text);
	free(spec->name);
	free(spec->image);
	free(spec->modules);
	free(spec->config);
	memset(spec, 0, sizeof(*spec));
}

static bool name_in_series(const char *name, size_t len, const char *series)
{
	const size_t skip = strlen(IMAGE_PREFIX);
	const size_t n = strlen(series);
	const char *rest;
	size_t rest_len;

	if (len < skip + n || memcmp(name, IMAGE_PREFIX, skip) ||
	    memcmp(name + skip, series, n) || !ends_with(name, len, ARCH_SUFFIX))
		return false;
	rest = name + skip + n;
	rest_len = len - skip - n;
	if (rest_len < strlen(ARCH_SUFFIX) || isdigit(*rest))
		return false;
	rest_len -= strlen(ARCH_SUFFIX);
	/* "linux-image-6.12-amd64" holds nothing, it points to the newest build. */
	if (!rest_len && !series[series_len(series)])
		return false;
	return !ends_with(rest, rest_len, "-cloud") && !ends_with(rest, rest_len, "-rt");
}

char *kernel_spec_newest(const char *names, const char *series)
{
	char *best = NULL;

	while (*names) {
		size_t len = strcspn(names, "\n");

		if (name_in_series(names, len, series)) {
			char *name = xstrndup(names, len);

			if (!best || strverscmp(name, best) > 0) {
				free(best);
				best = name;
			} else {
				free(name);
			}
		}
		names += len;
		names += *names == '\n';
	}
	return best;
}
