// SPDX-License-Identifier: GPL-2.0-only
#include "bisect/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/files.h"

#define FIRST_LINE "daxrig-bisect 1"
#define LOG_MAX ((size_t)64 << 20) /* the largest log that is read, in bytes */
#define FIELD_MAX 8192		   /* bytes */
#define FIELDS 7		   /* of the longest line */

char *log_field(const char *text)
{
	struct buf b = BUF_INIT;

	buf_add_escaped(&b, text, strlen(text), FIELD_MAX);
	return buf_take(&b);
}

static struct err *add_line(struct bisect_log *log, const struct buf *line)
{
	ssize_t n;

	do {
		n = write(log->fd, line->data, line->len);
	} while (n < 0 && errno == EINTR);
	if (n == (ssize_t)line->len && fdatasync(log->fd) == 0)
		return NULL;
	return err_errno(n < 0 || n == (ssize_t)line->len ? errno : ENOSPC, "cannot write '%s'",
			 log->path);
}

static void put_field(struct buf *line, const char *text)
{
	_cleanup_free_ char *field = log_field(text);

	buf_addf(line, "\t%s", field);
}

struct err *bisect_log_run(struct bisect_log *log, const struct log_run *run)
{
	_cleanup_buf_ struct buf line = BUF_INIT;
	struct err *err;

	buf_adds(&line, "run");
	put_field(&line, run->spec);
	put_field(&line, outcome_name(run->outcome));
	buf_addf(&line, "\t%zu\t%lld", run->guests, (long long)run->time);
	put_field(&line, run->folder ? run->folder : "");
	put_field(&line, run->why ? run->why : "");
	buf_addc(&line, '\n');
	err = add_line(log, &line);
	if (err)
		return err;
	log->runs = xrealloc(log->runs, log->n + 1, sizeof(*log->runs));
	log->runs[log->n++] = (struct log_run){
		.spec = log_field(run->spec),
		.outcome = run->outcome,
		.guests = run->guests,
		.time = run->time,
		.folder = log_field(run->folder ? run->folder : ""),
		.why = log_field(run->why ? run->why : ""),
	};
	return NULL;
}

static char *some(const char *text)
{
	return text ? xstrdup(text) : NULL;
}

struct err *bisect_log_seek(struct bisect_log *log, const struct sought *s)
{
	struct sought copy = { some(s->rule), some(s->title) };
	_cleanup_buf_ struct buf line = BUF_INIT;

	buf_adds(&line, "seek");
	put_field(&line, copy.rule ? copy.rule : "-");
	put_field(&line, copy.title ? copy.title : "-");
	buf_addc(&line, '\n');
	sought_deinit(&log->sought);
	log->sought = copy;
	return add_line(log, &line);
}

static bool parse_number(const char *text, long long *out)
{
	char *end;

	errno = 0;
	*out = strtoll(text, &end, 10);
	return *text >= '0' && *text <= '9' && !*end && !errno;
}

static bool read_run(struct bisect_log *log, char **field, size_t n)
{
	long long guests, when;
	enum outcome outcome;

	if (n != 7 || !outcome_by_name(field[2], &outcome) || !parse_number(field[3], &guests) ||
	    !parse_number(field[4], &when))
		return false;
	log->runs = xrealloc(log->runs, log->n + 1, sizeof(*log->runs));
	log->runs[log->n++] = (struct log_run){
		.spec = xstrdup(field[1]),
		.outcome = outcome,
		.guests = (size_t)guests,
		.time = (time_t)when,
		.folder = xstrdup(field[5]),
		.why = xstrdup(field[6]),
	};
	return true;
}

/* A splat's title is ASCII, so log_field() does not change it. */
static bool read_seek(struct bisect_log *log, char **field, size_t n)
{
	if (n != 3)
		return false;
	sought_deinit(&log->sought);
	log->sought.rule = strcmp(field[1], "-") ? xstrdup(field[1]) : NULL;
	log->sought.title = strcmp(field[2], "-") ? xstrdup(field[2]) : NULL;
	return true;
}

