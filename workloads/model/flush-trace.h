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

/* One dax_writeback_one; page and pages count FLUSH_PAGEs of the file. */
struct writeback {
	unsigned int major, minor;
	uint64_t ino;
	uint64_t page, pages;
};

enum trace_line {
	TRACE_OTHER,	 /* any other line */
	TRACE_MARK,	 /* TRACE_MARK_TEXT, written to trace_marker */
	TRACE_WRITEBACK, /* @out is filled */
	TRACE_LOST,	 /* the ring buffer overflowed: events are missing here */
	TRACE_GARBLED,	 /* a dax_writeback_one that cannot be parsed */
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
