/* SPDX-License-Identifier: GPL-2.0-only */
/* 'daxrig kselftest': the kernel's own selftests, each program a case of 'daxrig run'. */
#include <stdio.h>
#include <string.h>

#include "base/files.h"
#include "cmd/cmd.h"
#include "cmd/kselftest-list.h"
#include "cmd/program-keys.h"
#include "guests/build/kselftest-build.h"
#include "guests/store/kernel.h"
#include "host/cancel.h"
#include "host/paths.h"
#include "plan/kselftest.h"
#include "plan/program.h"
#include "workloads/lang/scenario.h"

enum {
	KEY_SOURCE = 256,
	KEY_FS,
	KEY_MOUNT,
	KEY_TIME,
	KEY_RUN = 512, /* of 'run', which knows it by its name */
	KEY_KERNEL = KEY_RUN,
	KEY_KNOWN,
};

static struct {
	const char *kernel, *source, *known;
} options = { .kernel = KERNEL_SPEC_DEFAULT };
static struct buf keys = BUF_INIT; /* "fs=ext4 time=600 " */

static const struct command_option kselftest_options[] = {
	{ "kernel", "SPEC", "as of 'run'", KEY_KERNEL },
	{ "source", "SPEC",
	  "take the tests from src:SERIES or tree:PATH[@REV]; default: the source\n"
	  "of the kernel's series",
	  KEY_SOURCE },
	{ "fs", "LIST", "the filesystem, or several joined by ','; default xfs", KEY_FS },
	{ "mount", "OPTIONS", "mount with these, too, or with a dax= of your own", KEY_MOUNT },
	{ "time", "SECONDS", "kill each after so long, which is an error; default 60, or as listed",
	  KEY_TIME },
	{ "repeat", "N", "run each N times, each in a new guest", KEY_RUN + 4 },
	{ "accel", "auto|kvm|tcg", "as of 'run'", KEY_RUN + 2 },
	{ "geometry", "LIST", "as of 'run'", KEY_RUN + 3 },
	{ "known", "FILE|none", "as of 'run'; default: reports/known-kselftest.txt", KEY_KNOWN },
	{ "ktap", NULL, "as of 'run'", KEY_RUN + 5 },
	{ "out", "DIR", "as of 'run'", KEY_RUN + 6 },
	{ "jobs", "N|auto", "as of 'run'", KEY_RUN + 7 },
	{ NULL, NULL, NULL, 0 },
};

static struct err *option(void *state, int key, const char *value)
{
	const struct command_option *own = kselftest_options;

	while (own->key != key)
		own++;
	if (key == KEY_SOURCE) {
		options.source = value;
		return NULL;
	}
	if (key < KEY_RUN)
		return program_keys_add(&keys, own->name, value);
	if (key == KEY_KERNEL)
		options.kernel = value;
	if (key == KEY_KNOWN)
		options.known = value;
	return command_forward(&cmd_run, own->name, state, value);
}

/* The source of the series of @kernel: "src:6.12" of 6.12.117-amd64; of a built one its own. */
static struct err *find_source(const struct kernel *kernel, char **out)
{
	unsigned int major, minor;
	struct kernel_spec spec;
	struct err *err = kernel_spec_parse(kernel->spec, &spec);

	if (err)
		return err;
	if (kernel_spec_is_built(&spec))
		*out = xstrndup(spec.text, strlen(spec.text) - strlen(kernel_spec_extras(&spec)));
	else if (sscanf(kernel->release, "%5u.%5u", &major, &minor) == 2)
		*out = xasprintf("src:%u.%u", major, minor);
	else
		err = err_create(ERR_USAGE,
				 "kernel '%s' has no series, by its release '%s': name the source "
				 "of its tests with --source",
				 kernel->spec, kernel->release);
	kernel_spec_deinit(&spec);
	return err;
}

static struct err *open_tests(const struct paths *p, struct kselftests *tests)
{
	_cleanup_free_ char *of_kernel = NULL;
	_cleanup_kernel_ struct kernel *kernel = NULL;
	struct err *err = NULL;

	if (!options.source) {
		err = kernel_get(p->data, options.kernel, &command_say, &kernel);
		if (!err)
			err = find_source(kernel, &of_kernel);
	}
	if (err)
		return err;
	err = kselftests_open(p->data, options.source ? options.source : of_kernel, &command_say,
			      tests);
	return options.source ?
		       err :
		       err_wrap(err, "cannot get the selftests of '%s', and no --source is given",
				options.kernel);
}

