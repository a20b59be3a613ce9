/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Checks what a case leaves behind. Every case checks all of it, with fsck: the next case
 * in the same guest makes a new filesystem, so any damage is seen after the case that did
 * it or never.
 */
#include "workloads/exec/files.h"
#include "workloads/exec/fs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "workloads/oracles/oracle.h"

static void look_for_processes(struct outcome *o)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		;
	if (pid == 0)
		outcome_fail(o, RULE_RESIDUE_PROCESS, "no process of the case is left",
			     "a process that it started still runs");
}

void exec_look_at_device(struct exec *x, struct outcome *o)
{
	_cleanup_close_ int fd = open(x->ctx->guest->pmem, O_RDONLY | O_EXCL | O_CLOEXEC);

	if (fd < 0)
		outcome_fail(o, RULE_RESIDUE_DEVICE, "the device is free once it is unmounted",
			     "exclusive open of '%s': %s", x->ctx->guest->pmem, errno_name(errno));
}

static void check_contents(struct exec *x, struct outcome *o)
{
	for (unsigned int i = 0; i < x->nr_files; i++) {
		exec_file_check_whole(x, &x->files[i], o);
		exec_part_over(x, o);
	}
}

/* Unmounts, checks and mounts again. False: it cannot be unmounted. */
static bool check_fs(struct exec *x, struct outcome *o)
{
	if (!exec_fs_unmount(x, o))
		return false;
	oracles_tell(x, flushed, NULL, "the umount", o);
	exec_part_over(x, o);
	exec_look_at_device(x, o);
	exec_part_over(x, o);
	exec_fsck(x, o);
	if (o->status == STEP_FAIL)
		return true;
	exec_part_over(x, o);
	exec_fs_mount_again(x, o);
	exec_part_over(x, o);
	return true;
}

bool exec_residue(struct exec *x, bool whole, bool checked, struct outcome *o)
{
	look_for_processes(o);
	exec_part_over(x, o);
	/* after an unbind only the mount is left */
	if (whole && !x->unbound && !(checked && x->mounted) && !check_fs(x, o))
		return false;
	exec_part_over(x, o);
	if (whole && !x->unbound && x->mounted)
		check_contents(x, o);
	return exec_fs_unmount(x, o);
}
