/* SPDX-License-Identifier: GPL-2.0-only */
#include "workloads/model/flush-trace.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define LINE_MAX_BYTES 512

/* Reads "NAME NUMBER" at *@p; NUMBER in @base, with or without 0x. */
static bool take_number(const char **p, const char *name, int base, uint64_t *out)
{
	size_t n = strlen(name);
	char *end;

	if (strncmp(*p, name, n) != 0 || !isxdigit((unsigned char)(*p)[n]))
		return false;
	*out = strtoull(*p + n, &end, base);
	*p = end;
	return true;
}

static bool read_fields(const char *p, struct writeback *w)
{
	uint64_t major, minor;

	if (!take_number(&p, "dev ", 10, &major) || !take_number(&p, ":", 10, &minor) ||
	    !take_number(&p, " ino ", 16, &w->ino) || !take_number(&p, " pgoff ", 16, &w->page) ||
	    !take_number(&p, " pglen ", 16, &w->pages))
		return false;
	w->major = (unsigned int)major;
	w->minor = (unsigned int)minor;
	return !*p && w->pages && major <= UINT32_MAX && minor <= UINT32_MAX;
}

/* A task's name takes 16 columns, as trace_print_context() writes it, and may be any text. */
static unsigned int read_task(const char *text)
{
	return strlen(text) > 17 && text[16] == '-' ? (unsigned int)strtoul(text + 17, NULL, 10) :
						      0;
}

/* Reads "(dax_flush+0x0/0x60) bytes=0x1000". */
static bool read_flush(const char *p, struct writeback *w)
{
	p = *p == '(' ? strchr(p, ')') : NULL;
	return p && take_number(&p, ") bytes=", 16, &w->bytes) && !*p;
}

enum trace_line trace_line_read(const char *line, size_t len, struct writeback *out)
{
	static const char event[] = "dax_writeback_one: ", flush[] = TRACE_FLUSH_EVENT ": ";
	char text[LINE_MAX_BYTES];
	const char *p;

	snprintf(text, sizeof(text), "%.*s", (int)MIN(len, sizeof(text)), line);
	if (strncmp(text, "CPU:", 4) == 0 && strstr(text, " EVENTS]"))
		return TRACE_LOST;
	*out = (struct writeback){ .task = read_task(text) };
	p = strstr(text, flush);
	if (p)
		return len < sizeof(text) && read_flush(p + strlen(flush), out) ? TRACE_FLUSH :
										  TRACE_GARBLED;
	p = strstr(text, event);
	if (!p)
		return strstr(text, "tracing_mark_write: " TRACE_MARK_TEXT) ? TRACE_MARK :
									      TRACE_OTHER;
	if (len >= sizeof(text) || !read_fields(p + strlen(event), out))
		return TRACE_GARBLED;
	return TRACE_WRITEBACK;
}

void dirty_add(struct shadow *dirty, uint64_t page, uint64_t pages)
{
	struct piece piece = { .kind = PIECE_DATA, .src = page };

	if (pages)
		shadow_set(dirty, page, pages, &piece);
}

void dirty_drop(struct shadow *dirty, uint64_t page, uint64_t pages)
{
	struct piece clean = { .kind = PIECE_ZERO };

	if (page >= dirty->size)
		return;
	pages = MIN(pages, dirty->size - page);
	if (pages)
		shadow_set(dirty, page, pages, &clean);
}

uint64_t dirty_count(const struct shadow *dirty, uint64_t *first)
{
	uint64_t n = 0;

	for (size_t i = 0; i < dirty->n; i++) {
		if (dirty->v[i].kind != PIECE_DATA)
			continue;
		if (!n)
			*first = dirty->v[i].off;
		n += dirty->v[i].len;
	}
	return n;
}

bool flush_call_range(const struct op_call *c, int which, uint64_t *page, uint64_t *pages)
{
	enum op_flush change = c->op->flush[which];
	uint64_t off = change == OP_FLUSH_FROM_SIZE			  ? c->size :
		       change == OP_FLUSH_ALL || change == OP_FLUSH_UNSET ? 0 :
									    c->off[which];
	uint64_t end = UINT64_MAX;

	if (change == OP_FLUSH_NOTHING)
		return false;
	if (change == OP_FLUSH_RANGE && c->len && c->len < UINT64_MAX - off - FLUSH_PAGE)
		end = off + c->len + FLUSH_PAGE - 1;
	*page = off / FLUSH_PAGE;
	*pages = end / FLUSH_PAGE - *page;
	return true;
}
