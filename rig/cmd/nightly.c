/* SPDX-License-Identifier: GPL-2.0-only */
/* 'daxrig nightly': reads a night file. The work is in nightly/. */
#include <stdio.h>
#include <time.h>

#include "base/files.h"
#include "cmd/cmd.h"
#include "host/paths.h"
#include "nightly/night.h"
#include "nightly/sbatch.h"

#define NIGHT_MAX (1u << 20) /* bytes of a night file */

enum { KEY_CHECK = 256, KEY_SBATCH };

#define SBATCH_MINUTES 1440 /* of a shard, when the file has no budget */

static bool check, sbatch;

static struct err *read_night(const char *path, struct night_file *out)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct err *err = file_read(path, NIGHT_MAX, &text);

	return err ? err : night_file_parse(path, buf_str(&text), text.len, out);
}

/* Prints the batch script of a night with one kernel, in as many shards as its file says. */
static struct err *print_sbatch(const char *path, const struct night_file *f)
{
	_cleanup_free_ char *program = NULL;
	_cleanup_buf_ struct buf out = BUF_INIT;
	time_t now = time(NULL);
	char night[16];
	struct paths p;
	struct err *err;
	struct tm tm;

	if (f->nr_kernels != 1)
		return err_create(
			ERR_USAGE,
			"'%s' has %zu kernels, and a batch script is for one: make a file "
			"for each",
			path, f->nr_kernels);
	if (!f->shard.of)
		return err_create(ERR_USAGE, "'%s' does not say how many shards: add 'shard 1/N'",
				  path);
	err = paths_init(&p);
	if (err)
		return err;
	program = xasprintf("%s/daxrig", p.home);
	strftime(night, sizeof(night), "%F", localtime_r(&now, &tm));
	sbatch_write(&out,
		     &(struct sbatch){
			     .daxrig = program,
			     .base = p.data,
			     .kernel = f->kernels[0],
			     .plan = f->plan,
			     .night = night,
			     .known = f->known,
			     .shards = f->shard.of,
			     .jobs = f->jobs,
			     .minutes = f->budget_ns ? (unsigned int)(f->budget_ns / 60000000000) :
						       SBATCH_MINUTES,
		     });
	fwrite(buf_str(&out), 1, out.len, stdout);
	paths_deinit(&p);
	return NULL;
}

static struct err *nightly(void *state, char **operands, int n, int *status)
{
	static char *argv[] = { (char *)"daxrig", (char *)"nightly", NULL, NULL };
	struct night_file file;
	struct err *err;

	(void)state;
	if (n != 1)
		return err_create(ERR_USAGE, "'nightly' takes one file; see 'daxrig nightly "
					     "--help'");
	argv[2] = operands[0];
	err = read_night(operands[0], &file);
	if (err)
		return err;
	if (sbatch)
		err = print_sbatch(operands[0], &file);
	else if (check)
		err = night_check(&file);
	else
		err = night_run(&(struct night_options){ .path = operands[0],
							 .file = &file,
							 .argv = argv,
							 .say = &command_say },
				status);
	night_file_deinit(&file);
	return err;
}

static struct err *option(void *state, int key, const char *value)
{
	(void)state;
	(void)value;
	check |= key == KEY_CHECK;
	sbatch |= key == KEY_SBATCH;
	return NULL;
}

static const struct command_option nightly_options[] = {
	{ "check", NULL, "only read FILE, and say what is wrong with it", KEY_CHECK },
	{ "sbatch", NULL,
	  "print a batch script for Slurm instead: FILE has one kernel, and a line\n"
	  "shard 1/N; 'sh SCRIPT' submits an array of N jobs and one that merges them",
	  KEY_SBATCH },
	{ NULL, NULL, NULL, 0 },
};

const struct command cmd_nightly = {
	.name = "nightly",
	.operands = "FILE",
	.summary = "run a night: all kernels of a file, and what is new since the last",
	.help = "For each kernel of FILE: runs the plan, repeats what fails and is not known, says\n"
		"what is new, and publishes it. After an interruption the same command goes on where\n"
		"it was. A line of FILE is\n"
		"  kernel SPEC; plan NAME; shard I/N; known FILE|none; recheck N; budget TIME;\n"
		"  site DIR; keep AGE SIZE; mail COMMAND; jobs N\n"
		"Exit status: 0 nothing is new, 1 something is new or regressed, 2 usage, 3 a kernel\n"
		"is untested, a run not complete, or the host or the rig failed.\n",
	.options = nightly_options,
	.option = option,
	.run = nightly,
};
