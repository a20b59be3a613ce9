/* SPDX-License-Identifier: GPL-2.0-only */
#include "guests/build/patch.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"

void patch_deinit(struct patch *p)
{
	for (size_t i = 0; i < p->n; i++)
		free(p->files[i].path);
	free(p->files);
	*p = (struct patch)PATCH_INIT;
}

static const char *next_line(const char *p)
{
	p += strcspn(p, "\n");
	return p + (*p == '\n');
}

/* Of "--- a/fs/dax.c\t2026-01-01": "a/fs/dax.c". */
static char *path_of(const char *line)
{
	line += strlen("--- ");
	return xstrndup(line, strcspn(line, "\t\r\n"));
}

static bool is_nothing(const char *path)
{
	return strcmp(path, "/dev/null") == 0;
}

/* The path after its first folder (-p1); NULL if it leads out of the source. */
static const char *strip(const char *path)
{
	const char *rest = strchr(path, '/');

	if (!rest || *path == '/')
		return NULL;
	rest += strspn(rest, "/");
	for (const char *p = rest; *p; p += strcspn(p, "/"), p += *p == '/')
		if (!strncmp(p, "..", 2) && (!p[2] || p[2] == '/'))
			return NULL;
	return *rest ? rest : NULL;
}

static struct err *refuse(const char *name, const char *why, const char *what)
{
	_cleanup_buf_ struct buf shown = BUF_INIT;

	buf_add_escaped(&shown, what, strcspn(what, "\n"), 200);
	return err_create(ERR_USAGE, "cannot use patch '%s': %s '%s'", name, why, buf_str(&shown));
}

static struct err *add_file(const char *name, const char *from, const char *to, struct patch *out)
{
	const char *path = strip(is_nothing(to) ? from : to);

	if (!path)
		return refuse(name, "it changes a file outside the source,",
			      is_nothing(to) ? from : to);
	if (!is_nothing(from) && !is_nothing(to) && (!strip(from) || strcmp(strip(from), path)))
		return refuse(name, "it renames", from);
	out->files = xrealloc(out->files, out->n + 1, sizeof(*out->files));
	out->files[out->n++] = (struct patch_file){ xstrdup(path), is_nothing(from) };
	return NULL;
}

/* Reads "@@ -1,7 +1,8 @@": how many lines of the old and of the new text follow. */
static bool read_counts(const char *line, unsigned long *old, unsigned long *new)
{
	char *end;

	*old = *new = 1;
	if (strncmp(line, "@@ -", 4))
		return false;
	strtoul(line + 4, &end, 10);
	if (*end == ',')
		*old = strtoul(end + 1, &end, 10);
	if (strncmp(end, " +", 2))
		return false;
	strtoul(end + 2, &end, 10);
	if (*end == ',')
		*new = strtoul(end + 1, &end, 10);
	return !strncmp(end, " @@", 3);
}

/* Skips the hunks at @p. Returns what follows the last; NULL if a hunk is cut off. */
static const char *skip_hunks(const char *p)
{
	unsigned long old, new;

	while (read_counts(p, &old, &new)) {
		for (p = next_line(p); old || new; p = next_line(p)) {
			if (*p == '\\')
				continue;
			/* an editor may have removed the blank of an empty line */
			if (!*p || !strchr(" -+\n", *p) || (!old && *p != '+') ||
			    (!new &&*p != '-'))
				return NULL;
			old -= *p != '+';
			new -= *p != '-';
		}
		if (*p == '\\')
			p = next_line(p);
	}
	return p;
}

struct err *patch_parse(const char *name, const char *text, struct patch *out)
{
	size_t before = out->n;
	struct err *err = NULL;

	for (const char *p = text; !err && *p;) {
		const char *second = next_line(p), *third = next_line(second);
		unsigned long old, new;

		if (strncmp(p, "--- ", 4) || strncmp(second, "+++ ", 4) ||
		    !read_counts(third, &old, &new)) {
			p = second;
			continue;
		}
		_cleanup_free_ char *from = path_of(p), *to = path_of(second);

		err = add_file(name, from, to, out);
		p = skip_hunks(third);
		if (!p)
			return err ? err : refuse(name, "it is cut off in", to);
	}
	if (!err && out->n == before)
		err = refuse(name, "it changes nothing: it lacks", "--- +++ @@");
	return err;
}
