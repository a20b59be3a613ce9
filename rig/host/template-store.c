/* SPDX-License-Identifier: GPL-2.0-only */
#include "host/template-store.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arch.h"
#include "base/files.h"

#define HEAD "daxrig-template 2"
#define MARK_MAX 16384
/* Shorter runs of zeroes are not worth a hole. */
#define HOLE_MIN (16 * PAGE)
#define LOOK_AGAIN_MS 200

bool template_is_key(const char *s)
{
	return strlen(s) == SHA256_HEX - 1 && strspn(s, "0123456789abcdef") == SHA256_HEX - 1;
}

static bool parse_file(const char *line, struct template_mark *m)
{
	const char *end;
	int at = 0;

	if (m->nr_files == TEMPLATE_FILES_MAX ||
	    sscanf(line, "file %23[a-z0-9]%n", m->files[m->nr_files].name, &at) != 1 ||
	    line[at] != ' ' || !digest_parse(line + at + 1, &m->files[m->nr_files].digest, &end) ||
	    *end)
		return false;
	m->nr_files++;
	return true;
}

static bool has_file(const struct template_mark *m, const char *name)
{
	for (size_t i = 0; i < m->nr_files; i++)
		if (!strcmp(m->files[i].name, name))
			return true;
	return false;
}

/* Parses one line; sets *@ended at the last. */
static bool parse_line(const char *line, struct template_mark *m, bool *ended)
{
	if (*ended)
		return false;
	if (sscanf(line, "key %64[0-9a-f]", m->key) == 1)
		return strlen(line) == strlen("key ") + SHA256_HEX - 1;
	if (!strncmp(line, "file ", 5))
		return parse_file(line, m);
	*ended = !strcmp(line, "end");
	return *ended || !strncmp(line, "note ", 5);
}

bool template_mark_parse(const char *text, struct template_mark *out)
{
	_cleanup_free_ char *copy = xstrdup(text);
	struct template_mark m = { 0 };
	bool first = true, ended = false;
	char *save = NULL;

	for (char *line = strtok_r(copy, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		if (first ? strcmp(line, HEAD) : !parse_line(line, &m, &ended))
			return false;
		first = false;
	}
	if (!ended || !template_is_key(m.key) || !has_file(&m, "ram") || !has_file(&m, "state") ||
	    !has_file(&m, "console"))
		return false;
	*out = m;
	return true;
}

char *template_mark_format(const struct template_mark *m, const char *notes)
{
	struct buf b = BUF_INIT;

	buf_addf(&b, HEAD "\nkey %s\n", m->key);
	for (size_t i = 0; i < m->nr_files; i++)
		buf_addf(&b, "file %s " DIGEST_FMT "\n", m->files[i].name, m->files[i].digest.size,
			 m->files[i].digest.sum);
	while (*notes) {
		size_t len = strcspn(notes, "\n");

		buf_adds(&b, "note ");
		buf_add(&b, notes, len);
		buf_addc(&b, '\n');
		notes += len + (notes[len] == '\n');
	}
	buf_adds(&b, "end\n");
	return buf_take(&b);
}

/* A template must be on the disk before it is marked: a crash would leave zeroes. */
static struct err *flush(const char *path)
{
	_cleanup_close_ int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);

	if (fd < 0 || fdatasync(fd))
		return err_errno(errno, "cannot write '%s'", path);
	return NULL;
}

struct err *template_mark_write(const char *folder, const char *key, const char *notes,
				const char *const names[])
{
	_cleanup_free_ char *mark = xasprintf("%s/" TEMPLATE_MARK, folder), *text = NULL;
	struct template_mark m = { 0 };
	struct err *err = NULL;

	snprintf(m.key, sizeof(m.key), "%s", key);
	for (size_t i = 0; names[i] && i < TEMPLATE_FILES_MAX && !err; i++) {
		_cleanup_free_ char *path = xasprintf("%s/%s", folder, names[i]);

		snprintf(m.files[i].name, sizeof(m.files[i].name), "%s", names[i]);
		err = flush(path);
		if (!err)
			err = digest_file(path, &m.files[i].digest);
		m.nr_files++;
	}
	if (err)
		return err;
	text = template_mark_format(&m, notes);
	return file_write_atomic(mark, text, strlen(text));
}

