/* SPDX-License-Identifier: GPL-2.0-only */
/* 'daxrig pack': a case of a run as one file, for another machine. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "cmd/cmd.h"
#include "cmd/pack-files.h"
#include "guests/archive/archive-io.h"
#include "host/leftover.h"
#include "plan/case-pack.h"
#include "reports/record/rundir.h"

static struct {
	const char *out;
	struct pack_extras extras;
} options;

/* Writes the archive under another name first: a name that is there is a whole pack. */
static struct err *write_pack(const char *folder, const char *name, const char *path)
{
	static const char *const files[] = { PACK_FILES };
	_cleanup_free_ char *part = xasprintf("%s.part", path);
	char *names[ARRAY_SIZE(files) + 1] = { NULL };
	struct err *err;

	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		names[i] = xasprintf("%s/%s", name, files[i]);
	err = tree_pack(folder, (const char *const *)names, part);
	if (!err && rename(part, path)) {
		err = err_errno(errno, "cannot write '%s'", path);
		unlink(part);
	}
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		free(names[i]);
	return err;
}

static struct err *fill_and_write(struct one_case *c, const char *folder, const char *path)
{
	_cleanup_free_ char *safe = rundir_safe_name(c->name);
	_cleanup_free_ char *to = xasprintf("%s/%s", folder, safe);
	struct err *err = dir_create(to);

	if (!err)
		err = pack_files_write(c, to, &options.extras, &command_say);
	return err ? err : write_pack(folder, safe, path);
}

static struct err *choose_path(const struct one_case *c, char **path)
{
	_cleanup_free_ char *safe = rundir_safe_name(c->name);

	*path = options.out ? xstrdup(options.out) : xasprintf("%s" CASE_PACK_SUFFIX, safe);
	if (!case_pack_is(*path))
		return err_create(ERR_USAGE,
				  "'%s' would be no pack for 'daxrig run': its name must end in "
				  "'" CASE_PACK_SUFFIX "'",
				  *path);
	if (path_exists(*path))
		return err_create(ERR_USAGE, "'%s' exists; give another name by --out", *path);
	return NULL;
}

static struct err *pack(void *state, char **operands, int n, int *status)
{
	_cleanup_free_ char *path = NULL, *folder = NULL;
	struct leftover *leftover = NULL;
	struct one_case c;
	struct err *err = one_case_find(&c, "pack", operands, n);

	(void)state;
	(void)status;
	if (!err && c.rec->scenario && case_pack_lacks_program(c.rec->scenario))
		err = err_create(
			ERR_USAGE,
			"case '%s' runs a program of yours: hand that on, for 'daxrig exec'",
			c.shown);
	if (!err)
		err = choose_path(&c, &path);
	if (!err)
		err = leftover_begin(c.past.paths.state, &leftover, NULL);
	if (!err) {
		folder = xasprintf("%s/pack", leftover_folder(leftover));
		err = fill_and_write(&c, folder, path);
	}
	leftover_end(leftover);
	one_case_deinit(&c);
	if (!err)
		printf("%s\n", path);
	return err;
}

enum { KEY_OUT = 256, KEY_KERNEL, KEY_VMCORE };

static struct err *option(void *state, int key, const char *value)
{
	(void)state;
	if (key == KEY_OUT)
		options.out = value;
	else if (key == KEY_KERNEL)
		options.extras.kernel = true;
	else
		options.extras.vmcore = true;
	return NULL;
}

static const struct command_option pack_options[] = {
	{ "kernel", NULL, "with the kernel and its modules, for one that no archive has",
	  KEY_KERNEL },
	{ "vmcore", NULL, "with the guest's memory, of a run with --vmcore", KEY_VMCORE },
	{ "out", "FILE", "the pack to write; default NAME" CASE_PACK_SUFFIX " of the case",
	  KEY_OUT },
	{ NULL, NULL, NULL, 0 },
};

const struct command cmd_pack = {
	.name = "pack",
	.operands = "[RUN] CASE",
	.summary = "put a case and what it left into one file, for another machine",
	.help = "CASE is a name or a glob: of several cases the first that failed. RUN is as of\n"
		"'daxrig report'; default: the newest run with that case. 'daxrig run FILE' shows the\n"
		"case again on any machine with daxrig; the file README in it says how.\n",
	.options = pack_options,
	.option = option,
	.run = pack,
};
