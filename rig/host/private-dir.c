/* SPDX-License-Identifier: GPL-2.0-only */
#include "host/private-dir.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"

#define LINKS_MAX 40
#define OTHERS_WRITE (S_IWGRP | S_IWOTH)
#define FOLDER (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
#define STEP (O_PATH | O_NOFOLLOW | O_CLOEXEC) /* needs no read permission */

/* A path, component by component. */
struct walk {
	bool make;     /* create missing folders */
	bool anybody;  /* accept any owner and mode, but no symbolic links */
	int dir;       /* the folder reached so far */
	char *rest;    /* the rest of the path */
	struct buf at; /* the path so far, for messages */
	unsigned int links;
};

static bool trusted(uid_t uid)
{
	return !uid || uid == geteuid();
}

static struct err *foreign(const struct stat *st, const char *path)
{
	return err_create(ERR_INFRA, "cannot trust '%s': it belongs to user %u", path,
			  (unsigned int)st->st_uid);
}

static struct err *open_to_others(const char *path)
{
	return err_create(ERR_INFRA, "cannot trust '%s': other users can write it", path);
}

/* Fails when other users could replace our files in the folder @fd. */
static struct err *check_place(int fd, const char *path)
{
	struct stat st;

	if (fstat(fd, &st))
		return err_errno(errno, "cannot look at '%s'", path);
	if (!trusted(st.st_uid))
		return foreign(&st, path);
	if (st.st_mode & OTHERS_WRITE && !(st.st_mode & S_ISVTX))
		return open_to_others(path);
	return NULL;
}

static struct err *check_own(int fd, const char *path)
{
	struct stat st;

	if (fstat(fd, &st))
		return err_errno(errno, "cannot look at '%s'", path);
	if (st.st_uid != geteuid())
		return foreign(&st, path);
	if (st.st_mode & OTHERS_WRITE)
		return open_to_others(path);
	if (S_ISREG(st.st_mode) && st.st_nlink != 1)
		return err_create(ERR_INFRA, "cannot trust '%s': it has %u hard links", path,
				  (unsigned int)st.st_nlink);
	if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
		return err_create(ERR_INFRA, "cannot trust '%s': it is not a regular file", path);
	return NULL;
}

/* Moves to the folder @fd and takes ownership of @fd. */
static struct err *step_to(struct walk *w, int fd)
{
	close_fd(&w->dir);
	w->dir = fd;
	return w->anybody ? NULL : check_place(fd, w->at.len ? buf_str(&w->at) : "/");
}

static struct err *start_at_root(struct walk *w)
{
	int fd = open("/", STEP);

	buf_reset(&w->at);
	return fd < 0 ? err_errno(errno, "cannot open '/'") : step_to(w, fd);
}

/* Follows the symbolic link @fd: puts its target before the rest of the path. */
static struct err *follow(struct walk *w, int fd, const struct stat *st)
{
	char to[PATH_MAX];
	ssize_t n = readlinkat(fd, "", to, sizeof(to) - 1);
	char *rest;

	if (n < 0 || w->anybody || ++w->links > LINKS_MAX)
		return err_errno(n < 0 ? errno : ELOOP, "cannot open '%s'", buf_str(&w->at));
	if (!trusted(st->st_uid))
		return foreign(st, buf_str(&w->at));
	to[n] = '\0';
	rest = xasprintf("%s/%s", to, w->rest);
	free(w->rest);
	w->rest = rest;
	/* back to the folder of the link */
	w->at.len = (size_t)(strrchr(buf_str(&w->at), '/') - w->at.data);
	w->at.data[w->at.len] = '\0';
	return *to == '/' ? start_at_root(w) : NULL;
}

static struct err *step(struct walk *w, const char *name)
{
	_cleanup_close_ int fd = -1;
	struct stat st;

	buf_addf(&w->at, "/%s", name);
	fd = openat(w->dir, name, STEP);
	if (fd < 0 && errno == ENOENT && w->make) {
		if (mkdirat(w->dir, name, 0700) && errno != EEXIST)
			return err_errno(errno, "cannot create folder '%s'", buf_str(&w->at));
		fd = openat(w->dir, name, STEP);
	}
	if (fd < 0 || fstat(fd, &st))
		return err_errno(errno, "cannot open '%s'", buf_str(&w->at));
	if (S_ISLNK(st.st_mode))
		return follow(w, fd, &st);
	if (!S_ISDIR(st.st_mode))
		return err_errno(ENOTDIR, "cannot open '%s'", buf_str(&w->at));
	return step_to(w, take_fd(fd));
}

