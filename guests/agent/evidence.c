/* SPDX-License-Identifier: GPL-2.0-only */
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "base/task.h"
#include "guests/agent/case.h"

#define EVIDENCE_TASKS 512 /* enough: all tasks of a fork bomb look the same */

static void add_thread(pid_t pid, pid_t tid, struct buf *out)
{
	struct task_sample s;
	struct task_stat st;

	if (task_stat_read(pid, tid, &st) || task_sample(pid, tid, &s))
		return;
	buf_addf(out, "task %d/%d '", pid, tid);
	buf_add_escaped(out, st.comm, strlen(st.comm), sizeof(st.comm));
	buf_addf(out,
		 "' parent %d state %c wchan %s cpu_ms %" PRIu64 " utime %" PRIu64 " stime %" PRIu64
		 "\n",
		 st.ppid, s.state, s.wchan, s.cpu_ns / 1000000, st.utime, st.stime);
	task_stack(pid, tid, out);
	buf_addc(out, '\n');
}

void evidence_tasks(pid_t root, pid_t except, int fd)
{
	struct buf text = BUF_INIT;
	pid_t *pids, *tids;
	size_t n = task_descendants(root, except, &pids), seen = 0;

	for (size_t i = 0; i < n && seen < EVIDENCE_TASKS; i++) {
		size_t threads = task_list(pids[i], &tids);

		for (size_t t = 0; t < threads && seen < EVIDENCE_TASKS; t++, seen++) {
			buf_reset(&text);
			add_thread(pids[i], tids[t], &text);
			if (write(fd, buf_str(&text), text.len) < 0)
				break;
		}
		free(tids);
	}
	free(pids);
	buf_deinit(&text);
}
