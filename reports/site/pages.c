/* SPDX-License-Identifier: GPL-2.0-only */
#include "reports/site/pages.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"
#include "reports/site/html.h"

#define HEAD 512     /* bytes in which the mark is */
#define RANDOM_LEN 7 /* of the end of a temporary name: ".XXXXXX" */

/* Whether the regular file begins like a page of ours. */
static bool is_ours(const char *path)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	char head[HEAD + 1];
	struct stat st;
	ssize_t n;

	if (fd < 0 || fstat(fd, &st) || !S_ISREG(st.st_mode))
		return false;
	n = read(fd, head, HEAD);
	head[n > 0 ? n : 0] = '\0';
	return strstr(head, HTML_MARK);
}

static bool is_empty(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISREG(st.st_mode) && !st.st_size;
}

struct err *pages_check(const char *path)
{
	struct stat st;

	if (lstat(path, &st) || is_ours(path))
		return NULL;
	return err_create(ERR_USAGE,
			  "cannot write '%s': daxrig did not make it; give a folder of its own",
			  path);
}

static bool has_bytes(const char *path, const struct buf *b)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	_cleanup_buf_ struct buf old = BUF_INIT;
	struct stat st;
	struct err *err;

	if (fd < 0 || fstat(fd, &st) || !S_ISREG(st.st_mode) || (size_t)st.st_size != b->len)
		return false;
	err = file_read_fd(fd, path, b->len, &old);
	if (err) {
		err_free(err);
		return false;
	}
	return old.len == b->len && memcmp(buf_str(&old), buf_str(b), b->len) == 0;
}

struct err *pages_write(const char *path, const struct buf *b, bool *written)
{
	*written = !has_bytes(path, b);
	return *written ? file_write_atomic(path, buf_str(b), b->len) : NULL;
}

static int compare(const void *a, const void *b)
{
	return strcmp(a, *(const char *const *)b);
}

/* The name of a page without its end; NULL: this is no page, or not a whole one. */
static char *stem_of(const char *file, bool *whole)
{
	size_t len = strlen(file);

	*whole = str_ends(file, ".html");
	if (*whole)
		return xstrndup(file, len - strlen(".html"));
	if (len <= RANDOM_LEN || file[len - RANDOM_LEN] != '.')
		return NULL;
	return xstrndup(file, len - RANDOM_LEN);
}

static bool is_stale(const char *path, const char *file, const char *const *keep, size_t n)
{
	bool whole;
	_cleanup_free_ char *stem = stem_of(file, &whole);

	if (!stem || (!whole && !str_ends(stem, ".html")))
		return false;
	if (whole && n && bsearch(stem, keep, n, sizeof(*keep), compare))
		return false;
	/* an interrupted write may have left nothing */
	return is_ours(path) || (!whole && is_empty(path));
}

struct err *pages_remove_others(const char *folder, const char *const *keep, size_t n,
				size_t *removed)
{
	DIR *dir = opendir(folder);
	struct err *err = NULL;
	struct dirent *e;

	if (!dir)
		return err_errno(errno, "cannot open folder '%s'", folder);
	while (!err && (e = readdir(dir))) {
		_cleanup_free_ char *path = xasprintf("%s/%s", folder, e->d_name);

		if (!is_stale(path, e->d_name, keep, n))
			continue;
		if (unlink(path) && errno != ENOENT)
			err = err_errno(errno, "cannot remove '%s'", path);
		else
			++*removed;
	}
	closedir(dir);
	return err;
}
