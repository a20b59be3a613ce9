/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The flush oracle: a page that was stored to through a mapping is written back
 * between the store and the end of the next fsync, sync or umount. A trace instance of
 * our own listens to fs_dax:dax_writeback_one; reading it takes the events out.
 */
#include "workloads/exec/exec.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/files.h"
#include "workloads/model/flush-trace.h"

#define TRACEFS "/sys/kernel/tracing"
#define INSTANCE TRACEFS "/instances/daxrig"
/* What one look may bring: a ring buffer of 1.4 MiB a processor prints to far less. */
#define LOOK_MAX (64u << 20)

struct flush {
	int pipe;	 /* trace_pipe, -1 when the oracle is lost */
	bool moved;	 /* an operation ran since the last look: there may be events */
	struct buf line; /* the end of what was read, not yet a whole line */
	bool marked;	 /* the last line was the mark of the case's end */
};

int exec_flush_prepare(void)
{
	int ret;

	if (!path_exists(TRACEFS "/instances"))
		mount("tracefs", TRACEFS, "tracefs", 0, NULL);
	if (mkdir(INSTANCE, 0700) && errno != EEXIST)
		return -errno;
	ret = file_poke(INSTANCE "/events/fs_dax/dax_writeback_one/enable", "1");
	return ret < 0 ? ret : 0;
}

static __printf(3, 4) void lose(struct exec *x, enum sight sight, const char *fmt, ...)
{
	char why[200];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why, sizeof(why), fmt, ap);
	va_end(ap);
	exec_lost(x, ORACLE_FLUSH, sight, "%s", why);
	close_fd(&x->flush->pipe);
	x->flush->pipe = -1;
}

