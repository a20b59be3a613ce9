/* SPDX-License-Identifier: GPL-2.0-only */
#include "leftover.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/files.h"
#include "base/glob.h"
#include "proc.h"

#define LIST_MAX (16u << 20)
#define KILL_WAIT_MS 10000

struct leftover {
	char *record;	/* STATE/run/PID-START: the files "lock" and "list" */
	char *folder;
	int lock;	/* held while this process lives */
	int list;	/* paths, each ended by a NUL */
};

/* The user's words may be relative; the record must not depend on the folder we run in. */
static struct err *absolute(const char *path, char **out)
{
	_cleanup_free_ char *cwd = NULL;

	if (*path == '/') {
		*out = xstrdup(path);
		return NULL;
	}
	cwd = getcwd(NULL, 0);
	if (!cwd)
		return err_errno(errno, "cannot tell the working folder");
	*out = xasprintf("%s/%s", cwd, path);
	return NULL;
}

static struct err *open_locked(const char *path, int operation, int *fd)
{
	_cleanup_close_ int f = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (f < 0)
		return err_errno(errno, "cannot open '%s'", path);
	while (flock(f, operation))
		if (errno != EINTR)
			return err_errno(errno, "cannot lock '%s'", path);
	*fd = take_fd(f);
	return NULL;
}

struct err *leftover_add(struct leftover *l, const char *path)
{
	_cleanup_free_ char *full = NULL;
	struct err *err = absolute(path, &full);
	ssize_t len;

	if (err)
		return err;
	/* One write to an O_APPEND file: threads do not mix, a crash does not tear. */
	len = (ssize_t)strlen(full) + 1;
	if (write(l->list, full, (size_t)len) != len)
		return err_errno(errno, "cannot note '%s' in '%s'", full, l->record);
	return NULL;
}

static void kill_qemu_of(pid_t pid, void *arg)
{
	const char *folder = arg;
	_cleanup_close_ int fd = (int)syscall(SYS_pidfd_open, pid, 0);
	struct pollfd pfd = { .fd = fd, .events = POLLIN };

	/* Looked at only when the descriptor holds it: the id cannot change hands. */
	if (fd < 0 || !proc_is_qemu_of(pid, folder))
		return;
	if (!syscall(SYS_pidfd_send_signal, fd, SIGKILL, NULL, 0))
		poll(&pfd, 1, KILL_WAIT_MS);
}

static struct err *remove_listed(const char *record)
{
	_cleanup_free_ char *path = xasprintf("%s/list", record);
	_cleanup_buf_ struct buf list = BUF_INIT;
	struct err *err, *first = NULL;

	if (!path_exists(path))
		return NULL;
	err = file_read(path, LIST_MAX, &list);
	for (size_t at = 0; !err && at < list.len; at += strlen(list.data + at) + 1)
		if (list.data[at] == '/')
			proc_for_each(kill_qemu_of, list.data + at);
	for (size_t at = 0; !err && at < list.len; at += strlen(list.data + at) + 1) {
		struct err *failed;

		/* The last path of a torn list ends where the list does. */
		if (list.data[at] != '/' || at + strlen(list.data + at) == list.len)
			continue;
		failed = tree_remove(list.data + at);
		if (first)
			err_free(failed);
		else
			first = failed;
	}
	return err ? err : first;
}

/* The record goes last, so that what could not be removed is tried again. */
static struct err *remove_record(const char *record)
{
	struct err *err = remove_listed(record);

	return err ? err : tree_remove(record);
}

/* Under the run folder's lock: a record without an owner is not being made. */
static struct err *sweep(const char *run, unsigned int *removed)
{
	DIR *dir = opendir(run);
	struct dirent *entry;
	struct err *err = NULL;

	if (!dir)
		return err_errno(errno, "cannot read '%s'", run);
	while (!err && (entry = readdir(dir))) {
		_cleanup_free_ char *record = xasprintf("%s/%s", run, entry->d_name);
		_cleanup_free_ char *lock = xasprintf("%s/lock", record);
		_cleanup_close_ int fd = -1;
		struct err *busy;

		if (!glob_match("[1-9]*-*", entry->d_name))
			continue;
		busy = open_locked(lock, LOCK_EX | LOCK_NB, &fd);
		if (busy) {
			err_free(busy);
			continue;
		}
		err = err_wrap(remove_record(record), "cannot clean up after a dead daxrig");
		*removed += !err;
	}
	closedir(dir);
	return err;
}

/* Socket paths hold 107 bytes and libvirt adds some 50: not below the home folder. */
static struct err *make_folder(struct leftover *l, const char *name)
{
	struct err *err;

	l->folder = xasprintf("/tmp/daxrig-%s", name);
	err = leftover_add(l, l->folder);
	if (err)
		return err;
	if (mkdir(l->folder, 0700))
		return err_errno(errno, "cannot create folder '%s'", l->folder);
	return NULL;
}

static struct err *make_record(struct leftover *l, const char *run)
{
	_cleanup_free_ char *lock = NULL, *list = NULL, *name = NULL, *record = NULL;
	struct proc_stat self;
	struct err *err;

	if (!proc_stat_read(getpid(), &self))
		return err_create(ERR_INFRA, "cannot read '/proc/self/stat': is /proc mounted?");
	name = xasprintf("%d-%" PRIu64, getpid(), self.start);
	record = xasprintf("%s/%s", run, name);
	lock = xasprintf("%s/lock", record);
	list = xasprintf("%s/list", record);
	err = dir_create(record);
	if (!err)
		err = open_locked(lock, LOCK_EX | LOCK_NB, &l->lock);
	if (err)
		return err;
	/* Not ours before the lock is: leftover_end() removes what is set here. */
	l->record = take_ptr(record);
	l->list = open(list, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (l->list < 0)
		return err_errno(errno, "cannot create '%s'", list);
	return make_folder(l, name);
}

struct err *leftover_begin(const char *state, struct leftover **out, unsigned int *removed)
{
	_cleanup_free_ char *base = NULL, *run = NULL, *lock = NULL;
	_cleanup_close_ int guard = -1;
	struct leftover *l = NULL;
	unsigned int count = 0;
	struct err *err = absolute(state, &base);

	if (err)
		return err;
	run = xasprintf("%s/run", base);
	lock = xasprintf("%s/lock", run);
	err = dir_create(run);
	if (!err)
		err = open_locked(lock, LOCK_EX, &guard);
	if (!err)
		err = sweep(run, &count);
	if (err)
		return err;
	l = xcalloc(1, sizeof(*l));
	l->lock = -1;
	l->list = -1;
	err = make_record(l, run);
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

void leftover_end(struct leftover *l)
{
	if (!l)
		return;
	if (l->record)
		err_free(remove_record(l->record));
	close_fd(&l->list);
	close_fd(&l->lock);
	free(l->folder);
	free(l->record);
	free(l);
}
