/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A mail about a night, for people: its header, a blank line and its body. Nothing when the
 * night brought nothing new. ASCII, 75 columns; To and From are the caller's.
 */
#include <stdio.h>
#include <string.h>

#include "reports/history/identity.h"
#include "reports/record/story.h"
#include "reports/record/triage.h"
#include "reports/render/render.h"
#include "reports/text/mail.h"
#include "reports/text/plain.h"

#define LINE_BYTES 1000	  /* of a record, in one line before it is folded */
#define KINDS_SHOWN 10	  /* of each status, in full */
#define LINES_SHOWN 40	  /* of cases that are fixed or gone, and of known findings */
#define SCENARIO_MAX 6000 /* bytes */
#define STORY_MAX 12000

struct mail {
	struct render *r;
	struct buf body;
	size_t counts[STATUSES];
};

static const char *or_none(const char *s)
{
	return s ? s : "";
}

static const struct history_run *night_of(const struct mail *m)
{
	const struct render_run *run = m->r->run;

	return run->history ? &run->history->runs[run->run] : NULL;
}

static bool worth_a_mail(const struct mail *m)
{
	const struct history_run *night = night_of(m);

	if (m->r->run->incomplete || (night && *night->untested))
		return true;
	for (size_t i = 0; night && i < night->nr_rows; i++)
		if (standing_of_row(m->r->run->history, m->r->run->run, &night->rows[i]).changed)
			return true;
	for (size_t i = 0; i < m->r->nr_cases; i++)
		if (render_standing(m->r, m->r->cases[i]).changed)
			return true;
	return false;
}

/* "Subject: [daxrig] 6.12.117: 2 new, 1 fixed, 87 known" */
static void add_subject(struct mail *m)
{
	static const enum status told[] = { STATUS_NEW,	  STATUS_REGRESSED, STATUS_FIXED,
					    STATUS_FLAKY, STATUS_LOST,	    STATUS_GONE,
					    STATUS_STILL, STATUS_KNOWN };
	const struct history_run *night = night_of(m);
	const char *release = or_none(m->r->run->kernel_release);
	_cleanup_free_ char *number = xstrndup(release, strcspn(release, "+"));
	const char *before = ": ";

	buf_adds(&m->body, "Subject: [daxrig] ");
	plain_add_line(&m->body, *number ? number : "no kernel", 40);
	if (night && *night->untested) {
		buf_adds(&m->body, ": untested");
		before = ", ";
	} else if (m->r->run->incomplete) {
		buf_adds(&m->body, ": incomplete");
		before = ", ";
	}
	for (size_t i = 0; i < ARRAY_SIZE(told); i++) {
		if (!m->counts[told[i]])
			continue;
		buf_addf(&m->body, "%s%zu %s", before, m->counts[told[i]], status_name(told[i]));
		before = ", ";
	}
	buf_adds(&m->body, "\nAuto-Submitted: auto-generated\n");
	mail_add_header(&m->body, false);
}

static void add_counts(struct mail *m)
{
	const struct render *r = m->r;
	_cleanup_free_ char *counts = xasprintf(
		"%zu cases: %zu pass, %zu fail, %zu skip, %zu error", r->nr_cases,
		r->counts[VERDICT_PASS], r->counts[VERDICT_FAIL], r->counts[VERDICT_SKIP],
		r->counts[VERDICT_ERROR]);

	mail_add_field(&m->body, "plan", r->run->plan, r->run->plan_shard);
	mail_add_wide(&m->body, "", counts);
}

/* "6.12.115+deb12-amd64, 2026-11-28" */
static void add_run(struct mail *m, const char *label, uint32_t run)
{
	const struct history *h = m->r->run->history;
	const struct history_run *one = run == HISTORY_NONE ? NULL : &h->runs[run];

	if (!one)
		mail_add_field(&m->body, label, "none is on record", NULL);
	else
		mail_add_field(&m->body, label, one->release,
			       *one->night ? one->night : one->started);
}

