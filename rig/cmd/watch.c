/* SPDX-License-Identifier: GPL-2.0-only */
/* 'daxrig watch': follows a run that another process does. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <time.h>
#include <unistd.h>

#include "base/files.h"
#include "cmd/cmd.h"
#include "host/runs.h"
#include "reports/record/journal.h"
#include "reports/record/tally.h"
#include "reports/render/render.h"

#define TICK_MS 500 /* the most between two looks: not every filesystem tells of changes */

struct watch {
	const char *folder;
	char *path; /* of run.json */
	struct run_summary head;
	struct render_run shown;
	struct render live;
	struct journal_reader journal;
	struct case_record **cases; /* theirs until the end */
	size_t nr_cases;
	char **running; /* begun when the watch began, and not over yet */
	size_t nr_running;
	uint64_t elapsed_ns; /* of the run at @since */
	int64_t since;
	int changes; /* inotify, or -1 */
	bool caught_up;
};

static uint64_t watch_now(const struct watch *w)
{
	struct timespec now;
	int64_t ns;

	clock_gettime(CLOCK_REALTIME, &now);
	ns = (now.tv_sec - w->since) * 1000000000 + now.tv_nsec;
	return w->elapsed_ns + (uint64_t)MAX(ns, 0);
}

static void forget(struct watch *w, const char *name)
{
	for (size_t i = 0; i < w->nr_running; i++) {
		if (strcmp(w->running[i], name))
			continue;
		free(w->running[i]);
		w->running[i] = w->running[--w->nr_running];
		return;
	}
}

/* Of what was there before the watch, only counts and the cases that still run are shown. */
static void take_begin(struct watch *w, struct journal_line *line)
{
	if (w->caught_up) {
		render_begin(&w->live, watch_now(w), line->text);
		return;
	}
	w->running = xrealloc(w->running, w->nr_running + 1, sizeof(*w->running));
	w->running[w->nr_running++] = take_ptr(line->text);
}

static void take_case(struct watch *w, struct journal_line *line)
{
	struct case_record *rec = take_ptr(line->rec);

	w->cases = xrealloc(w->cases, w->nr_cases + 1, sizeof(struct case_record *));
	w->cases[w->nr_cases++] = rec;
	if (w->caught_up) {
		render_case(&w->live, watch_now(w), rec);
		return;
	}
	forget(w, rec->name);
	render_old(&w->live, rec);
}

static void take_line(struct watch *w, struct journal_line *line)
{
	switch (line->kind) {
	case JOURNAL_HEAD:
		w->elapsed_ns = line->elapsed_ns;
		w->since = line->time;
		break;
	case JOURNAL_BEGIN:
		take_begin(w, line);
		break;
	case JOURNAL_CASE:
		take_case(w, line);
		break;
	case JOURNAL_NOTE:
		if (w->caught_up)
			render_say(&w->live, watch_now(w), line->text);
		break;
	case JOURNAL_NOTHING:
		break;
	}
}

/* Takes all lines that are there. */
static struct err *take_lines(struct watch *w)
{
	struct journal_line line = { .kind = JOURNAL_NOTHING };
	struct err *err;
	bool more = true;

	while (more) {
		err = journal_next(&w->journal, &line);
		if (err)
			return err;
		more = line.kind != JOURNAL_NOTHING;
		take_line(w, &line);
		journal_line_deinit(&line);
	}
	return NULL;
}

/* The cases of a resumed run's first part, and what the journal has so far. */
static struct err *catch_up(struct watch *w)
{
	struct err *err;

	for (size_t i = 0; i < w->head.case_count; i++)
		render_old(&w->live, w->head.cases[i]);
	err = take_lines(w);
	w->caught_up = true;
	for (size_t i = 0; i < w->nr_running; i++)
		render_begin(&w->live, watch_now(w), w->running[i]);
	return err;
}

static void await_change(struct watch *w)
{
	struct pollfd p = { .fd = w->changes, .events = POLLIN };
	char events[4096];

	if (poll(&p, 1, TICK_MS) > 0 && read(w->changes, events, sizeof(events)) < 0)
		close_fd(&w->changes), w->changes = -1;
}

/* The journal without the cases of run.json, which belong to the same generation. */
static struct err *open_run(struct watch *w)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct err *err = journal_reader_open(&w->journal, w->folder, false);

	if (!err)
		err = file_read(w->path, RUN_JSON_FILE_MAX, &text);
	return err ? err : run_json_parse(w->path, buf_str(&text), text.len, &w->head);
}

