/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the runs of a bisection said, on the disk before the next one begins:
 *
 *	daxrig-bisect 1
 *	ask	WORDS			what was asked, for people; any number
 *	seek	RULE	TITLE		"-": any; once it is known
 *	run	SPEC	OUTCOME	GUESTS	TIME	FOLDER	WHY
 *
 * Fields are parted by tabs and printable ASCII. Lines are only added; a last one without
 * its newline was cut off by a crash and counts as not written.
 */
#ifndef RIG_BISECT_LOG_H
#define RIG_BISECT_LOG_H

#include <time.h>

#include "base/buf.h"
#include "base/err.h"
#include "bisect/answer.h"

struct log_run {
	char *spec; /* log_field() of it */
	enum outcome outcome;
	size_t guests;
	time_t time;  /* when it was over */
	char *folder; /* of the record; "": none */
	char *why;
};

struct bisect_log {
	char *path; /* the file */
	int fd, lock;
	struct sought sought;
	struct log_run *runs; /* the oldest first */
	size_t n;
};

/*
 * Opens DIR/log, which is made when missing, and reads it; @restart: begins anew, and the
 * old one is DIR/log.old. @ask, lines, are written into a new one. ERR_USAGE while another
 * process has it open. bisect_log_close() it, after an error, too.
 */
struct err *bisect_log_open(struct bisect_log *log, const char *dir, const char *ask, bool restart)
	__must_check;
void bisect_log_close(struct bisect_log *log);

/* Adds a line; it is on the disk when this returns. @run is copied. */
struct err *bisect_log_run(struct bisect_log *log, const struct log_run *run) __must_check;

/* Sets and adds what is sought; copies @s. */
struct err *bisect_log_seek(struct bisect_log *log, const struct sought *s) __must_check;

/* @text as a field of the log: printable, on one line; free() it. Pure. */
char *log_field(const char *text);

#endif
