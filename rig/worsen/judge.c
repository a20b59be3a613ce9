/* SPDX-License-Identifier: GPL-2.0-only */
#include "worsen/judge.h"

#include <stdio.h>
#include <string.h>

#define NAME_MAX_LEN 32

static const char *map_file(const struct scenario *s, const char *map)
{
	for (unsigned int i = 0; i < s->nr_steps; i++)
		if (s->steps[i].verb == STEP_MAP && strcmp(s->steps[i].name, map) == 0)
			return s->steps[i].other;
	return NULL;
}

static const char *pin_file(const struct scenario *s, const char *pin)
{
	for (unsigned int i = 0; i < s->nr_steps; i++)
		if (s->steps[i].verb == STEP_PIN && strcmp(s->steps[i].name, pin) == 0)
			return map_file(s, s->steps[i].other);
	return NULL;
}

static const char *file_itself(const struct scenario *s, const char *file)
{
	for (unsigned int i = 0; i < s->nr_steps; i++)
		if (s->steps[i].verb == STEP_FILE && strcmp(s->steps[i].name, file) == 0)
			return s->steps[i].name;
	return NULL;
}

/* The file that @text speaks of: "file 'a' ...", "DMA of pin 'p' ..."; NULL: none of @s. */
static const char *file_in(const struct scenario *s, const char *text)
{
	static const struct {
		const char *before;
		const char *(*file)(const struct scenario *s, const char *name);
	} rows[] = {
		{ "file '", file_itself },
		{ "mapping '", map_file },
		{ "pin '", pin_file },
		{ "DMA of pin '", pin_file },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		size_t before = strlen(rows[i].before), len;
		char name[NAME_MAX_LEN];

		if (strncmp(text, rows[i].before, before) != 0)
			continue;
		len = strcspn(text + before, "'");
		if (len >= sizeof(name))
			return NULL;
		snprintf(name, sizeof(name), "%.*s", (int)len, text + before);
		return rows[i].file(s, name);
	}
	return NULL;
}

/* Whether a step gives one file blocks or bytes of the other. */
static bool joins(const struct step *st, const char *a, const char *b)
{
	const char *x = st->verb == STEP_FILE ? st->name : st->call.file[0];
	const char *y = st->verb == STEP_FILE ? st->other : st->call.file[1];

	return x && y && ((!strcmp(x, a) && !strcmp(y, b)) || (!strcmp(x, b) && !strcmp(y, a)));
}

/* Whether bytes of one may be in the other: they are one, or steps join them, over others, too. */
static bool related(const struct scenario *s, const char *a, const char *b)
{
	_cleanup_free_ const char **reached = xcalloc(s->nr_steps + 1, sizeof(*reached));
	size_t n = 1;

	reached[0] = a;
	for (size_t at = 0; at < n; at++) {
		if (strcmp(reached[at], b) == 0)
			return true;
		for (unsigned int i = 0; i < s->nr_steps; i++) {
			const struct step *file = &s->steps[i];
			bool known = file->verb != STEP_FILE;

			for (size_t k = 0; k < n && !known; k++)
				known = strcmp(reached[k], file->name) == 0;
			for (unsigned int j = 0; j < s->nr_steps && !known; j++)
				if (joins(&s->steps[j], reached[at], file->name)) {
					reached[n++] = file->name;
					known = true;
				}
		}
	}
	return false;
}

enum rung judge_finding(const struct scenario *s, const struct case_record *rec,
			const struct finding *f)
{
	static const char holds[] = " holds ";
	const char *found = f->found ? f->found : "", *where, *what;
	enum rung rung = rung_of_finding(rec, f);
	const char *own, *other;

	if (strncmp(f->rule, "content.", 8) != 0)
		return rung;
	if (strncmp(found, "round ", 6) == 0 && strstr(found, ": "))
		found = strstr(found, ": ") + 2;
	where = found;
	what = strstr(found, holds);
	own = file_in(s, where);
	if (!what || !own)
		return rung;
	what += strlen(holds);
	if (strncmp(what, "stale bytes", 11) == 0 || strncmp(what, "the next filesystem", 19) == 0)
		return RUNG_OTHERS;
	other = file_in(s, what);
	if (!other)
		return RUNG_OWN;
	return related(s, own, other) ? RUNG_OWN : RUNG_OTHERS;
}

static char *copy(const char *s)
{
	return xstrdup(s ? s : "");
}

static void add_finding(struct tried *t, bool *seen, enum rung rung, const struct finding *f)
{
	struct shown *on = &t->on[rung];

	if (seen[rung])
		return;
	seen[rung] = true;
	if (!on->times++) {
		on->rule = copy(f->rule);
		on->step = copy(f->step);
		on->found = copy(f->found);
	}
}

void tried_add(struct tried *t, const struct scenario *s, const struct case_record *rec)
{
	bool seen[RUNGS] = { false };

	if (rec->verdict != VERDICT_PASS && rec->verdict != VERDICT_FAIL) {
		t->none++;
		if (!t->none_why)
			t->none_why = xasprintf("%s: %s", verdict_name(rec->verdict),
						rec->reason ? rec->reason : "");
		return;
	}
	t->tries++;
	for (size_t i = 0; rec->verdict == VERDICT_FAIL && i < rec->finding_count; i++)
		add_finding(t, seen, judge_finding(s, rec, &rec->findings[i]), &rec->findings[i]);
}

enum rung tried_worst(const struct tried *t)
{
	enum rung r = 0;

	while (r < RUNG_NOTHING && !t->on[r].times)
		r++;
	return r;
}

void tried_copy(struct tried *to, const struct tried *from)
{
	*to = *from;
	to->none_why = from->none_why ? xstrdup(from->none_why) : NULL;
	for (size_t i = 0; i < RUNGS; i++) {
		if (!from->on[i].times)
			continue;
		to->on[i].rule = xstrdup(from->on[i].rule);
		to->on[i].step = xstrdup(from->on[i].step);
		to->on[i].found = xstrdup(from->on[i].found);
	}
}

void tried_deinit(struct tried *t)
{
	for (size_t i = 0; i < RUNGS; i++) {
		free(t->on[i].rule);
		free(t->on[i].step);
		free(t->on[i].found);
	}
	free(t->none_why);
	*t = (struct tried){ 0 };
}
