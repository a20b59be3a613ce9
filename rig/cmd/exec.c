/* SPDX-License-Identifier: GPL-2.0-only */
#include "base/buf.h"
#include "cmd/cmd.h"
#include "cmd/program-keys.h"
#include "plan/program.h"

enum {
	KEY_PROGRAM = 256, /* of the program: plan/program.h knows it by its name */
	KEY_RUN = 512,	   /* of 'run', which knows it by its name */
};

static struct buf keys = BUF_INIT; /* "fs=ext4 user=1000 " */

static const struct command_option exec_options[] = {
	{ "kernel", "SPEC", "as of 'run'", KEY_RUN },
	{ "fs", "LIST", "the filesystem, or several joined by ','; default xfs", KEY_PROGRAM },
	{ "mount", "OPTIONS", "mount with these, too, or with a dax= of your own",
	  KEY_PROGRAM + 1 },
	{ "user", "UID", "run it as this user, who owns its folder; default 0", KEY_PROGRAM + 2 },
	{ "with", "FILE:PATH", "put FILE there in the guest; may be given several times",
	  KEY_PROGRAM + 3 },
	{ "time", "SECONDS", "kill it after so long, which is no finding; default 60",
	  KEY_PROGRAM + 4 },
	{ "repeat", "N", "run it N times, each in a new guest", KEY_RUN + 1 },
	{ "accel", "auto|kvm|tcg", "as of 'run'", KEY_RUN + 2 },
	{ "geometry", "LIST", "as of 'run'", KEY_RUN + 3 },
	{ "known", "FILE|none", "as of 'run'", KEY_RUN + 4 },
	{ "ktap", NULL, "as of 'run'", KEY_RUN + 5 },
	{ "out", "DIR", "as of 'run'", KEY_RUN + 6 },
	{ "jobs", "N|auto", "as of 'run'", KEY_RUN + 7 },
	{ "hold", NULL, "as of 'run'", KEY_RUN + 8 },
	{ "vmcore", "N", "as of 'run'", KEY_RUN + 9 },
	{ NULL, NULL, NULL, 0 },
};

static struct err *option(void *state, int key, const char *value)
{
	const struct command_option *own = exec_options;

	while (own->key != key)
		own++;
	return key < KEY_RUN ? program_keys_add(&keys, own->name, value) :
			       command_forward(&cmd_run, own->name, state, value);
}

static struct err *run(void *state, char **operands, int n, int *status)
{
	_cleanup_free_ char *line = NULL;
	struct err *err;

	if (!n)
		return err_create(ERR_USAGE, "no program given; see 'daxrig exec --help'");
	err = program_line(buf_str(&keys), operands, n, &line);
	return err ? err : cmd_run.run(state, &line, 1, status);
}

const struct command cmd_exec = {
	.name = "exec",
	.operands = "-- PROGRAM [WORD...]",
	.summary = "run a program of yours in a guest, and judge the kernel",
	.help = "PROGRAM is an ELF file, whose libraries are brought along, a script, or a C source\n"
		"FILE.c, which is compiled by cc first. It runs in a folder of its own on a DAX\n"
		"filesystem, mounted at /mnt/dax; soft-RoCE is up. Judged are the kernel log, hangs,\n"
		"its exit status (4 is a skip), the struct pages at the end, umount and fsck. What it\n"
		"printed is in the file program.log of the run. As a line of a plan:\n"
		"'program NAME fs=ext4 time=10 = FILE WORD ...'. Exit status as of 'run'.\n",
	.options = exec_options,
	.option = option,
	.run = run,
};
