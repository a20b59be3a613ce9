/* SPDX-License-Identifier: GPL-2.0-only */
#include "guests/agent/case-run.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/procs.h"
#include "guests/agent/agent.h"

#define LIMIT_MS_DEFAULT 600000u
#define EVIDENCE_MAX (1u << 20)
#define TASKS_MS 15000
#define DRAIN_MS 5000

struct case_msg {
	char *name, *text;
	const struct filesystem *fs; /* NULL: unknown */
	uint64_t sabotage, seed, limit_ms;
	bool hold;
};

static void case_msg_deinit(struct case_msg *m)
{
	free(m->name);
	free(m->text);
}

static void set_str(char **to, const struct msg_field *f, size_t max)
{
	free(*to);
	*to = msg_str(f, max);
}

static const struct filesystem *find_fs(const struct msg_field *f)
{
	_cleanup_free_ char *name = msg_str(f, FRAME_PAYLOAD_MAX);

	return filesystem_find(name);
}

static bool case_msg_read(struct case_msg *m, const struct frame *f)
{
	struct msg_reader r;
	struct msg_field field;

	*m = (struct case_msg){ .limit_ms = LIMIT_MS_DEFAULT };
	msg_reader_init(&r, f->payload, f->len);
	while (msg_next(&r, &field)) {
		if (field.tag == TAG_NAME)
			set_str(&m->name, &field, 255);
		else if (field.tag == TAG_TEXT)
			set_str(&m->text, &field, FRAME_PAYLOAD_MAX);
		else if (field.tag == TAG_FS)
			m->fs = find_fs(&field);
		else if (field.tag == TAG_SABOTAGE)
			m->sabotage = msg_u64(&field);
		else if (field.tag == TAG_SEED)
			m->seed = msg_u64(&field);
		else if (field.tag == TAG_LIMIT_MS)
			m->limit_ms = msg_u64(&field);
		else if (field.tag == TAG_HOLD)
			m->hold = msg_u64(&field) != 0;
	}
	return !r.bad && m->name && m->text && m->fs && m->sabotage < SABOTAGES && m->limit_ms &&
	       m->limit_ms < 1u << 30;
}

static void __noreturn run_child(const struct case_loop *c, const struct case_msg *m, int link)
{
	struct rlimit none = { 0, 0 };
	struct case_ctx ctx = {
		.name = m->name,
		.text = m->text,
		.fs = m->fs,
		.sabotage = (enum sabotage)m->sabotage,
		.seed = m->seed,
		.hold = m->hold,
		.number = c->served,
		.grace_ms = c->grace_ms,
		.guest = c->facts,
		.link = link,
	};
	sigset_t empty;
	int ret;

	setpgid(0, 0);
	setrlimit(RLIMIT_CORE, &none);
	signal(SIGPIPE, SIG_DFL);
	sigemptyset(&empty);
	sigprocmask(SIG_SETMASK, &empty, NULL);
	close(c->link->fd);
	ret = c->ops->run_case(&ctx);
	fflush(NULL);
	_exit(ret);
}

static void send_end(struct case_loop *c, struct case_run *r, uint64_t status, const char *found)
{
	struct buf payload = BUF_INIT;

	msg_put_str(&payload, TAG_NAME, r->name);
	msg_put_u64(&payload, TAG_STATUS, status);
	msg_put_str(&payload, TAG_FOUND, found);
	msg_put_u64(&payload, TAG_NS, now_ns() - r->started);
	if (c->hooks->end)
		c->hooks->end(r->name);
	msg_put_u64(&payload, TAG_DIRTY, c->dirty);
	link_send(c->link, MSG_END, &payload);
	buf_deinit(&payload);
	case_run_deinit(r);
}

void case_run_deinit(struct case_run *r)
{
	if (r->link >= 0)
		close(r->link);
	shells_end(&r->shells);
	*r = (struct case_run){ .link = -1 };
}

static int spawn(struct case_loop *c, struct case_run *r, const struct case_msg *m)
{
	int sv[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sv))
		return errno;
	fflush(NULL);
	r->pid = fork();
	if (r->pid == 0) {
		close(sv[0]);
		run_child(c, m, sv[1]);
	}
	close(sv[1]);
	r->link = sv[0];
	if (r->pid > 0) {
		setpgid(r->pid, r->pid);
		return 0;
	}
	r->pid = 0;
	return errno;
}

