// SPDX-License-Identifier: GPL-2.0-only
/* Building and freeing records; the judgment is in verdict.c. */
#include "reports/record/verdict.h"

#include <string.h>

static char *copy(const char *s)
{
	return s ? xstrdup(s) : NULL;
}

/* Copies at most @max bytes, and counts them against the record's budget. */
static char *copy_counted(struct case_record *rec, const char *s, size_t max)
{
	size_t len = s ? strnlen(s, max) : 0;

	rec->text_bytes += len;
	return s ? xstrndup(s, len) : NULL;
}

/* The same, but cuts the middle out: the end of a log or a trace tells most. */
static char *copy_ends(struct case_record *rec, const char *s, size_t max)
{
	struct buf b = BUF_INIT;

	if (!s)
		return NULL;
	buf_add_middle_cut(&b, s, strlen(s), max);
	rec->text_bytes += b.len;
	return buf_take(&b);
}

/* Appends a zeroed element of @size bytes after the first @count. */
static void *grow(void *array, size_t count, size_t size)
{
	char *p = array;

	/* grow to powers of two, so that many steps do not cost many copies */
	if (!(count & (count - 1)))
		p = xrealloc(array, count ? count * 2 : 1, size);
	memset(p + count * size, 0, size);
	return p;
}

#define add_one(array, count)                                                                      \
	({                                                                                         \
		(array) = grow((array), (count), sizeof(*(array)));                                \
		&(array)[(count)++];                                                               \
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

/* Each of these leaves the first @keep of a list. */
static void keep_findings(struct case_record *rec, size_t keep)
{
	while (rec->finding_count > keep) {
		struct finding *f = &rec->findings[--rec->finding_count];

		free(f->rule);
		free(f->step);
		free(f->expected);
		free(f->found);
		free(f->detail);
		free(f->known);
	}
}

static void keep_steps(struct case_record *rec, size_t keep)
{
	while (rec->step_count > keep) {
		struct case_step *s = &rec->steps[--rec->step_count];

		free(s->step);
		free(s->rule);
		free(s->expected);
		free(s->found);
		free(s->detail);
	}
}

static void keep_splats(struct case_record *rec, size_t keep)
{
	while (rec->splat_count > keep)
		splat_destroy(rec->splats[--rec->splat_count]);
}

static void keep_evidence(struct case_record *rec, size_t keep)
{
	while (rec->evidence_count > keep) {
		struct case_evidence *e = &rec->evidence[--rec->evidence_count];

		free(e->name);
		free(e->path);
		free(e->text);
	}
}

static void keep_errors(struct case_record *rec, size_t keep)
{
	while (rec->error_count > keep)
		free(rec->errors[--rec->error_count]);
}

void case_record_drop_findings(struct case_record *rec)
{
	keep_findings(rec, 0);
	free(rec->findings);
	rec->findings = NULL;
}

void case_record_destroy(struct case_record *rec)
{
	if (!rec)
		return;
	case_record_drop_findings(rec);
	keep_steps(rec, 0);
	free(rec->steps);
	keep_splats(rec, 0);
	free(rec->splats);
	keep_evidence(rec, 0);
	free(rec->evidence);
	for (size_t i = 0; i < ORACLES; i++)
		free(rec->sights[i].why);
	keep_errors(rec, 0);
	free(rec->errors);
	free(rec->name);
	free(rec->scenario);
	free(rec->fs);
	free(rec->guest_reason);
	free(rec->reason);
	free(rec->raw);
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
	s->detail = copy_ends(rec, step->detail, CASE_DETAIL_MAX);
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
		.text = copy_ends(rec, text, CASE_DETAIL_MAX),
	};
}

void case_record_see(struct case_record *rec, enum oracle oracle, enum sight sight, const char *why)
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

/*
 * In JSON one byte may take five, and an element without text some 200. These bound the
 * text and the number of elements of all lists together, and leave space for the scenario.
 */
#define TRIM_FINDINGS (48u << 10)
#define TRIM_STEPS (32u << 10)
#define TRIM_EVIDENCE (32u << 10)
#define TRIM_ERRORS (8u << 10)
#define TRIM_THING 64u
#define TRIM_SPLATS 4u /* 25 KB each at most, printable */

static void cut(char **s, size_t *left)
{
	size_t len = *s ? strlen(*s) : 0, keep = MIN(MIN(len, *left), CASE_LINE_MAX);

	*left -= keep;
	if (keep == len)
		return;
	*s = xrealloc(*s, keep + 1, 1);
	(*s)[keep] = '\0';
}

/* The same for a text of several lines: cuts the middle out. */
static void cut_middle(char **s, size_t *left)
{
	size_t len = *s ? strlen(*s) : 0, max = MIN(*left, CASE_LINE_MAX);
	struct buf b = BUF_INIT;

	if (len > max) {
		buf_add_middle_cut(&b, *s, len, max);
		len = b.len;
		free(*s);
		*s = buf_take(&b);
	}
	*left -= len;
}

/* Whether one more element fits. */
static bool has_room(size_t *left)
{
	if (*left < TRIM_THING)
		return false;
	*left -= TRIM_THING;
	return true;
}

/*
 * Swaps the first finding that no list knows to @last, the last place that is certain to be
 * kept: it makes the case new.
 */
static void keep_new(struct case_record *rec, size_t last)
{
	size_t i = 0;

	while (i < rec->finding_count && rec->findings[i].known)
		i++;
	if (i < rec->finding_count && i > last) {
		struct finding f = rec->findings[i];

		rec->findings[i] = rec->findings[last];
		rec->findings[last] = f;
	}
}

/* The most bytes of a finding, of five texts. */
#define TRIM_FINDING (TRIM_THING + 5 * CASE_LINE_MAX)

static void trim_findings(struct case_record *rec)
{
	size_t left = TRIM_FINDINGS, i;

	keep_new(rec, TRIM_FINDINGS / TRIM_FINDING - 1);
	for (i = 0; i < rec->finding_count && has_room(&left); i++) {
		cut(&rec->findings[i].rule, &left);
		cut(&rec->findings[i].found, &left);
		cut(&rec->findings[i].expected, &left);
		cut(&rec->findings[i].step, &left);
		cut_middle(&rec->findings[i].detail, &left);
	}
	keep_findings(rec, i);
}

static void trim_steps(struct case_record *rec)
{
	size_t left = TRIM_STEPS, i;

	for (i = 0; i < rec->step_count && has_room(&left); i++) {
		cut(&rec->steps[i].step, &left);
		cut(&rec->steps[i].rule, &left);
		cut(&rec->steps[i].found, &left);
		cut(&rec->steps[i].expected, &left);
		cut_middle(&rec->steps[i].detail, &left);
	}
	keep_steps(rec, i);
}

static void trim_evidence(struct case_record *rec)
{
	size_t left = TRIM_EVIDENCE, i;

	for (i = 0; i < rec->evidence_count && has_room(&left); i++) {
		cut(&rec->evidence[i].name, &left);
		cut(&rec->evidence[i].path, &left);
		cut_middle(&rec->evidence[i].text, &left);
	}
	keep_evidence(rec, i);
}

static void trim_errors(struct case_record *rec)
{
	size_t left = TRIM_ERRORS, i;

	for (i = 0; i < rec->error_count && has_room(&left); i++)
		cut(&rec->errors[i], &left);
	keep_errors(rec, i);
}

void case_record_trim(struct case_record *rec, const char *path)
{
	const struct case_record was = *rec;
	_cleanup_free_ char *text = NULL;

	trim_findings(rec);
	trim_steps(rec);
	keep_splats(rec, TRIM_SPLATS);
	trim_evidence(rec);
	trim_errors(rec);
	text = xasprintf("%s: here are %zu of %zu findings, %zu of %zu steps, %zu of %zu "
			 "splats, %zu of %zu pieces of evidence, texts cut",
			 path ? "all of this record" : "the rest was not kept", rec->finding_count,
			 was.finding_count, rec->step_count, was.step_count, rec->splat_count,
			 was.splat_count, rec->evidence_count, was.evidence_count);
	rec->text_bytes = 0;
	case_record_add_evidence(rec, "record", path, text);
}

size_t case_record_tests(const struct case_record *rec, size_t counts[STEP_ERROR + 1])
{
	size_t n = 0;

	for (size_t i = 0; i < rec->step_count; i++) {
		if (!rec->steps[i].test)
			continue;
		n++;
		if (counts)
			counts[rec->steps[i].status]++;
	}
	return n;
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
		uint64_t ns = MIN(s->ns, left); /* the guest reports it: do not trust it */

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
