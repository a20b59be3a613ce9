// SPDX-License-Identifier: GPL-2.0-only
/* Shards of a plan, made up, merged into the record that one run would have written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "reports/history/identity.h"
#include "reports/record/run-json-merge.h"
#include "reports/record/run-json.h"

#define CASES 8
#define SHARDS 3

static const char *const names[CASES] = { "xfs/a", "xfs/b", "xfs/c", "xfs/d",
					  "xfs/e", "xfs/f", "xfs/g", "xfs/h" };

/* Case @name at place @place (from 1) of its run, on guest @guest. */
static struct case_record *make_case(const char *name, size_t place, unsigned int guest)
{
	struct case_record *rec = case_record_create(name);
	_cleanup_free_ char *path = xasprintf("cases/%03zu-x/tasks", place);

	rec->scenario = xstrdup("punch\n");
	rec->fs = xstrdup("xfs");
	rec->started_ns = 5000;
	rec->duration_ns = 77;
	rec->timing = (struct case_timing){ 1, 2, 3, 4, 5, 6 };
	rec->seed = UINT64_MAX;
	rec->guest = (struct case_guest){ guest, "host\033", "0123456789abcdef", -3 };
	rec->end_seen = true;
	rec->guest_end = GUEST_END_FINE;
	case_record_add_step(
		rec, &(struct case_step){ .line = 13,
					  .status = strchr("be", name[4]) ? STEP_FAIL : STEP_OK,
					  .step = (char *)"check a",
					  .rule = (char *)"content.file",
					  .expected = (char *)"e",
					  .found = (char *)"\303\244 f" });
	case_record_add_evidence(rec, "tasks", path, NULL);
	case_record_add_evidence(rec, "agent", NULL, "text");
	case_record_judge(rec);
	return rec;
}

/* What all runs here have in common; @text and @list as in struct run_record. */
static struct run_record make_run(const char *text, const char *list, const char *shard)
{
	return (struct run_record){ .version = "0.1",
				    .started = "2026-11-30T01:00:00+01:00",
				    .seed = 7,
				    .plan_name = "quick",
				    .plan_match = "xfs/?",
				    .plan_text = text,
				    .plan_list = list,
				    .plan_shard = shard,
				    .accel = "tcg",
				    .host_cpu = "one",
				    .kernel_key = "deb-6.12",
				    .geometry = "memory=1G",
				    .night = "2026-11-30",
				    .duration_ns = 2000000000,
				    .complete = true };
}

static char *list_of(char digest[IDENTITY_HASH])
{
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < CASES; i++)
		buf_addf(&b, "%s\n", names[i]);
	identity_hash(b.data, digest);
	return buf_take(&b);
}

static char *finish(struct run_record *run, struct case_record **cases, size_t n)
{
	char *text;

	run->cases = cases;
	run->case_count = n;
	text = run_json_text(run);
	for (size_t i = 0; i < n; i++)
		case_record_destroy(cases[i]);
	return text;
}

/* The record of one run of all; its guests have the numbers that merged ones get. */
static char *whole(void)
{
	struct case_record *cases[CASES];
	char digest[IDENTITY_HASH];
	_cleanup_free_ char *text = list_of(digest);
	struct run_record run = make_run(text, digest, NULL);

	for (size_t i = 0; i < CASES; i++)
		cases[i] = make_case(names[i], i + 1, (unsigned int)i + 1);
	return finish(&run, cases, CASES);
}

static char *shard(unsigned int number)
{
	struct case_record *cases[CASES];
	char digest[IDENTITY_HASH], word[24];
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct run_record run;
	size_t n = 0;

	free(list_of(digest));
	snprintf(word, sizeof(word), "%u/%u", number, SHARDS);
	for (size_t i = number - 1; i < CASES; i += SHARDS, n++) {
		cases[n] = make_case(names[i], n + 1, (unsigned int)n + 1);
		buf_addf(&text, "%s\n", names[i]);
	}
	run = make_run(buf_str(&text), digest, word);
	return finish(&run, cases, n);
}

static const char *const folders[] = { "r/A", "r/B", "r/C", "r/D" };

