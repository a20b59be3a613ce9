/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The flush oracle: a page that was stored to through a mapping is written back
 * between the store and the end of the next fsync, sync or umount. A private trace
 * instance records fs_dax:dax_writeback_one, and the length of each dax_flush() by a
 * kprobe; reading trace_pipe consumes the events.
 */
#include "workloads/oracles/oracle.h"
#include "workloads/exec/files.h"
#include "workloads/exec/tasks.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/files.h"
#include "workloads/model/flush-trace.h"
#include "workloads/oracles/flush-instance.h"

/* The most to read at once: the ring buffers, 1.4 MiB for each CPU, print to far less. */
#define LOOK_MAX (64u << 20)
#define FLUSHERS_MAX 32u /* tasks that write back at once */

struct flush {
	int pipe;	 /* trace_pipe, -1 when the oracle is lost */
	bool moved;	 /* an operation ran since the last look: there may be events */
	struct buf line; /* the last, incomplete line that was read */
	bool marked;	 /* the last line was the mark of the case's end */
	bool lengths;	 /* the kprobe is there */
	/* what a task flushed and did not tell of yet; task 0: free */
	struct flushed {
		unsigned int task;
		uint64_t bytes;
	} flushed[FLUSHERS_MAX];
	unsigned int next;
	/* index: as in x->files */
	struct flush_file {
		struct shadow dirty; /* of flush-trace.h: stored to and not flushed since */
		uint64_t ino;	     /* 0: not known yet */
		dev_t dev;
		/* the first entry of which too little was flushed; pages 0: none */
		struct writeback cut;
	} file[EXEC_THINGS_MAX];
};

/* NULL before the first store through a mapping. */
static struct flush *flush_of(const struct exec *x)
{
	return x->oracle[ORACLE_FLUSH];
}

static struct flush_file *file_of(const struct exec *x, const struct exec_file *f)
{
	return &flush_of(x)->file[f - x->files];
}

/* Sets up the trace instance; the first case that needs it reports a failure. */
static void flush_prepare(struct exec *x)
{
	(void)x;
	if (!flush_instance_prepare())
		(void)flush_instance_lengths();
}

static __printf(3, 4) void lose(struct exec *x, enum sight sight, const char *fmt, ...)
{
	char why[200];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	oracle_lost(x, ORACLE_FLUSH, sight, "%s", why);
	close_fd(&flush_of(x)->pipe);
	flush_of(x)->pipe = -1;
}

/* Whether the oracle works; the first call sets it up. */
static bool listening(struct exec *x)
{
	struct flush *l = flush_of(x);
	int ret;

	if (l)
		return l->pipe >= 0;
	l = x->oracle[ORACLE_FLUSH] = xcalloc(1, sizeof(*l));
	l->moved = true; /* the cases before this one left events */
	l->pipe = -1;
	ret = flush_instance_prepare();
	if (ret) {
		lose(x, SIGHT_LACKING,
		     "this kernel has no event fs_dax:dax_writeback_one in tracefs: %s",
		     errno_name(-ret));
		return false;
	}
	ret = flush_instance_lengths();
	l->lengths = ret >= 0;
	if (!l->lengths)
		oracle_lost(x, ORACLE_FLUSH, SIGHT_LACKING,
			    "this kernel does not tell how much it flushes: kprobe_events: %s",
			    errno_name(-ret));
	l->pipe = flush_instance_open();
	if (l->pipe < 0)
		lose(x, SIGHT_CUT, "trace_pipe: %s", errno_name(-l->pipe));
	return l->pipe >= 0;
}

static bool anything_dirty(const struct exec *x)
{
	uint64_t first;

	for (unsigned int i = 0; i < x->nr_files; i++)
		if (dirty_count(&file_of(x, &x->files[i])->dirty, &first))
			return true;
	return false;
}

/* What @task flushed and did not tell of yet; NULL: nothing. */
static struct flushed *flushed_by(struct flush *l, unsigned int task)
{
	for (size_t i = 0; i < FLUSHERS_MAX; i++)
		if (task && l->flushed[i].task == task)
			return &l->flushed[i];
	return NULL;
}

