/* SPDX-License-Identifier: GPL-2.0-only */
#include "bench/made-history.h"

#include <stdio.h>
#include <string.h>

#include "reports/history/identity.h"

#define DAY_S 86400
#define FIRST_DAY 1785722400 /* 2026-08-03, 02:00 */
#define KNOWN 24
#define UNKNOWN 40

/* What a case does over the nights. */
enum habit {
	HABIT_PASSES,
	HABIT_SKIPS,
	HABIT_KNOWN,
	HABIT_FLAKY,
	HABIT_BREAKS, /* passes before its night, fails since */
	HABIT_FIXED,  /* fails before its night, passes since */
	HABIT_GOES,   /* is not in the plan since its night */
};

/* Of 1000 cases on one kernel; the rest passes. */
static const struct {
	enum habit habit;
	unsigned int share;
} habits[] = {
	{ HABIT_SKIPS, 30 }, { HABIT_KNOWN, 25 }, { HABIT_FLAKY, 4 },
	{ HABIT_BREAKS, 4 }, { HABIT_FIXED, 3 },  { HABIT_GOES, 2 },
};

static uint64_t mix(uint64_t x)
{
	x += 0x9e3779b97f4a7c15ull;
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ull;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebull;
	return x ^ (x >> 31);
}

static uint64_t chance(const struct made *m, uint64_t a, uint64_t b, uint64_t c)
{
	return mix(m->seed ^ mix(a ^ mix(b ^ mix(c))));
}

static char *case_name(uint32_t i)
{
	static const char *const fs[] = { "xfs", "ext4", "ext2" }, *const page[] = { "4k", "2m" };
	static const char *const pins[] = { "vmsplice", "rdma",	   "uring", "odirect", "read",
					    "write",	"process", "kvm",   "devdax" };
	static const char *const states[] = { "mapped", "unmapped", "touched", "shared" };
	static const char *const ops[] = { "truncate", "punch",	   "zero",  "collapse",
					   "insert",   "dedupe",   "clone", "write",
					   "unlink",   "exchange", "fsync", "unbind" };
	uint32_t op = i / 216 % 12, again = i / 216 / 12;

	return xasprintf("%s/%s/%s/%s/%s%s", fs[i % 3], page[i / 3 % 2], pins[i / 6 % 9],
			 states[i / 54 % 4], ops[op], again ? "/touch" : "");
}

static char *case_text(const char *name)
{
	return xasprintf("# %s\nfile a 16M\nmap m a\nstore m 0 4M\npin p m 0 2M\nbackground t "
			 "truncate a 0\nwait t 200\nrelease p\nend t\ncheck a\n",
			 name);
}

static enum habit habit_of(const struct made *m, uint32_t kernel, uint32_t c, uint32_t *night)
{
	uint64_t dice = chance(m, 1, kernel, c) % 1000;

	*night = (uint32_t)(chance(m, 2, kernel, c) % m->nights);
	for (size_t i = 0; i < ARRAY_SIZE(habits); i++) {
		if (dice < habits[i].share)
			return habits[i].habit;
		dice -= habits[i].share;
	}
	return HABIT_PASSES;
}

static uint32_t known_finding(struct history *h, uint64_t dice)
{
	_cleanup_free_ char *name = xasprintf("finding-%02u", (unsigned int)(dice % KNOWN));
	char found[] = "WARNING in dax_disassociate_entry, refcount N";

	return history_finding(h, &(struct history_finding){
					  .rule = (char *)(dice % 2 ? "splat" : "ledger.refcount"),
					  .found = found,
					  .expected = (char *)"no report in the kernel log",
					  .example = (char *)"WARNING in dax_disassociate_entry, "
							     "refcount 2",
					  .known = name });
}

static uint32_t unknown_finding(struct history *h, uint64_t dice)
{
	unsigned int which = (unsigned int)(dice % UNKNOWN);
	_cleanup_free_ char *found = xasprintf("'t' (op%c) returned after N ms while 'p' stood",
					       'a' + (char)(which % 26));
	_cleanup_free_ char *example = xasprintf("'t' (op%c) returned after 1%u ms while 'p' stood",
						 'a' + (char)(which % 26), which);

	return history_finding(
		h, &(struct history_finding){
			   .rule = (char *)(which < 26 ? "contract.waits" : "content.file"),
			   .found = found,
			   .expected = (char *)"waits until the pin is released",
			   .example = example });
}

static void fail_row(struct history_row *row, uint32_t finding)
{
	row->verdict = VERDICT_FAIL;
	row->findings = xcalloc(1, sizeof(*row->findings));
	row->findings[0] = finding;
	row->nr_findings = 1;
}

/* A fail that no list knows is rechecked. */
static void fail_unknown(struct history *h, const struct made *m, struct history_row *row,
			 uint32_t kernel, uint32_t c, bool always)
{
	fail_row(row, unknown_finding(h, chance(m, 3, kernel, c / 16)));
	row->tries = 6;
	row->fails = always ? 6 : 2;
}

/* Returns false when the case is not in the plan. */
static bool fill_row(struct history *h, const struct made *m, struct history_row *row,
		     uint32_t night, uint32_t kernel, uint32_t c)
{
	uint64_t dice = chance(m, 4 + night, kernel, c) % 1000;
	uint32_t since;

	if (dice == 0) {
		row->verdict = c % 2 ? VERDICT_ERROR : VERDICT_PASS;
		row->lost = true;
		return true;
	}
	switch (habit_of(m, kernel, c, &since)) {
	case HABIT_SKIPS:
		row->verdict = VERDICT_SKIP;
		break;
	case HABIT_KNOWN:
		fail_row(row, known_finding(h, chance(m, 5, 0, c / 8)));
		break;
	case HABIT_FLAKY:
		if (dice < 300)
			fail_unknown(h, m, row, kernel, c, false);
		break;
	case HABIT_BREAKS:
		if (night >= since)
			fail_unknown(h, m, row, kernel, c, true);
		break;
	case HABIT_FIXED:
		if (night < since)
			fail_unknown(h, m, row, kernel, c, true);
		break;
	case HABIT_GOES:
		return night < since;
	case HABIT_PASSES:
		/* the newest night has some news */
		if (night + 1 == m->nights && chance(m, 6, kernel, c) % 1500 == 0)
			fail_unknown(h, m, row, kernel, c, true);
		break;
	}
	return true;
}

