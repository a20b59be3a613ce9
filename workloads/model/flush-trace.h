/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the kernel says about writeback of DAX files, and which pages still wait for
 * it. Pure.
 *
 * Of the fs_dax events only dax_writeback_one tells that something was flushed. The
 * range events name what was asked for (0 to the end of the address space with an
 * fsync) and come also when no entry in there is tagged.
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
	TRACE_OTHER,	 /* no concern of ours */
	TRACE_MARK,	 /* TRACE_MARK_TEXT, by trace_marker */
	TRACE_WRITEBACK, /* @out is filled */
	TRACE_LOST,	 /* the ring buffer ran over: events are missing here */
	TRACE_GARBLED,	 /* a dax_writeback_one that cannot be read */
};

/* Reads one line of trace_pipe, without its newline; it may hold anything. */
enum trace_line trace_line_read(const char *line, size_t len, struct writeback *out);

/*
 * Pages that were stored to and not flushed since are PIECE_DATA of a shadow that
 * counts pages, all else is PIECE_ZERO. SHADOW_INIT to begin with, shadow_deinit()
 * at the end.
 */
void dirty_add(struct shadow *dirty, uint64_t page, uint64_t pages);
/* They were flushed, or are the file's no more; any range. */
void dirty_drop(struct shadow *dirty, uint64_t page, uint64_t pages);
/* How many there are; *@first is the first. */
uint64_t dirty_count(const struct shadow *dirty, uint64_t *first);

/*
 * The pages of c->file[@which] that @c may take away or replace, from *@page on
 * *@pages of them. False when it leaves all of them where they are.
 */
bool flush_call_range(const struct op_call *c, int which, uint64_t *page, uint64_t *pages);

#endif