/* Some calls are never told of, as those for zeroed pages. */
static void take_flush(struct flush *l, const struct writeback *w)
{
	struct flushed *f = flushed_by(l, w->task);

	if (!f)
		f = &l->flushed[l->next++ % FLUSHERS_MAX];
	*f = (struct flushed){ w->task, w->bytes };
}

/* How many pages of @w its task flushed just before, from the first on. */
static uint64_t pages_flushed(struct flush *l, const struct writeback *w)
{
	struct flushed *f = flushed_by(l, w->task);

	if (!l->lengths)
		return w->pages;
	if (!f)
		return 0;
	f->task = 0;
	return MIN(w->pages, f->bytes / FLUSH_PAGE);
}

static void take_writeback(struct exec *x, const struct writeback *w)
{
	uint64_t pages = pages_flushed(flush_of(x), w);

	for (unsigned int i = 0; i < x->nr_files; i++) {
		struct flush_file *f = file_of(x, &x->files[i]);

		if (f->ino != w->ino || f->dev != makedev(w->major, w->minor))
			continue;
		dirty_drop(&f->dirty, w->page, pages);
		if (pages < w->pages && !f->cut.pages) {
			f->cut = *w;
			f->cut.bytes = pages * FLUSH_PAGE;
		}
	}
}

/* Parses the complete lines that were read. */
static void take_lines(struct exec *x)
{
	struct buf *b = &flush_of(x)->line;
	struct writeback w;
	const char *nl;
	size_t at = 0;

	while ((nl = b->len > at ? memchr(b->data + at, '\n', b->len - at) : NULL) != NULL) {
		size_t len = (size_t)(nl - (b->data + at));

		switch (trace_line_read(b->data + at, len, &w)) {
		case TRACE_WRITEBACK:
			take_writeback(x, &w);
			break;
		case TRACE_FLUSH:
			take_flush(flush_of(x), &w);
			break;
		case TRACE_LOST:
			/* lost events from before the first store do not matter */
			if (anything_dirty(x))
				lose(x, SIGHT_CUT, "the trace buffer overflowed");
			break;
		case TRACE_GARBLED:
			lose(x, SIGHT_CUT, "cannot parse a trace line of this kernel: '%.*s'",
			     (int)MIN(len, 120), b->data + at);
			break;
		case TRACE_MARK:
			flush_of(x)->marked = true;
			break;
		case TRACE_OTHER:
			break;
		}
		at += len + 1;
		if (flush_of(x)->pipe < 0)
			return;
	}
	buf_consume(b, at);
}

/* Reads all events so far. */
static void look(struct exec *x)
{
	static char chunk[64 << 10];
	struct flush *l = flush_of(x);
	size_t total = 0;

	l->moved = false;
	while (l->pipe >= 0) {
		ssize_t n = read(l->pipe, chunk, sizeof(chunk));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno != EAGAIN)
			lose(x, SIGHT_CUT, "read of trace_pipe: %s", errno_name(errno));
		if (n <= 0)
			return;
		total += (size_t)n;
		if (total > LOOK_MAX) {
			lose(x, SIGHT_CUT, "the trace does not end");
			return;
		}
		buf_add(&l->line, chunk, (size_t)n);
		take_lines(x);
	}
}

/* Finds the device and inode that the trace shows for @f; false when stat() fails. */
static bool identify(const struct exec *x, const struct exec_file *f)
{
	struct flush_file *t = file_of(x, f);
	struct stat sb;

	if (t->ino)
		return true;
	if (f->fd >= 0 ? fstat(f->fd, &sb) : stat(f->path, &sb))
		return false;
	t->ino = sb.st_ino;
	t->dev = sb.st_dev;
	return true;
}

static void flush_storing(struct exec *x, struct exec_file *f, uint64_t off, uint64_t len)
{
	uint64_t page = off / FLUSH_PAGE;

	if (!listening(x) || !identify(x, f))
		return;
	/* consume older events, which must not count for the store that follows */
	if (flush_of(x)->moved || exec_task_pending(x, NULL))
		look(x);
	dirty_add(&file_of(x, f)->dirty, page, (off + len + FLUSH_PAGE - 1) / FLUSH_PAGE - page);
}

