// SPDX-License-Identifier: GPL-2.0-only
/* Writing the journal, and its lock. */
#include "reports/record/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "reports/record/journal-private.h"
#include "reports/record/json-set.h"

/*
 * A lock of the open file, not of the process: it ends with the last copy of the descriptor, and
 * one can ask about it without taking it. On NFS it works between machines.
 */
static int lock_call(int fd, int call, short *type)
{
	struct flock lock = { .l_type = *type, .l_whence = SEEK_SET };
	int ret = fcntl(fd, call, &lock);

	*type = lock.l_type;
	return ret;
}

static int open_journal(const char *path)
{
	return open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
}

static struct err *held(const char *folder)
{
	struct journal_line line = { .kind = JOURNAL_NOTHING };
	struct journal_reader r;
	struct err *err = journal_reader_open(&r, folder, false);

	if (!err)
		err = journal_next(&r, &line);
	err_free(err);
	err = line.kind == JOURNAL_HEAD ?
		      err_create(ERR_USAGE,
				 "the run '%s' is still running, as process %d on '%s'; see "
				 "'daxrig watch'",
				 folder, (int)line.pid, line.host) :
		      err_create(ERR_USAGE, "the run '%s' is in use by another process", folder);
	journal_line_deinit(&line);
	journal_reader_close(&r);
	return err;
}

/* Is the open @fd still the file @path? A run that just ended has removed it. */
static bool is_current(int fd, const char *path)
{
	struct stat a, b;

	return !fstat(fd, &a) && !lstat(path, &b) && a.st_ino == b.st_ino && a.st_dev == b.st_dev;
}

struct err *journal_lock(struct journal *j, const char *folder)
{
	_cleanup_free_ char *path = xasprintf("%s/" JOURNAL_NAME, folder);
	_cleanup_close_ int fd = -1;
	struct stat st;

	do {
		short type = F_WRLCK;

		close_fd(&fd);
		fd = open_journal(path);
		if (fd < 0)
			return err_errno(errno, "cannot open '%s'", path);
		if (lock_call(fd, F_OFD_SETLK, &type))
			return errno == EAGAIN || errno == EACCES ?
				       held(folder) :
				       err_errno(errno, "cannot lock '%s'", path);
	} while (!is_current(fd, path));
	if (fstat(fd, &st) || !S_ISREG(st.st_mode))
		return err_create(ERR_INFRA, "cannot use '%s': not a regular file", path);
	*j = (struct journal){ take_fd(fd), take_ptr(path), (uint64_t)st.st_size };
	return NULL;
}

bool journal_is_held(const char *folder)
{
	_cleanup_free_ char *path = xasprintf("%s/" JOURNAL_NAME, folder);
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	short type = F_WRLCK;

	return fd >= 0 && !lock_call(fd, F_OFD_GETLK, &type) && type != F_UNLCK;
}

static struct err *append(struct journal *j, const char *text, size_t len)
{
	for (size_t done = 0; done < len;) {
		ssize_t n = pwrite(j->fd, text + done, len - done, (off_t)(j->size + done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			struct err *err = err_errno(errno, "cannot write '%s'", j->path);

			/* what is there of the line would run into the next one */
			if (ftruncate(j->fd, (off_t)j->size))
				close_fd(&j->fd), j->fd = -1;
			return err;
		}
		done += (size_t)n;
	}
	j->size += len;
	return NULL;
}

static int add_bytes(const char *data, size_t len, void *arg)
{
	buf_add(arg, data, len);
	return 0;
}

/* Takes ownership of @o. */
static struct err *add_line(struct journal *j, json_t *o)
{
	_cleanup_buf_ struct buf b = BUF_INIT;

	if (json_dump_callback(o, add_bytes, &b, JSON_COMPACT))
		abort();
	json_decref(o);
	buf_addc(&b, '\n');
	return append(j, buf_str(&b), b.len);
}

struct err *journal_start(struct journal *j, unsigned int generation, uint64_t elapsed_ns)
{
	char host[65] = "";
	json_t *o;

	if (ftruncate(j->fd, 0))
		return err_errno(errno, "cannot empty '%s'", j->path);
	j->size = 0;
	gethostname(host, sizeof(host) - 1);
	o = json_object();
	json_set_num(o, "journal", generation);
	json_set_num(o, "pid", (uint64_t)getpid());
	json_set_text(o, "host", host);
	json_set_num(o, "time", (uint64_t)time(NULL));
	json_set_num(o, "elapsed_ns", elapsed_ns);
	return add_line(j, o);
}

static struct err *add_text(struct journal *j, const char *key, const char *text)
{
	json_t *o;

	if (j->fd < 0)
		return NULL;
	o = json_object();
	json_set_text(o, key, text);
	return add_line(j, o);
}

struct err *journal_begin(struct journal *j, const char *name)
{
	return add_text(j, "begin", name);
}

struct err *journal_note(struct journal *j, const char *text)
{
	return add_text(j, "note", text);
}

struct err *journal_case(struct journal *j, const struct case_record *rec)
{
	return j->fd < 0 ? NULL : add_line(j, run_json_case(rec));
}

static void let_go(struct journal *j, bool remove)
{
	if (remove && j->path)
		unlink(j->path);
	close_fd(&j->fd);
	free(j->path);
	*j = (struct journal)JOURNAL_INIT;
}

void journal_end(struct journal *j)
{
	let_go(j, true);
}

void journal_unlock(struct journal *j)
{
	let_go(j, j->fd >= 0 && !j->size);
}