bool case_begin(struct case_loop *c, struct case_run *r, const struct frame *f)
{
	struct case_msg m;
	bool ok = case_msg_read(&m, f);
	char found[384];
	int err;

	if (ok) {
		snprintf(r->name, sizeof(r->name), "%s", m.name);
		r->started = now_ns();
		r->limit_ms = m.limit_ms;
		r->hold = m.hold;
		r->deadline = r->started + m.limit_ms * 1000000;
		r->taint = c->hooks->taint ? c->hooks->taint() : 0;
		if (c->hooks->begin)
			c->hooks->begin(r->name);
		c->served++;
		err = c->dirty ? EUCLEAN : *c->lacks ? ENOENT : spawn(c, r, &m);
		c->facts->mounted = NULL; /* for one case only */
		if (err) {
			snprintf(found, sizeof(found), "cannot start the case: %s",
				 err == EUCLEAN ? "the guest is dirty" :
				 *c->lacks	? c->lacks :
						  strerror(err));
			c->dirty = true;
			send_end(c, r, END_NOT_RUN, found);
		}
	}
	case_msg_deinit(&m);
	return ok;
}

static void send_lines(struct case_loop *c, const struct buf *log)
{
	const char *p = buf_str(log);

	while (*p) {
		size_t n = strcspn(p, "\n");

		link_send_log(c->link, "%.*s", (int)n, p);
		p += n + (p[n] == '\n');
	}
}

/* What the case sent before it died is still in the socket. */
static void take_rest(struct case_loop *c, struct case_run *r)
{
	relay_all(c, r);
	if (c->link->out.len > LINK_OUT_HIGH)
		link_drain(c->link, DRAIN_MS);
}

static void clean_up(struct case_loop *c, struct case_run *r)
{
	struct buf log = BUF_INIT;
	uint64_t taint;

	if (c->hooks->release)
		c->hooks->release();
	if (procs_kill((int)(c->grace_ms + 3000), &log))
		c->dirty = true;
	take_rest(c, r);
	if (!c->dirty && c->hooks->clean && !c->hooks->clean(&log))
		c->dirty = true;
	taint = c->hooks->taint ? c->hooks->taint() : 0;
	if (taint != r->taint) {
		buf_addf(&log, "kernel taint changed from %" PRIu64 " to %" PRIu64 "\n", r->taint,
			 taint);
		c->dirty = true;
	}
	send_lines(c, &log);
	buf_deinit(&log);
}

void case_ended(struct case_loop *c, struct case_run *r, int status)
{
	struct buf call = BUF_INIT;
	bool ended_well = WIFEXITED(status) &&
			  (WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == CASE_SPOILED);

	if (!r->hold || ended_well) {
		case_end(c, r, status);
		return;
	}
	relay_all(c, r);
	r->ended = true;
	r->status = status;
	r->calls++; /* no time limit while the host does not answer */
	msg_put_str(&call, TAG_NAME, HOLD_CALL);
	link_send(c->link, MSG_CALL, &call);
	buf_deinit(&call);
}

void case_end(struct case_loop *c, struct case_run *r, int status)
{
	char found[128] = "";
	uint64_t code;

	clean_up(c, r);
	if (WIFSIGNALED(status)) {
		code = 128 + (uint64_t)WTERMSIG(status);
		snprintf(found, sizeof(found), "the case died from signal %d (%s)",
			 WTERMSIG(status), strsignal(WTERMSIG(status)));
	} else {
		code = (uint64_t)WEXITSTATUS(status);
		c->dirty |= code == CASE_SPOILED;
		if (code == CASE_SPOILED)
			code = 0;
		if (code)
			snprintf(found, sizeof(found), "the case ended with exit status %d",
				 WEXITSTATUS(status));
	}
	send_end(c, r, code, found);
}

static int tasks_helper(int fd, const void *arg)
{
	evidence_tasks(*(const pid_t *)arg, getpid(), fd);
	return 0;
}

void case_stop(struct case_loop *c, struct case_run *r, const char *why)
{
	struct buf text = BUF_INIT, all = BUF_INIT, log = BUF_INIT;
	pid_t self = getpid();
	char found[128];

	snprintf(found, sizeof(found), "the case exceeded its time limit of %" PRIu64 " ms",
		 r->limit_ms);
	take_rest(c, r);
	if (helper_run(tasks_helper, &self, TASKS_MS, EVIDENCE_MAX, &text))
		buf_adds(&text, "(reading the tasks hung here)\n");
	link_send_evidence(c->link, "tasks", &text);
	link_drain(c->link, DRAIN_MS);
	if (c->hooks->evidence) {
		c->hooks->evidence(&all);
		link_send_evidence(c->link, "all-tasks", &all);
	}
	/* Kills once and does not wait: the guest is dirty, and will be discarded. */
	procs_kill(0, &log);
	c->dirty = true;
	send_end(c, r, why ? END_ABORTED : END_LIMIT, why ? why : found);
	buf_deinit(&text);
	buf_deinit(&all);
	buf_deinit(&log);
}
