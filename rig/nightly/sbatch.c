/* SPDX-License-Identifier: GPL-2.0-only */
#include "nightly/sbatch.h"

/*
 * Adds @s as one word of a shell. Strings never go into the lines of #SBATCH or a comment,
 * which a newline would end.
 */
static void add_word(struct buf *out, const char *s)
{
	buf_addc(out, '\'');
	for (; *s; s++) {
		if (*s == '\'')
			buf_adds(out, "'\\''");
		else
			buf_addc(out, *s);
	}
	buf_addc(out, '\'');
}

static void add_variable(struct buf *out, const char *name, const char *value)
{
	buf_addf(out, "%s=", name);
	add_word(out, value);
	buf_addc(out, '\n');
}

/* Slurm replaces "%A" and the like in the name of a log, and reads "%%" as '%'. */
static void add_logs(struct buf *out, const char *base)
{
	_cleanup_buf_ struct buf name = BUF_INIT;

	for (; *base; base++) {
		if (*base == '%')
			buf_addc(&name, '%');
		buf_addc(&name, *base);
	}
	buf_adds(&name, "/slurm");
	add_variable(out, "logs", buf_str(&name));
}

static void add_option(struct buf *out, const char *name, const char *value)
{
	if (!value)
		return;
	buf_addf(out, " \\\n\t\t--%s ", name);
	add_word(out, value);
}

static void add_head(struct buf *out, const struct sbatch *s)
{
	buf_addf(
		out,
		"#!/bin/sh\n"
		"#SBATCH --job-name=daxrig\n"
		"#SBATCH --nodes=1\n"
		"#SBATCH --ntasks=1\n"
		"#SBATCH --time=%u\n"
		"#SBATCH --requeue\n"
		"#SBATCH --open-mode=append\n"
		"# Written by 'daxrig nightly --sbatch'. 'sh SCRIPT' submits %u shards as a job\n"
		"# array, and a job that merges them into one run once none of them runs any more.\n"
		"# A shard in which a case failed has exit code 1 in Slurm, as of 'daxrig run'.\n"
		"set -eu\n",
		s->minutes, s->shards);
	add_variable(out, "daxrig", s->daxrig);
	add_variable(out, "base", s->base);
	add_logs(out, s->base);
}

static void add_submit(struct buf *out, const struct sbatch *s)
{
	buf_addf(out,
		 "case ${1-submit} in\n"
		 "submit)\n"
		 "\tmkdir -p \"$base/slurm\"\n"
		 "\tarray=$(sbatch --parsable --array=1-%u ",
		 s->shards);
	/* without a number of jobs, a run starts as many guests as the host has processors */
	if (s->jobs)
		buf_addf(out, "--cpus-per-task=%u", s->jobs);
	else
		buf_adds(out, "--exclusive");
	buf_adds(out, " --chdir=\"$base/slurm\" \\\n"
		      "\t\t--output=\"$logs/shard-%A_%a.log\" \"$0\" shard)\n"
		      "\tarray=${array%%;*}\n"
		      "\tmerge=$(sbatch --parsable --dependency=\"afterany:$array\" "
		      "--chdir=\"$base/slurm\" \\\n"
		      "\t\t--output=\"$logs/merge-%j.log\" \"$0\" merge \"$array\")\n"
		      "\techo \"shards $array, merge ${merge%%;*}\"\n"
		      "\t;;\n");
}

static void add_shard(struct buf *out, const struct sbatch *s)
{
	_cleanup_free_ char *jobs = s->jobs ? xasprintf("%u", s->jobs) : NULL;

	/* the batch process itself gets the signals of Slurm, and ends cleanly */
	buf_adds(out, "shard)\n"
		      "\texec \"$daxrig\" run");
	add_option(out, "kernel", s->kernel);
	add_option(out, "plan", s->plan);
	add_option(out, "match", s->match);
	add_option(out, "geometry", s->geometry);
	add_option(out, "accel", s->accel);
	add_option(out, "night", s->night);
	add_option(out, "known", s->known);
	add_option(out, "jobs", jobs);
	buf_addf(out,
		 " \\\n\t\t--shard \"$SLURM_ARRAY_TASK_ID/%u\" "
		 "--out \"$base/slurm/$SLURM_ARRAY_JOB_ID\"\n"
		 "\t;;\n",
		 s->shards);
}

void sbatch_write(struct buf *out, const struct sbatch *s)
{
	add_head(out, s);
	add_submit(out, s);
	add_shard(out, s);
	buf_adds(out, "merge)\n"
		      "\texec \"$daxrig\" merge --from \"$base/slurm/$2\" --out \"$base\"\n"
		      "\t;;\n"
		      "esac\n");
}