struct err *template_check(const char *folder, const char *key)
{
	_cleanup_free_ char *path = xasprintf("%s/" TEMPLATE_MARK, folder);
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct template_mark m;
	struct err *err = file_read(path, MARK_MAX, &text);

	if (err)
		return err;
	if (!template_mark_parse(buf_str(&text), &m) || strcmp(m.key, key))
		return err_create(ERR_INFRA, "'%s' is damaged or of another template", path);
	for (size_t i = 0; i < m.nr_files && !err; i++) {
		_cleanup_free_ char *file = xasprintf("%s/%s", folder, m.files[i].name);

		err = digest_check(file, &m.files[i].digest);
	}
	return err;
}

static bool is_zero(const char *page)
{
	return !page[0] && !memcmp(page, page + 1, PAGE - 1);
}

/* Punches holes where [from, to) of the file, mapped at @data, is zero. */
static void punch_range(int fd, const char *data, off_t from, off_t to)
{
	off_t start = -1;

	for (off_t at = from; at <= to; at += PAGE) {
		bool zero = at + (off_t)PAGE <= to && is_zero(data + at);

		if (zero && start < 0)
			start = at;
		if (zero || start < 0)
			continue;
		if (at - start >= (off_t)HOLE_MIN)
			(void)fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, start,
					at - start);
		start = -1;
	}
}

struct err *template_punch(const char *path)
{
	_cleanup_close_ int fd = open(path, O_RDWR | O_CLOEXEC);
	struct stat st;
	off_t from = 0, to;
	char *data;

	if (fd < 0 || fstat(fd, &st))
		return err_errno(errno, "cannot open '%s'", path);
	if (!st.st_size)
		return NULL;
	data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_SHARED, fd, 0);
	if (data == MAP_FAILED)
		return err_errno(errno, "cannot read '%s'", path);
	while ((from = lseek(fd, from, SEEK_DATA)) >= 0) {
		to = lseek(fd, from, SEEK_HOLE);
		if (to < 0)
			break;
		punch_range(fd, data, from, to);
		from = to;
	}
	munmap(data, (size_t)st.st_size);
	return NULL;
}

/* False when the file was removed or replaced before we got its lock. */
static bool still_there(const char *path, int fd)
{
	struct stat mine, now;

	return !fstat(fd, &mine) && !stat(path, &now) && mine.st_ino == now.st_ino &&
	       mine.st_dev == now.st_dev;
}

static struct err *try_lock(const char *path, bool alone, bool *busy, int *out)
{
	for (;;) {
		_cleanup_close_ int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC,
					      0600);

		if (fd < 0)
			return err_errno(errno, "cannot open '%s'", path);
		*busy = flock(fd, (alone ? LOCK_EX : LOCK_SH) | LOCK_NB) != 0;
		if (*busy && errno != EWOULDBLOCK && errno != EINTR)
			return err_errno(errno, "cannot lock '%s'", path);
		if (*busy)
			return NULL;
		if (still_there(path, fd)) {
			*out = take_fd(fd);
			return NULL;
		}
	}
}

struct err *template_lock(const char *path, bool alone, uint64_t patience_ns, int cancel_fd,
			  int *fd)
{
	_cleanup_close_ int watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	uint64_t deadline = now_ns() + patience_ns;
	char events[4096];

	for (;;) {
		struct pollfd p[] = { { .fd = watch, .events = POLLIN },
				      { .fd = cancel_fd, .events = POLLIN } };
		bool busy;
		struct err *err = try_lock(path, alone, &busy, fd);

		if (err || !busy)
			return err;
		if (now_ns() >= deadline)
			return err_create(ERR_TIMEOUT, "'%s' is held by another daxrig", path);
		inotify_add_watch(watch, path, IN_CLOSE | IN_DELETE_SELF);
		/* inotify reports the close before the lock is released, so try again soon. */
		if (poll(p, ARRAY_SIZE(p), LOOK_AGAIN_MS) > 0 && p[1].revents)
			return err_create(ERR_CANCELLED, "interrupted");
		while (read(watch, events, sizeof(events)) > 0)
			;
	}
}