static bool read_line(struct bisect_log *log, char *line, size_t number)
{
	char *field[FIELDS + 1] = { NULL };
	size_t n = 0;

	if (number == 1)
		return strcmp(line, FIRST_LINE) == 0;
	while (line && n <= FIELDS)
		field[n++] = strsep(&line, "\t");
	if (strcmp(field[0], "run") == 0)
		return read_run(log, field, n);
	if (strcmp(field[0], "seek") == 0)
		return read_seek(log, field, n);
	return strcmp(field[0], "ask") == 0;
}

/* Reads the lines of @text up to its last newline; *@whole is their length in bytes. */
static struct err *read_lines(struct bisect_log *log, char *text, size_t *whole)
{
	char *start = text, *end;
	size_t number = 0;

	while ((end = strchr(start, '\n')) != NULL) {
		*end = '\0';
		if (!read_line(log, start, ++number))
			return err_create(ERR_INFRA,
					  "cannot continue from '%s': line %zu is damaged; "
					  "--restart starts from scratch",
					  log->path, number);
		start = end + 1;
	}
	*whole = (size_t)(start - text);
	return NULL;
}

static struct err *begin(struct bisect_log *log, const char *dir, const char *ask)
{
	_cleanup_close_ int folder = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct err *err;

	buf_adds(&text, FIRST_LINE "\n");
	while (*ask) {
		size_t len = strcspn(ask, "\n");
		_cleanup_free_ char *line = xstrndup(ask, len);

		buf_adds(&text, "ask");
		put_field(&text, line);
		buf_addc(&text, '\n');
		ask += len + (ask[len] == '\n');
	}
	err = add_line(log, &text);
	if (!err && (folder < 0 || fsync(folder)))
		err = err_errno(errno, "cannot write folder '%s'", dir);
	return err;
}

static struct err *take_lock(struct bisect_log *log, const char *dir)
{
	struct err *err = dir_create(dir);

	if (err)
		return err;
	log->lock = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (log->lock < 0)
		return err_errno(errno, "cannot open folder '%s'", dir);
	if (flock(log->lock, LOCK_EX | LOCK_NB) == 0)
		return NULL;
	if (errno == EWOULDBLOCK)
		return err_create(ERR_USAGE, "cannot bisect in '%s': another daxrig uses it", dir);
	return err_errno(errno, "cannot lock folder '%s'", dir);
}

struct err *bisect_log_open(struct bisect_log *log, const char *dir, const char *ask, bool restart)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	size_t whole = 0;
	struct err *err;

	*log = (struct bisect_log){ .path = xasprintf("%s/log", dir), .fd = -1, .lock = -1 };
	err = take_lock(log, dir);
	if (err)
		return err;
	if (restart) {
		_cleanup_free_ char *old = xasprintf("%s/log.old", dir);

		if (rename(log->path, old) && errno != ENOENT)
			return err_errno(errno, "cannot rename '%s'", log->path);
	}
	log->fd = open(log->path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	if (log->fd < 0)
		return err_errno(errno, "cannot open '%s'", log->path);
	err = file_read(log->path, LOG_MAX, &text);
	if (!err && text.len)
		err = read_lines(log, text.data, &whole);
	/* the next line must not be appended to one that a crash truncated */
	if (!err && ftruncate(log->fd, (off_t)whole))
		err = err_errno(errno, "cannot write '%s'", log->path);
	return err || whole ? err : begin(log, dir, ask);
}

void bisect_log_close(struct bisect_log *log)
{
	for (size_t i = 0; i < log->n; i++) {
		free(log->runs[i].spec);
		free(log->runs[i].folder);
		free(log->runs[i].why);
	}
	free(log->runs);
	free(log->path);
	sought_deinit(&log->sought);
	close_fd(&log->fd);
	close_fd(&log->lock);
	*log = (struct bisect_log){ .fd = -1, .lock = -1 };
}
