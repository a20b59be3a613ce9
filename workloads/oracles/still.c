/* SPDX-License-Identifier: GPL-2.0-only */
#include "workloads/oracles/still.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/files.h"
#include "base/task.h"

#define NAP_NS 2000000

/* Adds a line that changes whenever task @tid runs. False: it runs. */
static bool add_task(pid_t pid, pid_t tid, struct buf *out)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	_cleanup_err_ struct err *err = NULL;
	struct task_stat st;
	char path[64];
	const char *at;

	if (task_stat_read(pid, tid, &st) || st.state == 'Z' || st.state == 'X')
		return true; /* it has ended */
	snprintf(path, sizeof(path), "/proc/%d/task/%d/status", pid, tid);
	err = file_read(path, 1u << 14, &text);
	at = err ? NULL : strstr(buf_str(&text), "\nvoluntary_ctxt_switches:");
	buf_addf(out, "%d %d %c %" PRIu64 " %" PRIu64 " %s\n", pid, tid, st.state, st.utime,
		 st.stime, at ? at : "");
	return at && st.state != 'R';
}

/* As they are now; false: one runs. */
static bool add_tasks(pid_t root, struct buf *out)
{
	_cleanup_free_ pid_t *pids = NULL;
	size_t n = task_descendants(root, 0, &pids);
	bool rest = true;

	for (size_t i = 0; i < n; i++) {
		_cleanup_free_ pid_t *tids = NULL;
		size_t m = task_list(pids[i], &tids);

		for (size_t j = 0; j < m; j++)
			rest &= add_task(pids[i], tids[j], out);
	}
	return rest;
}

/* A process that stands already is not to be woken later. */
static void stop_all(struct still *s)
{
	_cleanup_free_ pid_t *pids = NULL;
	size_t n = task_descendants(s->root, 0, &pids);
	struct task_stat st;

	s->stopped = xrealloc(s->stopped, s->nr_stopped + n + 1, sizeof(*s->stopped));
	for (size_t i = 0; i < n; i++)
		if (!task_stat_read(pids[i], pids[i], &st) && !strchr("TtZX", st.state) &&
		    !kill(pids[i], SIGSTOP))
			s->stopped[s->nr_stopped++] = pids[i];
}

void still_begin(struct still *s, pid_t root, bool stop, unsigned int ms)
{
	const struct timespec nap = { .tv_nsec = NAP_NS };
	uint64_t end = now_ns() + ms * 1000000ull;

	*s = (struct still){ .root = root, .tasks = BUF_INIT };
	if (stop)
		stop_all(s);
	while (!add_tasks(root, &s->tasks)) {
		s->runs = !stop || now_ns() >= end;
		if (s->runs)
			return;
		nanosleep(&nap, NULL);
		buf_reset(&s->tasks);
	}
}

bool still_end(struct still *s)
{
	_cleanup_buf_ struct buf now = BUF_INIT;
	bool rest = !s->runs && add_tasks(s->root, &now) &&
		    strcmp(buf_str(&now), buf_str(&s->tasks)) == 0;

	for (size_t i = 0; i < s->nr_stopped; i++)
		kill(s->stopped[i], SIGCONT);
	free(s->stopped);
	buf_deinit(&s->tasks);
	return rest;
}
