/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The journal of a run that goes on: RUN/cases.jsonl, a line of JSON for whatever happens, written
 * at once. A run that is killed loses nothing but the cases that were running. When the
 * run ends, run.json has everything and the journal is removed.
 *
 *	{"journal":1,"pid":4711,"host":"h","time":1796000000,"elapsed_ns":0}
 *	{"begin":"xfs/punch-waits/rdma"}
 *	{"note":"..."}
 *	{"name":"xfs/punch-waits/rdma","verdict":"pass", ...}	as in run.json
 *
 * The last line may be torn. run.json says which generation of journal belongs to it, so that
 * both change at once when an interrupted run is resumed. The journal is also the lock of the
 * run: whoever changes the folder holds it.
 */
#ifndef REPORTS_JOURNAL_H
#define REPORTS_JOURNAL_H

#include <sys/types.h>

#include "base/err.h"
#include "reports/record/verdict.h"

#define JOURNAL_NAME "cases.jsonl"
#define JOURNAL_LINE_MAX (4u << 20) /* bytes */

struct journal {
	int fd;	       /* -1: not open; all calls but journal_lock() then do nothing */
	char *path;    /* of the file */
	uint64_t size; /* bytes of complete lines */
};

#define JOURNAL_INIT                                                                               \
	{                                                                                          \
		-1, NULL, 0                                                                        \
	}

/*
 * Locks the run in @folder, and makes its journal if it has none. ERR_USAGE when another
 * process has the lock: the run is still running. journal_end() or journal_unlock() it.
 */
struct err *journal_lock(struct journal *j, const char *folder) __must_check;

/* Empties the journal and begins a new one; @elapsed_ns is the time that the run took so far. */
struct err *journal_start(struct journal *j, unsigned int generation, uint64_t elapsed_ns)
	__must_check;

/* Each adds a line. After an error the journal is as it was before the call. */
struct err *journal_begin(struct journal *j, const char *name) __must_check;
struct err *journal_note(struct journal *j, const char *text) __must_check;
struct err *journal_case(struct journal *j, const struct case_record *rec) __must_check;

/* Removes the journal: run.json has everything. */
void journal_end(struct journal *j);

/* Gives the lock back; a journal without a line is removed. */
void journal_unlock(struct journal *j);

/* Does a process hold the lock of the run in @folder? */
bool journal_is_held(const char *folder);

enum journal_kind {
	JOURNAL_NOTHING, /* no complete line is there (yet) */
	JOURNAL_HEAD,
	JOURNAL_BEGIN,
	JOURNAL_NOTE,
	JOURNAL_CASE,
};

/* A line; journal_line_deinit() it. All of it is untrusted. */
struct journal_line {
	enum journal_kind kind;
	unsigned int generation; /* of a HEAD, as are the next four */
	pid_t pid;
	char *host;
	int64_t time; /* seconds, of the wall clock */
	uint64_t elapsed_ns;
	char *text; /* of BEGIN and NOTE */
	struct case_record *rec;
};

struct journal_reader {
	int fd; /* -1: there is no journal */
	char *path;
	struct buf text; /* read, not yet returned */
	size_t from;
	size_t lines; /* returned */
	bool raw;     /* cases keep their JSON */
};

/* Opens the journal of the run in @folder; that there is none is no error. */
struct err *journal_reader_open(struct journal_reader *r, const char *folder, bool raw)
	__must_check;
/* Reads the next line. Call it again after JOURNAL_NOTHING when the file may have grown. */
struct err *journal_next(struct journal_reader *r, struct journal_line *out) __must_check;
void journal_line_deinit(struct journal_line *line);

/*
 * The same, much faster: only the verdict of the line, which is past VERDICT_ERROR for one
 * that is no case. *@over: no complete line is there.
 */
struct err *journal_next_verdict(struct journal_reader *r, enum verdict *out, bool *over)
	__must_check;
void journal_reader_close(struct journal_reader *r);

#endif