static struct err *merge(char *const *texts, size_t n, char **out)
{
	static const char *const argv[] = { "daxrig", "merge", "A", NULL };
	struct run_shard shards[4];
	struct run_places places[4];

	for (size_t i = 0; i < n; i++)
		shards[i] = (struct run_shard){ folders[i], texts[i], strlen(texts[i]) };
	return run_json_merge(shards, n, argv, places, out);
}

/* The member "cases" of a record. */
static char *cases_of(const char *text)
{
	const char *from = strstr(text, "\n \"cases\": ["), *to;

	assert_non_null(from);
	to = strstr(from, "\n ]");
	assert_non_null(to);
	return xstrndup(from, (size_t)(to - from));
}

/* Nothing is lost, in whatever order they are given. */
static void test_whole(void **state)
{
	_cleanup_free_ char *a = shard(1), *b = shard(2), *c = shard(3), *all = whole(),
			    *out = NULL;
	_cleanup_free_ char *merged = NULL, *expected = cases_of(all);
	_cleanup_err_ struct err *err = merge((char *[]){ c, a, b }, 3, &out);
	struct run_summary one, two;

	(void)state;
	if (err)
		fail_msg("%s", err->message);
	merged = cases_of(out);
	assert_string_equal(merged, expected);
	assert_null(run_json_parse("x", out, strlen(out), &one));
	assert_null(run_json_parse("x", all, strlen(all), &two));
	assert_string_equal(one.plan_text, two.plan_text);
	assert_string_equal(one.plan_shard, "");
	assert_string_equal(one.night, "2026-11-30");
	assert_true(one.complete);
	assert_true(one.duration_ns == 2000000000);
	assert_non_null(
		strstr(out, "\"pass\": 6,\n  \"fail\": 2,\n  \"skip\": 0,\n  \"error\": 0"));
	assert_non_null(strstr(out, "\"name\": \"B\""));
	assert_non_null(strstr(out, "\"shard\": \"2/3\""));
	assert_non_null(strstr(out, "\"argv\": [\n  \"daxrig\",\n  \"merge\""));
	run_summary_deinit(&one);
	run_summary_deinit(&two);
}

