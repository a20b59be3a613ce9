/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Follows a guest's console, which QEMU writes to a file: every byte goes through
 * the splat scanner as it comes. Nothing in it is ever a command.
 */
#ifndef RIG_CONSOLE_H
#define RIG_CONSOLE_H

#include "base/err.h"
#include "reports/splat/splat.h"

struct console {
	char *path;
	int fd;	       /* of the file, -1 until it is there */
	int watch_fd;  /* inotify: readable when the file changed */
	uint64_t size; /* bytes seen */
	struct splat_scanner *scanner;
	struct splat **splats; /* found and not taken yet */
	size_t nr_splats;
	bool panicked;
	char tail[1024]; /* the last bytes, at least half of them, to find a mark in */
	size_t tail_len;
	const char *mark; /* what console_wait_mark() looks for */
	bool marked;
};

/* @path need not exist yet; its folder must. */
struct err *console_open(struct console *c, const char *path) __must_check;
void console_close(struct console *c);

/* Reads what is new. Call it when watch_fd is readable, and before looking. */
void console_read(struct console *c);

/* Says what to look for from now on: then console_read() sets marked. */
void console_expect(struct console *c, const char *mark);

/* Hands out one splat, or NULL; with @all also a report that is still open. */
struct splat *console_take_splat(struct console *c, bool all);

/* Appends the bytes [from, now) to @out, at most the first @max. */
void console_copy(struct console *c, uint64_t from, size_t max, struct buf *out);

#endif
