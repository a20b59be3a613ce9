/* SPDX-License-Identifier: GPL-2.0-only */
#include "host/leftover-list.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "host/private-dir.h"

#define DIGITS "0123456789"
#define KEY_LEN 16 /* see make() in template.c */

struct entry {
	const char *path;
	bool made;
	uint64_t dev, ino;
};

bool leftover_is_record(const char *name)
{
	size_t pid = strspn(name, DIGITS), start = 0;

	if (pid && name[pid] == '-')
		start = strspn(name + pid + 1, DIGITS);
	return start && !name[pid + 1 + start] && *name != '0';
}

bool leftover_is_own(const char *path, const char *name)
{
	size_t pid = strcspn(name, "-") + 1; /* length, with the '-' */
	const char *last = strrchr(path, '/');

	if (*path != '/' || strstr(path, "//") || strstr(path, "/./") || strstr(path, "/../"))
		return false;
	last++;
	if (!strncmp(last, "daxrig-", 7))
		return !strcmp(last + 7, name);
	if (strncmp(last, "making-", 7) || strncmp(last + 7, name, pid))
		return false;
	last += 7 + pid;
	return strlen(last) == KEY_LEN && strspn(last, DIGITS "abcdef") == KEY_LEN;
}

void leftover_list_add(struct buf *list, const char *path, const struct stat *st)
{
	if (st)
		buf_addf(list, "folder %" PRIu64 " %" PRIu64 " %s", (uint64_t)st->st_dev,
			 (uint64_t)st->st_ino, path);
	else
		buf_addf(list, "planned %s", path);
	buf_addc(list, '\0');
}

static bool parse(const char *text, const char *name, struct entry *e)
{
	int end = 0;

	*e = (struct entry){ 0 };
	if (sscanf(text, "folder %" SCNu64 " %" SCNu64 " %n", &e->dev, &e->ino, &end) == 2 && end)
		e->made = true;
	else if (!strncmp(text, "planned ", 8))
		end = 8;
	e->path = text + end;
	return end && leftover_is_own(e->path, name);
}

/*
 * Between two look-ups a name may change its folder, so all checks and removals use the
 * folder that was opened. The last rmdir(), by name, removes only an empty folder.
 */
static struct err *remove_folder(const struct entry *e)
{
	const char *name = strrchr(e->path, '/') + 1;
	_cleanup_free_ char *parent = xstrndup(e->path, (size_t)(name - e->path));
	_cleanup_close_ int dir = -1, fd = -1;
	_cleanup_err_ struct err *gone = private_open_real(parent, &dir);
	struct stat st;
	int ret;

	if (gone)
		return NULL;
	fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) || st.st_uid != geteuid())
		return NULL;
	if (e->made && (st.st_dev != e->dev || st.st_ino != e->ino))
		return NULL;
	ret = tree_empty(fd);
	if (!ret && unlinkat(dir, name, AT_REMOVEDIR) && errno != ENOENT && errno != ENOTDIR)
		ret = -errno;
	return ret ? err_errno(-ret, "cannot remove '%s'", e->path) : NULL;
}

/* The last entry of a path counts: "folder" overrides "planned". */
static bool is_last(const struct buf *list, const char *next, const char *path, const char *name)
{
	struct entry e;

	for (; next < list->data + list->len; next += strlen(next) + 1)
		if (parse(next, name, &e) && !strcmp(e.path, path))
			return false;
	return true;
}

struct err *leftover_list_remove(const struct buf *list, const char *name)
{
	struct err *last = NULL, *err;
	struct entry e;
	const char *at, *next;

	for (at = list->data; at && at < list->data + list->len; at = next) {
		next = at + strlen(at) + 1;
		/* the last entry of a truncated list has no NUL */
		if (next > list->data + list->len || !parse(at, name, &e) ||
		    !is_last(list, next, e.path, name))
			continue;
		err = remove_folder(&e);
		if (err) {
			err_free(last);
			last = err;
		}
	}
	return last;
}
