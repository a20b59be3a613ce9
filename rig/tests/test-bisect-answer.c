/* SPDX-License-Identifier: GPL-2.0-only */
/* Whether a record shows the finding, and the outcome of several records together. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#include "bisect/answer.h"

struct shape {
	const char *fails; /* the rule of a step that fails; NULL: none */
	const char *also;  /* the rule of another failed step */
	const char *splat; /* title of a splat */
	bool panicked;	   /* the kernel panicked with the splat */
	enum guest_end guest_end;
	bool cut; /* the case did not reach its end */
	bool skips;
	const char *error; /* an error of the rig */
};

static struct case_record *make(const struct shape *s)
{
	struct case_record *rec = case_record_create("xfs/c");

	rec->guest_end = s->guest_end;
	rec->end_seen = !s->cut;
	rec->guest.number = 1;
	case_record_add_step(rec, &(struct case_step){ .line = 1, .step = (char *)"file a 4K" });
	if (s->fails)
		case_record_add_step(rec, &(struct case_step){ .line = 2,
							       .rule = (char *)s->fails,
							       .status = STEP_FAIL,
							       .step = (char *)"expect t blocks" });
	if (s->also)
		case_record_add_step(rec, &(struct case_step){ .line = 3,
							       .rule = (char *)s->also,
							       .status = STEP_FAIL,
							       .step = (char *)"check a" });
	if (s->skips)
		case_record_add_step(rec, &(struct case_step){ .line = 4,
							       .status = STEP_SKIP,
							       .found = (char *)"no such pin" });
	if (s->splat) {
		struct splat *splat = xcalloc(1, sizeof(*splat));

		*splat = (struct splat){ .cls = SPLAT_WARNING,
					 .title = xstrdup(s->splat),
					 .excerpt = xstrdup("line\n"),
					 .panicked = s->panicked };
		case_record_add_splat(rec, splat);
	}
	if (s->error)
		case_record_add_error(rec, "%s", s->error);
	case_record_judge(rec);
	return rec;
}

#define WAITS "contract.waits"
#define TITLE "WARNING in dax_disassociate_entry"