/* Takes the next name off the rest; NULL at the end. */
static char *next_name(struct walk *w)
{
	char *from = w->rest + strspn(w->rest, "/"), *name;
	size_t len = strcspn(from, "/");

	if (!len)
		return NULL;
	name = xstrndup(from, len);
	memmove(w->rest, from + len, strlen(from + len) + 1);
	return name;
}

static struct err *walk(struct walk *w, const char *path, int *fd)
{
	_cleanup_free_ char *cwd = *path == '/' ? NULL : getcwd(NULL, 0);
	struct err *err;
	char *name;

	if (*path != '/' && !cwd)
		return err_errno(errno, "cannot find the working folder");
	w->dir = -1;
	w->rest = xasprintf("%s/%s", cwd ? cwd : "", path);
	err = start_at_root(w);
	while (!err && (name = next_name(w)) != NULL) {
		err = step(w, name);
		free(name);
	}
	free(w->rest);
	buf_deinit(&w->at);
	if (err)
		close_fd(&w->dir);
	else
		*fd = w->dir;
	return err;
}

struct err *private_open_place(const char *path, int *fd)
{
	return walk(&(struct walk){ .at = BUF_INIT }, path, fd);
}

struct err *private_open_real(const char *path, int *fd)
{
	return walk(&(struct walk){ .at = BUF_INIT, .anybody = true }, path, fd);
}

static struct err *open_own(int dir, const char *path, const char *name, int *fd)
{
	_cleanup_close_ int f = openat(dir, name, FOLDER);
	struct stat st;
	struct err *err;

	if (f < 0 && !fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) && S_ISLNK(st.st_mode))
		return err_create(ERR_INFRA, "cannot trust '%s': it is a link", path);
	if (f < 0)
		return err_errno(errno, "cannot open folder '%s'", path);
	err = check_own(f, path);
	if (!err)
		*fd = take_fd(f);
	return err;
}

struct err *private_open_at(int dir, const char *where, const char *name, int *fd)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", where, name);

	if (mkdirat(dir, name, 0700) && errno != EEXIST)
		return err_errno(errno, "cannot create folder '%s'", path);
	return open_own(dir, path, name, fd);
}

struct err *private_create_at(int dir, const char *where, const char *name, int *fd)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", where, name);

	if (mkdirat(dir, name, 0700))
		return err_errno(errno, "cannot create folder '%s'", path);
	return open_own(dir, path, name, fd);
}

struct err *private_open(const char *path, int *fd)
{
	_cleanup_free_ char *copy = xstrdup(path), *parent = NULL;
	_cleanup_close_ int dir = -1;
	size_t len = strlen(copy);
	struct err *err;
	char *slash;

	while (len > 1 && copy[len - 1] == '/')
		copy[--len] = '\0';
	slash = strrchr(copy, '/');
	parent = xstrndup(copy, slash ? (size_t)(slash - copy) + 1 : 0);
	err = walk(&(struct walk){ .at = BUF_INIT, .make = true }, parent, &dir);
	if (err)
		return err;
	if (slash)
		slash[slash == copy] = '\0';
	return private_open_at(dir, slash ? copy : ".", path + strlen(parent), fd);
}

struct err *private_file_at(int dir, const char *where, const char *name, int flags, int *fd)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", where, name);
	/* O_NONBLOCK: opening a fifo that somebody put there must not block */
	_cleanup_close_ int f = openat(dir, name, flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC,
				       0600);
	struct err *err;

	*fd = -1;
	if (f < 0 && errno == ENOENT && !(flags & O_CREAT))
		return NULL;
	if (f < 0 && errno == ELOOP)
		return err_create(ERR_INFRA, "cannot trust '%s': it is a link", path);
	if (f < 0)
		return err_errno(errno, "cannot open '%s'", path);
	err = check_own(f, path);
	if (!err)
		*fd = take_fd(f);
	return err;
}
