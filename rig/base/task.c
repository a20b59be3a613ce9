/* SPDX-License-Identifier: GPL-2.0-only */
#include "base/task.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

bool task_stat_parse(const char *line, struct task_stat *out)
{
	const char *open = strchr(line, '('), *close = strrchr(line, ')');
	struct task_stat s = { 0 };
	size_t len;

	if (!open || !close || close < open || sscanf(line, "%d", &s.pid) != 1)
		return false;
	len = MIN((size_t)(close - open - 1), sizeof(s.comm) - 1);
	memcpy(s.comm, open + 1, len);
	if (sscanf(close + 1, " %c %d %d %*d %*d %*d %*u %*u %*u %*u %*u %" SCNu64 " %" SCNu64,
		   &s.state, &s.ppid, &s.pgrp, &s.utime, &s.stime) != 5)
		return false;
	*out = s;
	return true;
}

/* Reads at most @size - 1 bytes of /proc/@pid/task/@tid/@name. Bytes or -errno. */
static ssize_t read_task_file(pid_t pid, pid_t tid, const char *name, char *buf, size_t size)
{
	char path[64];
	size_t len = 0;
	ssize_t n = 0;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/%s", pid, tid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno == ENOENT ? -ESRCH : -errno;
	while (len < size - 1 && (n = read(fd, buf + len, size - 1 - len)) > 0)
		len += (size_t)n;
	n = n < 0 ? -errno : (ssize_t)len;
	close(fd);
	buf[len] = '\0';
	return n;
}

int task_stat_read(pid_t pid, pid_t tid, struct task_stat *out)
{
	char text[1024];
	ssize_t n = read_task_file(pid, tid, "stat", text, sizeof(text));

	if (n < 0)
		return (int)n;
	return task_stat_parse(text, out) ? 0 : -EPROTO;
}

int task_sample(pid_t pid, pid_t tid, struct task_sample *out)
{
	struct task_stat st;
	uint64_t ns;
	char text[128];
	int ret = task_stat_read(pid, tid, &st);

	if (ret)
		return ret;
	*out = (struct task_sample){ .state = st.state, .wchan = "0" };
	if (read_task_file(pid, tid, "schedstat", text, sizeof(text)) > 0 &&
	    sscanf(text, "%" SCNu64, &ns) == 1)
		out->cpu_ns = ns;
	else
		out->cpu_ns = (st.utime + st.stime) *
			      (1000000000u / (uint64_t)sysconf(_SC_CLK_TCK));
	if (read_task_file(pid, tid, "wchan", text, sizeof(text)) > 0)
		snprintf(out->wchan, sizeof(out->wchan), "%.63s", text);
	return 0;
}

void task_stack(pid_t pid, pid_t tid, struct buf *out)
{
	char text[4096];
	ssize_t n = read_task_file(pid, tid, "stack", text, sizeof(text));

	if (n < 0)
		buf_addf(out, "(no stack: %s)\n", errno_name((int)-n));
	else if (n == 0)
		buf_adds(out, "(empty stack)\n");
	else
		buf_adds(out, text);
}

size_t task_list(pid_t pid, pid_t **ids)
{
	char path[64] = "/proc";
	struct dirent *e;
	size_t n = 0;
	DIR *d;

	*ids = NULL;
	if (pid)
		snprintf(path, sizeof(path), "/proc/%d/task", pid);
	d = opendir(path);
	if (!d)
		return 0;
	while ((e = readdir(d))) {
		if (e->d_name[0] < '1' || e->d_name[0] > '9')
			continue;
		if (n % 64 == 0)
			*ids = xrealloc(*ids, n + 64, sizeof(**ids));
		(*ids)[n++] = (pid_t)strtol(e->d_name, NULL, 10);
	}
	closedir(d);
	return n;
}

/* Moves each task of ids[*in..n) whose parent is in ids[0..*in) to the front. */
static bool take_children(pid_t *ids, pid_t *parents, size_t n, size_t *in, pid_t root)
{
	bool moved = false;

	for (size_t i = *in; i < n; i++) {
		bool ours = parents[i] == root;

		for (size_t j = 0; j < *in && !ours; j++)
			ours = parents[i] == ids[j];
		if (!ours)
			continue;
		pid_t id = ids[i], parent = parents[i];

		ids[i] = ids[*in];
		parents[i] = parents[*in];
		ids[*in] = id;
		parents[*in] = parent;
		++*in;
		moved = true;
	}
	return moved;
}

size_t task_descendants(pid_t root, pid_t except, pid_t **ids)
{
	size_t n = task_list(0, ids), in = 0;
	pid_t *parents = xcalloc(n, sizeof(*parents));
	struct task_stat st;

	for (size_t i = 0; i < n; i++)
		if ((*ids)[i] != root && (*ids)[i] != except &&
		    task_stat_read((*ids)[i], (*ids)[i], &st) == 0)
			parents[i] = st.ppid;
	while (take_children(*ids, parents, n, &in, root))
		;
	free(parents);
	return in;
}
