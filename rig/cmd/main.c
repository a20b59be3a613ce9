/* SPDX-License-Identifier: GPL-2.0-only */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/nearest.h"
#include "base/version.h"
#include "cmd/cmd.h"

static const struct command *const commands[] = {
	&cmd_run,   &cmd_nightly, &cmd_exec,   &cmd_kselftest, &cmd_report, &cmd_history,
	&cmd_diff,  &cmd_runs,	  &cmd_watch,  &cmd_merge,     &cmd_list,   &cmd_show,
	&cmd_check, &cmd_cache,	  &cmd_kernel, &cmd_mutants,   &cmd_bisect, &cmd_splat,
	&cmd_mail,  &cmd_pack,	  &cmd_shell,  &cmd_page,      &cmd_worsen, &cmd_coverage,
};

static void print_help(void)
{
	printf("Usage: daxrig COMMAND [OPTION...] [OPERAND...]\n"
	       "Boots kernels under QEMU, pins pages of DAX files, fires truncate, punch-hole and\n"
	       "reflink at them, and judges what the kernel did.\n\nCommands:\n");
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		printf("  %-9s %s\n", commands[i]->name, commands[i]->summary);
	printf("\n'daxrig COMMAND --help' explains each. 'daxrig --version' prints the version.\n"
	       "Exit status: 0 nothing new was found, 1 something new, 2 usage, 3 the host or the rig "
	       "failed.\n");
}

static struct err *dispatch(int argc, char **argv, int *status)
{
	struct nearest n = { .word = argv[1] };

	if (argc < 2)
		return err_create(ERR_USAGE, "no command given; see 'daxrig --help'");
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
		print_help();
		return NULL;
	}
	if (strcmp(argv[1], "--version") == 0) {
		printf("daxrig %s\n", DAXRIG_VERSION);
		return NULL;
	}
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		if (strcmp(argv[1], commands[i]->name) == 0)
			return command_main(commands[i], argc - 1, argv + 1, status);
		nearest_offer(&n, commands[i]->name);
	}
	return nearest_err(&n, "command", "see 'daxrig --help'");
}

/* A file opened later must not get the number of a closed standard stream, and its output. */
static void hold_streams(void)
{
	for (int fd = 0; fd <= 2; fd++)
		/* opened the wrong way round, so that using it fails as with a closed one */
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd ? O_RDONLY : O_WRONLY) < 0)
			abort();
}

/* Checks ferror() too: a flush that succeeds later hides an earlier failure from fclose(). */
static bool output_is_lost(void)
{
	bool lost = ferror(stdout);

	return fclose(stdout) || lost;
}

int main(int argc, char **argv)
{
	_cleanup_err_ struct err *err = NULL;
	int status = EXIT_ALL_PASSED;

	hold_streams();
	err = dispatch(argc, argv, &status);
	if (output_is_lost() && !err)
		err = err_create(ERR_INFRA, "cannot write standard output");
	if (!err)
		return status;
	fprintf(stderr, "daxrig: %s\n", err->message);
	return err->code == ERR_USAGE ? EXIT_USAGE : EXIT_INFRA;
}
