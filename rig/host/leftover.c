/* SPDX-License-Identifier: GPL-2.0-only */
#include "host/leftover.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/files.h"
#include "host/janitor.h"
#include "host/leftover-list.h"
#include "host/private-dir.h"
#include "host/proc.h"

#define LIST_MAX (16u << 20)
#define KILL_WAIT_MS 10000
/* Not below the home folder: a socket path has at most 107 bytes, and libvirt adds some 50. */
#define FOLDERS "/tmp"
#define SHARED_MEMORY "/dev/shm"

struct leftover {
	char *where; /* STATE/run, for messages */
	char *name;  /* PID-START */
	int run;     /* the open folder STATE/run */
	int record;  /* the open folder NAME in it; holds the files "lock" and "list" */
	int lock;    /* held while this process lives */
	int list;
	char *folder, *shared;
	struct janitor janitor;
};

static struct err *create_locked(int dir, const char *where, int operation, int *fd)
{
	_cleanup_close_ int f = -1;
	struct err *err = private_file_at(dir, where, "lock", O_RDWR | O_CREAT, &f);

	while (!err && flock(f, operation))
		if (errno != EINTR)
			return err_errno(errno, "cannot lock '%s/lock'", where);
	*fd = take_fd(f);
	return err;
}

static void kill_qemu_of(pid_t pid, void *arg)
{
	const char *folder = arg;
	_cleanup_close_ int fd = (int)syscall(SYS_pidfd_open, pid, 0);
	struct pollfd pfd = { .fd = fd, .events = POLLIN };

	/* Only after pidfd_open(): from then on the id cannot be reused. */
	if (fd < 0 || !proc_is_qemu_of(pid, folder))
		return;
	if (!syscall(SYS_pidfd_send_signal, fd, SIGKILL, NULL, 0))
		poll(&pfd, 1, KILL_WAIT_MS);
}

static struct err *remove_listed(int record, const char *where, const char *name)
{
	_cleanup_close_ int fd = -1;
	_cleanup_buf_ struct buf list = BUF_INIT;
	struct err *err = private_file_at(record, where, "list", O_RDONLY, &fd);

	if (!err && fd >= 0)
		err = file_read_fd(fd, where, LIST_MAX, &list);
	return err ? err : leftover_list_remove(&list, name);
}

/*
 * Removes the record last, so that the next daxrig tries again what could not be removed.
 * Does everything twice: a child that had not yet become QEMU the first time has done so
 * by the second, or finds no folder for its sockets and exits.
 */
static struct err *remove_record(const struct leftover *l)
{
	_cleanup_free_ char *record = xasprintf("%s/%s", l->where, l->name);
	_cleanup_free_ char *folder = xasprintf(FOLDERS "/daxrig-%s", l->name);
	struct err *err = NULL;
	int ret;

	for (int i = 0; i < 2; i++) {
		proc_for_each(kill_qemu_of, folder);
		err_free(err);
		err = remove_listed(l->record, record, l->name);
	}
	if (err)
		return err;
	ret = tree_empty(l->record);
	if (!ret && unlinkat(l->run, l->name, AT_REMOVEDIR) && errno != ENOENT)
		ret = -errno;
	return ret ? err_errno(-ret, "cannot remove '%s'", record) : NULL;
}

/* Removes the record @name of @l's run folder if flock() with @operation gets its lock. */
static struct err *sweep_one(const struct leftover *l, const char *name, int operation,
			     unsigned int *removed)
{
	_cleanup_free_ char *record = xasprintf("%s/%s", l->where, name);
	_cleanup_close_ int fd = -1, lock = -1;
	struct leftover dead = *l;
	struct err *err = private_open_at(l->run, l->where, name, &fd);
	struct stat st;

	if (!err)
		err = private_file_at(fd, record, "lock", O_RDWR, &lock);
	if (err || (lock >= 0 && flock(lock, operation)))
		return err;
	dead.record = fd;
	dead.name = (char *)(uintptr_t)name;
	/* a record without a lock is being removed, or was not finished */
	*removed += lock >= 0 && !fstatat(fd, "list", &st, AT_SYMLINK_NOFOLLOW);
	return err_wrap(remove_record(&dead), "cannot clean up after a dead daxrig");
}

/* Call it under the run folder's lock: then no other daxrig is making a record. */
static struct err *sweep(const struct leftover *l, unsigned int *removed)
{
	int fd = openat(l->run, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	struct err *err = NULL;

	if (!dir)
		return err_errno(errno, "cannot read '%s'", l->where);
	while (!err && (entry = readdir(dir)))
		if (leftover_is_record(entry->d_name))
			err = sweep_one(l, entry->d_name, LOCK_EX | LOCK_NB, removed);
	closedir(dir);
	return err;
}

/* One write to an O_APPEND file: entries of threads do not mix, a crash leaves whole entries. */
static struct err *note(struct leftover *l, const char *path, const struct stat *st)
{
	_cleanup_buf_ struct buf entry = BUF_INIT;