/* @text with its first @from replaced by @to. */
static char *replaced(char *text, const char *from, const char *to)
{
	char *at = strstr(text, from), *out;

	if (!at)
		fail_msg("'%s' is not in the record", from);
	out = xasprintf("%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
	free(text);
	return out;
}

#define CASE_E "\"name\": \"xfs/e\""

/* The second of three shards is changed, or another is given in its place. */
static const struct {
	const char *from, *to;
	unsigned int instead; /* of shard 2, this one; 0: shard 2, changed; 9: none */
	enum err_code code;
	const char *wrong;
} mistakes[] = {
	{ NULL, NULL, 9, ERR_INFRA, "shard 2/3 is missing" },
	{ NULL, NULL, 1, ERR_USAGE, "shard 1/3 is given twice: 'r/A' and 'r/B'" },
	{ NULL, NULL, 3, ERR_USAGE, "shard 3/3 is given twice: 'r/B' and 'r/C'" },
	{ "\"2/3\"", "null", 0, ERR_USAGE, "'r/B' is not a shard" },
	{ "\"2/3\"", "\"0/3\"", 0, ERR_INFRA, "'r/B' is damaged: its shard is '0/3'" },
	{ "\"2/3\"", "\"4/3\"", 0, ERR_INFRA, "'r/B' is damaged: its shard is '4/3'" },
	{ "\"2/3\"", "\" 2/3\"", 0, ERR_INFRA, "'r/B' is damaged: its shard is ' 2/3'" },
	{ "\"2/3\"", "\"2/3\\u001b\"", 0, ERR_INFRA, "its shard is '2/3\\x1b'" },
	{ "\"2/3\"", "\"2/4\"", 0, ERR_USAGE, "'r/A' is shard 1/3, but 'r/B' is 2/4" },
	{ "\"complete\"", "\"interrupted\"", 0, ERR_INFRA,
	  "shard 2/3 is incomplete: 'r/B' did not end" },
	{ "\"complete\",\n \"end_reason\": null", "\"x\",\n \"end_reason\": \"inter\\nrupted\"", 0,
	  ERR_INFRA, "shard 2/3 is incomplete: 'r/B' did not end: inter\\nrupted" },
	{ "\"0.1\"", "\"0.2\"", 0, ERR_USAGE,
	  "'r/A' and 'r/B' differ in the version of daxrig: '0.1' and '0.2'" },
	{ "\"quick\"", "\"full\"", 0, ERR_USAGE, "differ in the plan: 'quick' and 'full'" },
	{ "\"xfs/?\"", "null", 0, ERR_USAGE, "differ in --match: 'xfs/?' and ''" },
	{ "\"order\": \"plan\"", "\"order\": \"seed\"", 0, ERR_USAGE,
	  "differ in the order of cases" },
	{ "\"list\": \"", "\"list\": \"0", 0, ERR_USAGE, "differ in the list of cases" },
	{ "\"deb-6.12\"", "\"deb-6.1\"", 0, ERR_USAGE,
	  "differ in the kernel: 'deb-6.12' and 'deb-6.1'" },
	{ "\"tcg\"", "\"kvm\"", 0, ERR_USAGE, "differ in the accelerator: 'tcg' and 'kvm'" },
	{ "memory=1G", "memory=2G", 0, ERR_USAGE, "differ in the geometry" },
	{ "\"counts\"", "\"self_test\": \"no-pin\", \"counts\"", 0, ERR_USAGE,
	  "differ in --self-test: '' and 'no-pin'" },
	{ "\"counts\"", "\"recheck_of\": \"x\", \"counts\"", 0, ERR_USAGE, "that is rechecked" },
	{ "11-30\"", "11-29\"", 0, ERR_USAGE,
	  "differ in the night: '2026-11-30' and '2026-11-29'" },
	{ "{", "", 0, ERR_INFRA, "cannot read 'r/B'" },
	{ "\"format\": 1", "\"format\": 2", 0, ERR_INFRA, "'r/B' is of format 2" },
	{ "\"cases\"", "\"faces\"", 0, ERR_INFRA, "it has no cases" },
	{ "\"cases\": [", "\"cases\": [7,", 0, ERR_INFRA, "'r/B' is damaged: case 1" },
	{ CASE_E ",\n   \"verdict\": \"fail\"", CASE_E, 0, ERR_INFRA, "'r/B' is damaged: case 2" },
	/* a case more than the plan, another than the plan's */
	{ "\"cases\": [", "\"cases\": [{\"name\":\"xfs/n\",\"verdict\":\"pass\"},", 0, ERR_INFRA,
	  "shard 2/3 is incomplete: the cases in 'r/B' are not those of its plan" },
	{ CASE_E, "\"name\": \"xfs/n\"", 0, ERR_INFRA,
	  "shard 2/3 is incomplete: the cases in 'r/B' are not those of its plan" },
	/* evidence that leads elsewhere */
	{ "cases/002-x/tasks", "cases/001-x/tasks", 0, ERR_INFRA,
	  "'r/B' is damaged: evidence of case 2 is in 'cases/001-x/tasks'" },
	{ "cases/002-x/tasks", "cases/002-x/..", 0, ERR_INFRA, "is in 'cases/002-x/..'" },
	{ "cases/002-x/tasks", "cases/002-/../../x", 0, ERR_INFRA, "is in 'cases/002-/../../x'" },
	{ "cases/002-x/tasks", "cases/ 2-x/tasks", 0, ERR_INFRA, "is in 'cases/ 2-x/tasks'" },
	{ "cases/002-x/tasks", "cases/+2-x/tasks", 0, ERR_INFRA, "is in 'cases/+2-x/tasks'" },
	{ "cases/002-x/tasks", "/etc/passwd", 0, ERR_INFRA, "is in '/etc/passwd'" },
	{ "cases/002-x/tasks", "", 0, ERR_INFRA, "is in ''" },
};

static void test_mistakes(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(mistakes); i++) {
		_cleanup_free_ char *a = shard(1), *c = shard(3), *out = NULL;
		unsigned int instead = mistakes[i].instead;
		_cleanup_free_ char *b = shard(instead == 9 || !instead ? 2 : instead);
		_cleanup_err_ struct err *err = NULL;

		if (mistakes[i].from)
			b = replaced(b, mistakes[i].from, mistakes[i].to);
		err = instead == 9 ? merge((char *[]){ a, c }, 2, &out) :
				     merge((char *[]){ a, b, c }, 3, &out);
		if (!err)
			fail_msg("mistake %zu is merged", i);
		if (!strstr(err->message, mistakes[i].wrong) || err->code != mistakes[i].code)
			fail_msg("mistake %zu: %d '%s'", i, err->code, err->message);
		for (const char *p = err->message; *p; p++)
			assert_true(*p >= ' ' && *p < 0x7f);
		assert_null(out);
	}
}

