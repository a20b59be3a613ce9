/* SPDX-License-Identifier: GPL-2.0-only */
#include "cmd/past.h"

#include <stdio.h>
#include <string.h>

#include "cmd/cmd.h"
#include "host/runs.h"

#define TEXT_SHOWN 300 /* bytes */

static struct err *update(struct past *p, const char *runs)
{
	_cleanup_free_ char *why = NULL;
	size_t skipped;
	struct err *err = index_update(p->ix, runs, &p->known, &skipped, &why);

	if (!err && skipped)
		progress_line(&command_say, "%zu record%s left out: %s", skipped,
			      skipped == 1 ? "" : "s", why);
	return err;
}

static struct err *read_known(struct past *p)
{
	_cleanup_free_ char *path = paths_known(&p->paths);

	return known_read(path, &p->known);
}

struct err *past_open(struct past *p)
{
	_cleanup_free_ char *db = NULL;
	struct err *err;

	*p = (struct past){ 0 };
	err = paths_init(&p->paths);
	if (!err)
		err = paths_make(&p->paths);
	if (!err)
		err = read_known(p);
	if (err)
		return err;
	db = xasprintf("%s/history.db", p->paths.cache);
	p->runs = xasprintf("%s/runs", p->paths.data);
	err = index_open(db, &p->ix);
	return err ? err : update(p, p->runs);
}

void past_close(struct past *p)
{
	index_close(p->ix);
	known_deinit(&p->known);
	free(p->runs);
	paths_deinit(&p->paths);
}

struct err *past_run(struct past *p, const char *word, char **path)
{
	_cleanup_free_ char *folder = NULL, *whole = NULL, *runs = NULL;
	struct err *err = run_find(&p->paths, word, &folder);

	if (err)
		return err;
	whole = realpath(folder, NULL);
	if (!whole)
		return err_create(ERR_INFRA, "cannot look at '%s'", folder);
	*path = xasprintf("%s/run.json", whole);
	runs = xstrndup(whole, (size_t)(strrchr(whole, '/') - whole));
	return strcmp(runs, p->runs) == 0 ? NULL : update(p, runs);
}

void past_text(const char *s)
{
	_cleanup_buf_ struct buf b = BUF_INIT;

	buf_add_escaped(&b, s, strlen(s), TEXT_SHOWN);
	fputs(buf_str(&b), stdout);
}
