/* SPDX-License-Identifier: GPL-2.0-only */
#include "cmd/merge-shards.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/files.h"
#include "plan/plan.h"
#include "reports/record/run-json.h"

struct err *merge_shards_add(struct merge_shards *s, const char *path)
{
	const char *slash = strrchr(path, '/');
	size_t left = RUN_JSON_FILE_MAX;
	struct merge_shard *m;

	for (size_t i = 0; i < s->n; i++)
		left -= MIN(left, s->v[i].text.len);
	s->v = xrealloc(s->v, s->n + 1, sizeof(*s->v));
	m = &s->v[s->n++];
	*m = (struct merge_shard){
		.folder = slash ? xstrndup(path, MAX((size_t)(slash - path), 1u)) : xstrdup("."),
		.text = BUF_INIT,
	};
	return file_read(path, left, &m->text);
}

void merge_shards_deinit(struct merge_shards *s)
{
	for (size_t i = 0; i < s->n; i++) {
		free(s->v[i].folder);
		buf_deinit(&s->v[i].text);
	}
	free(s->v);
	*s = (struct merge_shards){ NULL, 0 };
}

/* Shards that belong together. */
struct set {
	char *key;
	unsigned int of, ended;
	struct set_shard {
		char *path; /* NULL: none yet */
		bool ended;
	} * shards; /* by number - 1 */
};

struct sets {
	struct set *v; /* that of the newest run first */
	size_t n;
};

static void sets_deinit(struct sets *s)
{
	for (size_t i = 0; i < s->n; i++) {
		for (unsigned int k = 0; k < s->v[i].of; k++)
			free(s->v[i].shards[k].path);
		free(s->v[i].shards);
		free(s->v[i].key);
	}
	free(s->v);
}

/* daxrig writes no '\1' into a record; in one by others it at most joins shards that differ. */
static char *key_of(const struct run_summary *r, const struct plan_shard *shard)
{
	return xasprintf("%s\1%s\1%s\1%s\1%s\1%s\1%s\1%s\1%s\1%u", r->version, r->plan,
			 r->plan_match, r->kernel_key, r->geometry, r->accel, r->self_test,
			 r->recheck_of, r->night, shard->of);
}

/* The set of @key, made when it is new. Takes ownership of @key. */
static struct set *set_of(struct sets *s, char *key, unsigned int of)
{
	for (size_t i = 0; i < s->n; i++) {
		if (strcmp(s->v[i].key, key) == 0) {
			free(key);
			return &s->v[i];
		}
	}
	s->v = xrealloc(s->v, s->n + 1, sizeof(*s->v));
	s->v[s->n] = (struct set){ .key = key, .of = of };
	s->v[s->n].shards = xcalloc(of, sizeof(struct set_shard));
	return &s->v[s->n++];
}

/* The newest run of a shard counts, but one that ended rather than one that did not. */
static void take_run(struct set *set, unsigned int number, const char *path, bool ended)
{
	struct set_shard *s = &set->shards[number - 1];

	if (s->ended || (s->path && !ended))
		return;
	free(s->path);
	s->path = xstrdup(path);
	s->ended = ended;
	set->ended += ended;
}

/* Adds the run @path when it is a shard. Returns its set when all shards of that ended. */
static struct set *see_run(struct sets *s, const char *path)
{
	struct plan_shard shard;
	struct set *set = NULL;
	struct run_summary r;
	struct err *err = run_json_read(path, &r);

	/* no record, or one that other versions wrote: not for us */
	if (!err)
		err = plan_shard_parse(r.plan_shard, &shard);
	if (!err) {
		set = set_of(s, key_of(&r, &shard), shard.of);
		take_run(set, shard.number, path, r.complete);
	}
	err_free(err);
	run_summary_deinit(&r);
	return set && set->ended == set->of ? set : NULL;
}

/* Names of runs begin with their time: the newest first. */
static int newest_first(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*b)->d_name, (*a)->d_name);
}

/* "latest" and whatever else begins with no digit is no run. */
static int is_run(const struct dirent *e)
{
	return e->d_name[0] >= '0' && e->d_name[0] <= '9';
}

static struct err *find_sets(const char *runs, struct sets *s, struct set **found)
{
	struct dirent **names = NULL;
	int n = scandir(runs, &names, is_run, newest_first);

	if (n < 0)
		return err_errno(errno, "cannot read '%s'", runs);
	for (int i = 0; i < n; i++) {
		_cleanup_free_ char *path = xasprintf("%s/%s/run.json", runs, names[i]->d_name);

		if (!*found)
			*found = see_run(s, path);
		free(names[i]);
	}
	free(names);
	return NULL;
}

struct err *merge_shards_find(struct merge_shards *s, const char *dir)
{
	_cleanup_free_ char *runs = xasprintf("%s/runs", dir);
	_cleanup_(sets_deinit) struct sets sets = { NULL, 0 };
	struct set *set = NULL;
	struct err *err = find_sets(runs, &sets, &set);

	if (!err && !sets.n)
		err = err_create(ERR_USAGE, "no shard of a plan is in '%s'", runs);
	if (err)
		return err;
	if (!set)
		set = &sets.v[0];
	for (unsigned int i = 0; i < set->of && !err; i++)
		if (set->shards[i].path)
			err = merge_shards_add(s, set->shards[i].path);
	return err;
}
