/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reads the kernel's trace of the writeback of DAX files, and keeps the pages that are
 * still dirty. Pure.
 *
 * Of the fs_dax events only dax_writeback_one means that something was flushed. The
 * range events report the requested range (0 to the end of the address space for an
 * fsync), even when no entry in it is tagged.
 */
#ifndef WORKLOADS_FLUSH_TRACE_H
#define WORKLOADS_FLUSH_TRACE_H

#include "base/arch.h"
#include "workloads/ops/operation.h"
#include "workloads/model/shadow.h"

#define FLUSH_PAGE PAGE
#define TRACE_MARK_TEXT "daxrig: the case ends"

/* The event that the oracle adds, at the entry of the kernel's dax_flush(). */
#define TRACE_FLUSH_EVENT "dax_flush"
#define TRACE_FLUSH_PROBE "p:daxrig/" TRACE_FLUSH_EVENT " dax_flush bytes=$arg3:x64"

/*
 * One dax_writeback_one, of which page and pages count FLUSH_PAGEs of the file; or one dax_flush,
 * of which only task and bytes are set. fs/dax.c, dax_writeback_one(), 6.1 to 7.3: the task calls
 * dax_flush() for all of an entry, and then tells of it.
 */
struct writeback {
	unsigned int major, minor;
	uint64_t ino;
	uint64_t page, pages;
	unsigned int task; /* id of the thread; 0: the line does not say */
	uint64_t bytes;
};

enum trace_line {
	TRACE_OTHER,	 /* any other line */
	TRACE_MARK,	 /* TRACE_MARK_TEXT, written to trace_marker */
	TRACE_WRITEBACK, /* @out is filled, as by the next */
	TRACE_FLUSH,	 /* a dax_flush */
	TRACE_LOST,	 /* the ring buffer overflowed: events are missing here */
	TRACE_GARBLED,	 /* a dax_writeback_one or dax_flush that cannot be parsed */
};

/* Reads one line of trace_pipe, without its newline; it may be any bytes. */
enum trace_line trace_line_read(const char *line, size_t len, struct writeback *out);

/*
 * A shadow in units of pages: a page that was stored to and not flushed since is
 * PIECE_DATA, any other PIECE_ZERO. Begin with SHADOW_INIT, end with shadow_deinit().
 */
void dirty_add(struct shadow *dirty, uint64_t page, uint64_t pages);
/* The pages were flushed, or the file lost them; they need not be dirty. */
void dirty_drop(struct shadow *dirty, uint64_t page, uint64_t pages);
/* The number of dirty pages; *@first is the first of them. */
uint64_t dirty_count(const struct shadow *dirty, uint64_t *first);

/*
 * The pages of c->file[@which] that @c may remove or replace: *@pages of them, from
 * *@page on. False when it removes or replaces none.
 */
bool flush_call_range(const struct op_call *c, int which, uint64_t *page, uint64_t *pages);

#endif