static void add_head(struct mail *m, const char *reason)
{
	const struct render_run *run = m->r->run;
	const struct history_run *night = night_of(m);
	_cleanup_free_ char *emulator = run->qemu && *run->qemu ? xasprintf("QEMU %s", run->qemu) :
								  NULL;

	mail_add_field(&m->body, "kernel", run->kernel_release, run->kernel_spec);
	mail_add_field(&m->body, "package", run->kernel_package, NULL);
	mail_add_field(&m->body, "config", run->kernel_config, NULL);
	mail_add_field(&m->body, "compiler", run->compiler, NULL);
	mail_add_field(&m->body, "guest", emulator, run->accel);
	mail_add_field(&m->body, "", run->geometry, NULL);
	add_counts(m);
	mail_add_field(&m->body, "run", run->path, run->started);
	if (night && night->before != HISTORY_NONE)
		add_run(m, "before", night->before);
	if (night && *night->untested)
		mail_add_field(&m->body, "untested", night->untested, NULL);
	if (run->incomplete)
		mail_add_field(&m->body, "ended", "before its last case", reason);
}

static const struct case_record *find_case(const struct mail *m, const char *name)
{
	for (size_t i = 0; i < m->r->nr_cases; i++)
		if (strcmp(m->r->cases[i]->name, name) == 0)
			return m->r->cases[i];
	return NULL;
}

static void add_tries(struct mail *m, const struct standing *s)
{
	_cleanup_free_ char *tries = NULL;

	if (!s->row)
		return;
	tries = xasprintf("in %u of %u tries", s->row->fails, s->row->tries);
	if (s->row->fails)
		mail_add_wide(&m->body, "failed", tries);
	add_run(m, "last good", s->row->last_good);
	if (s->row->first_bad != HISTORY_NONE)
		add_run(m, "first bad", s->row->first_bad);
}

/* One that is too long has a line of its own for the name: the shell reads both as one. */
static void add_again(struct mail *m, const char *name)
{
	_cleanup_buf_ struct buf again = BUF_INIT, word = BUF_INIT;
	_cleanup_free_ char *one = identity_case(name);
	size_t head;

	one[MIN(strlen(one), (size_t)LINE_BYTES)] = '\0';
	render_again(m->r->run, one, &again);
	plain_add_word(&word, one);
	head = again.len - word.len;
	if (strlen(MAIL_INDENT) + again.len > MAIL_WIDTH &&
	    strlen(MAIL_INDENT) + head < MAIL_WIDTH) {
		buf_addf(&m->body, "%-10s%.*s\\\n", "again", (int)head, again.data);
		plain_fold(&m->body,
			   strlen(MAIL_INDENT) + word.len > MAIL_WIDTH ? " " : MAIL_INDENT,
			   MAIL_INDENT, buf_str(&word), MAIL_WIDTH);
	} else {
		mail_add_wide(&m->body, "again", buf_str(&again));
	}
}

/* One case in full. */
static void add_case(struct mail *m, const struct case_record *rec)
{
	const struct standing s = render_standing(m->r, rec);
	_cleanup_buf_ struct buf story = BUF_INIT;

	add_tries(m, &s);
	add_again(m, rec->name);
	story_add(&story, rec, STORY_MAX);
	if (!story.len && rec->verdict != VERDICT_PASS)
		buf_addf(&story, "%s\n", render_reason(rec));
	while (story.len && story.data[story.len - 1] == '\n')
		story.data[--story.len] = '\0';
	buf_addc(&m->body, '\n');
	mail_add_verbatim(&m->body, buf_str(&story), STORY_MAX);
	if (rec->scenario && *rec->scenario) {
		buf_adds(&m->body, "\n    The scenario:\n\n");
		mail_add_verbatim(&m->body, rec->scenario, SCENARIO_MAX);
	}
}

static void add_kind(struct mail *m, enum status status, const struct kind *k)
{
	const struct case_record *rec = find_case(m, k->first);
	_cleanup_buf_ struct buf where = BUF_INIT;

	buf_addc(&m->body, '\n');
	mail_add_field(&m->body, status_name(status), k->first, NULL);
	if (k->cases > 1) {
		kind_add_where(k, &where);
		buf_addf(&m->body, MAIL_INDENT "and %zu more like it:\n", k->cases - 1);
		mail_add_field(&m->body, "", buf_str(&where), NULL);
	}
	if (rec)
		add_case(m, rec);
}

