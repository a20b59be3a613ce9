// SPDX-License-Identifier: GPL-2.0-only
/* Building and freeing records; the judgment is in verdict.c. */
#include "verdict.h"

#include <string.h>

static char *copy(const char *s)
{
	return s ? xstrdup(s) : NULL;
}

/* A copy of at most @max bytes that counts against the record's budget. */
static char *copy_counted(struct case_record *rec, const char *s, size_t max)
{
	size_t len = s ? strnlen(s, max) : 0;

	rec->text_bytes += len;
	return s ? xstrndup(s, len) : NULL;
}

/* One more element of @size bytes behind @count, zeroed. */
static void *grow(void *array, size_t count, size_t size)
{
	char *p = array;

	/* powers of two, so that a flood of steps costs no flood of copies */
	if (!(count & (count - 1)))
		p = xrealloc(array, count ? count * 2 : 1, size);
	memset(p + count * size, 0, size);
	return p;
}

#define add_one(array, count)                                                              \
	({                                                                                 \
		(array) = grow((array), (count), sizeof(*(array)));                        \
		&(array)[(count)++];                                                       \
	})

struct case_record *case_record_create(const char *name)
{
	struct case_record *rec = xcalloc(1, sizeof(*rec));

	rec->name = xstrdup(name);
	rec->guest_end = GUEST_END_ABSENT;
	rec->verdict = VERDICT_ERROR;
	rec->reason = xstrdup("not run");
	return rec;
}

void case_record_drop_findings(struct case_record *rec)
{
	for (size_t i = 0; i < rec->finding_count; i++) {
		struct finding *f = &rec->findings[i];

		free(f->rule);
		free(f->step);
		free(f->expected);
		free(f->found);
		free(f->detail);
	}
	free(rec->findings);
	rec->findings = NULL;
	rec->finding_count = 0;
}

static void steps_free(struct case_record *rec)
{
	for (size_t i = 0; i < rec->step_count; i++) {
		struct case_step *s = &rec->steps[i];

		free(s->step);
		free(s->rule);
		free(s->expected);
		free(s->found);
		free(s->detail);
	}
	free(rec->steps);
}

void case_record_destroy(struct case_record *rec)
{
	if (!rec)
		return;
	steps_free(rec);
	case_record_drop_findings(rec);
	for (size_t i = 0; i < rec->splat_count; i++)
		splat_destroy(rec->splats[i]);
	free(rec->splats);
	for (size_t i = 0; i < rec->evidence_count; i++) {
		free(rec->evidence[i].name);
		free(rec->evidence[i].path);
		free(rec->evidence[i].text);
	}
	free(rec->evidence);
	for (size_t i = 0; i < ORACLES; i++)
		free(rec->sights[i].why);
	for (size_t i = 0; i < rec->error_count; i++)
		free(rec->errors[i]);
	free(rec->errors);
	free(rec->name);
	free(rec->scenario);
	free(rec->fs);
	free(rec->guest_reason);
	free(rec->reason);
	free(rec);
}

void case_record_add_step(struct case_record *rec, const struct case_step *step)
{
	struct case_step *s;

	if (rec->step_count >= CASE_STEPS_MAX || rec->text_bytes >= CASE_TEXT_MAX) {
		rec->dropped++;
		return;
	}
	s = add_one(rec->steps, rec->step_count);
	*s = *step;
	s->step = copy_counted(rec, step->step, CASE_LINE_MAX);
	s->rule = copy_counted(rec, step->rule, CASE_LINE_MAX);
	s->expected = copy_counted(rec, step->expected, CASE_LINE_MAX);
	s->found = copy_counted(rec, step->found, CASE_LINE_MAX);
	s->detail = copy_counted(rec, step->detail, CASE_DETAIL_MAX);
}

void case_record_add_splat(struct case_record *rec, struct splat *splat)
{
	if (rec->splat_count >= CASE_SPLATS_MAX) {
		rec->dropped++;
		splat_destroy(splat);
		return;
	}
	*add_one(rec->splats, rec->splat_count) = splat;
}

void case_record_add_evidence(struct case_record *rec, const char *name, const char *path,
			      const char *text)
{
	if (rec->evidence_count >= CASE_EVIDENCE_MAX || rec->text_bytes >= CASE_TEXT_MAX) {
		rec->dropped++;
		return;
	}
	*add_one(rec->evidence, rec->evidence_count) = (struct case_evidence){
		.name = copy_counted(rec, name, CASE_LINE_MAX),
		.path = copy(path),
		.text = copy_counted(rec, text, CASE_DETAIL_MAX),
	};
}

void case_record_see(struct case_record *rec, enum oracle oracle, enum sight sight,
		     const char *why)
{
	struct case_sight *s = &rec->sights[oracle < ORACLES ? oracle : 0];

	if (oracle >= ORACLES || sight >= SIGHTS)
		return;
	if (sight == SIGHT_LACKING || sight == SIGHT_CUT) {
		_cleanup_free_ char *text = xasprintf("%s: %s", oracle_name(oracle), why);

		case_record_add_evidence(rec, EVIDENCE_LOST, NULL, text);
	}
	if (sight <= s->sight)
		return;
	s->sight = sight;
	free(s->why);
	s->why = why && *why ? xstrndup(why, CASE_LINE_MAX) : NULL;
}

void case_record_add_error(struct case_record *rec, const char *fmt, ...)
{
	va_list ap;

	if (rec->error_count >= CASE_ERRORS_MAX) {
		rec->dropped++;
		return;
	}
	va_start(ap, fmt);
	*add_one(rec->errors, rec->error_count) = xvasprintf(fmt, ap);
	va_end(ap);
}

static bool is_oracle(const struct case_step *s)
{
	return s->step && (!strncmp(s->step, "check", 5) || !strncmp(s->step, "fsck", 4));
}

void case_record_add_timing(struct case_record *rec)
{
	struct case_timing *t = &rec->timing;
	uint64_t left = rec->duration_ns, *rest = rec->step_count ? &t->steps_ns : &t->settle_ns;
	uint64_t *const own[] = { &t->settle_ns, &t->teardown_ns, &t->oracles_ns };
	size_t n = 0;

	for (size_t i = 0; i < rec->step_count; i++) {
		const struct case_step *s = &rec->steps[i];
		uint64_t ns = MIN(s->ns, left);	/* the guest's word */

		if (!s->line)
			*own[MIN(n, ARRAY_SIZE(own) - 1)] += ns;
		else
			*(is_oracle(s) ? &t->oracles_ns : &t->steps_ns) += ns;
		n += !s->line;
		left -= ns;
	}
	if (rec->end_seen)
		rest = &t->teardown_ns;
	*rest += left;
}
