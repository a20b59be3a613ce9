/* SPDX-License-Identifier: GPL-2.0-only */
/* 'daxrig merge': one run of all shards of a plan. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/files.h"
#include "cmd/cmd.h"
#include "host/runs.h"
#include "cmd/merge-shards.h"
#include "reports/record/run-json-merge.h"
#include "reports/record/rundir.h"

static struct {
	const char *from, *out;
} options;

/* Brings files of the folder @from to the folder @to, which are of runs or of cases. */
struct bringing {
	char *from, *to;
	const struct run_places *places;
	struct err *(*bring)(const struct bringing *b, const char *name);
};

/* Calls b->bring for each name in b->from, if that folder is there. */
static struct err *each_name(const struct bringing *b)
{
	struct err *err = NULL;
	struct dirent *e;
	DIR *dir = opendir(b->from);

	if (!dir)
		return errno == ENOENT ? NULL : err_errno(errno, "cannot read '%s'", b->from);
	err = dir_create(b->to);
	while (!err && (e = readdir(dir)))
		if (e->d_name[0] != '.')
			err = b->bring(b, e->d_name);
	closedir(dir);
	return err;
}

static struct err *bring_as(const struct bringing *b, const char *name, const char *new_name)
{
	_cleanup_free_ char *from = xasprintf("%s/%s", b->from, name);
	_cleanup_free_ char *to = xasprintf("%s/%s", b->to, new_name);

	return rundir_bring(from, to);
}

static struct err *bring_file(const struct bringing *b, const char *name)
{
	return bring_as(b, name, name);
}

/* The number that @name begins with, after @prefix, and what follows it; 0: none. */
static size_t number_in(const char *name, const char *prefix, const char **rest)
{
	size_t len = strlen(prefix), n = 0;
	const char *p = name + len;

	if (strncmp(name, prefix, len) != 0)
		return 0;
	for (; *p >= '0' && *p <= '9' && n < UINT32_MAX; p++)
		n = 10 * n + (size_t)(*p - '0');
	*rest = p;
	return n;
}

/* The folder "007-xfs-punch-rdma" of a case. */
static struct err *bring_case(const struct bringing *b, const char *name)
{
	const char *rest = "";
	size_t place = run_places_case(b->places, number_in(name, "", &rest));
	_cleanup_free_ char *from = xasprintf("%s/%s", b->from, name);
	_cleanup_free_ char *to = xasprintf("%s/%03zu%s", b->to, place, rest);
	struct bringing files = { from, to, b->places, bring_file };
	struct stat st;

	if (!place || *rest != '-' || lstat(from, &st) || !S_ISDIR(st.st_mode))
		return NULL;
	return each_name(&files);
}

/* "console-4.log" of a guest, or "boot-xfs.log" of a template. */
static struct err *bring_guest(const struct bringing *b, const char *name)
{
	const char *rest = NULL;
	size_t number = run_places_guest(b->places, number_in(name, "console-", &rest));
	_cleanup_free_ char *new_name = number ? xasprintf("console-%zu%s", number, rest) :
						 xasprintf("shard-%u-%s", b->places->shard, name);

	return bring_as(b, name, new_name);
}

static struct err *bring_shard(const struct merge_shard *s, const struct run_places *places,
			       const char *to)
{
	struct bringing cases = { .places = places, .bring = bring_case };
	struct bringing guests = { .places = places, .bring = bring_guest };
	struct err *err;

	cases.from = xasprintf("%s/cases", s->folder);
	cases.to = xasprintf("%s/cases", to);
	guests.from = xasprintf("%s/guests", s->folder);
	guests.to = xasprintf("%s/guests", to);
	err = each_name(&cases);
	if (!err)
		err = each_name(&guests);
	free(cases.from);
	free(cases.to);
	free(guests.from);
	free(guests.to);
	return err;
}

/* The record comes last: a folder without one is no run. */
static struct err *fill_folder(const struct merge_shards *s, const struct run_places *places,
			       const char *text, const char *folder)
{
	_cleanup_free_ char *record = xasprintf("%s/run.json", folder);
	struct err *err = NULL;

	for (size_t i = 0; i < s->n && !err; i++)
		err = bring_shard(&s->v[i], &places[i], folder);
	return err ? err : file_write_atomic(record, text, strlen(text));
}

