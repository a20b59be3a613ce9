/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The log of a bisection. Each run is on the disk before the next one begins:
 *
 *	daxrig-bisect 1
 *	ask	WORDS			the question, for people; any number of lines
 *	seek	RULE	TITLE		the finding, once it is known; "-": any
 *	run	SPEC	OUTCOME	GUESTS	TIME	FOLDER	WHY
 *
 * Fields are printable ASCII, separated by tabs. Lines are only appended; a last line without
 * a newline was truncated by a crash and is ignored.
 */
#ifndef RIG_BISECT_LOG_H
#define RIG_BISECT_LOG_H

#include <time.h>

#include "base/buf.h"
#include "base/err.h"
#include "bisect/answer.h"

struct log_run {
	char *spec; /* as log_field() returns it */
	enum outcome outcome;
	size_t guests;
	time_t time;  /* when the run ended */
	char *folder; /* of the record; "": none */
	char *why;
};

struct bisect_log {
	char *path; /* the file */
	int fd, lock;
	struct sought sought;
	struct log_run *runs; /* oldest first */
	size_t n;
};

/*
 * Opens DIR/log and reads it; makes it when missing. @restart: renames it to DIR/log.old and
 * starts a new one. The lines @ask are written into a new log. ERR_USAGE while another
 * process has it open. bisect_log_close() it, also after an error.
 */
struct err *bisect_log_open(struct bisect_log *log, const char *dir, const char *ask, bool restart)
	__must_check;
void bisect_log_close(struct bisect_log *log);

/* Appends @run (copied); it is on the disk when this returns. */
struct err *bisect_log_run(struct bisect_log *log, const struct log_run *run) __must_check;

/* Sets the finding to search for and appends its line; copies @s. */
struct err *bisect_log_seek(struct bisect_log *log, const struct sought *s) __must_check;

/* Converts @text to a field of the log: printable, one line; free() it. Pure. */
char *log_field(const char *text);

#endif
