/* SPDX-License-Identifier: GPL-2.0-only */
/* Bisections of a git tree with merges, and commits that do not build; nothing is booted. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "bisect/answer-file.h"
#include "bisect/walk.h"
#include "tests/commits.h"
#include "tests/simulated.h"

/* A commit shows the finding when it is the culprit or a descendant of it. */
struct made_up {
	int culprit;
	bool fix;   /* the other way round: such a commit does not show it */
	bool both;  /* only descendants of the merge a3 show it */
	int broken; /* the commit that does not build; -1: none */
};

static bool has(int c, int what)
{
	if (c == what)
		return true;
	for (size_t i = 0; i < 3 && commits[c].parents[i] >= 0 && c != A0; i++)
		if (has(commits[c].parents[i], what))
			return true;
	return false;
}

static struct err *run_commit(void *arg, const char *spec,
			      bool (*over)(void *arg, const struct case_record *rec),
			      void *over_arg, char **folder)
{
	const struct made_up *m = arg;
	struct case_record *rec;
	int c = 0;

	(void)folder;
	while (c < COMMITS && strcmp(strrchr(spec, '@') + 1, ids[c]))
		c++;
	assert_int_not_equal(c, COMMITS);
	if (c == m->broken)
		return err_create(ERR_BUILD, "it does not build");
	rec = simulated_record(has(c, m->both ? A3 : m->culprit) != m->fix ? SIMULATED_RULE : NULL,
			       NULL, false);
	(void)over(over_arg, rec);
	case_record_destroy(rec);
	return NULL;
}

static const struct {
	const char *good, *bad;
	struct made_up of;
	enum session_end end;
	const char *last; /* the last line of the report with a commit's subject */
	const char *says;
} walks[] = {
	{ "a0", "a6", { A2, false, false, -1 }, SESSION_FOUND, "subject a2", "came in with " },
	{ "a0",
	  "a6",
	  { S3, false, false, -1 },
	  SESSION_FOUND,
	  "subject s3",
	  "continuing with the 3 commits of its other side" },
	{ "a0",
	  "a6",
	  { T1, false, false, -1 },
	  SESSION_FOUND,
	  "subject t1",
	  "continuing with the 1 commit of its other side" },
	{ "a0", "a6", { S1, false, false, S2 }, SESSION_FOUND, "subject s1", "came in with " },
	{ "a0",
	  "a6",
	  { A3, false, true, -1 },
	  SESSION_FOUND,
	  "subject a3",
	  "does not show it in 2 runs: the answer is the merge itself, as far as is known" },
	{ "a0", "a6", { X1, false, false, -1 }, SESSION_FOUND, "subject a5", "of more than two" },
	{ "a6", "a0", { S1, true, false, -1 }, SESSION_FOUND, "subject s1", "was fixed in " },
	{ "a6", "a0", { A4, true, false, A2 }, SESSION_FOUND, "subject a4", "still in " },
	{ "a0",
	  "a6",
	  { A1, false, false, A1 },
	  SESSION_FOUND,
	  NULL,
	  "which runs cannot distinguish" },
	{ "a1", "a6", { A0, false, false, -1 }, SESSION_GOOD_IS_BAD, NULL, "the good one is bad" },
	{ "a0", "s3", { A4, false, false, -1 }, SESSION_BAD_IS_GOOD, NULL, "the bad one is good" },
};

static char *last_subject(char *report)
{
	char *last = NULL, *p = report;

	while ((p = strstr(p, "subject ")) != NULL)
		last = p++;
	if (last)
		last[strcspn(last, "\n")] = '\0';
	return last;
}

/* What is kept for others is what the report ends with: "subject a2". */
static void check_answer(const char *data, const char *subject, bool fixed)
{
	_cleanup_free_ char *quoted = xasprintf(" (\"%s\")", subject ? subject + 8 : ""),
			    *label = xasprintf(" %s (", subject ? subject + 8 : "");
	struct case_record *rec = simulated_record(SIMULATED_RULE, NULL, false);
	struct case_record *other = simulated_record(rules[RULE_RESIDUE_FSCK].name, NULL, false);
	struct bisect_found f;

	answer_file_find(data, "xfs/b", rec, &f);
	assert_null(f.good);
	answer_file_find(data, "xfs/a", other, &f);
	assert_null(f.good);
	answer_file_find(data, "xfs/a", rec, &f);
	case_record_destroy(rec);
	case_record_destroy(other);
	if (!subject != !f.commit || (subject && strcmp(f.commit + 12, quoted)))
		fail_msg("the answer is %s, not %s", f.commit, quoted);
	if (subject) {
		assert_int_equal(f.fixed, fixed);
		assert_non_null(strstr(fixed ? f.good : f.bad, label));
		assert_null(strstr(fixed ? f.bad : f.good, label));
	}
	bisect_found_deinit(&f);
}

static void test_walks(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(walks); i++) {
		struct made_up of = walks[i].of;
		struct session_options o = { .confidence = 0.99,
					     .max_runs = 200,
					     .patience = 9,
					     .runner = { run_commit, &of } };
		_cleanup_free_ char *dir = xasprintf("%s/%zu/bisect/a", tree, i),
				    *data = xasprintf("%s/%zu", tree, i);
		enum session_end end = SESSION_STUCK;
		struct bisect_log log;
		struct candidates h;
		char *report = NULL, *subject;
		size_t size;
		FILE *out = open_memstream(&report, &size);

		assert_null(of_tree(walks[i].good, walks[i].bad, &h));
		assert_null(bisect_log_open(&log, dir, "case xfs/a\n", false));
		assert_null(bisect_walk(&h, &log, &o, out, &end));
		fclose(out);
		if (end != walks[i].end || !strstr(report, walks[i].says))
			fail_msg("walk %zu: end %d\n%s", i, end, report);
		subject = last_subject(report);
		if (!subject != !walks[i].last || (subject && strcmp(subject, walks[i].last)))
			fail_msg("walk %zu: found %s, expected %s", i, subject, walks[i].last);
		check_answer(data, walks[i].last, of.fix);
		assert_int_equal(h.n, 0);
		free(report);
		bisect_log_close(&log);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_walks),
	};

	return cmocka_run_group_tests(tests, make_tree, remove_tree);
}
