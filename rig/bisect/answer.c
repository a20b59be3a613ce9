// SPDX-License-Identifier: GPL-2.0-only
#include "bisect/answer.h"

#include <string.h>

#include "base/glob.h"

#define WHY_MAX 300 /* bytes */

static const char *const outcome_names[OUTCOMES] = {
	[OUTCOME_SHOWN] = "shown",    [OUTCOME_NOT_SHOWN] = "not shown",
	[OUTCOME_NONE] = "no answer", [OUTCOME_NO_BOOT] = "no boot",
	[OUTCOME_UNFIT] = "unfit",
};

const char *outcome_name(enum outcome outcome)
{
	return outcome_names[outcome];
}

bool outcome_by_name(const char *name, enum outcome *out)
{
	for (size_t i = 0; i < OUTCOMES; i++) {
		if (strcmp(name, outcome_names[i]) == 0) {
			*out = (enum outcome)i;
			return true;
		}
	}
	return false;
}

bool sought_known(const struct sought *s)
{
	return s->rule || s->title;
}

char *sought_text(const struct sought *s)
{
	struct buf b = BUF_INIT;

	if (!sought_known(s))
		buf_adds(&b, "any finding");
	if (s->rule && !(s->title && rule_is(s->rule, RULE_SPLAT)))
		buf_adds(&b, s->rule);
	if (s->title) {
		buf_adds(&b, b.len ? " with the splat '" : "the splat '");
		buf_add_escaped(&b, s->title, strlen(s->title), WHY_MAX);
		buf_addc(&b, '\'');
	}
	return buf_take(&b);
}

/* The finding that the reason names; it need not be the first. */
static const struct finding *named_finding(const struct case_record *rec)
{
	for (size_t i = 0; i < rec->finding_count; i++) {
		size_t n = strlen(rec->findings[i].rule);

		if (strncmp(rec->reason, rec->findings[i].rule, n) == 0 &&
		    (rec->reason[n] == ':' || rec->reason[n] == ' '))
			return &rec->findings[i];
	}
	return &rec->findings[0];
}

bool sought_learn(struct sought *s, const struct case_record *rec)
{
	const struct finding *f;

	if (rec->verdict != VERDICT_FAIL || !rec->finding_count)
		return false;
	f = named_finding(rec);
	s->rule = xstrdup(f->rule);
	if (rule_is(f->rule, RULE_SPLAT) && f->found)
		s->title = xstrdup(f->found);
	return true;
}

void sought_deinit(struct sought *s)
{
	free(s->rule);
	free(s->title);
	*s = (struct sought){ 0 };
}

/* Compares literally as well as by glob: a title may contain special characters of globs. */
static bool is_sought(const char *sought, const char *name)
{
	return name && (!strcmp(sought, name) || glob_match(sought, name));
}

static bool has_title(const struct case_record *rec, const char *title)
{
	for (size_t i = 0; i < rec->splat_count; i++)
		if (is_sought(title, rec->splats[i]->title) ||
		    is_sought(title, rec->splats[i]->signature))
			return true;
	return false;
}

/* The finding that matches @s; for a title alone, one of any rule with such a splat; NULL: none. */
static const struct finding *find_sought(const struct case_record *rec, const struct sought *s)
{
	if (s->title && !has_title(rec, s->title))
		return NULL;
	for (size_t i = 0; i < rec->finding_count; i++)
		if (strcmp(rec->findings[i].rule, s->rule ? s->rule : rules[RULE_SPLAT].name) == 0)
			return &rec->findings[i];
	return NULL;
}

static char *words(const char *before, const char *text)
{
	struct buf b = BUF_INIT;

	buf_adds(&b, before);
	if (text)
		buf_add_escaped(&b, text, strlen(text), WHY_MAX);
	return buf_take(&b);
}

enum outcome answer_of(const struct case_record *rec, const struct sought *s, char **why)
{
	if (rec->guest_end == GUEST_END_ABSENT) {
		*why = words("no guest booted: ", rec->reason);
		return OUTCOME_NO_BOOT;
	}
	if (rec->verdict == VERDICT_FAIL && find_sought(rec, s)) {
		*why = words("", rec->reason);
		return OUTCOME_SHOWN;
	}
	if (rec->verdict == VERDICT_PASS) {
		*why = xstrdup("passed");
		return OUTCOME_NOT_SHOWN;
	}
	if (rec->verdict == VERDICT_SKIP || rec->verdict == VERDICT_ERROR) {
		*why = words(rec->verdict == VERDICT_SKIP ? "skipped: " : "error: ", rec->reason);
		return OUTCOME_NONE;
	}
	if (rec->splat_count) {
		*why = words("another splat: ", rec->splats[0]->title);
		return OUTCOME_NONE;
	}
	if (rec->guest_end != GUEST_END_FINE || !rec->end_seen) {
		*why = words("the case did not reach its end: ", rec->reason);
		return OUTCOME_NONE;
	}
	*why = words("failed in another way: ", rec->reason);
	return OUTCOME_NOT_SHOWN;
}

enum outcome tries_add(struct tries *t, const struct case_record *rec, struct sought *s)
{
	_cleanup_free_ char *why = NULL;
	struct sought nothing = { .rule = (char *)"" };
	enum outcome outcome;

	if (!sought_known(s))
		(void)sought_learn(s, rec);
	outcome = answer_of(rec, sought_known(s) ? s : &nothing, &why);
	t->records++;
	t->guests = MAX(MAX(t->guests, rec->guest.number), t->records);
	t->counts[outcome]++;
	if (!t->why[outcome])
		t->why[outcome] = take_ptr(why);
	return outcome;
}

bool trying_over(void *arg, const struct case_record *rec)
{
	struct trying *t = arg;

	return tries_add(&t->tries, rec, t->sought) == OUTCOME_SHOWN;
}

enum outcome tries_outcome(const struct tries *t, const char **why)
{
	size_t none = t->records - t->counts[OUTCOME_SHOWN] - t->counts[OUTCOME_NOT_SHOWN];
	enum outcome outcome = OUTCOME_NONE;

	if (t->counts[OUTCOME_SHOWN])
		outcome = OUTCOME_SHOWN;
	else if (t->counts[OUTCOME_NOT_SHOWN] && t->counts[OUTCOME_NOT_SHOWN] >= none)
		outcome = OUTCOME_NOT_SHOWN;
	else if (t->counts[OUTCOME_NO_BOOT] > t->counts[OUTCOME_NONE])
		outcome = OUTCOME_NO_BOOT;
	*why = t->why[outcome];
	if (!*why)
		*why = "no case ran";
	return outcome;
}

void tries_deinit(struct tries *t)
{
	for (size_t i = 0; i < OUTCOMES; i++)
		free(t->why[i]);
	*t = (struct tries){ 0 };
}
