/* SPDX-License-Identifier: GPL-2.0-only */
#include "worsen/guests.h"

#include <string.h>
#include <sys/random.h>

#include "base/files.h"
#include "plan/program.h"
#include "reports/history/identity.h"
#include "workloads/c/c.h"

#define LOG_NAME "program.log"
#define LOG_MAX (2u << 20)
#define PROGRAM_SECONDS 60

/* Of one run, for its callback. */
struct running {
	const struct guests *g;
	const struct guests_try *v;
	size_t n;
	enum rung until;
	/* of a program */
	char *const *folder; /* set once the run has begun */
	const struct shown *want;
};

bool guests_late(const struct guests *g)
{
	return g->deadline_ns && now_ns() >= g->deadline_ns;
}

static char *file_of(const struct guests *g, const char *name, const char *end)
{
	return xasprintf("%s/tried/%s%s", g->dir, name, end);
}

static struct err *put(const struct guests *g, const char *path, const char *text)
{
	_cleanup_free_ char *folder = xasprintf("%s/tried", g->dir);
	struct err *err = dir_create(folder);

	return err ? err : file_write_atomic(path, text, strlen(text));
}

/* The try that the record is of. */
static const struct guests_try *find(const struct running *r, const struct case_record *rec)
{
	_cleanup_free_ char *name = identity_case(rec->name);
	const char *slash = strchr(name, '/');

	for (size_t i = 0; slash && i < r->n; i++)
		if (strcmp(r->v[i].name, slash + 1) == 0)
			return &r->v[i];
	return NULL;
}

static bool over(void *arg, const struct case_record *rec)
{
	const struct running *r = arg;
	const struct guests_try *t = find(r, rec);

	if (!t)
		return false;
	tried_add(t->tried, t->s, rec);
	return r->until != RUNG_NOTHING && t->tried->on[r->until].times;
}

static struct err *start(struct guests *g, char **words, size_t n, struct running *r,
			 bool (*each)(void *arg, const struct case_record *rec), char **folder)
{
	static char *const argv[] = { (char *)"daxrig", (char *)"worsen", NULL };
	_cleanup_free_ char *out = xasprintf("%s/%03u", g->dir, ++g->number);
	struct run_options o = g->run;
	struct err *err;
	int status;

	if (getrandom(&o.seed, sizeof(o.seed), 0) < 0)
		o.seed = now_ns();
	o.seed &= INT64_MAX;
	o.cases = words;
	o.nr_cases = (int)n;
	o.repeat = g->tries;
	o.out = out;
	o.known = RUN_KNOWN_NONE;
	o.argv = (char **)argv;
	o.deadline_ns = g->deadline_ns;
	o.over = each;
	o.over_arg = r;
	o.host = &g->host;
	o.folder = folder;
	err = run_cases(&o, &status);
	/* what was seen by then counts */
	if (err && err->code == ERR_TIMEOUT && guests_late(g)) {
		err_free(err);
		err = NULL;
	}
	return err;
}

struct err *guests_run(struct guests *g, const struct guests_try *v, size_t n, enum rung until)
{
	struct running r = { .g = g, .v = v, .n = n, .until = until };
	_cleanup_free_ char *folder = NULL;
	char **words = xcalloc(n + 1, sizeof(*words));
	struct err *err = NULL;

	for (size_t i = 0; i < n && !err; i++) {
		words[i] = file_of(g, v[i].name, ".scn");
		err = put(g, words[i], v[i].text);
	}
	if (!err)
		err = start(g, words, n, &r, over, &folder);
	for (size_t i = 0; i < n; i++)
		free(words[i]);
	free(words);
	return err;
}

/* Whether @line begins with @step, blanks aside, and ": ". */
static bool is_about(const char *line, const char *step)
{
	while (*step) {
		if (*step == ' ' || *step == '\t') {
			size_t blanks = strspn(line, " \t");

			if (!blanks && step[strspn(step, " \t")])
				return false;
			line += blanks;
			step += strspn(step, " \t");
			continue;
		}
		if (*line++ != *step++)
			return false;
	}
	line += strspn(line, " \t");
	return *line == ':';
}

/* The line by which the program says that @step went wrong; NULL: none. */
static const char *complaint(const char *log, const char *step)
{
	for (const char *p = log; *p; p += strcspn(p, "\n"), p += *p == '\n')
		if (strncmp(p, "# ", 2) == 0 && *step && is_about(p + 2, step))
			return p + 2;
	return NULL;
}

/* What the program printed; "" if nothing of it is there. */
static void read_log(const struct running *r, const struct case_record *rec, struct buf *out)
{
	for (size_t i = 0; i < rec->evidence_count; i++) {
		const struct case_evidence *e = &rec->evidence[i];
		_cleanup_free_ char *path = NULL;

		if (!e->name || strcmp(e->name, LOG_NAME) != 0 || !e->path || !*r->folder)
			continue;
		path = xasprintf("%s/%s", *r->folder, e->path);
		err_free(file_read(path, LOG_MAX, out));
	}
}

static bool has_splat(const struct case_record *rec, const char *title)
{
	for (size_t i = 0; i < rec->splat_count; i++)
		if (strcmp(rec->splats[i]->title, title) == 0)
			return true;
	return false;
}

static bool program_over(void *arg, const struct case_record *rec)
{
	const struct running *r = arg;
	struct tried *t = r->v->tried;
	struct shown *on = &t->on[r->until];
	_cleanup_buf_ struct buf log = BUF_INIT;
	const char *said;

	if (rec->verdict != VERDICT_PASS && rec->verdict != VERDICT_FAIL) {
		tried_add(t, r->v->s, rec);
		return false;
	}
	t->tries++;
	read_log(r, rec, &log);
	said = complaint(buf_str(&log), r->want->step);
	if (!said && !(rule_is(r->want->rule, RULE_SPLAT) && has_splat(rec, r->want->found)))
		return false;
	if (!on->times++) {
		on->rule = xstrdup(r->want->rule);
		on->step = xstrdup(r->want->step);
		on->found = said ? xstrndup(said, strcspn(said, "\n")) : xstrdup(r->want->found);
	}
	return false;
}

struct err *guests_run_program(struct guests *g, const struct guests_try *t, unsigned int uid,
			       enum rung rung, const struct shown *want)
{
	struct running r = { .g = g, .v = t, .n = 1, .until = rung, .want = want };
	_cleanup_free_ char *path = file_of(g, t->name, ".c"), *folder = NULL, *line = NULL;
	_cleanup_free_ char *keys = xasprintf("fs=%s user=%u time=%d ", g->fs, uid,
					      PROGRAM_SECONDS);
	_cleanup_buf_ struct buf program = BUF_INIT;
	char *words[] = { path, (char *)PROGRAM_MOUNTPOINT "/program" };
	struct err *err = c_program(t->name, t->text, "", &program);

	r.folder = &folder;
	if (!err)
		err = put(g, path, buf_str(&program));
	if (!err)
		err = program_line(keys, words, ARRAY_SIZE(words), &line);
	return err ? err : start(g, &line, 1, &r, program_over, &folder);
}

void guests_close(struct guests *g)
{
	run_host_close(&g->host);
}