/* What does not build is left out, unless the user asked for it by its name. */
static struct err *check_built(const struct kselftests *tests, const char *name, char **operands,
			       int n, bool *built)
{
	_cleanup_free_ char *path = kselftests_path(tests, name), *why = NULL;

	*built = path_exists(path);
	if (*built)
		return NULL;
	why = kselftests_why(tests, name);
	for (int i = 0; i < n; i++)
		if (strcmp(operands[i], name) == 0)
			return err_create(ERR_BUILD, "selftest '%s' does not build: %s", name, why);
	progress_line(&command_say, "leaving out %s, which does not build: %s", name, why);
	return NULL;
}

/* The lines of a plan for those of @chosen that are built. */
static struct err *make_lines(const struct kselftests *tests, const struct kselftest_list *chosen,
			      char **operands, int n, char **lines, int *nr_lines)
{
	struct err *err = NULL;
	bool built;

	for (size_t i = 0; i < chosen->n && !err; i++) {
		const struct kselftest_entry *e = &chosen->v[i];
		_cleanup_free_ char *path = kselftests_path(tests, e->name);
		_cleanup_buf_ struct buf file = BUF_INIT;

		err = check_built(tests, e->name, operands, n, &built);
		if (err || !built)
			continue;
		program_word_escape(&file, path);
		lines[(*nr_lines)++] = xasprintf(
			PROGRAM_LINE "kselftest/%s kselftest=yes %s%s= %s%s", e->name, e->keys,
			buf_str(&keys), buf_str(&file), e->words);
	}
	if (!err && !*nr_lines)
		err = err_create(ERR_BUILD, "none of the selftests builds");
	return err;
}

static struct err *prepare(const struct paths *p, char **operands, int n, char ***lines,
			   int *nr_lines)
{
	struct kselftest_list list, chosen = { 0 };
	struct kselftests tests = { .source.lock = -1 };
	struct err *err = kselftest_list_read(p, &list);
	_cleanup_free_ const char **names = NULL;

	if (err)
		return err;
	err = open_tests(p, &tests);
	if (!err)
		err = kselftest_choose(
			&list, operands, n,
			&(struct kselftest_source){ tests.source.title, kselftests_has, &tests },
			&command_say, &chosen);
	names = xcalloc(chosen.n + 1, sizeof(*names));
	*lines = xcalloc(chosen.n + 1, sizeof(**lines));
	for (size_t i = 0; i < chosen.n; i++)
		names[i] = chosen.v[i].name;
	if (!err)
		err = kselftests_build(&tests, names, chosen.n, &command_say);
	if (!err)
		err = make_lines(&tests, &chosen, operands, n, *lines, nr_lines);
	kselftest_list_deinit(&chosen);
	kselftest_list_deinit(&list);
	kselftests_deinit(&tests);
	return err;
}

static struct err *run(void *state, char **operands, int n, int *status)
{
	struct paths p;
	_cleanup_free_ char *known = NULL;
	char **lines = NULL;
	int nr_lines = 0, cancel = -1;
	struct err *err = paths_init(&p);

	if (err)
		return err;
	err = cancel_open(&cancel);
	if (!err)
		err = prepare(&p, operands, n, &lines, &nr_lines);
	cancel_close(&cancel);
	/* after the run it is in the record, as every list */
	known = xasprintf("%s/reports/known-kselftest.txt", p.home);
	paths_deinit(&p);
	if (!err && !options.known)
		err = command_forward(&cmd_run, "known", state, known);
	if (!err)
		err = cmd_run.run(state, lines, nr_lines, status);
	for (int i = 0; i < nr_lines; i++)
		free(lines[i]);
	free(lines);
	return err;
}

const struct command cmd_kselftest = {
	.name = "kselftest",
	.operands = "[TARGET...]",
	.summary = "run the kernel's own selftests on DAX, and judge the kernel",
	.help = "TARGET is a folder of tools/testing/selftests, 'mm', or a program there, 'mm/cow'; by\n"
		"default all that 'daxrig list kselftests' does not leave out. They are built from the\n"
		"source of the kernel's series and run as by 'daxrig exec', with the working folder and\n"
		"/tmp on DAX. Each result in the KTAP of a program is one in the record; one that fails\n"
		"is a finding of its own. Exit status as of 'run'.\n",
	.options = kselftest_options,
	.option = option,
	.run = run,
};
