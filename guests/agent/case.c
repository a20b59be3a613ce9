/* SPDX-License-Identifier: GPL-2.0-only */
#include "guests/agent/case.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/procs.h"
#include "guests/agent/agent.h"
#include "guests/agent/case-run.h"

static enum loop_end broken(struct case_loop *c, const char *what)
{
	snprintf(c->why, sizeof(c->why), "%s", what);
	return LOOP_BROKEN;
}

#define LOOP_ON (-1)

static int take_welcome(struct case_loop *c, const struct case_run *r, const struct frame *f)
{
	struct buf guest = BUF_INIT;

	if (r->pid)
		return (int)broken(c, "the host sent a welcome during a case");
	if (c->hooks->welcome)
		c->hooks->welcome(f->payload, f->len, &guest);
	link_send(c->link, MSG_GUEST, &guest);
	buf_deinit(&guest);
	return LOOP_ON;
}

static int take_names(struct case_loop *c, const struct case_run *r)
{
	struct buf end = BUF_INIT;

	if (r->pid)
		return (int)broken(c, "the host asked for names during a case");
	msg_put_u64(&end, TAG_STATUS, !c->hooks->names || !c->hooks->names(c->link));
	link_send(c->link, MSG_NAMES, &end);
	buf_deinit(&end);
	return LOOP_ON;
}

/* Handles one frame. Returns LOOP_ON, or how the loop ends. */
static int take_frame(struct case_loop *c, struct case_run *r, const struct frame *f)
{
	switch (f->type) {
	case MSG_CASE:
		if (r->pid)
			return (int)broken(c, "the host sent a case during another");
		if (!case_begin(c, r, f))
			return (int)broken(c, "the host sent a malformed case");
		return LOOP_ON;
	case MSG_REPLY:
		if (r->ended)
			case_end(c, r, r->status);
		else
			relay_reply(r, f);
		return LOOP_ON;
	case MSG_ABORT:
		/* The case may have ended by itself while the message was on its way. */
		if (r->pid) {
			relay_all(c, r);
			case_stop(c, r, "the host ended the case");
		}
		return LOOP_ON;
	case MSG_WELCOME:
		return take_welcome(c, r, f);
	case MSG_NAMES:
		return take_names(c, r);
	case MSG_SHELL:
		/* the case may have ended while the message was on its way */
		if (r->pid)
			shells_take(&r->shells, c->link, f);
		return LOOP_ON;
	case MSG_FILE:
		if (r->pid)
			return (int)broken(c, "the host sent a file during a case");
		/* the first failure is the one to tell */
		if (c->hooks->file && !*c->lacks)
			c->hooks->file(f->payload, f->len, c->lacks, sizeof(c->lacks));
		return LOOP_ON;
	case MSG_POWEROFF:
		return LOOP_POWEROFF;
	default:
		snprintf(c->why, sizeof(c->why), "message type %u is not for the agent", f->type);
		return LOOP_BROKEN;
	}
}

static int take_frames(struct case_loop *c, struct case_run *r)
{
	int end = LOOP_ON;

	while (end == LOOP_ON) {
		struct frame f;
		bool got;
		struct err *err = frame_decoder_next(&c->link->in, &f, &got);

		if (err) {
			end = (int)broken(c, err->message);
			err_free(err);
			return end;
		}
		if (!got)
			break;
		end = take_frame(c, r, &f);
	}
	return end;
}

static int take_input(struct case_loop *c, struct case_run *r)
{
	int n, end;

	while ((n = link_fill(c->link)) > 0) {
		end = take_frames(c, r);
		if (end != LOOP_ON)
			return end;
	}
	return n < 0 ? (r->pid ? LOOP_LOST : LOOP_GONE) : LOOP_ON;
}

static int time_left(const struct case_run *r)
{
	uint64_t now = now_ns();

	if (!r->pid || r->calls)
		return -1;
	return r->deadline <= now ? 0 : (int)MIN((r->deadline - now) / 1000000 + 1, 1000000u);
}

/* Reaps all children that ended; true when the case is among them. */
static bool reap(struct case_loop *c, struct case_run *r, int *status)
{
	bool over = false;
	pid_t pid;
	int st;

	while ((pid = waitpid(-1, &st, WNOHANG)) > 0) {
		if (pid == r->pid) {
			*status = st;
			over = true;
		} else {
			shells_reaped(&r->shells, c->link, pid, st);
		}
	}
	return over;
}

#define LOOP_FDS 3

/* Waits for one event and handles it. */
static int loop_round(struct case_loop *c, struct case_run *r, int sigfd)
{
	bool listen = r->pid && !r->link_over && c->link->out.len < LINK_OUT_HIGH;
	struct pollfd p[LOOP_FDS + SHELLS] = {
		{ .fd = c->link->fd, .events = (short)(POLLIN | (c->link->out.len ? POLLOUT : 0)) },
		{ .fd = sigfd, .events = POLLIN },
		{ .fd = listen ? r->link : -1, .events = POLLIN },
	};
	struct signalfd_siginfo info;
	int end = LOOP_ON, status;

	shells_poll(&r->shells, c->link, p + LOOP_FDS);
	if (poll(p, ARRAY_SIZE(p), time_left(r)) < 0 && errno != EINTR)
		return (int)broken(c, "poll failed");
	if (p[2].revents)
		relay_one(c, r);
	shells_serve(&r->shells, c->link, p + LOOP_FDS);
	if (p[0].revents & (POLLIN | POLLHUP | POLLERR))
		end = take_input(c, r);
	if (end != LOOP_ON)
		return end;
	if (p[1].revents)
		(void)!read(sigfd, &info, sizeof(info));
	if (reap(c, r, &status))
		case_ended(c, r, status);
	else if (r->pid && !r->calls && now_ns() >= r->deadline)
		case_stop(c, r, NULL);
	if (link_flush(c->link))
		return r->pid ? LOOP_LOST : LOOP_GONE;
	return LOOP_ON;
}

enum loop_end case_loop_run(struct case_loop *c)
{
	struct case_run r = { .link = -1 };
	struct buf log = BUF_INIT;
	sigset_t chld;
	int end = LOOP_ON, sigfd;

	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	sigfd = signalfd(-1, &chld, SFD_NONBLOCK | SFD_CLOEXEC);
	if (sigfd < 0)
		return broken(c, "signalfd failed");
	if (link_flush(c->link))
		end = LOOP_GONE;
	while (end == LOOP_ON)
		end = loop_round(c, &r, sigfd);
	if (r.pid) {
		procs_kill((int)c->grace_ms, &log);
		c->dirty = true;
		case_run_deinit(&r);
	}
	buf_deinit(&log);
	close(sigfd);
	return (enum loop_end)end;
}
