/* SPDX-License-Identifier: GPL-2.0-only */
#include "guest/visitors.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "guest/link.h"

#define SOCKET "hold.sock"
#define LISTEN VISITORS_MAX /* data of epoll events beside the visitors' numbers */
#define KEYS (VISITORS_MAX + 1)

struct visitors {
	int folder, epoll, listen;
	struct visitor {
		bool there;
		struct link link;
	} v[VISITORS_MAX];
};

/* The folder's path may be longer than that of a socket can be. */
static struct sockaddr_un address(int folder)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };

	snprintf(a.sun_path, sizeof(a.sun_path), "/proc/self/fd/%d/" SOCKET, folder);
	return a;
}

static void watch(struct visitors *v, int op, int fd, size_t data, short events)
{
	struct epoll_event e = { .events = (uint32_t)events, .data.u64 = data };

	epoll_ctl(v->epoll, op, fd, &e);
}

static struct err *listen_in(struct visitors *v)
{
	struct sockaddr_un a = address(v->folder);
	mode_t mask;
	int ret;

	v->listen = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (v->listen < 0)
		return err_errno(errno, "cannot make a socket");
	unlinkat(v->folder, SOCKET, 0); /* of a run that was killed */
	mask = umask(0077);
	ret = bind(v->listen, (struct sockaddr *)&a, sizeof(a));
	umask(mask);
	if (ret || listen(v->listen, VISITORS_MAX))
		return err_errno(errno, "cannot listen on '" SOCKET "' in the run's folder");
	return NULL;
}

struct err *visitors_open(const char *folder, bool keys, struct visitors **out)
{
	struct visitors *v = xcalloc(1, sizeof(*v));
	struct err *err = NULL;

	v->listen = -1;
	v->epoll = epoll_create1(EPOLL_CLOEXEC);
	v->folder = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (v->folder < 0 || v->epoll < 0)
		err = err_errno(errno, "cannot open '%s'", folder);
	if (!err)
		err = listen_in(v);
	if (err) {
		visitors_close(v);
		return err;
	}
	watch(v, EPOLL_CTL_ADD, v->listen, LISTEN, EPOLLIN);
	if (keys)
		watch(v, EPOLL_CTL_ADD, STDIN_FILENO, KEYS, EPOLLIN);
	*out = v;
	return NULL;
}

void visitors_close(struct visitors *v)
{
	if (!v)
		return;
	for (size_t i = 0; i < VISITORS_MAX; i++)
		if (v->v[i].there)
			link_deinit(&v->v[i].link);
	if (v->listen >= 0)
		unlinkat(v->folder, SOCKET, 0);
	close_fd(&v->listen);
	close_fd(&v->epoll);
	close_fd(&v->folder);
	free(v);
}

int visitors_fd(const struct visitors *v)
{
	return v->epoll;
}

static void leave(struct visitors *v, size_t who)
{
	link_deinit(&v->v[who].link); /* its end takes it out of epoll */
	v->v[who].there = false;
}

static void settle(struct visitors *v, size_t who, struct err *err)
{
	struct link *l = &v->v[who].link;

	if (err || l->fd < 0)
		leave(v, who);
	else
		watch(v, EPOLL_CTL_MOD, l->fd, who, link_events(l));
	err_free(err);
}

void visitors_send(struct visitors *v, size_t who, enum msg_type type, const struct buf *payload)
{
	if (who < VISITORS_MAX && v->v[who].there)
		settle(v, who, link_send(&v->v[who].link, type, payload));
}

/* One more than there is room for is hung up on. */
static void welcome(struct visitors *v)
{
	int fd = accept4(v->listen, NULL, NULL, SOCK_CLOEXEC);
	size_t who = 0;

	while (who < VISITORS_MAX && v->v[who].there)
		who++;
	if (fd < 0 || who == VISITORS_MAX) {
		close_fd(&fd);
		return;
	}
	link_init(&v->v[who].link, fd);
	v->v[who].there = true;
	watch(v, EPOLL_CTL_ADD, fd, who, EPOLLIN);
}

static void hear(struct visitors *v, size_t who,
		 void (*fn)(void *arg, size_t who, const struct frame *f), void *arg)
{
	struct err *err = link_fill(&v->v[who].link);
	struct frame f;
	bool got = true;

	if (!err)
		err = link_flush(&v->v[who].link);
	while (!err && got && v->v[who].there) {
		err = link_next(&v->v[who].link, &f, &got);
		if (!err && got)
			fn(arg, who, &f);
	}
	if (v->v[who].there)
		settle(v, who, err);
	else
		err_free(err);
	if (!v->v[who].there)
		fn(arg, who, NULL);
}

/* At the end of input nobody can press a key any more. */
static bool take_keys(struct visitors *v)
{
	char line[256];
	ssize_t n = read(STDIN_FILENO, line, sizeof(line));

	if (n <= 0 && errno != EINTR)
		watch(v, EPOLL_CTL_DEL, STDIN_FILENO, KEYS, 0);
	return n > 0 && memchr(line, '\n', (size_t)n);
}

bool visitors_serve(struct visitors *v, void (*fn)(void *arg, size_t who, const struct frame *f),
		    void *arg)
{
	struct epoll_event events[VISITORS_MAX + 2];
	int n = epoll_wait(v->epoll, events, ARRAY_SIZE(events), 0);
	bool go = false;

	for (int i = 0; i < n; i++) {
		size_t what = (size_t)events[i].data.u64;

		if (what == LISTEN)
			welcome(v);
		else if (what == KEYS)
			go |= take_keys(v);
		else if (v->v[what].there)
			hear(v, what, fn, arg);
	}
	return go;
}

struct err *visitors_connect(const char *folder, int *fd)
{
	_cleanup_close_ int dir = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	_cleanup_close_ int s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un a = address(dir);

	if (dir < 0 || s < 0)
		return err_errno(errno, "cannot open '%s'", folder);
	if (connect(s, (struct sockaddr *)&a, sizeof(a)))
		return err_create(ERR_USAGE,
				  "no guest of '%s' stands still: run a case with 'run --hold'",
				  folder);
	*fd = take_fd(s);
	return NULL;
}
