/* SPDX-License-Identifier: GPL-2.0-only */
/* Applies patches to a source, and undoes them. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "base/program.h"
#include "guests/build/patch.h"
#include "guests/build/source.h"

#define PATCH_MS (60 * 1000)
#define TOUCHED_MAX (1u << 20)

/* Undoes a line of the list: "m PATH" is restored from orig/, "c PATH" is removed. */
static struct err *take_back(const struct source *s, char kind, const char *path)
{
	_cleanup_free_ char *orig = xasprintf("%s/orig/%s", s->dir, path);
	_cleanup_free_ char *to = xasprintf("%s/src/%s", s->dir, path);

	if (unlink(to) && errno != ENOENT)
		return err_errno(errno, "cannot remove '%s'", to);
	return kind == 'm' ? file_copy(orig, to) : NULL;
}

struct err *source_unpatch(const struct source *s)
{
	_cleanup_free_ char *list = xasprintf("%s/touched", s->dir);
	_cleanup_free_ char *orig = xasprintf("%s/orig", s->dir);
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct err *err;
	char *rest, *line;

	if (!path_exists(list))
		return tree_remove(orig);
	err = file_read(list, TOUCHED_MAX, &text);
	rest = text.data;
	while (!err && (line = strsep(&rest, "\n")))
		if (strlen(line) > 2)
			err = take_back(s, *line, line + 2);
	if (!err && unlink(list))
		err = err_errno(errno, "cannot remove '%s'", list);
	return err ? err : tree_remove(orig);
}

/* Saves the original first, so that it can be restored whatever happens then. */
static struct err *keep_original(const struct source *s, const struct patch_file *f,
				 struct buf *list)
{
	_cleanup_free_ char *from = xasprintf("%s/src/%s", s->dir, f->path);
	_cleanup_free_ char *to = xasprintf("%s/orig/%s", s->dir, f->path);
	_cleanup_free_ char *folder = xstrdup(to);
	struct err *err;

	if (path_exists(to))
		return NULL;
	if (f->created || !path_exists(from)) {
		buf_addf(list, "c %s\n", f->path);
		return NULL;
	}
	*strrchr(folder, '/') = '\0';
	err = dir_create(folder);
	if (!err)
		err = file_copy(from, to);
	buf_addf(list, "m %s\n", f->path);
	return err;
}

struct err *source_patch(struct source *s, const char *name, const char *text)
{
	_cleanup_free_ char *src = xasprintf("%s/src", s->dir);
	_cleanup_free_ char *path = xasprintf("%s/touched", s->dir);
	_cleanup_free_ char *file = realpath(name, NULL);
	_cleanup_patch_ struct patch patch = PATCH_INIT;
	_cleanup_buf_ struct buf list = BUF_INIT, out = BUF_INIT;
	struct err *err = patch_parse(name, text, &patch);

	if (!err && path_exists(path))
		err = file_read(path, TOUCHED_MAX, &list);
	for (size_t i = 0; !err && i < patch.n; i++)
		err = keep_original(s, &patch.files[i], &list);
	if (!err)
		err = file_write_atomic(path, buf_str(&list), list.len);
	if (err)
		return err;
	err = run_program((const char *const[]){ "patch", "-p1", "--silent", "--batch", "--forward",
						 "--no-backup-if-mismatch", "--reject-file=-", "-d",
						 src, "-i", file ? file : name, NULL },
			  PATCH_MS, &out);
	if (!err || err->code != ERR_PROGRAM)
		return err;
	err_free(err);
	buf_reset(&list);
	buf_add_escaped(&list, buf_str(&out), strcspn(buf_str(&out), "\n"), 200);
	return err_create(ERR_USAGE, "patch '%s' does not apply to %s: %s", name, s->title,
			  buf_str(&list));
}
