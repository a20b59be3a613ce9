// SPDX-License-Identifier: GPL-2.0-only
#include "bisect/session.h"

#include <string.h>

#include "base/glob.h"
#include "bisect/session-text.h"

/* After so many runs in a row without an answer a version is skipped. */
#define SILENT_MAX 3
#define NO_BOOT_MAX 2

size_t session_place(const struct session *s, const char *field)
{
	size_t i = 0;

	while (i < s->history->n && strcmp(s->versions[i].field, field))
		i++;
	return i;
}

size_t session_runs(const struct session *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->log->n; i++)
		n += session_place(s, s->log->runs[i].spec) < s->history->n;
	return n;
}

size_t session_boots(const struct session *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->log->n; i++)
		if (session_place(s, s->log->runs[i].spec) < s->history->n)
			n += s->log->runs[i].guests;
	return n;
}

/* Adds a run of the log to the posterior. */
static void take(struct session *s, size_t place, const struct log_run *run)
{
	struct session_version *v = &s->versions[place];

	if (run->outcome == OUTCOME_SHOWN || run->outcome == OUTCOME_NOT_SHOWN) {
		v->silent = v->no_boot = 0;
		bisect_add(&s->b, place, run->outcome == OUTCOME_SHOWN);
		return;
	}
	v->silent++;
	v->no_boot = run->outcome == OUTCOME_NO_BOOT ? v->no_boot + 1 : 0;
	v->why = run->why;
	if (run->outcome == OUTCOME_UNFIT || v->silent >= SILENT_MAX || v->no_boot >= NO_BOOT_MAX)
		bisect_skip(&s->b, place);
}

static struct err *skip_matching(struct session *s, const char *glob)
{
	bool any = false;

	for (size_t i = 0; i < s->history->n; i++) {
		if (!glob_match(glob, s->history->v[i].spec))
			continue;
		any = true;
		bisect_skip(&s->b, i);
		s->versions[i].why = "--skip was given";
	}
	if (any || s->o->skip_any)
		return NULL;
	return err_create(ERR_USAGE, "--skip '%s' matches no kernel; --dry-run lists them", glob);
}

struct err *session_init(struct session *s, const struct candidates *history,
			 struct bisect_log *log, const struct session_options *o)
{
	struct err *err = NULL;

	*s = (struct session){ .history = history, .log = log, .o = o };
	s->versions = xcalloc(history->n, sizeof(*s->versions));
	for (size_t i = 0; i < history->n; i++)
		s->versions[i].field = log_field(history->v[i].spec);
	bisect_init(&s->b, history->n, o->confidence);
	for (size_t i = 0; i < log->n; i++) {
		size_t place = session_place(s, log->runs[i].spec);

		if (place < history->n)
			take(s, place, &log->runs[i]);
	}
	for (size_t i = 0; i < o->nr_skip && !err; i++)
		err = skip_matching(s, o->skip[i]);
	return err;
}

void session_deinit(struct session *s)
{
	for (size_t i = 0; s->versions && i < s->history->n; i++)
		free(s->versions[i].field);
	if (s->versions)
		bisect_deinit(&s->b);
	free(s->versions);
	*s = (struct session){ 0 };
}

static const struct bisect_point *end_point(const struct session *s, bool bad)
{
	return bad ? &s->b.points[s->b.n_points - 1] : &s->b.points[0];
}

/* Chooses the version to run next; false: none, and @s->end is set. */
static bool choose(struct session *s, size_t *version)
{
	const struct bisect_point *good = end_point(s, false), *bad = end_point(s, true);
	size_t last = s->history->n - 1;
	enum bisect_state state;

	if (!bad->shown && bad->not_shown >= s->o->patience) {
		s->end = SESSION_BAD_IS_GOOD;
		return false;
	}
	if (!bad->shown || good->shown + good->not_shown == 0) {
		*version = bad->shown ? 0 : last;
		s->end = SESSION_END_SILENT;
		return !s->b.skipped[*version];
	}
	state = bisect_next(&s->b, version);
	s->end = state == BISECT_DONE	     ? SESSION_FOUND :
		 state == BISECT_GOOD_IS_BAD ? SESSION_GOOD_IS_BAD :
		 state == BISECT_BAD_IS_GOOD ? SESSION_BAD_IS_GOOD :
					       SESSION_STUCK;
	return state == BISECT_RUN;
}

/* A kernel that cannot run ends the session only when it is one of the two ends. */
static struct err *judge_error(const struct session *s, size_t place, struct err *err,
			       struct log_run *run, char **why)
{
	bool is_end = place == 0 || place == s->history->n - 1;

	if (err->code == ERR_TIMEOUT)
		run->outcome = OUTCOME_NO_BOOT;
	else if (err->code == ERR_BUILD || (err->code == ERR_USAGE && !is_end))
		run->outcome = OUTCOME_UNFIT;
	else
		return err_wrap(err, "cannot run '%s'", s->history->v[place].spec);
	run->guests = err->code == ERR_TIMEOUT;
	*why = xstrdup(err->message);
	err_free(err);
	return NULL;
}

/* Runs the version once, and adds the outcome to the log. */
static struct err *run_one(struct session *s, size_t place)
{
	struct sought sought = { 0 },
		      *seek = sought_known(&s->log->sought) ? &s->log->sought : &sought;
	struct trying o = { .sought = seek };
	struct log_run run = { .spec = s->history->v[place].spec };
	_cleanup_free_ char *folder = NULL, *said = NULL;
	const char *why = NULL;
	struct err *err = s->o->runner.run(s->o->runner.arg, run.spec, trying_over, &o, &folder);

	run.outcome = tries_outcome(&o.tries, &why);
	run.guests = o.tries.guests;
	run.folder = folder;
	/* a finding that showed counts, even if the run failed later */
	if (err && (err->code == ERR_CANCELLED || run.outcome != OUTCOME_SHOWN))
		err = judge_error(s, place, err, &run, &said);
	else
		err_free(take_ptr(err));
	run.why = said ? said : (char *)why;
	run.time = time(NULL);
	if (!err && sought_known(&sought))
		err = bisect_log_seek(s->log, &sought);
	if (!err)
		err = bisect_log_run(s->log, &run);
	if (!err)
		take(s, place, &s->log->runs[s->log->n - 1]);
	tries_deinit(&o.tries);
	sought_deinit(&sought);
	return err;
}

struct err *session_run(struct session *s)
{
	bool learned = sought_known(&s->log->sought);
	struct err *err = NULL;
	size_t version;

	while (!err && choose(s, &version)) {
		if (s->log->n >= s->o->max_runs) {
			s->end = SESSION_OUT_OF_RUNS;
			break;
		}
		err = run_one(s, version);
		if (!err)
			session_say_run(s, version);
		if (!err && !learned && sought_known(&s->log->sought)) {
			_cleanup_free_ char *text = sought_text(&s->log->sought);

			progress_line(s->o->say, "from now on only %s counts", text);
			learned = true;
		}
	}
	return err;
}
