/* SPDX-License-Identifier: GPL-2.0-only */
/* Finds a run by what a user calls it. */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/files.h"
#include "base/nearest.h"
#include "host/runs.h"

#define LATEST "latest"

static size_t cases_over(const struct run_summary *s)
{
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(s->counts); i++)
		n += s->counts[i];
	return n;
}

/* Strings of a damaged record are NULL. */
static bool is_set(const char *s)
{
	return s && *s;
}

/* How well the run stands for its kernel and plan; 0: not at all. */
static int rank(const struct run_entry *e)
{
	const struct run_summary *s = &e->head;

	if (e->state == RUN_DAMAGED || (e->state != RUN_ENDED && !cases_over(s)))
		return 0;
	if (e->state != RUN_ENDED)
		return 1;
	return is_set(s->plan_match) || is_set(s->plan_shard) || is_set(s->self_test) ||
			       is_set(s->recheck_of) ?
		       2 :
		       3;
}

/* Is @word the beginning of @release, up to the end of a number? */
static bool begins(const char *release, const char *word, size_t len)
{
	return release && len && !strncmp(release, word, len) &&
	       !(isdigit((unsigned char)word[len - 1]) && isdigit((unsigned char)release[len]));
}

static bool equals(const char *s, const char *word, size_t len)
{
	return s && strlen(s) == len && !strncmp(s, word, len);
}

static bool is_of_kernel(const struct run_summary *s, const char *word, size_t len)
{
	return begins(s->kernel_release, word, len) || equals(s->kernel_spec, word, len) ||
	       equals(s->kernel_key, word, len);
}

/* The best run of the kernel that the first @len bytes of @word name; @plan NULL: of any. */
static const struct run_entry *find_kernel(const struct run_list *l, const char *word, size_t len,
					   const char *plan)
{
	const struct run_entry *best = NULL;

	for (size_t i = 0; i < l->n; i++) {
		const struct run_entry *e = &l->v[i];

		if (!rank(e) || !is_of_kernel(&e->head, word, len) ||
		    (plan && strcmp(e->head.plan, plan)))
			continue;
		/* a later one is newer */
		if (!best || rank(e) >= rank(best))
			best = e;
	}
	return best;
}

/* The run that ended last; else the newest that has a case. */
static const struct run_entry *find_latest(const struct run_list *l)
{
	const struct run_entry *best = NULL;

	for (size_t i = 0; i < l->n; i++)
		if (rank(&l->v[i]) && (!best || MIN(rank(&l->v[i]), 2) >= MIN(rank(best), 2)))
			best = &l->v[i];
	return best;
}

const struct run_entry *run_list_find(const struct run_list *l, const char *word)
{
	const struct run_entry *found = NULL;
	const char *colon = strrchr(word, ':');

	if (!strcmp(word, LATEST))
		return find_latest(l);
	for (size_t i = 0; i < l->n; i++)
		if (!strcmp(l->v[i].name, word))
			return &l->v[i];
	found = find_kernel(l, word, strlen(word), NULL);
	if (!found && colon)
		found = find_kernel(l, word, (size_t)(colon - word), colon + 1);
	return found;
}

/* The run whose name begins with @word; ERR_USAGE when several do. */
static struct err *find_beginning(const struct run_list *l, const char *word,
				  const struct run_entry **out)
{
	size_t n = 0;

	*out = NULL;
	for (size_t i = 0; i < l->n; i++) {
		if (strncmp(l->v[i].name, word, strlen(word)))
			continue;
		*out = &l->v[i];
		n++;
	}
	return n < 2 ? NULL :
		       err_create(ERR_USAGE,
				  "%zu runs have a name that begins with '%s'; "
				  "see 'daxrig runs'",
				  n, word);
}

static struct err *unknown(const struct paths *p, const char *word, const struct run_list *l)
{
	_cleanup_free_ char *expected = xasprintf(
		"expected the folder of a run, its name in '%s/runs', or a kernel "
		"or KERNEL:PLAN that was run; see 'daxrig runs'",
		p->data);
	struct nearest n = { .word = word };