static const struct {
	const char *what;
	struct shape shape;
	struct sought sought;
	enum outcome outcome;
	const char *why; /* a part of it */
} rows[] = {
	{ "a pass", { 0 }, { (char *)WAITS, NULL }, OUTCOME_NOT_SHOWN, "passed" },
	{ "the rule", { .fails = WAITS }, { (char *)WAITS, NULL }, OUTCOME_SHOWN, WAITS },
	{ "the rule as the second finding",
	  { .fails = "contract.errno", .also = WAITS },
	  { (char *)WAITS, NULL },
	  OUTCOME_SHOWN,
	  "contract.errno" },
	{ "another rule, to the end",
	  { .fails = "contract.errno" },
	  { (char *)WAITS, NULL },
	  OUTCOME_NOT_SHOWN,
	  "failed in another way: contract.errno" },
	{ "another rule, cut off",
	  { .fails = "contract.errno", .cut = true },
	  { (char *)WAITS, NULL },
	  OUTCOME_NONE,
	  "did not reach its end" },
	{ "the rule, cut off",
	  { .fails = WAITS, .cut = true },
	  { (char *)WAITS, NULL },
	  OUTCOME_SHOWN,
	  WAITS },
	{ "the rule and a splat",
	  { .fails = WAITS, .splat = "BUG in x" },
	  { (char *)WAITS, NULL },
	  OUTCOME_SHOWN,
	  "" },
	{ "a splat instead",
	  { .splat = "BUG in x" },
	  { (char *)WAITS, NULL },
	  OUTCOME_NONE,
	  "another splat: BUG in x" },
	{ "another rule and a splat",
	  { .fails = "contract.errno", .splat = "BUG in x" },
	  { (char *)WAITS, NULL },
	  OUTCOME_NONE,
	  "another splat: BUG in x" },
	{ "the splat",
	  { .splat = TITLE },
	  { (char *)"splat", (char *)TITLE },
	  OUTCOME_SHOWN,
	  TITLE },
	{ "the splat by a title alone",
	  { .splat = TITLE },
	  { NULL, (char *)TITLE },
	  OUTCOME_SHOWN,
	  TITLE },
	{ "the splat by a glob",
	  { .splat = TITLE },
	  { NULL, (char *)"WARNING in dax_*" },
	  OUTCOME_SHOWN,
	  TITLE },
	{ "a title that does not match itself as a glob",
	  { .splat = "BUG in f[1]" },
	  { NULL, (char *)"BUG in f[1]" },
	  OUTCOME_SHOWN,
	  "BUG" },
	{ "another splat",
	  { .splat = "WARNING in iomap" },
	  { (char *)"splat", (char *)TITLE },
	  OUTCOME_NONE,
	  "another splat: WARNING in iomap" },
	{ "any splat",
	  { .splat = "WARNING in iomap" },
	  { (char *)"splat", NULL },
	  OUTCOME_SHOWN,
	  "iomap" },
	{ "a rule where a splat is sought",
	  { .fails = WAITS },
	  { NULL, (char *)TITLE },
	  OUTCOME_NOT_SHOWN,
	  "failed in another way" },
	{ "the rule without the splat",
	  { .fails = WAITS },
	  { (char *)WAITS, (char *)TITLE },
	  OUTCOME_NOT_SHOWN,
	  "failed in another way" },
	{ "the rule with the splat",
	  { .fails = WAITS, .splat = TITLE },
	  { (char *)WAITS, (char *)TITLE },
	  OUTCOME_SHOWN,
	  "" },
	{ "the panic",
	  { .splat = "BUG in x", .panicked = true, .guest_end = GUEST_END_PANIC },
	  { (char *)"guest.panic", NULL },
	  OUTCOME_SHOWN,
	  "" },
	{ "a panic",
	  { .splat = "BUG in x", .panicked = true, .guest_end = GUEST_END_PANIC },
	  { (char *)WAITS, NULL },
	  OUTCOME_NONE,
	  "another splat" },
	{ "a panic without a splat",
	  { .guest_end = GUEST_END_PANIC, .cut = true },
	  { (char *)WAITS, NULL },
	  OUTCOME_NONE,
	  "did not reach its end" },
	{ "the hang",
	  { .guest_end = GUEST_END_SILENT, .cut = true },
	  { (char *)"liveness.hang", NULL },
	  OUTCOME_SHOWN,
	  "liveness.hang" },
	{ "a hang",
	  { .guest_end = GUEST_END_SILENT, .cut = true },
	  { (char *)WAITS, NULL },
	  OUTCOME_NONE,
	  "did not reach its end" },
	{ "another fail and a hang",
	  { .fails = "contract.errno", .guest_end = GUEST_END_SILENT },
	  { (char *)WAITS, NULL },
	  OUTCOME_NONE,
	  "did not reach its end" },
	{ "a guest that was killed",
	  { .guest_end = GUEST_END_KILLED, .cut = true },
	  { (char *)WAITS, NULL },
	  OUTCOME_NONE,
	  "error: " },
	{ "no guest",
	  { .guest_end = GUEST_END_ABSENT, .error = "no guest: it did not speak" },
	  { (char *)WAITS, NULL },
	  OUTCOME_NO_BOOT,
	  "did not speak" },
	{ "the rule under a broken rig",
	  { .fails = WAITS, .error = "no gate" },
	  { (char *)WAITS, NULL },
	  OUTCOME_NONE,
	  "error: no gate" },
	{ "a skip", { .skips = true }, { (char *)WAITS, NULL }, OUTCOME_NONE, "skipped: " },
};

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct case_record *rec = make(&rows[i].shape);
		_cleanup_free_ char *why = NULL;
		enum outcome outcome = answer_of(rec, &rows[i].sought, &why);

		if (outcome != rows[i].outcome || !strstr(why, rows[i].why))
			fail_msg("%s: %s, '%s'", rows[i].what, outcome_name(outcome), why);
		case_record_destroy(rec);
	}
}

static const struct {
	struct shape shape;
	const char *rule, *title, *text;
} lessons[] = {
	{ { .fails = WAITS, .also = "content.dma" }, "content.dma", NULL, "content.dma" },
	{ { .splat = TITLE }, "splat", TITLE, "the splat '" TITLE "'" },
	{ { .guest_end = GUEST_END_SILENT }, "liveness.hang", NULL, "liveness.hang" },
	{ { 0 }, NULL, NULL, "any finding" },
	{ { .skips = true }, NULL, NULL, "any finding" },
	{ { .fails = WAITS, .error = "no gate" }, NULL, NULL, "any finding" },
};

