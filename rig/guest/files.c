/* SPDX-License-Identifier: GPL-2.0-only */
/* Brings the files of a case into its guest. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "guest/private.h"

#define PIECE (48u << 10)     /* bytes of a file in one message */
#define QUEUE_MAX (1u << 20)  /* bytes that wait for the guest: it takes them one by one */
#define QUEUE_MS (60u * 1000) /* to take so many */
#define LOOK_NS 10000000ull   /* no event says that the queue became shorter */

/* Waits until the agent has taken most of what was sent. */
static struct err *wait_queue(struct guest *g)
{
	uint64_t deadline = guest_now(g) + guest_ms(g, QUEUE_MS) * 1000000;
	struct err *err = NULL;
	struct frame f;

	while (!err && g->link.out.len > QUEUE_MAX) {
		if (guest_now(g) >= deadline)
			return err_create(ERR_TIMEOUT, "the agent does not take the case's files");
		switch (guest_wait(g, guest_now(g) + LOOK_NS, &f, &err)) {
		case GUEST_GONE:
			return err_create(ERR_INFRA, "the guest ended while it got its files");
		case GUEST_CANCELLED:
			return err_create(ERR_CANCELLED, "interrupted");
		case GUEST_FRAME: /* a line of the agent's log: nothing else can come now */
		case GUEST_TIMEOUT:
		case GUEST_SIDE:
		case GUEST_MARK:
		case GUEST_QUIET:
		case GUEST_BROKEN:
			break;
		}
	}
	return err;
}

static struct err *send_piece(struct guest *g, const struct pack_entry *e, const void *data,
			      size_t len, const uint64_t *mode)
{
	_cleanup_buf_ struct buf msg = BUF_INIT;
	_cleanup_free_ char *path = xasprintf("/%s", e->path);
	struct err *err;

	msg_put_str(&msg, TAG_NAME, path);
	if (mode)
		msg_put_u64(&msg, TAG_MODE, *mode);
	msg_put(&msg, TAG_TEXT, data, len);
	err = link_send(&g->link, MSG_FILE, &msg);
	return err ? err : wait_queue(g);
}

static struct err *send_file(struct guest *g, const struct pack_entry *e)
{
	_cleanup_close_ int fd = open(e->src, O_RDONLY | O_CLOEXEC);
	const uint64_t mode = e->mode;
	struct err *err = NULL;
	char piece[PIECE];
	ssize_t n = 1;

	if (fd < 0)
		return err_errno(errno, "cannot read '%s'", e->src);
	for (bool first = true; n > 0 && !err; first = false) {
		n = read(fd, piece, sizeof(piece));
		if (n > 0 || (!n && first))
			err = send_piece(g, e, piece, (size_t)n, first ? &mode : NULL);
	}
	return err ? err : n < 0 ? err_errno(errno, "cannot read '%s'", e->src) : NULL;
}

struct err *guest_send_files(struct guest *g, const struct pack *files)
{
	static const uint64_t link = S_IFLNK;
	struct err *err = NULL;

	for (size_t i = 0; i < files->count && !err; i++) {
		const struct pack_entry *e = &files->items[i];

		if (e->kind == PACK_FILE)
			err = send_file(g, e);
		else if (e->kind == PACK_LINK)
			err = send_piece(g, e, e->src, strlen(e->src), &link);
	}
	return err;
}