/* All shards are of one list that is not the one they give the digest of, or not in turn. */
static void test_lists(void **state)
{
	_cleanup_free_ char *a = shard(1), *b = shard(2), *c = shard(3), *out = NULL;
	struct err *err;

	(void)state;
	err = merge((char *[]){ a }, 1, &out);
	assert_string_equal(err->message, "shard 2/3 is missing, and 1 more");
	err_free(err);
	err = merge((char *[]){ a, b, c, b }, 4, &out);
	assert_string_equal(err->message, "shard 2/3 is given twice: 'r/B' and 'r/D'");
	err_free(err);
	/* another name, in plan and cases */
	b = replaced(replaced(b, "\"xfs/b", "\"xfs/n"), "\"name\": \"xfs/b\"",
		     "\"name\": \"xfs/n\"");
	err = merge((char *[]){ a, b, c }, 3, &out);
	assert_non_null(strstr(err->message, "are not, in turn, the list"));
	err_free(err);
	/* one that another shard has */
	b = replaced(replaced(b, "\"xfs/n", "\"xfs/d"), "\"name\": \"xfs/n\"",
		     "\"name\": \"xfs/d\"");
	err = merge((char *[]){ a, b, c }, 3, &out);
	assert_non_null(strstr(err->message, "case 'xfs/d' is in shard 1/3 and in shard 2/3"));
	err_free(err);
}

/* Without a digest, as older versions wrote, sizes and names alone decide. */
static void test_sizes(void **state)
{
	_cleanup_free_ char *a = shard(1), *b = shard(3), *c = shard(2), *out = NULL;
	char digest[IDENTITY_HASH];
	_cleanup_free_ char *list = NULL;
	struct err *err;

	(void)state;
	free(list_of(digest));
	list = xasprintf("  \"list\": \"%s\",\n", digest);
	a = replaced(a, list, "");
	b = replaced(b, list, "");
	c = replaced(c, list, "");
	err = merge((char *[]){ a, b, c }, 3, &out);
	assert_null(err);
	free(take_ptr(out));
	/* the second and the third, which has a case less, exchanged */
	b = replaced(b, "\"3/3\"", "\"2/3\"");
	c = replaced(c, "\"2/3\"", "\"3/3\"");
	err = merge((char *[]){ a, b, c }, 3, &out);
	assert_string_equal(err->message, "shard 2/3 has 2 cases, not 3: 'r/B' is of another list "
					  "of cases");
	err_free(err);
}

/* A shard that began later, in another time zone; hosts and notes that differ. */
static void test_hosts(void **state)
{
	_cleanup_free_ char *a = shard(1), *b = shard(2), *c = shard(3), *out = NULL;
	struct err *err;

	(void)state;
	b = replaced(b, "01:00:00+01:00", "00:01:30+0000");
	b = replaced(b, "\"one\"", "\"two\"");
	a = replaced(a, "\"notes\": []", "\"notes\": [\"slow\", \"here\"]");
	b = replaced(b, "\"notes\": []", "\"notes\": [\"slow\", \"there\"]");
	c = replaced(c, "\"notes\": []", "\"notes\": [\"slow\"]");
	c = replaced(c, "\"seed\": \"0x0000000000000007\"", "\"seed\": \"0x0000000000000008\"");
	err = merge((char *[]){ a, b, c }, 3, &out);
	assert_null(err);
	assert_non_null(strstr(out, "\"started\": \"2026-11-30T01:00:00+01:00\",\n"
				    " \"duration_ns\": 92000000000,"));
	assert_non_null(strstr(out, "\"seed\": null,\n \"plan\""));
	assert_non_null(strstr(out, "\"name\": \"xfs/b\",\n"));
	assert_non_null(strstr(out, "\"started_ns\": 90000005000,"));
	assert_non_null(strstr(out, "\"notes\": [\n  \"slow\",\n  \"shard 1/3: here\",\n"
				    "  \"shard 2/3: there\",\n"
				    "  \"shards 1/3 and 2/3 differ in CPU: 'one' and 'two'\"\n ]"));
}

