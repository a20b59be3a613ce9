/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Follows a guest's console, which QEMU writes to a file, and feeds every byte to the splat
 * scanner. Nothing in it is taken as a command.
 */
#ifndef RIG_CONSOLE_H
#define RIG_CONSOLE_H

#include "base/err.h"
#include "reports/splat/splat.h"

struct console {
	char *path;
	int fd;	       /* of the file; -1 until it exists */
	int watch_fd;  /* inotify: readable when the file changed */
	uint64_t size; /* bytes seen */
	struct splat_scanner *scanner;
	struct splat **splats; /* found but not taken yet */
	size_t nr_splats;
	bool panicked;
	char tail[1024]; /* the last bytes, at least half of them, to find a mark in */
	size_t tail_len;
	const char *mark; /* what console_wait_mark() looks for */
	bool marked;
};

/* Follows the file @path. It need not exist yet; its folder must. */
struct err *console_open(struct console *c, const char *path) __must_check;
void console_close(struct console *c);

/* Reads new output. Call it when watch_fd is readable, and before using the fields. */
void console_read(struct console *c);

/* From now on console_read() looks for @mark (borrowed), and sets marked when it finds it. */
void console_expect(struct console *c, const char *mark);

/* Returns one splat, the caller's, or NULL; with @all also one whose report is not complete. */
struct splat *console_take_splat(struct console *c, bool all);

/* Appends the console's bytes from offset @from on to @out, at most @max. */
void console_copy(struct console *c, uint64_t from, size_t max, struct buf *out);

#endif