/* The cases of a status that are worth telling, those whose reasons differ in numbers as one. */
static void add_status(struct mail *m, enum status status)
{
	struct kinds k = KINDS_INIT;

	for (size_t i = 0; i < m->r->nr_cases; i++) {
		const struct case_record *rec = m->r->cases[i];
		const struct standing s = render_standing(m->r, rec);

		/* a flaky case that passed this time has no reason to be like others */
		if (s.status == status && s.changed)
			kinds_add(&k, rec->name,
				  rec->verdict == VERDICT_PASS ? rec->name : render_reason(rec));
	}
	kinds_sort(&k);
	for (size_t i = 0; i < MIN(k.n, KINDS_SHOWN); i++)
		add_kind(m, status, k.v[i]);
	if (k.n > KINDS_SHOWN)
		buf_addf(&m->body, "\n%-10s%zu more kinds: see 'daxrig report --kinds'\n",
			 status_name(status), k.n - KINDS_SHOWN);
	kinds_deinit(&k);
}

/* Cases of which there is nothing to show: a line each. */
static void list_rows(struct mail *m, enum status status)
{
	const struct history_run *night = night_of(m);
	size_t n = 0;

	for (size_t i = 0; night && i < night->nr_rows; i++) {
		const struct history_row *row = &night->rows[i];

		if (row->status != status)
			continue;
		if (!n++)
			buf_addc(&m->body, '\n');
		if (n <= LINES_SHOWN)
			mail_add_field(&m->body, status_name(status),
				       m->r->run->history->cases[row->of].name, NULL);
	}
	if (n > LINES_SHOWN)
		buf_addf(&m->body, "%-10sand %zu more\n", "", n - LINES_SHOWN);
}

static const char *known_name(const struct case_record *rec)
{
	const char *name = rec && rec->finding_count ? or_none(rec->findings[0].known) : "";

	return *name ? name : "in the list";
}

/* "known     12: NAME: TITLE, first CASE" */
static void list_finding(struct mail *m, const struct kind *k)
{
	const struct known *known = m->r->run->known;
	const char *name = known_name(find_case(m, k->first));
	const struct known_finding *f = known ? known_finding(known, name) : NULL;
	bool titled = f && f->title;
	_cleanup_free_ char *line = xasprintf("%zu: %s%s%s, first %s", k->cases, name,
					      titled ? ": " : "", titled ? f->title : "", k->first);

	mail_add_field(&m->body, "known", line, NULL);
}

/* The known findings by name, with how many cases showed each. */
static void list_known(struct mail *m)
{
	struct kinds k = KINDS_INIT;

	for (size_t i = 0; i < m->r->nr_cases; i++) {
		const struct case_record *rec = m->r->cases[i];

		if (render_standing(m->r, rec).status == STATUS_KNOWN)
			kinds_add(&k, rec->name, known_name(rec));
	}
	kinds_sort(&k);
	buf_adds(&m->body, k.n ? "\n" : "");
	for (size_t i = 0; i < MIN(k.n, LINES_SHOWN); i++)
		list_finding(m, k.v[i]);
	if (k.n > LINES_SHOWN)
		buf_addf(&m->body, "%-10sand %zu more findings\n", "", k.n - LINES_SHOWN);
	kinds_deinit(&k);
}

static void mail_end(struct render *r, const char *reason)
{
	struct mail m = { .r = r, .body = BUF_INIT };

	if (!worth_a_mail(&m))
		return;
	render_statuses(r, m.counts);
	add_subject(&m);
	add_head(&m, reason);
	add_status(&m, STATUS_NEW);
	add_status(&m, STATUS_REGRESSED);
	add_status(&m, STATUS_FLAKY);
	add_status(&m, STATUS_LOST);
	list_rows(&m, STATUS_FIXED);
	list_rows(&m, STATUS_GONE);
	list_rows(&m, STATUS_STILL);
	list_known(&m);
	fwrite(buf_str(&m.body), 1, m.body.len, r->out);
	buf_deinit(&m.body);
}

const struct renderer renderer_mail = {
	.name = "mail",
	.summary = "a mail with what is new, fixed and known; nothing when nothing changed",
	.end = mail_end,
};