static const struct {
	struct run_places p;
	size_t number, in_whole;
} places[] = {
	{ { 1, 3, 3, 3, 8, 0, false }, 1, 1 },
	{ { 2, 3, 3, 3, 8, 3, false }, 1, 2 },
	{ { 2, 3, 3, 3, 8, 3, false }, 3, 8 },
	{ { 2, 3, 3, 3, 8, 3, false }, 4, 0 },
	{ { 2, 3, 3, 3, 8, 3, false }, 0, 0 },
	/* two rounds of three cases, in two shards: 1 3 1 3 and 2 2 */
	{ { 1, 2, 4, 2, 3, 0, false }, 2, 3 },
	{ { 1, 2, 4, 2, 3, 0, false }, 3, 4 },
	{ { 1, 2, 4, 2, 3, 0, false }, 4, 6 },
	{ { 2, 2, 2, 1, 3, 4, false }, 2, 5 },
	/* shuffled: the shards one after another */
	{ { 2, 3, 3, 3, 8, 3, true }, 1, 4 },
	{ { 2, 3, 3, 3, 8, 3, true }, 4, 0 },
	{ { 1, 1, 0, 0, 0, 0, false }, 1, 0 },
};

static void test_places(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		if (run_places_case(&places[i].p, places[i].number) != places[i].in_whole)
			fail_msg("row %zu: %zu", i,
				 run_places_case(&places[i].p, places[i].number));
	assert_int_equal(run_places_guest(&places[1].p, 1), 2);
	assert_int_equal(run_places_guest(&places[1].p, 4), 11);
	assert_int_equal(run_places_guest(&places[1].p, 0), 0);
	assert_int_equal(run_places_guest(&places[1].p, SIZE_MAX), 0);
}

/* Each of two shards repeated its cases; or ran them in the order of a seed. */
static void repeated(bool shuffled, const char *order)
{
	static const char *const plans[2][4] = {
		{ "xfs/a#1", "xfs/c#1", "xfs/a#2", "xfs/c#2" },
		{ "xfs/b#1", "xfs/b#2", NULL },
	};
	_cleanup_free_ char *out = NULL;
	char *texts[2], digest[IDENTITY_HASH];
	struct run_summary s;

	identity_hash("xfs/a\nxfs/b\nxfs/c\n", digest);
	for (size_t i = 0; i < 2; i++) {
		_cleanup_buf_ struct buf text = BUF_INIT;
		struct case_record *cases[4];
		struct run_record run;
		size_t n = 0;

		for (; n < 4 && plans[i][n]; n++) {
			cases[n] = make_case(plans[i][n], n + 1, 1);
			buf_addf(&text, "%s\n", plans[i][n]);
		}
		run = make_run(buf_str(&text), digest, i ? "2/2" : "1/2");
		run.plan_shuffled = shuffled;
		texts[i] = finish(&run, cases, n);
	}
	assert_null(merge(texts, 2, &out));
	assert_null(run_json_parse("x", out, strlen(out), &s));
	assert_string_equal(s.plan_text, order);
	run_summary_deinit(&s);
	free(texts[0]);
	free(texts[1]);
}

static void test_rounds(void **state)
{
	(void)state;
	repeated(false, "xfs/a#1\nxfs/b#1\nxfs/c#1\nxfs/a#2\nxfs/b#2\nxfs/c#2\n");
	repeated(true, "xfs/a#1\nxfs/c#1\nxfs/a#2\nxfs/c#2\nxfs/b#1\nxfs/b#2\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),  cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_lists),  cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_hosts),  cmocka_unit_test(test_places),
		cmocka_unit_test(test_rounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
