/* SPDX-License-Identifier: GPL-2.0-only */
/* Three nights of two kernels, in which each status occurs. */
#ifndef REPORTS_TESTS_SMALL_HISTORY_H
#define REPORTS_TESTS_SMALL_HISTORY_H

#include "reports/history/history.h"
#include "reports/history/identity.h"
#include "reports/record/run-json.h"

/*
 * What a case does in a run: "." passes, "-" skips, "e" error, "l" lost, " " is not there;
 * "k" fails by the known finding, "u", "v" by unknown ones, "f" fails in 2 of 6 tries,
 * "5" passes five times.
 */
struct small_case {
	const char *name;
	const char *runs; /* by run */
};

static const struct small_case small_cases[] = {
	/* runs: 6.1 and 6.12 in each of the nights */
	{ "ext2/skips", "------" },	  { "ext4/fixed", "u.5.5." },
	{ "ext4/flaky", ".f.f.f" },	  { "ext4/gone", "..... " },
	{ "ext4/lost", "....el" },	  { "xfs/4k/known", "k.k.k." },
	{ "xfs/4k/new", "     u" },	  { "xfs/4k/still", ".v.v.v" },
	{ "xfs/4k/regressed", ".....v" }, { "xfs/4k/passes", "......" },
};

#define SMALL_RUNS 6
#define SMALL_UNTESTED 2 /* 6.1 in the second night */

static inline uint32_t small_finding(struct history *h, char c)
{
	static const struct history_finding known = {
		.rule = (char *)"splat",
		.found = (char *)"WARNING in dax_insert_entry",
		.expected = (char *)"no report",
		.example = (char *)"WARNING in dax_insert_entry",
		.known = (char *)"shared-mixed-sizes",
	};
	static const struct history_finding waits = {
		.rule = (char *)"contract.waits",
		.found = (char *)"'t' returned after N ms",
		.expected = (char *)"waits until the release",
		.example = (char *)"'t' returned after 17 ms",
	};
	static const struct history_finding bytes = {
		.rule = (char *)"content.file",
		.found = (char *)"offset N holds \"old\" & <new>",
		.expected = (char *)"zeroes",
		.example = (char *)"offset 0x1000 holds \"old\" & <new>",
	};

	return history_finding(h, c == 'k' ? &known : c == 'v' ? &bytes : &waits);
}

static inline bool small_row(struct history *h, struct history_row *row, char c)
{
	if (c == ' ')
		return false;
	row->verdict = c == '-' ? VERDICT_SKIP : c == 'e' ? VERDICT_ERROR : VERDICT_PASS;
	row->lost = c == 'l';
	row->tries = c == '5' ? 5 : 0;
	if (c != 'k' && c != 'u' && c != 'v' && c != 'f')
		return true;
	row->verdict = VERDICT_FAIL;
	row->findings = xcalloc(1, sizeof(*row->findings));
	row->findings[0] = small_finding(h, c);
	row->nr_findings = 1;
	row->tries = c == 'k' ? 1 : 6;
	row->fails = c == 'f' ? 2 : row->tries;
	return true;
}

static inline char *small_text(const char *name)
{
	return xasprintf("# %s\nfile a 4M\ncheck a < b\n", name);
}

static inline void small_run(struct history *h, unsigned int r, const char *folder)
{
	struct history_run run = { 0 };
	bool old = r % 2 == 0;
	unsigned int night = 28 + r / 2;

	run.name = xasprintf("202611%02u-0%u0000-7", night, 2 + r % 2);
	run.path = xasprintf("%s/%s/run.json", folder, run.name);
	run.night = xasprintf("2026-11-%02u", night);
	run.started = xasprintf("2026-11-%02uT0%u:00:00+00:00", night, 2 + r % 2);
	run.spec = xstrdup(old ? "deb:6.1" : "deb:6.12");
	run.release = xasprintf("%s.%u-amd64", old ? "6.1" : "6.12", 100 + r / 2);
	run.key = xasprintf("deb-%s", run.release);
	run.plan = xstrdup("quick");
	run.geometry = xstrdup("memory=1G");
	run.accel = xstrdup("kvm");
	run.duration_ns = 61000000000;
	run.complete = true;
	run.rows = xcalloc(ARRAY_SIZE(small_cases), sizeof(*run.rows));
	for (size_t i = 0; r != SMALL_UNTESTED && i < ARRAY_SIZE(small_cases); i++) {
		_cleanup_free_ char *text = small_text(small_cases[i].name);
		char hash[IDENTITY_HASH];

		identity_scenario(text, hash);
		run.rows[run.nr_rows].of = history_case(h, small_cases[i].name, hash);
		run.nr_rows += small_row(h, &run.rows[run.nr_rows], small_cases[i].runs[r]);
	}
	if (r == SMALL_UNTESTED)
		run.untested = xstrdup("the kernel does not build: fs/dax.c:17: error");
	history_run(h, &run);
}

/* Fills and classifies the first @runs runs; their records would be below @folder. */
static inline void small_history(struct history *h, unsigned int runs, const char *folder)
{
	for (unsigned int r = 0; r < runs; r++)
		small_run(h, r, folder);
	history_classify(h);
}

/* For site_options.read: the record of a run. */
static inline struct err *small_record(void *arg, const struct history *h, uint32_t run,
				       struct run_summary *out)
{
	const struct history_run *r = &h->runs[run];

	(void)arg;
	*out = (struct run_summary){ 0 };
	out->cases = xcalloc(r->nr_rows + 1, sizeof(*out->cases));
	for (size_t i = 0; i < r->nr_rows; i++) {
		const struct history_row *row = &r->rows[i];
		struct case_record *c = case_record_create(h->cases[row->of].name);

		out->cases[out->case_count++] = c;
		c->scenario = small_text(c->name);
		c->verdict = row->verdict;
		if (!row->nr_findings)
			continue;
		c->findings = xcalloc(1, sizeof(*c->findings));
		c->findings[0].rule = xstrdup(h->findings[row->findings[0]].rule);
		c->findings[0].found = xstrdup(h->findings[row->findings[0]].example);
		c->findings[0].detail = xstrdup("one\n\ttwo <three>");
		c->finding_count = 1;
		case_record_add_evidence(c, "console", "cases/007/console.log", NULL);
		case_record_add_evidence(c, "gone", "cases/007/gone", NULL);
		case_record_add_evidence(c, "elsewhere", "../../etc/passwd", NULL);
	}
	return NULL;
}

#endif
