/* SPDX-License-Identifier: GPL-2.0-only */
#include "nightly/night-state.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/files.h"
#include "reports/record/rundir.h"

#define STATE_MAX 256 /* bytes */

/* "FILE's name, its hash": two night files of one name have two states. */
static char *state_name(const char *file)
{
	_cleanup_free_ char *whole = realpath(file, NULL);
	const char *path = whole ? whole : file, *name = strrchr(path, '/');
	_cleanup_free_ char *safe = rundir_safe_name(name ? name + 1 : path);

	return xasprintf("%s-%016" PRIx64, safe, digest_bytes(path, strlen(path)).sum);
}

static struct err *lock(struct night_state *s, const char *file)
{
	s->fd = open(s->path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (s->fd < 0)
		return err_errno(errno, "cannot open '%s'", s->path);
	if (!flock(s->fd, LOCK_EX | LOCK_NB))
		return NULL;
	return errno == EWOULDBLOCK ?
		       err_create(ERR_USAGE,
				  "the night of '%s' is running already; 'daxrig watch' follows it",
				  file) :
		       err_errno(errno, "cannot lock '%s'", s->path);
}

static struct err *write_state(struct night_state *s, const char *word)
{
	_cleanup_free_ char *text = xasprintf("%s %s %lld\n", word, s->id, (long long)s->begun);
	size_t len = strlen(text);

	if (pwrite(s->fd, text, len, 0) != (ssize_t)len || ftruncate(s->fd, (off_t)len))
		return err_errno(errno, "cannot write '%s'", s->path);
	return NULL;
}

/* The id of a night that begins at @now; @last was the one before ("": none). */
static void new_id(struct night_state *s, const char *last, time_t now)
{
	unsigned int number = 1;
	struct tm tm;

	localtime_r(&now, &tm);
	strftime(s->id, sizeof(s->id), "%F", &tm);
	if (strncmp(last, s->id, strlen(s->id)) == 0) {
		sscanf(last + strlen(s->id), ".%u", &number);
		snprintf(s->id + strlen(s->id), sizeof(s->id) - strlen(s->id), ".%u",
			 number % 10000 + 1);
	}
	s->begun = now;
}

static struct err *read_state(struct night_state *s, time_t now)
{
	char text[STATE_MAX], word[16] = "", id[32] = "";
	ssize_t n = pread(s->fd, text, sizeof(text) - 1, 0);
	long long begun = 0;

	if (n < 0)
		return err_errno(errno, "cannot read '%s'", s->path);
	text[n] = '\0';
	if (sscanf(text, "%15s %31s %lld", word, id, &begun) == 3 && strcmp(word, "runs") == 0) {
		s->resumed = true;
		snprintf(s->id, sizeof(s->id), "%s", id);
		s->begun = begun;
		return NULL;
	}
	new_id(s, id, now);
	return write_state(s, "runs");
}

struct err *night_state_begin(const char *folder, const char *file, time_t now,
			      struct night_state *out)
{
	_cleanup_free_ char *name = state_name(file);
	struct err *err = dir_create(folder);

	*out = (struct night_state){ .fd = -1, .path = xasprintf("%s/%s", folder, name) };
	if (!err)
		err = lock(out, file);
	if (!err)
		err = read_state(out, now);
	if (err)
		night_state_deinit(out);
	return err;
}

struct err *night_state_over(struct night_state *s)
{
	return write_state(s, "over");
}

void night_state_deinit(struct night_state *s)
{
	close_fd(&s->fd);
	free(s->path);
	*s = (struct night_state){ .fd = -1 };
}