	leftover_list_add(&entry, path, st);
	if (write(l->list, entry.data, entry.len) != (ssize_t)entry.len)
		return err_errno(errno, "cannot note '%s' in '%s'", path, l->where);
	return NULL;
}

struct err *leftover_mkdir(struct leftover *l, const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	_cleanup_free_ char *given = slash ? xstrndup(path, (size_t)(name - path)) : xstrdup("."),
			    *parent = realpath(given, NULL), *real = NULL;
	_cleanup_close_ int dir = -1, fd = -1;
	struct stat st;
	struct err *err;

	if (!parent)
		return err_errno(errno, "cannot open folder '%s'", given);
	real = xasprintf("%s/%s", parent[1] ? parent : "", name);
	if (!leftover_is_own(real, l->name))
		return err_create(ERR_INFRA, "cannot create '%s': its name is not of this run",
				  path);
	err = private_open_real(parent, &dir);
	if (!err)
		err = note(l, real, NULL);
	if (!err)
		err = private_create_at(dir, parent, name, &fd);
	if (err)
		return err;
	if (fstat(fd, &st))
		return err_errno(errno, "cannot look at '%s'", path);
	return note(l, real, &st);
}

static struct err *make_folder(struct leftover *l)
{
	_cleanup_close_ int place = -1;
	struct err *err = private_open_place(FOLDERS, &place);

	if (err)
		return err;
	l->folder = xasprintf(FOLDERS "/daxrig-%s", l->name);
	return leftover_mkdir(l, l->folder);
}

static struct err *make_shared(struct leftover *l)
{
	_cleanup_close_ int place = -1;
	_cleanup_err_ struct err *unsafe = private_open_place(SHARED_MEMORY, &place);

	if (unsafe || access(SHARED_MEMORY, W_OK))
		return NULL;
	l->shared = xasprintf(SHARED_MEMORY "/daxrig-%s", l->name);
	return leftover_mkdir(l, l->shared);
}

/*
 * Runs in the janitor after daxrig died, and does what the next daxrig would do. The lock is
 * free once no child of daxrig is between fork() and exec.
 */
static void tidy(void *arg)
{
	const struct leftover *l = arg;
	unsigned int removed = 0;

	err_free(sweep_one(l, l->name, LOCK_EX, &removed));
}

static struct err *make_record(struct leftover *l)
{
	_cleanup_free_ char *record = NULL;
	struct proc_stat self;
	struct err *err;

	if (!proc_stat_read(getpid(), &self))
		return err_create(ERR_INFRA, "cannot read '/proc/self/stat': is /proc mounted?");
	l->name = xasprintf("%d-%" PRIu64, getpid(), self.start);
	record = xasprintf("%s/%s", l->where, l->name);
	/* before anything is made: from here on a crash leaves nothing */
	err = janitor_start(&l->janitor, &l->run, 1, tidy, l);
	if (!err)
		err = private_create_at(l->run, l->where, l->name, &l->record);
	if (!err)
		err = create_locked(l->record, record, LOCK_EX | LOCK_NB, &l->lock);
	if (!err)
		err = private_file_at(l->record, record, "list",
				      O_WRONLY | O_CREAT | O_APPEND | O_EXCL, &l->list);
	if (!err)
		err = make_folder(l);
	return err ? err : make_shared(l);
}

static struct err *begin(struct leftover *l, const char *state, unsigned int *removed)
{
	_cleanup_close_ int folder = -1, guard = -1;
	struct err *err = private_open(state, &folder);

	if (!err)
		err = private_open_at(folder, state, "run", &l->run);
	if (!err)
		err = create_locked(l->run, l->where, LOCK_EX, &guard);
	if (!err)
		err = sweep(l, removed);
	return err ? err : make_record(l);
}

struct err *leftover_begin(const char *state, struct leftover **out, unsigned int *removed)
{
	struct leftover *l = xcalloc(1, sizeof(*l));
	unsigned int count = 0;
	struct err *err;

	l->where = xasprintf("%s/run", state);
	l->run = l->record = l->lock = l->list = -1;
	err = begin(l, state, &count);
	if (err) {
		leftover_end(l);
		return err;
	}
	if (removed)
		*removed = count;
	*out = l;
	return NULL;
}

const char *leftover_folder(const struct leftover *l)
{
	return l->folder;
}

const char *leftover_shared(const struct leftover *l)
{
	return l->shared;
}

void leftover_end(struct leftover *l)
{
	if (!l)
		return;
	if (l->record >= 0)
		err_free(remove_record(l));
	janitor_dismiss(&l->janitor);
	close_fd(&l->list);
	close_fd(&l->lock);
	close_fd(&l->record);
	close_fd(&l->run);
	free(l->shared);
	free(l->folder);
	free(l->name);
	free(l->where);
	free(l);
}