	nearest_offer(&n, LATEST);
	for (size_t i = 0; i < l->n; i++)
		nearest_offer(&n, l->v[i].name);
	return nearest_err(&n, "run", expected);
}

static struct err *find_listed(const struct paths *p, const char *word, char **folder)
{
	const struct run_entry *found;
	struct run_list l;
	struct err *err = run_list_read(p->data, &l);

	if (err)
		return err;
	found = run_list_find(&l, word);
	if (!found && strcmp(word, LATEST))
		err = find_beginning(&l, word, &found);
	if (found)
		*folder = xstrdup(found->folder);
	else if (!err && !strcmp(word, LATEST))
		err = err_create(ERR_USAGE, "there is no run in '%s/runs' yet", p->data);
	else if (!err)
		err = unknown(p, word, &l);
	run_list_deinit(&l);
	return err;
}

/* The folder of the existing path @word; a link to it may be changed meanwhile. */
static struct err *find_path(const char *word, char **folder)
{
	_cleanup_free_ char *real = realpath(word, NULL);
	struct stat st;

	if (!real || stat(real, &st))
		return err_errno(errno, "cannot open '%s'", word);
	if (!S_ISDIR(st.st_mode))
		*strrchr(real, '/') = '\0';
	*folder = take_ptr(real);
	return NULL;
}

struct err *run_find(const struct paths *p, const char *word, char **folder)
{
	_cleanup_free_ char *own = NULL;

	*folder = NULL;
	if (word && path_exists(word))
		return find_path(word, folder);
	word = word ? word : LATEST;
	own = xasprintf("%s/runs/%s", p->data, word);
	if (!strchr(word, '/') && *word && *word != '.' && path_exists(own))
		return find_path(own, folder);
	return find_listed(p, word, folder);
}

static bool can_be_resumed(const struct run_entry *e)
{
	return e->state == RUN_INTERRUPTED && !e->packed && e->head.has_choices;
}

struct err *run_find_incomplete(const char *base, char **folder)
{
	struct run_list l;
	struct err *err = run_list_read(base, &l);

	*folder = NULL;
	if (err)
		return err;
	for (size_t i = l.n; i-- && !*folder;)
		if (can_be_resumed(&l.v[i]))
			*folder = xstrdup(l.v[i].folder);
	run_list_deinit(&l);
	return NULL;
}

/* Does the link @word beside the run lead to a run that ended? */
static bool leads_to_ended(const struct rundir *dir, const char *word)
{
	const char *slash = strrchr(dir->path, '/');
	_cleanup_free_ char *path = xasprintf("%.*s/%s/run.json", (int)(slash - dir->path),
					      dir->path, word);
	struct run_summary s = { 0 };
	struct err *err = path_exists(path) ? run_json_read_head(path, &s) : NULL;
	bool ended = !err && s.complete;

	err_free(err);
	run_summary_deinit(&s);
	return ended;
}

static struct err *point(const struct rundir *dir, const struct run_record *run, const char *word)
{
	if (!run->complete && leads_to_ended(dir, word))
		return NULL;
	return rundir_point(dir, word);
}

struct err *runs_point_latest(const struct rundir *dir, const struct run_record *run)
{
	_cleanup_free_ char *release = NULL, *plan = NULL, *word = NULL;
	struct err *err;

	if (run->recheck_of || (!run->complete && !run->case_count))
		return NULL;
	err = point(dir, run, LATEST);
	if (err || !run->plan_name || run->plan_match || run->plan_shard || run->self_test)
		return err;
	release = rundir_safe_name(run->kernel_release ? run->kernel_release : "");
	plan = rundir_safe_name(run->plan_name);
	word = xasprintf(LATEST "-%s-%s", release, plan);
	return point(dir, run, word);
}