/* Each kernel is built anew each week. */
static void name_run(struct history_run *run, uint32_t night, uint32_t kernel)
{
	static const char *const specs[MADE_KERNELS] = { "deb:6.1", "deb:6.12", "deb:newest" };
	static const char *const lines[MADE_KERNELS] = { "6.1", "6.12", "7.3" };
	time_t start = FIRST_DAY + (time_t)night * DAY_S + (time_t)kernel * 3600;
	char stamp[32], day[32], iso[40];
	struct tm tm;

	gmtime_r(&start, &tm);
	strftime(stamp, sizeof(stamp), "%Y%m%d-%H%M%S", &tm);
	strftime(day, sizeof(day), "%Y-%m-%d", &tm);
	strftime(iso, sizeof(iso), "%Y-%m-%dT%H:%M:%S+00:00", &tm);
	run->name = xasprintf("%s-%u", stamp, 4000 + kernel);
	run->path = xasprintf("/var/lib/daxrig/runs/%s/run.json", run->name);
	run->night = xstrdup(day);
	run->started = xstrdup(iso);
	run->start = start;
	run->spec = xstrdup(specs[kernel]);
	run->release = xasprintf("%s.%u-amd64", lines[kernel], 100 + night / 7);
	run->package = xasprintf("linux-image-%s", run->release);
	run->key = xasprintf("deb-%s", run->release);
	run->plan = xstrdup("quick");
	run->geometry = xstrdup("memory=1G,vcpus=2");
	run->accel = xstrdup("kvm");
	run->arch = xstrdup("made-up");
	run->duration_ns = (400 + night % 9) * 1000000000ull;
	run->complete = true;
}

static void add_run(struct history *h, const struct made *m, const uint32_t *cases, uint32_t night,
		    uint32_t kernel)
{
	struct history_run run = { 0 };
	bool cut = night == m->nights / 2 && kernel == 1;
	uint32_t nr = cut ? m->cases / 2 : m->cases;

	name_run(&run, night, kernel);
	run.complete = !cut;
	if (night == m->nights / 3 && kernel == 2) {
		run.untested = xstrdup("the kernel printed nothing within 60 s");
		*run.path = '\0';
		nr = 0;
	}
	run.rows = xcalloc(nr + 1, sizeof(*run.rows));
	for (uint32_t c = 0; c < nr; c++) {
		struct history_row *row = &run.rows[run.nr_rows];

		row->of = cases[c];
		if (!fill_row(h, m, row, night, kernel, c))
			continue;
		run.counts[row->verdict]++;
		run.nr_rows++;
	}
	history_run(h, &run);
}

void made_history(struct history *h, const struct made *m)
{
	uint32_t *cases = xcalloc(m->cases + 1, sizeof(*cases));

	for (uint32_t c = 0; c < m->cases; c++) {
		_cleanup_free_ char *name = case_name(c), *text = case_text(name);
		char hash[IDENTITY_HASH];

		identity_hash(text, hash);
		cases[c] = history_case(h, name, hash);
	}
	for (uint32_t night = 0; night < m->nights; night++)
		for (uint32_t kernel = 0; kernel < MADE_KERNELS; kernel++)
			add_run(h, m, cases, night, kernel);
	free(cases);
}

static void add_findings(const struct history *h, const struct history_row *row,
			 struct case_record *c)
{
	c->findings = xcalloc(row->nr_findings + 1, sizeof(*c->findings));
	for (uint32_t i = 0; i < row->nr_findings; i++) {
		const struct history_finding *f = &h->findings[row->findings[i]];

		c->findings[c->finding_count++] = (struct finding){
			.rule = xstrdup(f->rule),
			.line = 6,
			.step = xstrdup("background t truncate a 0"),
			.expected = xstrdup(f->expected),
			.found = xstrdup(f->example),
			.detail = xstrdup(
				"Call Trace:\n <TASK>\n dax_delete_mapping_entry+0xf/0x20\n "
				"truncate_folio_batch_exceptionals+0x1c0/0x1f0\n </TASK>"),
			.known = *f->known ? xstrdup(f->known) : NULL,
		};
	}
}

struct err *made_record(void *arg, const struct history *h, uint32_t run, struct run_summary *out)
{
	const struct history_run *r = &h->runs[run];

	(void)arg;
	*out = (struct run_summary){ 0 };
	out->cases = xcalloc(r->nr_rows + 1, sizeof(*out->cases));
	for (size_t i = 0; i < r->nr_rows; i++) {
		const struct history_row *row = &r->rows[i];
		struct case_record *c = case_record_create(h->cases[row->of].name);

		c->verdict = row->verdict;
		c->scenario = case_text(c->name);
		add_findings(h, row, c);
		free(c->reason);
		c->reason = row->nr_findings ? xasprintf("%s: found %s", c->findings[0].rule,
							 c->findings[0].found) :
					       NULL;
		if (row->lost)
			case_record_see(c, ORACLE_LEDGER, SIGHT_CUT, "no BTF");
		if (row->nr_findings)
			case_record_add_evidence(c, "console", "cases/001/console.log", NULL);
		out->cases[out->case_count++] = c;
	}
	return NULL;
}