static struct err *write_run(const struct merge_shards *s, const struct run_places *places,
			     const char *text, const char *base)
{
	struct rundir dir;
	struct err *err = rundir_create(&dir, base, time(NULL), getpid());
	size_t cases = 0;

	if (err)
		return err;
	err = fill_folder(s, places, text, dir.path);
	for (size_t i = 0; i < s->n; i++)
		cases += places[i].cases;
	if (err) {
		err_free(tree_remove(dir.path));
	} else {
		progress_line(&command_say, "merged %zu cases of %zu shards", cases, s->n);
		printf("%s\n", dir.path);
	}
	rundir_deinit(&dir);
	return err;
}

static struct err *merge(const struct merge_shards *s, const char *const *argv, const char *base)
{
	_cleanup_free_ struct run_places *places = xcalloc(MAX(s->n, 1u), sizeof(*places));
	_cleanup_free_ struct run_shard *shards = xcalloc(MAX(s->n, 1u), sizeof(*shards));
	_cleanup_free_ char *text = NULL;
	struct err *err;

	for (size_t i = 0; i < s->n; i++)
		shards[i] = (struct run_shard){ s->v[i].folder, buf_str(&s->v[i].text),
						s->v[i].text.len };
	err = run_json_merge(shards, s->n, argv, places, &text);
	return err ? err : write_run(s, places, text, base);
}

static struct err *add_named(const struct paths *p, const char *word, struct merge_shards *s)
{
	_cleanup_free_ char *folder = NULL, *path = NULL;
	struct err *err = path_is_stdin(word) ?
				  err_create(ERR_USAGE, "cannot merge '-': a shard is a folder") :
				  run_find(p, word, &folder);

	if (err)
		return err;
	path = xasprintf("%s/run.json", folder);
	return merge_shards_add(s, path);
}

/* The words of this command, for the record. */
static const char **command_words(char **operands, int n)
{
	const char **words = xcalloc((size_t)n + 5, sizeof(*words));
	size_t k = 0;

	words[k++] = "daxrig";
	words[k++] = "merge";
	if (options.from) {
		words[k++] = "--from";
		words[k++] = options.from;
	}
	for (int i = 0; i < n; i++)
		words[k++] = operands[i];
	return words;
}

static struct err *run(void *state, char **operands, int n, int *status)
{
	_cleanup_(merge_shards_deinit) struct merge_shards s = { NULL, 0 };
	_cleanup_free_ const char **words = command_words(operands, n);
	struct paths p;
	struct err *err;

	(void)state;
	(void)status;
	if (!n == !options.from)
		return err_create(ERR_USAGE, "give the shards, or the folder to find them in by "
					     "--from; see 'daxrig merge --help'");
	err = paths_init(&p);
	if (err)
		return err;
	if (!options.out)
		err = paths_make(&p);
	if (!err && options.from)
		err = merge_shards_find(&s, options.from);
	for (int i = 0; i < n && !err; i++)
		err = add_named(&p, operands[i], &s);
	if (!err)
		err = merge(&s, words, options.out ? options.out : p.data);
	paths_deinit(&p);
	return err;
}

enum { KEY_FROM = 256, KEY_OUT };

static struct err *option(void *state, int key, const char *value)
{
	(void)state;
	if (key == KEY_FROM)
		options.from = value;
	else
		options.out = value;
	return NULL;
}

static const struct command_option merge_options[] = {
	{ "from", "DIR", "merge the newest complete set of shards in DIR/runs", KEY_FROM },
	{ "out", "DIR", "put the folder of the merged run into DIR", KEY_OUT },
	{ NULL, NULL, NULL, 0 },
};

const struct command cmd_merge = {
	.name = "merge",
	.operands = "[RUN...]",
	.summary = "make one run of the shards of a plan",
	.help = "RUN is the folder of a run or its name; all shards of one plan, kernel, geometry,\n"
		"accelerator and version of daxrig, each once, in any order. Prints the folder of the\n"
		"merged run. Exit status: 0 merged, 2 usage: they do not belong together, 3 a shard is\n"
		"missing or incomplete, or the host failed.\n",
	.options = merge_options,
	.option = option,
	.run = run,
};
