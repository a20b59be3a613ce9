/* SPDX-License-Identifier: GPL-2.0-only */
#include "guests/store/digests.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/files.h"

#define HEAD "daxrig-digests 1"
/* Debian's 7.2 has 4,500 files, whose digests take 0.5 MB. */
#define TEXT_MAX (16u << 20)
#define FILES_MAX 100000

void digests_close(struct digests *d)
{
	if (!d)
		return;
	close_fd(&d->fd);
	free(d->dir);
	free(d->text);
	free(d->v);
	free(d);
}

/* "a/b": a relative path that does not lead out of its folder, and is printable. */
static bool is_name(const char *name)
{
	for (const char *p = name; *p; p++)
		if (*p < ' ' || *p > '~')
			return false;
	for (const char *part = name;; part++) {
		size_t n = strcspn(part, "/");

		if (!n || (n == 1 && part[0] == '.') || (n == 2 && !memcmp(part, "..", 2)))
			return false;
		part += n;
		if (!*part)
			return true;
	}
}

static bool parse_line(const char *line, struct digests *d)
{
	struct digests_file *f;

	/* the array doubles when it is full */
	if (!(d->n & (d->n - 1)))
		d->v = xrealloc(d->v, MAX(2 * d->n, (size_t)1), sizeof(*d->v));
	f = &d->v[d->n];
	if (d->n == FILES_MAX || !digest_parse(line, &f->digest, &f->name) || *f->name++ != ' ' ||
	    !is_name(f->name) || (d->n && strcmp(f[-1].name, f->name) >= 0))
		return false;
	d->n++;
	return true;
}

/* Fills @d, all zero, from @text, which it takes. False if @text is malformed. */
static bool parse(char *text, struct digests *d)
{
	char *rest = text, *line = strsep(&rest, "\n");

	d->text = text;
	if (strcmp(line, HEAD))
		return false;
	while ((line = strsep(&rest, "\n")) && strcmp(line, "end"))
		if (!parse_line(line, d))
			return false;
	return line && rest && !*rest;
}

struct err *digests_open(const char *dir, struct digests **out)
{
	_cleanup_digests_ struct digests *d = xcalloc(1, sizeof(*d));
	_cleanup_free_ char *path = xasprintf("%s/" DIGESTS_NAME, dir);
	_cleanup_buf_ struct buf text = BUF_INIT;
	_cleanup_close_ int fd = -1;
	struct err *err;

	*out = NULL;
	d->dir = xstrdup(dir);
	d->fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (d->fd < 0)
		return errno == ENOENT || errno == ENOTDIR ?
			       NULL :
			       err_errno(errno, "cannot open '%s'", dir);
	fd = openat(d->fd, DIGESTS_NAME, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (fd < 0 && errno == ENOENT)
		return NULL;
	err = fd < 0 ? err_errno(errno, "cannot open '%s'", path) :
		       file_read_fd(fd, path, TEXT_MAX, &text);
	if (err)
		return err;
	/* a NUL in the text would hide the rest */
	if (strlen(buf_str(&text)) != text.len || !parse(buf_take(&text), d))
		return err_create(ERR_INFRA, "'%s' is torn", path);
	*out = take_ptr(d);
	return NULL;
}

/* Opens @name below the folder @fd without following any link. */
static int open_below(int fd, const char *name)
{
	const int flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
	_cleanup_close_ int at = -1;
	const char *slash;

	while ((slash = strchr(name, '/'))) {
		_cleanup_free_ char *part = xstrndup(name, (size_t)(slash - name));
		int next = openat(at < 0 ? fd : at, part, flags | O_DIRECTORY);

		if (next < 0)
			return -1;
		close_fd(&at);
		at = next;
		name = slash + 1;
	}
	return openat(at < 0 ? fd : at, name, flags);
}

static struct err *check_file(const struct digests *d, const struct digests_file *f)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", d->dir, f->name);
	_cleanup_close_ int fd = open_below(d->fd, f->name);

	return digest_check_fd(fd, path, &f->digest);
}

