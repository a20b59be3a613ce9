// SPDX-License-Identifier: GPL-2.0-only
#include "bisect/command.h"

#include <stdio.h>
#include <string.h>

#include "bisect/session-text.h"
#include "bisect/walk.h"
#include "cmd/cmd.h"
#include "guests/build/recipe.h"
#include "guests/archive/sha256.h"

/* git-bisect(1) */
#define GIT_NOT_SHOWN 0
#define GIT_SHOWN 1
#define GIT_SKIP 125
#define GIT_ABORT 128

static void add_ask(struct buf *b, const char *key, const char *value)
{
	if (value)
		buf_addf(b, "%s %s\n", key, value);
}

/* Adds the current contents of the files that a spec names: they may change later. */
static struct err *add_recipe(struct buf *ask, const char *text)
{
	struct kernel_spec spec;
	struct recipe recipe = { 0 };
	struct err *err = kernel_spec_parse(text, &spec);

	if (err)
		return err;
	if (kernel_spec_is_built(&spec))
		err = recipe_read(&spec, &recipe);
	if (!err && kernel_spec_is_built(&spec)) {
		_cleanup_free_ char *key = recipe_key(&recipe, "source", "compiler");

		add_ask(ask, "recipe", key);
	}
	recipe_deinit(&recipe);
	kernel_spec_deinit(&spec);
	return err;
}

/*
 * Describes the question: runs of questions with equal descriptions are counted together.
 * Revisions and fragments, unlike package names, are replaced by what they mean now.
 */
static struct err *describe_question(const struct bisect_question *q, const struct runner *r,
				     const struct candidates *h, struct buf *ask)
{
	struct err *err;

	add_ask(ask, "good", h->tree ? h->v[0].spec : q->good);
	add_ask(ask, "bad", h->tree ? h->v[h->n - 1].spec : q->bad);
	add_ask(ask, "case", r->name);
	add_ask(ask, "rule", q->sought.rule);
	add_ask(ask, "signature", q->sought.title);
	add_ask(ask, "accel", q->accel);
	add_ask(ask, "geometry", q->run.geometry);
	buf_addf(ask, "tries %u\n", q->tries);
	err = add_recipe(ask, q->good);
	return err ? err : add_recipe(ask, q->bad);
}

static void print_candidates(const struct candidates *h)
{
	for (size_t i = 0; i < h->n; i++) {
		/* oldest first */
		size_t at = h->fixed ? h->n - 1 - i : i;

		printf("%-4s  %s  %s\n",
		       at == 0	      ? "good" :
		       at + 1 == h->n ? "bad" :
					"",
		       h->v[at].spec, h->v[at].label);
	}
}

static enum exit_status status_of(enum session_end end)
{
	if (end == SESSION_FOUND)
		return EXIT_ALL_PASSED;
	/* the user was wrong about an end */
	return end == SESSION_GOOD_IS_BAD || end == SESSION_BAD_IS_GOOD ? EXIT_USAGE : EXIT_INFRA;
}

static struct err *go_on(struct err *err, const struct bisect_log *log)
{
	if (!err || err->code != ERR_CANCELLED)
		return err;
	err_free(err);
	return err_create(ERR_CANCELLED, "interrupted after %zu run%s: the same command continues",
			  log->n, log->n == 1 ? "" : "s");
}

static struct err *bisect_in(const struct bisect_question *q, const char *dir, const char *ask,
			     struct runner *r, struct candidates *h, int *status)
{
	struct session_options o = {
		.confidence = q->confidence,
		.max_runs = q->max_runs,
		.patience = q->patience,
		.skip = q->skip,
		.nr_skip = q->nr_skip,
		.say = &command_say,
		.runner = { runner_run, r },
	};
	struct bisect_log log;
	enum session_end end = SESSION_STUCK;
	struct err *err = bisect_log_open(&log, dir, ask, q->restart);

