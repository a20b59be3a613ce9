/* SPDX-License-Identifier: GPL-2.0-only */
#include "cmd/visit.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "guest/visitors.h"
#include "host/runs.h"

#define TEXT_MAX 65536u

static struct err *connect_newest(const char *base, int *fd)
{
	struct run_list list = { 0 };
	struct err *err = run_list_read(base, &list);
	bool found = false;

	for (size_t i = list.n; i-- > 0 && !err && !found;) {
		struct err *none = list.v[i].state == RUN_RUNNING ?
					   visitors_connect(list.v[i].folder, fd) :
					   err_create(ERR_USAGE, "it does not run");

		found = !none;
		err_free(none);
	}
	run_list_deinit(&list);
	if (!err && !found)
		err = err_create(
			ERR_USAGE,
			"no guest of your runs stands still: run a case with 'run --hold'");
	return err;
}

struct err *visit_open(const char *word, struct link *l)
{
	_cleanup_free_ char *folder = NULL;
	struct paths p = { 0 };
	struct err *err = paths_init(&p);
	int fd = -1;

	if (!err && word)
		err = run_find(&p, word, &folder);
	if (!err)
		err = word ? visitors_connect(folder, &fd) : connect_newest(p.data, &fd);
	paths_deinit(&p);
	if (!err)
		link_init(l, fd);
	return err;
}

struct err *visit_wait(struct link *l, struct frame *f, struct err *(*input)(struct link *l))
{
	for (;;) {
		struct pollfd p[] = { { .fd = l->fd, .events = link_events(l) },
				      { .fd = input ? STDIN_FILENO : -1, .events = POLLIN } };
		bool got;
		struct err *err = link_next(l, f, &got);

		if (err || got)
			return err;
		if (l->fd < 0)
			return err_create(ERR_INFRA, "the guest stands still no more");
		if (poll(p, 2, -1) < 0 && errno != EINTR)
			return err_errno(errno, "cannot wait for the guest");
		if (p[0].revents & POLLOUT)
			err = link_flush(l);
		if (!err && p[0].revents & ~POLLOUT)
			err = link_fill(l);
		if (!err && p[1].revents)
			err = input(l);
		if (err)
			return err;
	}
}

/* The text is daxrig's own, but holds names of the guest. */
static void print_text(FILE *to, const struct msg_field *text)
{
	for (const uint8_t *p = text->data, *end = p + text->len, *eol; p < end; p = eol + 1) {
		struct buf line = BUF_INIT;

		eol = memchr(p, '\n', (size_t)(end - p));
		eol = eol ? eol : end;
		buf_add_escaped(&line, p, (size_t)(eol - p), TEXT_MAX);
		fprintf(to, "%s\n", buf_str(&line));
		buf_deinit(&line);
	}
}

struct err *visit_ask(struct link *l, const char *name, const char *arg)
{
	_cleanup_buf_ struct buf msg = BUF_INIT, line = BUF_INIT;
	struct msg_field status, text;
	struct frame f = { 0 };
	struct err *err;

	msg_put_str(&msg, TAG_NAME, name);
	if (arg)
		msg_put_str(&msg, TAG_ARG, arg);
	err = link_send(l, MSG_CALL, &msg);
	while (!err && f.type != MSG_REPLY)
		err = visit_wait(l, &f, NULL);
	if (err || !msg_find(f.payload, f.len, TAG_STATUS, &status) ||
	    !msg_find(f.payload, f.len, TAG_TEXT, &text))
		return err;
	if (msg_u64(&status) == REPLY_DONE) {
		print_text(stdout, &text);
		return NULL;
	}
	buf_add_escaped(&line, text.data, text.len, TEXT_MAX);
	return err_create(ERR_USAGE, "%s", buf_str(&line));
}