static void check_same(const char *a, const char *b)
{
	assert_int_equal(!a, !b);
	if (a)
		assert_string_equal(a, b);
}

/* answer_of() finds what sought_learn() learned. */
static void test_learn(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lessons); i++) {
		struct case_record *rec = make(&lessons[i].shape);
		_cleanup_free_ char *text = NULL, *why = NULL;
		struct sought s = { 0 };

		assert_int_equal(sought_learn(&s, rec), lessons[i].rule != NULL);
		assert_int_equal(sought_known(&s), lessons[i].rule != NULL);
		text = sought_text(&s);
		assert_string_equal(text, lessons[i].text);
		if (lessons[i].rule) {
			assert_int_equal(answer_of(rec, &s, &why), OUTCOME_SHOWN);
			assert_string_equal(s.rule, lessons[i].rule);
			assert_non_null(strstr(rec->reason, lessons[i].title ? TITLE : s.rule));
		}
		check_same(s.title, lessons[i].title);
		sought_deinit(&s);
		case_record_destroy(rec);
	}
}

static const struct shape pass, shown = { .fails = WAITS }, lost = { .splat = "BUG in x" },
				absent = { .guest_end = GUEST_END_ABSENT, .error = "no guest" };

static const struct {
	const struct shape *tries[4];
	enum outcome outcome;
} runs[] = {
	{ { NULL }, OUTCOME_NONE },
	{ { &pass }, OUTCOME_NOT_SHOWN },
	{ { &pass, &lost, &shown }, OUTCOME_SHOWN },
	{ { &pass, &lost }, OUTCOME_NOT_SHOWN },
	{ { &pass, &lost, &lost }, OUTCOME_NONE },
	{ { &lost }, OUTCOME_NONE },
	{ { &absent }, OUTCOME_NO_BOOT },
	{ { &absent, &lost }, OUTCOME_NONE },
	{ { &absent, &absent, &pass }, OUTCOME_NO_BOOT },
};

static void test_tries(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(runs); i++) {
		struct sought s = { .rule = (char *)WAITS };
		struct tries t = { 0 };
		const char *why;
		size_t n = 0;

		for (; n < 4 && runs[i].tries[n]; n++) {
			struct case_record *rec = make(runs[i].tries[n]);

			tries_add(&t, rec, &s);
			case_record_destroy(rec);
		}
		assert_int_equal(t.guests, n);
		if (tries_outcome(&t, &why) != runs[i].outcome)
			fail_msg("run %zu: %s, '%s'", i, outcome_name(tries_outcome(&t, &why)),
				 why);
		assert_true(*why);
		tries_deinit(&t);
	}
}

/* Without a finding to search for, passes count, and the first failure defines the finding. */
static void test_tries_learn(void **state)
{
	struct case_record *p = make(&pass), *f = make(&shown),
			   *other = make(&(struct shape){ .fails = "contract.errno" });
	struct sought s = { 0 };
	struct tries t = { 0 };

	(void)state;
	assert_int_equal(tries_add(&t, p, &s), OUTCOME_NOT_SHOWN);
	assert_false(sought_known(&s));
	assert_int_equal(tries_add(&t, f, &s), OUTCOME_SHOWN);
	assert_string_equal(s.rule, WAITS);
	assert_int_equal(tries_add(&t, other, &s), OUTCOME_NOT_SHOWN);
	assert_string_equal(s.rule, WAITS);
	tries_deinit(&t);
	sought_deinit(&s);
	case_record_destroy(p);
	case_record_destroy(f);
	case_record_destroy(other);
}

static void test_names(void **state)
{
	enum outcome o;

	(void)state;
	for (size_t i = 0; i < OUTCOMES; i++) {
		assert_true(outcome_by_name(outcome_name((enum outcome)i), &o));
		assert_int_equal(o, i);
	}
	assert_false(outcome_by_name("", &o));
	assert_false(outcome_by_name("showns", &o));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),  cmocka_unit_test(test_learn),
		cmocka_unit_test(test_tries), cmocka_unit_test(test_tries_learn),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
