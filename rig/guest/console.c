/* SPDX-License-Identifier: GPL-2.0-only */
#include "guest/console.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

/* The most splats kept until they are taken; the rest of a flood adds nothing. */
#define CONSOLE_SPLATS_MAX 256

static void keep_splat(void *arg, struct splat *splat)
{
	struct console *c = arg;

	c->panicked |= splat->cls == SPLAT_PANIC || splat->panicked;
	if (c->nr_splats == CONSOLE_SPLATS_MAX) {
		splat_destroy(splat);
		return;
	}
	c->splats = xrealloc(c->splats, c->nr_splats + 1, sizeof(struct splat *));
	c->splats[c->nr_splats++] = splat;
}

struct err *console_open(struct console *c, const char *path)
{
	_cleanup_free_ char *dir = xstrdup(path);

	*strrchr(dir, '/') = '\0';
	*c = (struct console){ .path = xstrdup(path), .fd = -1 };
	c->watch_fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (c->watch_fd < 0 || inotify_add_watch(c->watch_fd, dir, IN_MODIFY | IN_CREATE) < 0)
		return err_errno(errno, "cannot watch '%s'", dir);
	c->scanner = splat_scanner_create(keep_splat, c);
	return NULL;
}

void console_close(struct console *c)
{
	for (size_t i = 0; i < c->nr_splats; i++)
		splat_destroy(c->splats[i]);
	free(c->splats);
	splat_scanner_destroy(c->scanner);
	close_fd(&c->fd);
	if (c->path)
		close_fd(&c->watch_fd);
	free(c->path);
	*c = (struct console){ .fd = -1, .watch_fd = -1 };
}

/* A mark may arrive in pieces: keeps the last bytes and searches them with the new ones. */
static void find_mark(struct console *c, const char *data, size_t len)
{
	if (!c->mark || c->marked)
		return;
	c->marked = memmem(data, len, c->mark, strlen(c->mark)) != NULL;
	while (len && !c->marked) {
		size_t n = MIN(len, sizeof(c->tail) / 2);
		size_t keep = MIN(c->tail_len, sizeof(c->tail) - n);

		memmove(c->tail, c->tail + c->tail_len - keep, keep);
		memcpy(c->tail + keep, data, n);
		c->tail_len = keep + n;
		c->marked = memmem(c->tail, c->tail_len, c->mark, strlen(c->mark)) != NULL;
		data += n;
		len -= n;
	}
}

void console_read(struct console *c)
{
	char chunk[65536];
	ssize_t n;

	while (read(c->watch_fd, chunk, sizeof(chunk)) > 0)
		;
	if (c->fd < 0)
		c->fd = open(c->path, O_RDONLY | O_CLOEXEC);
	if (c->fd < 0)
		return;
	while ((n = read(c->fd, chunk, sizeof(chunk))) > 0) {
		c->size += (uint64_t)n;
		splat_scanner_feed(c->scanner, chunk, (size_t)n);
		find_mark(c, chunk, (size_t)n);
	}
}

void console_expect(struct console *c, const char *mark)
{
	c->mark = mark;
	c->marked = false;
	c->tail_len = 0;
}

struct splat *console_take_splat(struct console *c, bool all)
{
	struct splat *s;

	if (all)
		splat_scanner_flush(c->scanner);
	if (!c->nr_splats)
		return NULL;
	s = c->splats[0];
	c->nr_splats--;
	memmove(c->splats, c->splats + 1, c->nr_splats * sizeof(struct splat *));
	return s;
}

void console_copy(struct console *c, uint64_t from, size_t max, struct buf *out)
{
	char chunk[65536];
	uint64_t at = from;

	while (at < c->size && out->len < max && c->fd >= 0) {
		size_t want = MIN(MIN(sizeof(chunk), c->size - at), max - out->len);
		ssize_t n = pread(c->fd, chunk, want, (off_t)at);

		if (n <= 0)
			return;
		buf_add(out, chunk, (size_t)n);
		at += (uint64_t)n;
	}
}
