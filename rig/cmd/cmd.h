/* SPDX-License-Identifier: GPL-2.0-only */
/* The commands of daxrig: one a file, one struct each; main.c has the table. */
#ifndef RIG_CMD_H
#define RIG_CMD_H

#include <getopt.h>

#include "base/err.h"
#include "base/progress.h"

/* Exit status of every command. */
enum exit_status {
	EXIT_ALL_PASSED = 0,
	EXIT_CASE_FAILED = 1,
	EXIT_USAGE = 2,
	EXIT_INFRA = 3,
};

struct command_option {
	const char *name;  /* "kernel": --kernel */
	const char *value; /* "SPEC"; NULL: a switch */
	const char *help;  /* one or more lines, without indentation */
	int key;	   /* unique in the command, above 255 */
};

struct command {
	const char *name;
	const char *operands;		      /* "[CASE...]", "" */
	const char *summary;		      /* one line */
	const char *help;		      /* paragraphs after the options; "" */
	const struct command_option *options; /* ends with a NULL name */
	/* Handles one option; @value is NULL for a switch. */
	struct err *(*option)(void *state, int key, const char *value);
	/*
	 * Takes @err, about the option @word that the command line has and the command has not,
	 * or that lacks its value; then run() is called, and reports it. NULL: main() does.
	 */
	void (*mistake)(void *state, const char *word, struct err *err);
	/* Runs with the operands; *@status is an enum exit_status, 0 before. */
	struct err *(*run)(void *state, char **operands, int n, int *status);
	void *state; /* passed to both */
};

extern const struct command cmd_run, cmd_list, cmd_show, cmd_check, cmd_report, cmd_cache,
	cmd_kernel, cmd_mutants, cmd_bisect, cmd_splat, cmd_runs, cmd_watch, cmd_merge, cmd_nightly,
	cmd_history, cmd_diff, cmd_exec, cmd_kselftest, cmd_mail, cmd_pack, cmd_shell, cmd_page,
	cmd_worsen, cmd_coverage;

/* Parses @argv (argv[0] is the command's name) and runs @c. */
struct err *command_main(const struct command *c, int argc, char **argv, int *status) __must_check;

/* Gives --@name, which @c has, to it: for a command that ends in another one. */
struct err *command_forward(const struct command *c, const char *name, void *state,
			    const char *value) __must_check;

/* Parses the @value of --@name, a number from 1 to @max; else ERR_USAGE. */
struct err *command_count(const char *name, const char *value, unsigned int max, unsigned int *out)
	__must_check;

/* Sets *@out to @value after checking that it is a valid glob; else ERR_USAGE. */
struct err *command_glob(const char *value, const char **out) __must_check;

/* Prints lines of progress to standard error. */
extern const struct progress command_say;

/* Prints the text of --help. */
void command_help(const struct command *c);

#endif