static void flush_spoiled(struct exec *x, struct exec_file *f, uint64_t off, uint64_t len)
{
	if (flush_of(x))
		dirty_drop(&file_of(x, f)->dirty, off / FLUSH_PAGE, len / FLUSH_PAGE + 2);
}

static void flush_changed(struct exec *x, const struct op_call *c)
{
	uint64_t page, pages;

	if (!flush_of(x))
		return;
	flush_of(x)->moved = true;
	for (int i = 0; i < OP_FILES_MAX && c->file[i]; i++) {
		struct exec_file *f = exec_file(x, c->file[i]);

		if (f && flush_call_range(c, i, &page, &pages))
			dirty_drop(&file_of(x, f)->dirty, page, pages);
	}
}

static void flush_gone(struct exec *x, struct exec_file *f)
{
	if (!flush_of(x))
		return;
	shadow_deinit(&file_of(x, f)->dirty);
	file_of(x, f)->ino = 0;
	file_of(x, f)->cut.pages = 0;
}

static void judge(const struct exec_file *f, const struct flush_file *t, const char *how,
		  struct outcome *o)
{
	uint64_t page, n = dirty_count(&t->dirty, &page);
	char expected[160], why[160];

	if (!n)
		return;
	snprintf(expected, sizeof(expected),
		 "page %#llx of file '%s' (inode %llu) is flushed "
		 "by %s",
		 (unsigned long long)page, f->name, (unsigned long long)t->ino, how);
	snprintf(why, sizeof(why), "no dax_writeback_one covers it since it was stored to");
	if (t->cut.pages)
		snprintf(why, sizeof(why),
			 "dax_flush() got %#llx of the %#llx bytes of an entry that it is in",
			 (unsigned long long)t->cut.bytes,
			 (unsigned long long)(t->cut.pages * FLUSH_PAGE));
	outcome_fail(o, RULE_FLUSH_MISSING, expected, "%s (%llu such page%s in the file)", why,
		     (unsigned long long)n, n == 1 ? "" : "s");
	for (size_t i = 0; i < t->dirty.n && o->detail.len < 4096; i++)
		if (t->dirty.v[i].kind == PIECE_DATA)
			buf_addf(&o->detail,
				 "file '%s' inode %llu: pages %#llx to %#llx were "
				 "not flushed\n",
				 f->name, (unsigned long long)t->ino,
				 (unsigned long long)t->dirty.v[i].off,
				 (unsigned long long)(t->dirty.v[i].off + t->dirty.v[i].len - 1));
}

static void flush_flushed(struct exec *x, struct exec_file *f, const char *how, struct outcome *o)
{
	if (!flush_of(x) || !listening(x))
		return;
	/* an operation that runs, or was killed, may have removed its pages already */
	for (unsigned int i = 0; i < x->nr_tasks; i++)
		if (x->tasks[i].started && !x->tasks[i].applied)
			flush_changed(x, &x->tasks[i].step->call);
	look(x);
	if (!listening(x))
		return;
	for (unsigned int i = 0; i < x->nr_files; i++) {
		struct exec_file *g = &x->files[i];

		if (f && g != f)
			continue;
		if (!g->m->gone)
			judge(g, file_of(x, g), how, o);
		shadow_deinit(&file_of(x, g)->dirty); /* reports a page only once */
		file_of(x, g)->cut.pages = 0;
	}
}

static void flush_end(struct exec *x)
{
	int ret;

	if (!flush_of(x) || !listening(x))
		return;
	look(x);
	if (!listening(x))
		return;
	flush_of(x)->marked = false;
	ret = file_poke(FLUSH_INSTANCE "/trace_marker", TRACE_MARK_TEXT);
	if (!ret)
		look(x);
	if (listening(x) && !flush_of(x)->marked)
		lose(x, SIGHT_CUT, "the trace does not show the mark of the case's end%s%s",
		     ret ? ": trace_marker: " : "", ret ? errno_name(-ret) : "");
}

const struct oracle_ops oracle_flush = {
	.rules = RULE_BIT(RULE_FLUSH_MISSING),
	.prepare = flush_prepare,
	.storing = flush_storing,
	.spoiled = flush_spoiled,
	.changed = flush_changed,
	.gone = flush_gone,
	.flushed = flush_flushed,
	.end = flush_end,
};
