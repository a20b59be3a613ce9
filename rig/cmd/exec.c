/* SPDX-License-Identifier: GPL-2.0-only */
#include <stdlib.h>
#include <string.h>

#include "cmd/cmd.h"
#include "guests/store/kernel-spec.h"
#include "plan/program.h"
#include "run/run.h"

enum {
	KEY_KERNEL = 256,
	KEY_PROGRAM_OPTION, /* and those after it: of options[] */
	KEY_REPEAT = KEY_PROGRAM_OPTION + 16,
	KEY_ACCEL,
	KEY_GEOMETRY,
	KEY_KNOWN,
	KEY_KTAP,
	KEY_OUT,
	KEY_JOBS,
};

#define REPEAT_MAX 10000

static struct run_options options = { .kernel = KERNEL_SPEC_DEFAULT, .known = "" };
static struct buf keys = BUF_INIT; /* "fs=ext4 user=1000 " */

static const struct command_option exec_options[] = {
	{ "kernel", "SPEC", "as of 'run'", KEY_KERNEL },
	{ "fs", "LIST", "the filesystem, or several joined by ','; default xfs",
	  KEY_PROGRAM_OPTION },
	{ "mount", "OPTIONS", "mount with these, too; with a dax= of their own",
	  KEY_PROGRAM_OPTION + 1 },
	{ "user", "UID", "run it as this user, who owns its folder; default 0",
	  KEY_PROGRAM_OPTION + 2 },
	{ "with", "FILE:PATH", "put FILE there in the guest; may be given several times",
	  KEY_PROGRAM_OPTION + 3 },
	{ "time", "SECONDS", "kill it after so long, which is no finding; default 60",
	  KEY_PROGRAM_OPTION + 4 },
	{ "repeat", "N", "run it N times, each in a new guest", KEY_REPEAT },
	{ "accel", "auto|kvm|tcg", "as of 'run'", KEY_ACCEL },
	{ "geometry", "LIST", "as of 'run'", KEY_GEOMETRY },
	{ "known", "FILE|none", "as of 'run'", KEY_KNOWN },
	{ "ktap", NULL, "as of 'run'", KEY_KTAP },
	{ "out", "DIR", "as of 'run'", KEY_OUT },
	{ "jobs", "N", "guests at once", KEY_JOBS },
	{ NULL, NULL, NULL, 0 },
};

/* Checks the value at once, so that a mistake is told by its option. */
static struct err *take(int key, const char *value)
{
	const char *name = exec_options[key - KEY_PROGRAM_OPTION + 1].name;
	struct program *p = program_create();
	struct err *err = program_set(p, name, value);

	program_put(p);
	if (err)
		return err;
	if (strpbrk(value, " \t#"))
		return err_create(ERR_USAGE, "--%s '%s' holds a blank or '#'", name, value);
	buf_addf(&keys, "%s=%s ", name, value);
	return NULL;
}

static struct err *option(void *state, int key, const char *value)
{
	(void)state;
	switch (key) {
	case KEY_KERNEL:
		options.kernel = value;
		return NULL;
	case KEY_REPEAT:
		return command_count("repeat", value, REPEAT_MAX, &options.repeat);
	case KEY_ACCEL:
		return accel_wish_parse(value, &options.accel);
	case KEY_GEOMETRY:
		options.geometry = value;
		return NULL;
	case KEY_KNOWN:
		options.known = value;
		return NULL;
	case KEY_KTAP:
		options.ktap = true;
		return NULL;
	case KEY_OUT:
		options.out = value;
		return NULL;
	case KEY_JOBS:
		return command_count("jobs", value, 64, &options.jobs);
	default:
		return take(key, value);
	}
}

static struct err *run(void *state, char **operands, int n, int *status)
{
	_cleanup_free_ char *line = NULL;
	struct err *err;

	(void)state;
	if (!n)
		return err_create(ERR_USAGE, "no program given; see 'daxrig exec --help'");
	err = program_line(buf_str(&keys), operands, n, &line);
	if (err)
		return err;
	options.cases = &line;
	options.nr_cases = 1;
	return run_cases(&options, status);
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
