/* SPDX-License-Identifier: GPL-2.0-only */
#include "guests/store/kernel-spec.h"

#include <ctype.h>
#include <string.h>

#include "base/buf.h"

#define ARCH_SUFFIX "-" ARCH_DEBIAN
#define CANDIDATES_SHOWN 6

/* The characters that Debian allows in names and versions; no '/', no space, no "..". */
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

	return n && s[n] && s[n] != '-' && str_ends(s, ARCH_SUFFIX);
}

static bool parse_deb(const char *name, struct kernel_spec *out)
{
	const char *version = name;

	if (!name_is_safe(name))
		return false;
	if (!strncmp(name, KERNEL_IMAGE_PREFIX, strlen(KERNEL_IMAGE_PREFIX)))
		version = name + strlen(KERNEL_IMAGE_PREFIX);
	if (!*version)
		return false;
	if (version_is_exact(version)) {
		out->kind = KERNEL_SPEC_EXACT;
		out->name = xasprintf(KERNEL_IMAGE_PREFIX "%s", version);
	} else if (version != name) {
		out->kind = KERNEL_SPEC_PACKAGE;
		out->name = xstrdup(name);
	} else if (!strcmp(version, "newest")) {
		out->kind = KERNEL_SPEC_NEWEST;
		out->name = xstrdup("");
	} else if (series_len(version)) {
		out->kind = KERNEL_SPEC_SERIES;
		out->name = xstrdup(version);
	} else {
		return false;
	}
	out->text = xasprintf("deb:%s", name);
	return true;
}