static int by_name(const void *key, const void *file)
{
	return strcmp(key, ((const struct digests_file *)file)->name);
}

struct err *digests_check(const struct digests *d, const char *name)
{
	const struct digests_file *f = d->n ? bsearch(name, d->v, d->n, sizeof(*d->v), by_name) :
					      NULL;

	return f ? check_file(d, f) :
		   err_create(ERR_INFRA, "'%s/" DIGESTS_NAME "' does not name '%s'", d->dir, name);
}

struct err *digests_check_those(const struct digests *d, bool (*wanted)(const char *name))
{
	struct err *err = NULL;

	for (size_t i = 0; !err && i < d->n; i++)
		if (!wanted || wanted(d->v[i].name))
			err = check_file(d, &d->v[i]);
	return err;
}

struct name_list {
	char **v;
	size_t n;
};

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* All regular files below @dir, by name. */
static struct err *list_files(const char *dir, struct name_list *out)
{
	_cleanup_free_ char *copy = xstrdup(dir);
	char *const paths[] = { copy, NULL };
	FTS *fts = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	struct err *err = NULL;
	FTSENT *e;

	if (!fts)
		return err_errno(errno, "cannot read folder '%s'", dir);
	while (!err && (e = fts_read(fts))) {
		if (e->fts_info == FTS_DNR || e->fts_info == FTS_ERR || e->fts_info == FTS_NS)
			err = err_errno(e->fts_errno, "cannot read '%s'", e->fts_path);
		else if (e->fts_info == FTS_F && !is_name(e->fts_path + strlen(dir) + 1))
			err = err_create(ERR_INFRA, "cannot note the name of a file in '%s'", dir);
		else if (e->fts_info == FTS_F && out->n == FILES_MAX)
			err = err_create(ERR_INFRA, "'%s' has more than %d files", dir, FILES_MAX);
		if (err || e->fts_info != FTS_F)
			continue;
		out->v = xrealloc(out->v, out->n + 1, sizeof(*out->v));
		out->v[out->n++] = xstrdup(e->fts_path + strlen(dir) + 1);
	}
	fts_close(fts);
	if (out->n)
		qsort(out->v, out->n, sizeof(*out->v), compare_names);
	return err;
}

static struct err *add_line(const char *dir, const char *name, struct buf *text)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", dir, name);
	struct digest digest;
	struct err *err = digest_file(path, &digest);

	if (!err)
		buf_addf(text, DIGEST_FMT " %s\n", digest.size, digest.sum, name);
	return err;
}

/*
 * Writes the file to the disk before it gets its name, or a crash could tear it. Names it by
 * link(), which does not replace: meanwhile another folder with digests of its own may have
 * taken this one's place.
 */
static struct err *put(const char *dir, const struct buf *text)
{
	_cleanup_free_ char *path = xasprintf("%s/" DIGESTS_NAME, dir);
	_cleanup_free_ char *tmp = xasprintf("%s/.digests-%d", dir, getpid());
	struct err *err = file_write_atomic(tmp, text->data, text->len);
	_cleanup_close_ int fd = err ? -1 : open(tmp, O_RDWR | O_CLOEXEC);

	/* some filesystems have no hard links */
	if (!err &&
	    (fd < 0 || fdatasync(fd) || (link(tmp, path) && errno != EEXIST && rename(tmp, path))))
		err = err_errno(errno, "cannot write '%s'", path);
	unlink(tmp);
	return err;
}

struct err *digests_write(const char *dir)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct name_list names = { 0 };
	struct err *err;

	/* checked first, so that no files are read in vain */
	if (access(dir, W_OK))
		return err_errno(errno, "cannot write to '%s'", dir);
	err = list_files(dir, &names);
	buf_adds(&text, HEAD "\n");
	for (size_t i = 0; i < names.n; i++) {
		if (!err)
			err = add_line(dir, names.v[i], &text);
		free(names.v[i]);
	}
	free(names.v);
	buf_adds(&text, "end\n");
	return err ? err : put(dir, &text);
}
