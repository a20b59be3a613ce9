/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A pin that another process holds: a child forked for it does what the program requests
 * over a socket, one word each way; bytes and counts are in memory that both share.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/task.h"
#include "workloads/pins/pin.h"

/* The time limit of an answer: traffic is slow on an emulated machine. */
#define ANSWER_MS 30000u

enum request { ASK_LOOK = 'l', ASK_RELEASE = 'r', ASK_FAULT = 'f', ASK_EXIT = 'x' };

struct holder {
	struct pin pin;	      /* the pin in the child */
	struct pin_kind kind; /* the kind of the program's pin: forwards to the child */
	size_t size;	      /* of this struct with its bytes */
	int fd;		      /* the socket, in the program */
	pid_t pid;	      /* 0 once it is reaped */
	int pid_fd;
	pthread_mutex_t lock; /* one request at a time */
	uint8_t bytes[];      /* pin.len */
};

static uint64_t patience(const struct pin *p)
{
	return MAX(ANSWER_MS, 10 * p->ctx->grace_ms);
}

static void answer(int fd, int ret)
{
	while (send(fd, &ret, sizeof(ret), MSG_NOSIGNAL) < 0 && errno == EINTR)
		;
}

static int serve(struct holder *h, char request)
{
	switch (request) {
	case ASK_LOOK:
		return h->pin.kind->look(&h->pin, h->bytes);
	case ASK_RELEASE:
		return h->pin.kind->release(&h->pin, h->bytes);
	case ASK_FAULT:
		return h->pin.kind->fault(&h->pin, h->pin.why, sizeof(h->pin.why));
	default:
		_exit(0);
	}
}

/* The child after fork(). */
static __noreturn void hold(struct holder *h, int fd)
{
	char request = '\0';
	int ret;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (const struct pin_kind *const *k = pin_kinds; *k; k++)
		if ((*k)->forked)
			(*k)->forked();
	ret = h->pin.kind->take(&h->pin);
	answer(fd, ret);
	/* a child whose take() spins stays: the program samples it, and it ends with the case */
	while ((!ret || h->pin.spins) && request != ASK_RELEASE && recv(fd, &request, 1, 0) == 1)
		answer(fd, serve(h, request));
	_exit(0);
}

static int stuck(struct pin *p, const char *what)
{
	struct task_sample s = { .state = '?', .wchan = "?" };

	p->stuck = true;
	task_sample(p->holder->pid, p->holder->pid, &s);
	return pin_fail(p, ETIMEDOUT, "its process does not %s: state %c in %s", what, s.state,
			s.wchan);
}

static bool readable(int fd, uint64_t ms)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	uint64_t end = now_ns() + ms * 1000000, now;

	while ((now = now_ns()) < end)
		if (poll(&pfd, 1, (int)((end - now) / 1000000) + 1) > 0)
			return true;
	return false;
}

/* Receives the answer of the child, and copies the counts and errors of its pin. */
static int receive(struct pin *p, const char *what)
{
	struct holder *h = p->holder;
	int ret;

	if (!readable(h->fd, patience(p)))
		return stuck(p, what);
	if (recv(h->fd, &ret, sizeof(ret), 0) != sizeof(ret))
		return pin_fail(p, EPIPE, "its process died");
	p->asked = h->pin.asked;
	p->granted = h->pin.granted;
	p->spins = h->pin.spins;
	p->dma_gen = __atomic_load_n(&h->pin.dma_gen, __ATOMIC_ACQUIRE);
	if (ret)
		snprintf(p->why, sizeof(p->why), "%s", h->pin.why);
	return ret;
}

static int ask(struct pin *p, enum request request, const char *what)
{
	struct holder *h = p->holder;
	char word = (char)request;
	int ret;

	pthread_mutex_lock(&h->lock);
	if (send(h->fd, &word, 1, MSG_NOSIGNAL) != 1)
		ret = pin_fail(p, EPIPE, "its process died");
	else
		ret = receive(p, what);
	pthread_mutex_unlock(&h->lock);
	return ret;
}

/* Waits for the end of the child and reaps it. */
static int reap(struct pin *p)
{
	struct holder *h = p->holder;

	if (!readable(h->pid_fd, patience(p)))
		return stuck(p, "end");
	waitpid(h->pid, NULL, 0);
	close(h->fd);
	close(h->pid_fd);
	p->kind = h->pin.kind;
	p->holder = NULL;
	p->far = NULL;
	p->pid = 0;
	munmap(h, h->size);
	return 0;
}

static int ask_look(struct pin *p, void *out)
{
	int ret = ask(p, ASK_LOOK, "look");

	memcpy(out, p->holder->bytes, p->len);
	return ret;
}

static int ask_release(struct pin *p, void *last)
{
	int ret = ask(p, ASK_RELEASE, "release it"), end;

	memcpy(last, p->holder->bytes, p->len);
	if (p->stuck)
		return ret;
	end = reap(p);
	return ret ? ret : end;
}

static int ask_fault(struct pin *p, char *buf, size_t size)
{
	int ret = p->stuck || !p->holder ? 0 : ask(p, ASK_FAULT, "report faults");

	if (ret)
		snprintf(buf, size, "%s", p->why);
	return ret;
}

static struct holder *holder_create(struct pin *p)
{
	size_t size = sizeof(struct holder) + p->len;
	struct holder *h = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
				0);

	if (h == MAP_FAILED)
		return NULL;
	h->size = size;
	h->pin = *p;
	h->kind = (struct pin_kind){
		.name = p->kind->name,
		.missing = p->kind->missing,
		.look = p->kind->look ? ask_look : NULL,
		.release = ask_release,
		.fault = p->kind->fault ? ask_fault : NULL,
	};
	pthread_mutex_init(&h->lock, NULL);
	return h;
}

int pin_process_take(struct pin *p, void (*forked)(void *arg, int fd), void *arg)
{
	struct holder *h = holder_create(p);
	int sv[2], ret;
	pid_t pid;

	if (!h)
		return pin_fail(p, ENOMEM, "out of memory");
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sv)) {
		ret = pin_fail(p, errno, "cannot make a socket for its process: %s",
			       strerror(errno));
		goto out_unmap;
	}
	pid = fork();
	if (pid == 0) {
		forked(arg, sv[1]);
		hold(h, sv[1]);
	}
	close(sv[1]);
	if (pid < 0) {
		ret = pin_fail(p, errno, "cannot fork a process for it: %s", strerror(errno));
		goto out_close;
	}
	h->pid = pid; /* only here, in the program: the child shares *h */
	h->fd = sv[0];
	h->pid_fd = (int)syscall(SYS_pidfd_open, h->pid, 0);
	p->holder = h;
	p->far = &h->pin;
	p->pid = h->pid;
	p->kind = &h->kind;
	ret = receive(p, "take it");
	if (ret && !p->stuck && !p->spins)
		reap(p);
	return ret;

out_close:
	close(sv[0]);
out_unmap:
	munmap(h, h->size);
	return ret;
}

int pin_process_end(struct pin *p, bool killed)
{
	char word = ASK_EXIT;

	if (killed)
		kill(p->holder->pid, SIGKILL);
	else
		send(p->holder->fd, &word, 1, MSG_NOSIGNAL);
	return reap(p);
}
