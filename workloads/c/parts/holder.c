/* SPDX-License-Identifier: GPL-2.0-only */
#include "child.c"
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>

#define ANSWER_S 30 /* the time limit of an answer, and of an exit */

/* What a child that holds a pin does when the program asks. */
enum { TAKE = 't', LOOK = 'l', RELEASE = 'r', EXIT = 'x' };

/* A pin that a child holds. */
struct holder {
	const char *name;
	char *(*act)(char request); /* in the child; malloc()s the bytes of the pin, or NULL */
	pid_t pid;
	int fd;
	char *bytes; /* shared: those of the pin */
	long len;
};

static void serve(struct holder *h, int fd)
{
	char request = TAKE;

	do {
		int found = failures;
		char *data = h->act(request);

		if (data)
			memcpy(h->bytes, data, h->len);
		free(data);
		found = failures - found;
		send(fd, &found, sizeof(found), MSG_NOSIGNAL);
	} while (request != RELEASE && recv(fd, &request, 1, 0) == 1 && request != EXIT);
	_exit(0);
}

static int wait_status(struct holder *h)
{
	const struct timespec tick = { 0, 1000000 };
	int status = 0, left = ANSWER_S * 1000;

	while (waitpid(h->pid, &status, WNOHANG) == 0 && left-- > 0)
		nanosleep(&tick, NULL);
	if (left < 0) {
		fail("the process of pin '%s' does not end", h->name);
		stop();
	}
	return status;
}

/* malloc()s the bytes of the pin. */
static char *ask(struct holder *h, char request)
{
	char *data = malloc(h->len);
	int found = 0, status;
	ssize_t n = 1;

	if (!data)
		die("malloc");
	if (request != TAKE)
		n = send(h->fd, &request, 1, MSG_NOSIGNAL);
	if (n == 1)
		n = recv(h->fd, &found, sizeof(found), 0);
	if (n < 0 && errno == EAGAIN) {
		fail("the process of pin '%s' does not answer", h->name);
		stop();
	}
	if (n != sizeof(found)) {
		status = wait_status(h);
		if (WIFEXITED(status))
			leave(WEXITSTATUS(status)); /* it has said why */
		fail("the process of pin '%s' died", h->name);
		stop();
	}
	failures += found;
	memcpy(data, h->bytes, h->len);
	return data;
}

/* The child lets go of what it does not need by @only(), and takes the pin. */
static void hold(struct holder *h, char *(*act)(char request), void (*only)(int keep), long len)
{
	const struct timeval limit = { ANSWER_S, 0 };
	int fds[2];

	*h = (struct holder){ .name = h->name, .act = act, .len = len };
	h->bytes = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (h->bytes == MAP_FAILED || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds))
		die("socketpair");
	h->pid = fork_child();
	if (!h->pid) {
		only(fds[1]);
		serve(h, fds[1]);
	}
	close(fds[1]);
	h->fd = fds[0];
	setsockopt(h->fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	free(ask(h, TAKE));
}

static void hold_end(struct holder *h)
{
	wait_status(h);
	close(h->fd);
	munmap(h->bytes, h->len);
}
