/* SPDX-License-Identifier: GPL-2.0-only */
#include "host/proc.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"
#include "base/glob.h"

#define CMDLINE_MAX (1u << 20)

bool proc_stat_parse(const char *line, struct proc_stat *out)
{
	/* The name in parentheses may hold anything, parentheses too. */
	const char *rest = strrchr(line, ')');

	return rest && sscanf(rest,
			      ") %c %d %*d %d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d "
			      "%*d %*d %*d %*d %*d %" SCNu64,
			      &out->state, &out->parent, &out->session, &out->start) == 4;
}

bool proc_stat_read(pid_t pid, struct proc_stat *out)
{
	_cleanup_free_ char *path = xasprintf("/proc/%d/stat", pid);
	_cleanup_buf_ struct buf text = BUF_INIT;
	_cleanup_err_ struct err *err = file_read(path, 4096, &text);

	return !err && proc_stat_parse(buf_str(&text), out);
}

uint64_t proc_run_delay(pid_t pid)
{
	_cleanup_free_ char *tasks = xasprintf("/proc/%d/task", pid);
	DIR *dir = opendir(tasks);
	uint64_t longest = 0;
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		_cleanup_free_ char *path = xasprintf("%s/%s/schedstat", tasks, entry->d_name);
		_cleanup_buf_ struct buf text = BUF_INIT;
		_cleanup_err_ struct err *err = entry->d_name[0] == '.' ?
							NULL :
							file_read(path, 4096, &text);
		uint64_t delay;

		/* ns running, ns waiting on a run queue, number of time slices */
		if (!err && sscanf(buf_str(&text), "%*u %" SCNu64, &delay) == 1)
			longest = MAX(longest, delay);
	}
	if (dir)
		closedir(dir);
	return longest;
}

void proc_for_each(void (*fn)(pid_t pid, void *arg), void *arg)
{
	DIR *dir = opendir("/proc");
	struct dirent *entry;

	if (!dir)
		return;
	while ((entry = readdir(dir)))
		if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9')
			fn((pid_t)strtol(entry->d_name, NULL, 10), arg);
	closedir(dir);
}

static bool is_qemu(pid_t pid)
{
	_cleanup_free_ char *link = xasprintf("/proc/%d/exe", pid);
	char exe[4096];
	ssize_t n = readlink(link, exe, sizeof(exe) - 1);
	const char *name;

	if (n <= 0)
		return false;
	exe[n] = '\0';
	name = strrchr(exe, '/');
	return name && glob_match("/qemu-*", name);
}

/* QEMUs that root started run as CONFINE_USER: see confine.h. */
static bool is_ours(pid_t pid)
{
	_cleanup_free_ char *path = xasprintf("/proc/%d", pid);
	struct stat st;

	return !stat(path, &st) && (!geteuid() || st.st_uid == geteuid());
}

bool proc_is_qemu_of(pid_t pid, const char *folder)
{
	_cleanup_free_ char *path = xasprintf("/proc/%d/cmdline", pid);
	_cleanup_free_ char *below = xasprintf("%s/", folder);
	_cleanup_buf_ struct buf text = BUF_INIT;
	_cleanup_err_ struct err *err = NULL;

	if (!is_ours(pid) || !is_qemu(pid))
		return false;
	err = file_read(path, CMDLINE_MAX, &text);
	return !err && text.len && memmem(text.data, text.len, below, strlen(below));
}