static bool parse_store(const char *name, struct kernel_spec *out)
{
	if (!name_is_safe(name) || *name == '.')
		return false;
	out->kind = KERNEL_SPEC_STORE;
	out->name = xstrdup(name);
	out->text = xasprintf("store:%s", name);
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

/* Splits "WHAT+extra+extra": moves the extras to @out, and leaves WHAT in @text. */
static bool parse_extras(char *text, struct kernel_spec *out)
{
	char *rest = text;

	strsep(&rest, "+");
	while (rest) {
		const char *extra = strsep(&rest, "+");

		if (!*extra || out->nr_extras == KERNEL_SPEC_EXTRAS_MAX)
			return false;
		out->extras[out->nr_extras++] = xstrdup(extra);
	}
	return *text;
}

static bool parse_source(const char *text, struct kernel_spec *out)
{
	_cleanup_free_ char *copy = xstrdup(text);

	out->kind = KERNEL_SPEC_SOURCE;
	out->text = xasprintf("src:%s", text);
	if (!parse_extras(copy, out) || !series_len(copy) || copy[series_len(copy)])
		return false;
	out->name = xstrdup(copy);
	return true;
}

static bool parse_tree(const char *text, struct kernel_spec *out)
{
	_cleanup_free_ char *copy = xstrdup(text);
	char *at;

	out->kind = KERNEL_SPEC_TREE;
	out->text = xasprintf("tree:%s", text);
	if (!parse_extras(copy, out))
		return false;
	at = strchr(copy, '@');
	/* git would read such a revision as an option */
	if (at && (!at[1] || at[1] == '-'))
		return false;
	if (at) {
		*at = '\0';
		out->rev = xstrdup(at + 1);
	}
	out->name = xstrdup(copy);
	return *copy;
}

struct err *kernel_spec_parse(const char *text, struct kernel_spec *out)
{
	_cleanup_buf_ struct buf shown = BUF_INIT;
	bool good;

	memset(out, 0, sizeof(*out));
	if (!strncmp(text, "file:", 5))
		good = parse_file(text + 5, out);
	else if (!strncmp(text, "store:", 6))
		good = parse_store(text + 6, out);
	else if (!strncmp(text, "src:", 4))
		good = parse_source(text + 4, out);
	else if (!strncmp(text, "tree:", 5))
		good = parse_tree(text + 5, out);
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
	free(spec->rev);
	for (size_t i = 0; i < spec->nr_extras; i++)
		free(spec->extras[i]);
	memset(spec, 0, sizeof(*spec));
}

bool kernel_spec_is_version(const struct kernel_spec *spec)
{
	return spec->kind == KERNEL_SPEC_SERIES && spec->name[series_len(spec->name)];
}

bool kernel_spec_matches(const char *name, const char *series)
{
	const size_t skip = strlen(KERNEL_IMAGE_PREFIX), n = strlen(series);

	/* "linux-image-6.12-amd64" is not exact: it points to the newest build. */
	if (strncmp(name, KERNEL_IMAGE_PREFIX, skip) || strncmp(name + skip, series, n) ||
	    (n && isdigit(name[skip + n])) || !version_is_exact(name + skip))
		return false;
	return !str_ends(name, "-cloud" ARCH_SUFFIX) && !str_ends(name, "-rt" ARCH_SUFFIX);
}

int kernel_spec_compare(const char *a, const char *b)
{
	_cleanup_free_ char *x = xstrdup(a), *y = xstrdup(b);

	/* "7.3~rc1" comes before "7.3". */
	for (char *p = x; (p = strchr(p, '~'));)
		*p = '\1';
	for (char *p = y; (p = strchr(p, '~'));)
		*p = '\1';
	return strverscmp(x, y);
}

static int newer_first(const void *a, const void *b)
{
	return kernel_spec_compare(*(char *const *)b, *(char *const *)a);
}

/* Lists the images of @series in @names, each once, the newest first; free() all. */
static char **find_matches(const char *names, const char *series, size_t *count)
{
	char **v = NULL;
	size_t n = 0, kept = 0;

	while (*names) {
		size_t len = strcspn(names, "\n");
		_cleanup_free_ char *name = xstrndup(names, len);

		if (kernel_spec_matches(name, series)) {
			v = xrealloc(v, n + 1, sizeof(*v));
			v[n++] = take_ptr(name);
		}
		names += len;
		names += *names == '\n';
	}
	if (n)
		qsort(v, n, sizeof(*v), newer_first);
	for (size_t i = 0; i < n; i++) {
		if (kept && !strcmp(v[kept - 1], v[i]))
			free(v[i]);
		else
			v[kept++] = v[i];
	}
	*count = kept;
	return v;
}

static void free_matches(char **v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(v[i]);
	free(v);
}

struct err *kernel_spec_ambiguous(const struct kernel_spec *spec, const char *names)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	size_t n;
	char **v = find_matches(names, spec->name, &n);

	for (size_t i = 0; i < MIN(n, (size_t)CANDIDATES_SHOWN); i++)
		buf_addf(&text, "%sdeb:%s",
			 !i	   ? "" :
			 i + 1 < n ? ", " :
				     " or ",
			 v[i] + strlen(KERNEL_IMAGE_PREFIX));
	if (n > CANDIDATES_SHOWN)
		buf_adds(&text, " or an older one");
	free_matches(v, n);
	return err_create(ERR_USAGE, "'%s' is ambiguous: say %s", spec->text, buf_str(&text));
}

struct err *kernel_spec_choose(const struct kernel_spec *spec, const char *names, char **out)
{
	_cleanup_free_ char *whole = xasprintf(KERNEL_IMAGE_PREFIX "%s" ARCH_SUFFIX, spec->name);
	struct err *err = NULL;
	size_t n, take = 0;
	char **v = find_matches(names, spec->name, &n);

	*out = NULL;
	if (n > 1 && kernel_spec_is_version(spec)) {
		/* Only the architecture was left out: this is the one. */
		while (take < n && strcmp(v[take], whole))
			take++;
		if (take == n)
			err = kernel_spec_ambiguous(spec, names);
	}
	if (take < n)
		*out = xstrdup(v[take]);
	free_matches(v, n);
	return err;
}