	if (!err && sought_known(&q->sought) && !sought_known(&log.sought))
		err = bisect_log_seek(&log, &q->sought);
	if (!err)
		err = runner_keep(r, dir, log.n);
	if (!err && log.n)
		progress_line(&command_say,
			      "continuing after %zu run%s of '%s'; --restart starts from scratch",
			      log.n, log.n == 1 ? "" : "s", log.path);
	if (!err)
		err = go_on(bisect_walk(h, &log, &o, stdout, &end), &log);
	if (!err) {
		_cleanup_buf_ struct buf runs = BUF_INIT;

		session_report_runs(&log, &runs);
		*status = status_of(end);
		printf("%sthe log and the records are in '%s'\n", buf_str(&runs), dir);
	}
	bisect_log_close(&log);
	return err;
}

static struct err *ask(const struct bisect_question *q, const char *data, struct runner *r,
		       struct candidates *h, int *status)
{
	_cleanup_buf_ struct buf asked = BUF_INIT;
	_cleanup_free_ char *dir = NULL, *all = NULL, *name = NULL;
	struct err *err = NULL;

	if (!q->dry_run)
		err = runner_init(r, q->name ? q->name : q->file, q->match);
	if (!err)
		err = candidates_between(data, q->good, q->bad, &command_say, h);
	if (err)
		return err;
	if (q->dry_run) {
		print_candidates(h);
		return NULL;
	}
	err = describe_question(q, r, h, &asked);
	if (err)
		return err;
	all = xasprintf("%s\n%s", buf_str(&asked), r->text);
	name = sha256_name(all);
	dir = xasprintf("%s/bisect/%s", data, name);
	progress_line(&command_say, "%zu %ss from %s to %s, bisected in '%s'", h->n, h->unit,
		      h->v[0].label, h->v[h->n - 1].label, dir);
	return bisect_in(q, dir, buf_str(&asked), r, h, status);
}

struct err *bisect_command(const struct bisect_question *q, int *status)
{
	struct runner r = { .run = q->run };
	struct candidates h = { 0 };
	struct paths p;
	struct err *err = paths_init(&p);

	if (err)
		return err;
	r.run.say = &command_say;
	err = ask(q, p.data, &r, &h, status);
	candidates_deinit(&h);
	runner_deinit(&r);
	paths_deinit(&p);
	return err;
}

struct err *bisect_once(const struct bisect_question *q, int *status)
{
	struct runner r = { .run = q->run };
	struct sought sought = q->sought;
	struct trying o = { .sought = &sought };
	_cleanup_free_ char *folder = NULL, *said = NULL;
	enum outcome outcome = OUTCOME_NONE;
	const char *why = NULL;
	struct err *err;

	r.run.say = &command_say;
	err = runner_init(&r, q->name ? q->name : q->file, q->match);
	if (!err) {
		err = runner_run(&r, q->once, trying_over, &o, &folder);
		outcome = tries_outcome(&o.tries, &why);
	}
	if (err && (err->code == ERR_BUILD || err->code == ERR_TIMEOUT)) {
		outcome = err->code == ERR_BUILD ? OUTCOME_UNFIT : OUTCOME_NO_BOOT;
		said = xstrdup(err->message);
		why = said;
		err_free(take_ptr(err));
	}
	*status = outcome == OUTCOME_SHOWN     ? GIT_SHOWN :
		  outcome == OUTCOME_NOT_SHOWN ? GIT_NOT_SHOWN :
						 GIT_SKIP;
	if (!err)
		printf("%s: %s: %s\n", q->once, outcome_name(outcome), why);
	if (!err && folder)
		fprintf(stderr, "the record of this run is in '%s'\n", folder);
	tries_deinit(&o.tries);
	runner_deinit(&r);
	return err;
}

int bisect_once_status(const struct err *err)
{
	return GIT_ABORT + (err->code == ERR_USAGE ? EXIT_USAGE : EXIT_INFRA);
}