static struct err *follow(struct watch *w)
{
	struct err *err = open_run(w);
	bool held = true;

	/* without a journal it just ended, and its record has all */
	if (err || !w->head.journal)
		return err;
	w->shown = (struct render_run){ .planned = w->head.planned };
	w->changes = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (w->changes >= 0 && inotify_add_watch(w->changes, w->folder, IN_MODIFY | IN_DELETE) < 0)
		close_fd(&w->changes), w->changes = -1;
	render_start(&w->live, &renderer_live, stderr, &w->shown);
	err = catch_up(w);
	while (!err && held) {
		render_tick(&w->live, watch_now(w));
		await_change(w);
		/* what was written before the end is read after it */
		held = journal_is_held(w->folder);
		err = take_lines(w);
	}
	render_end(&w->live, watch_now(w), NULL);
	return err;
}

static void watch_deinit(struct watch *w)
{
	journal_reader_close(&w->journal);
	for (size_t i = 0; i < w->nr_cases; i++)
		case_record_destroy(w->cases[i]);
	free(w->cases);
	for (size_t i = 0; i < w->nr_running; i++)
		free(w->running[i]);
	free(w->running);
	close_fd(&w->changes);
	run_summary_deinit(&w->head);
}

static int status_of(const struct run_summary *s)
{
	int status = s->complete ? EXIT_ALL_PASSED : EXIT_INFRA;

	for (size_t i = 0; i < s->case_count; i++) {
		if (case_is_new(s->cases[i]))
			return s->complete ? EXIT_CASE_FAILED : EXIT_INFRA;
		if (s->cases[i]->verdict == VERDICT_ERROR)
			status = EXIT_INFRA;
	}
	return status;
}

static void show_summary(const char *path, const struct run_summary *s)
{
	const struct render_run run = render_run_of(s, path);

	render_cases(&renderer_summary, stdout, &run, s->cases, s->case_count, s->end_reason);
}

static struct err *show_end(const char *folder, const char *path, int *status)
{
	const char *name = strrchr(folder, '/');
	struct run_summary s;
	struct err *err = run_json_read(path, &s);

	if (err)
		return err;
	show_summary(path, &s);
	if (!s.complete)
		fprintf(stderr, "%zu of %zu cases ran; 'daxrig run --resume %s' runs the rest\n",
			s.case_count, s.planned, name ? name + 1 : folder);
	*status = status_of(&s);
	run_summary_deinit(&s);
	return NULL;
}

/* The newest run that goes on; else the latest. */
static struct err *find_run(const char *word, char **folder)
{
	struct run_list l = { NULL, 0 };
	struct paths p;
	struct err *err = paths_init(&p);

	if (err)
		return err;
	*folder = NULL;
	if (!word)
		err = run_list_read(p.data, &l);
	for (size_t i = l.n; i-- && !*folder;)
		if (l.v[i].state == RUN_RUNNING)
			*folder = xstrdup(l.v[i].folder);
	run_list_deinit(&l);
	if (!err && !*folder)
		err = run_find(&p, word, folder);
	paths_deinit(&p);
	return err;
}

static struct err *watch(void *state, char **operands, int n, int *status)
{
	_cleanup_free_ char *folder = NULL, *path = NULL;
	struct watch w = { .changes = -1, .journal = { .fd = -1 } };
	struct err *err;

	(void)state;
	if (n > 1)
		return err_create(ERR_USAGE, "unexpected '%s': 'watch' takes one run", operands[1]);
	err = find_run(n ? operands[0] : NULL, &folder);
	if (err)
		return err;
	w.folder = folder;
	w.path = path = xasprintf("%s/run.json", folder);
	if (journal_is_held(folder))
		err = follow(&w);
	watch_deinit(&w);
	return err ? err : show_end(folder, path, status);
}

static struct err *option(void *state, int key, const char *value)
{
	(void)state;
	(void)key;
	(void)value;
	return NULL;
}

static const struct command_option watch_options[] = { { NULL, NULL, NULL, 0 } };

const struct command cmd_watch = {
	.name = "watch",
	.operands = "[RUN]",
	.summary = "follow a run that goes on, to its end",
	.help = "RUN is as for 'report'; default: the newest run that goes on, else the latest. Of a run\n"
		"that is over it shows the summary. Exit status: that of the run, 3 if it did not end.\n",
	.options = watch_options,
	.option = option,
	.run = watch,
};