static int open_pipe(void)
{
	int fd = open(INSTANCE "/trace_pipe", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

/* Whether the oracle is there; the first time it is set up. */
static bool listening(struct exec *x)
{
	int ret;

	if (!exec_looks(x))
		return false;
	if (x->flush)
		return x->flush->pipe >= 0;
	x->flush = xcalloc(1, sizeof(*x->flush));
	x->flush->moved = true; /* the cases before this one left events */
	x->flush->pipe = -1;
	ret = exec_flush_prepare();
	if (ret) {
		lose(x, SIGHT_LACKING,
		     "this kernel has no event fs_dax:dax_writeback_one in tracefs: %s",
		     errno_name(-ret));
		return false;
	}
	x->flush->pipe = open_pipe();
	if (x->flush->pipe < 0)
		lose(x, SIGHT_CUT, "trace_pipe: %s", errno_name(-x->flush->pipe));
	return x->flush->pipe >= 0;
}

static bool anything_dirty(const struct exec *x)
{
	uint64_t first;

	for (unsigned int i = 0; i < x->nr_files; i++)
		if (dirty_count(&x->files[i].dirty, &first))
			return true;
	return false;
}

static void take_writeback(struct exec *x, const struct writeback *w)
{
	for (unsigned int i = 0; i < x->nr_files; i++) {
		struct exec_file *f = &x->files[i];

		if (f->ino == w->ino && f->dev == makedev(w->major, w->minor))
			dirty_drop(&f->dirty, w->page, w->pages);
	}
}

/* Takes the whole lines of what was read. */
static void take_lines(struct exec *x)
{
	struct buf *b = &x->flush->line;
	struct writeback w;
	const char *nl;
	size_t at = 0;

	while ((nl = b->len > at ? memchr(b->data + at, '\n', b->len - at) : NULL) != NULL) {
		size_t len = (size_t)(nl - (b->data + at));

		switch (trace_line_read(b->data + at, len, &w)) {
		case TRACE_WRITEBACK:
			take_writeback(x, &w);
			break;
		case TRACE_LOST:
			/* events of before the first store are nobody's loss */
			if (anything_dirty(x))
				lose(x, SIGHT_CUT, "the trace buffer ran over");
			break;
		case TRACE_GARBLED:
			lose(x, SIGHT_CUT, "a trace line of this kernel cannot be read: '%.*s'",
			     (int)MIN(len, 120), b->data + at);
			break;
		case TRACE_MARK:
			x->flush->marked = true;
			break;
		case TRACE_OTHER:
			break;
		}
		at += len + 1;
		if (x->flush->pipe < 0)
			return;
	}
	buf_consume(b, at);
}

/* Takes the events that are there. */
static void look(struct exec *x)
{
	static char chunk[64 << 10];
	size_t total = 0;

	x->flush->moved = false;
	while (x->flush->pipe >= 0) {
		ssize_t n = read(x->flush->pipe, chunk, sizeof(chunk));

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
		buf_add(&x->flush->line, chunk, (size_t)n);
		take_lines(x);
	}
}

/* Who @f is in the trace; false when it cannot be told. */
static bool identify(struct exec_file *f)
{
	struct stat sb;

	if (f->ino)
		return true;
	if (f->fd >= 0 ? fstat(f->fd, &sb) : stat(f->path, &sb))
		return false;
	f->ino = sb.st_ino;
	f->dev = sb.st_dev;
	return true;
}

void exec_flush_store(struct exec *x, struct exec_file *f, uint64_t off, uint64_t len)
{
	uint64_t page = off / FLUSH_PAGE;

	if (!listening(x) || !identify(f))
		return;
	/* older events must not count for the store that comes now */
	if (x->flush->moved || exec_task_pending(x, NULL))
		look(x);
	dirty_add(&f->dirty, page, (off + len + FLUSH_PAGE - 1) / FLUSH_PAGE - page);
}

void exec_flush_forget(struct exec_file *f, uint64_t off, uint64_t len)
{
	dirty_drop(&f->dirty, off / FLUSH_PAGE, len / FLUSH_PAGE + 2);
}

void exec_flush_changed(struct exec *x, const struct op_call *c)
{
	uint64_t page, pages;

	if (!x->flush)
		return;
	x->flush->moved = true;
	for (int i = 0; i < OP_FILES_MAX && c->file[i]; i++) {
		struct exec_file *f = exec_file(x, c->file[i]);

		if (f && flush_call_range(c, i, &page, &pages))
			dirty_drop(&f->dirty, page, pages);
	}
}

static void judge(struct exec_file *f, const char *how, struct outcome *o)
{
	uint64_t page, n = dirty_count(&f->dirty, &page);
	char expected[160];

	if (!n)
		return;
	snprintf(expected, sizeof(expected),
		 "page %#llx of file '%s' (inode %llu) is flushed "
		 "by %s",
		 (unsigned long long)page, f->name, (unsigned long long)f->ino, how);
	outcome_fail(o, RULE_FLUSH_MISSING, expected,
		     "no dax_writeback_one covers it since it "
		     "was stored to (%llu such page%s in the file)",
		     (unsigned long long)n, n == 1 ? "" : "s");
	for (size_t i = 0; i < f->dirty.n && o->detail.len < 4096; i++)
		if (f->dirty.v[i].kind == PIECE_DATA)
			buf_addf(&o->detail,
				 "file '%s' inode %llu: pages %#llx to %#llx were "
				 "not flushed\n",
				 f->name, (unsigned long long)f->ino,
				 (unsigned long long)f->dirty.v[i].off,
				 (unsigned long long)(f->dirty.v[i].off + f->dirty.v[i].len - 1));
}

void exec_flush_check(struct exec *x, struct exec_file *f, const char *how, struct outcome *o)
{
	if (!x->flush || !listening(x))
		return;
	/* what runs, or was killed half way, may have taken its pages away already */
	for (unsigned int i = 0; i < x->nr_tasks; i++)
		if (x->tasks[i].started && !x->tasks[i].applied)
			exec_flush_changed(x, &x->tasks[i].step->call);
	look(x);
	if (!listening(x))
		return;
	for (unsigned int i = 0; i < x->nr_files; i++) {
		struct exec_file *g = &x->files[i];

		if (f && g != f)
			continue;
		if (!g->m->gone)
			judge(g, how, o);
		shadow_deinit(&g->dirty); /* told once */
	}
}

void exec_flush_end(struct exec *x)
{
	int ret;

	if (!x->flush || !listening(x))
		return;
	look(x);
	if (!listening(x))
		return;
	x->flush->marked = false;
	ret = file_poke(INSTANCE "/trace_marker", TRACE_MARK_TEXT);
	if (!ret)
		look(x);
	if (listening(x) && !x->flush->marked)
		lose(x, SIGHT_CUT, "the trace does not show the mark of the case's end%s%s",
		     ret ? ": trace_marker: " : "", ret ? errno_name(-ret) : "");
}
