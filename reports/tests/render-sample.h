/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A run with a case of each kind, the night it is of, and records of hostile bytes, for the
 * tests of renderers; include cmocka.h first.
 */
#ifndef REPORTS_TESTS_RENDER_SAMPLE_H
#define REPORTS_TESTS_RENDER_SAMPLE_H

#include <stdio.h>
#include <string.h>

#include "base/files.h"
#include "reports/history/identity.h"
#include "reports/render/render.h"

#define SAMPLE_CASES 8
#define TEXT(s) ((char *)(uintptr_t)(s))

struct sample {
	struct case_record *cases[SAMPLE_CASES];
	struct render_run run; /* without history */
	struct history history;
	struct history_case names[SAMPLE_CASES + 1];
	struct history_row rows[SAMPLE_CASES + 1], old_rows[1];
	struct history_run runs[2];
	struct known_finding titles[1]; /* of the known ones */
	struct known known;
};

static inline struct case_record *sample_case(const char *name, enum verdict verdict,
					      const char *reason)
{
	struct case_record *rec = case_record_create(name);

	rec->verdict = verdict;
	free(rec->reason);
	rec->reason = reason ? xstrdup(reason) : NULL;
	rec->scenario = xasprintf("# %s\nfile    a 4M written\npunch   a 2M 64K\ncheck   a\n",
				  name);
	rec->started_ns = 1500000000;
	rec->duration_ns = 2345678901;
	rec->timing = (struct case_timing){ 100000000, 200000000, 300000000,
					    400000000, 500000000, 600000000 };
	return rec;
}

static inline void sample_find(struct case_record *rec, const char *rule, const char *found,
			       const char *detail, const char *known)
{
	rec->findings = xrealloc(rec->findings, rec->finding_count + 1, sizeof(*rec->findings));
	rec->findings[rec->finding_count++] = (struct finding){
		.rule = xstrdup(rule),
		.line = 7,
		.step = xstrdup("expect  t blocks"),
		.expected = xstrdup("sleeps while it waits"),
		.found = xstrdup(found),
		.detail = detail ? xstrdup(detail) : NULL,
		.known = known ? xstrdup(known) : NULL,
	};
}

static inline void sample_cases(struct case_record **v)
{
	static const char trace[] =
		"'t': state R in 0, 1024.7 ms CPU\n"
		"[<0>] dax_layout_busy_page_range+0x2a2/0x320\n"
		"[<0>] dax_break_layout+0x5c/0x140\n"
		"Modules linked in: dax_pmem nd_pmem xfs libcrc32c ext4 mbcache jbd2 rdma_rxe ib_uverbs ib_core";

	v[0] = sample_case("xfs/4k/rdma/mapped/punch", VERDICT_PASS, NULL);
	v[1] = sample_case(
		"xfs/clone-killed/rdma", VERDICT_FAIL,
		"contract.sleeps at line 7: expected sleeps while it waits, found state R");
	sample_find(v[1], "contract.sleeps", "state R in 0, 133.1 ms CPU in 187.3 ms", trace, NULL);
	sample_find(v[1], "contract.sleeps", "state R in 0, 140.9 ms CPU in 190.0 ms", NULL, NULL);
	case_record_add_evidence(v[1], "tasks", "cases/002-xfs-clone-killed-rdma/tasks", NULL);
	v[2] = sample_case(
		"xfs/clone-killed/vmsplice", VERDICT_FAIL,
		"contract.sleeps at line 7: expected sleeps while it waits, found state R");
	sample_find(v[2], "contract.sleeps", "state R in 0, 150.0 ms CPU in 190.0 ms", trace, NULL);
	v[3] = sample_case("ext4/cow-write-store/odirect", VERDICT_FAIL,
			   "splat: expected nothing in the kernel log, found WARNING in f");
	sample_find(v[3], "splat", "WARNING in dax_insert_entry", "a\nb", "cow-write-store");
	v[4] = sample_case("ext2/4k/odp/mapped/clone", VERDICT_SKIP, "line 3: no reflink <here>");
	v[5] = sample_case("xfs/4k/uring/mapped/fsync", VERDICT_ERROR, "no guest came up");
	case_record_add_error(v[5], "the host is \"full\" & slow");
	v[6] = sample_case("xfs/sync-mapsync", VERDICT_PASS, NULL);
	v[7] = sample_case("xfs/storm#2", VERDICT_PASS, NULL);
	case_record_add_evidence(v[7], EVIDENCE_LOST, NULL, "ledger: no BTF");
}

/* The night before had another kernel; a case of it is gone. */
static inline void sample_history(struct sample *s)
{
	static const enum status statuses[SAMPLE_CASES] = {
		STATUS_PASS, STATUS_NEW,  STATUS_REGRESSED, STATUS_KNOWN,
		STATUS_SKIP, STATUS_LOST, STATUS_FIXED,	    STATUS_LOST,
	};
	static const uint32_t order[SAMPLE_CASES + 1] = { 4, 3, 0, 5, 1, 2, 7, 6, 8 };

	for (size_t i = 0; i < SAMPLE_CASES; i++)
		s->names[i] = (struct history_case){ s->cases[i]->name, TEXT("") };
	s->names[7].name = TEXT("xfs/storm");
	s->names[8] = (struct history_case){ TEXT("xfs/zero-edges/66K"), TEXT("") };
	for (size_t i = 0; i <= SAMPLE_CASES; i++) {
		uint32_t of = order[i];
		struct history_row *row = &s->rows[i];

		*row = (struct history_row){ .of = of,
					     .status = of < 8 ? statuses[of] : STATUS_GONE,
					     .tries = of < 8 && statuses[of] != STATUS_LOST,
					     .last_good = 0,
					     .first_bad = HISTORY_NONE };
		s->runs[1].statuses[row->status]++;
		if (row->status > STATUS_REGRESSED)
			continue;
		row->tries = 6;
		row->fails = 4 + of % 2;
		row->last_good = row->status == STATUS_NEW ? HISTORY_NONE : 0;
		row->first_bad = 1;
	}
	/* one oracle was lost before, too */
	s->old_rows[0] = (struct history_row){ .of = 7, .status = STATUS_LOST };
	s->runs[0] = (struct history_run){ .release = TEXT("6.12.115+deb12-amd64"),
					   .night = TEXT("2026-11-29"),
					   .untested = TEXT(""),
					   .rows = s->old_rows,
					   .nr_rows = 1,
					   .before = HISTORY_NONE };
	s->runs[1].release = TEXT("6.12.117+deb12-amd64");
	s->runs[1].night = TEXT("2026-11-30");
	s->runs[1].profile = TEXT("debug");
	s->runs[1].untested = TEXT("");
	s->runs[1].rows = s->rows;
	s->runs[1].nr_rows = SAMPLE_CASES + 1;
	s->runs[1].before = 0;
	s->history = (struct history){
		.cases = s->names, .runs = s->runs, .nr_cases = SAMPLE_CASES + 1, .nr_runs = 2
	};
}

static inline void sample_init(struct sample *s)
{
	*s = (struct sample){ 0 };
	sample_cases(s->cases);
	sample_history(s);
	s->run = (struct render_run){
		.planned = SAMPLE_CASES,
		.path = "/var/lib/daxrig/runs/night/run.json",
		.started = "2026-11-30T02:00:01+0100",
		.kernel_release = "6.12.117+deb12-amd64",
		.kernel_spec = "deb:6.12",
		.kernel_package = "linux-image-6.12.117+deb12-amd64",
		.kernel_key = "deb-6.12.117+deb12-amd64",
		.kernel_image = "/var/lib/daxrig/kernels/deb-6.12.117+deb12-amd64/vmlinuz",
		.kernel_config = "/var/lib/daxrig/kernels/deb-6.12.117+deb12-amd64/config",
		.compiler = "gcc-12 (Debian 12.2.0-14+deb12u1) 12.2.0",
		.plan = "quick",
		.plan_text = "",
		.accel = "tcg",
		.qemu = "7.2.22",
		.libvirt = "9.0.0",
		.host_kernel = "6.1.0-57-amd64 x86_64",
		.geometry = "memory=1G,vcpus=1,count=2,size0=1G,size1=256M,align=2M,label=0",
		.image_key = "0161adc28b03",
		.version = "0.1",
		.duration_ns = 81887541745,
		.known = &s->known,
		.run = 1,
	};
	s->titles[0] = (struct known_finding){
		.name = TEXT("cow-write-store"),
		.title = TEXT("a store during a copy on write is lost"),
	};
	s->known = (struct known){ .findings = s->titles, .nr_findings = 1 };
}

static inline void sample_deinit(struct sample *s)
{
	for (size_t i = 0; i < SAMPLE_CASES; i++)
		case_record_destroy(s->cases[i]);
}

/* What @renderer writes of the cases; free() it. */
static inline char *sample_render(const struct renderer *renderer, const struct render_run *run,
				  struct case_record *const *cases, size_t n, size_t *len)
{
	char *out = NULL;
	FILE *f = open_memstream(&out, len);
	struct render r;

	render_start(&r, renderer, f, run);
	for (size_t i = 0; i < n; i++)
		render_case(&r, 0, cases[i]);
	assert_int_equal(render_end(&r, 0, run->end_reason), 0);
	fclose(f);
	return out;
}

/* Compares @text to a golden; DAXRIG_REGEN=1 writes it again. */
static inline void sample_golden(const char *name, const char *text)
{
	_cleanup_free_ char *path = xasprintf("reports/tests/goldens/%s", name);
	_cleanup_buf_ struct buf want = BUF_INIT;
	struct err *err;

	if (getenv("DAXRIG_REGEN"))
		assert_null(file_write_atomic(path, text, strlen(text)));
	err = file_read(path, 1 << 20, &want);
	if (err)
		fail_msg("%s", err->message);
	if (strcmp(text, buf_str(&want)) != 0)
		fail_msg("%s differs:\n%s", path, text);
}

/* Bytes that break out of any quoting, @len of them; free() it. */
static inline char *hostile_text(uint64_t *seed, size_t len)
{
	static const char *const parts[] = {
		"]]>",
		"\"",
		"\n",
		"\r\n",
		"<![CDATA[",
		"&amp;",
		"\\",
		"'",
		"#",
		"{",
		"}",
		"\x01",
		"\x1b",
		"\x7f",
		"\xff",
		"\xc2\x85",
		"\xef\xbf\xbe",
		"\xed\xa0\x80",
		"/",
		".",
		"..",
		" ",
		"\t",
		"\n.\n",
		"\nFrom ",
		"\n\n",
		"</a>",
		"\"} 1\n",
		"%n",
		"$(x)",
		"`x`",
		"--",
		"a",
		"N7",
		"\xf0\x9f\x90\xa7",
		"\xe2\x80\xae",
		"null",
	};
	struct buf b = BUF_INIT;

	while (b.len < len) {
		*seed = *seed * 6364136223846793005ull + 1442695040888963407ull;
		buf_adds(&b, parts[(*seed >> 33) % ARRAY_SIZE(parts)]);
	}
	return buf_take(&b);
}

static inline void hostile_finding(struct case_record *rec, uint64_t *seed, size_t len)
{
	rec->findings = xrealloc(rec->findings, rec->finding_count + 1, sizeof(*rec->findings));
	rec->findings[rec->finding_count++] = (struct finding){
		.rule = *seed & 1 ? hostile_text(seed, len) : xstrdup("content.dma"),
		.line = (unsigned int)*seed,
		.step = hostile_text(seed, len),
		.expected = hostile_text(seed, len),
		.found = hostile_text(seed, len),
		.detail = hostile_text(seed, len),
		.known = *seed & 2 ? hostile_text(seed, len) : NULL,
	};
}

/* A case whose every text is hostile; the lengths go up to 64 KiB. */
static inline struct case_record *hostile_case(uint64_t seed)
{
	static const size_t lengths[] = { 1, 30, 300, 5000, 65536 };
	size_t len = lengths[seed % ARRAY_SIZE(lengths)];
	_cleanup_free_ char *name = NULL, *path = NULL, *text = NULL;
	struct case_record *rec;

	seed = seed * 0x9e3779b97f4a7c15ull + 1;
	name = hostile_text(&seed, len);
	path = hostile_text(&seed, len);
	text = hostile_text(&seed, len);
	rec = case_record_create(name);
	rec->verdict = (enum verdict)(seed >> 40) % (VERDICT_ERROR + 1);
	free(rec->reason);
	rec->reason = seed & 4 ? hostile_text(&seed, len) : NULL;
	rec->scenario = seed & 8 ? hostile_text(&seed, len) : NULL;
	rec->started_ns = seed;
	rec->duration_ns = seed;
	for (int i = 0; i < 3; i++)
		hostile_finding(rec, &seed, len);
	case_record_add_evidence(rec, EVIDENCE_LOST, path, NULL);
	case_record_add_evidence(rec, name, NULL, text);
	case_record_add_error(rec, "%s", text);
	return rec;
}

#define HOSTILE_CASES 40

struct hostile {
	struct case_record *cases[HOSTILE_CASES];
	char *text, *lines;
	struct render_run run;
};

static inline void hostile_init(struct hostile *h)
{
	uint64_t seed = 7;
	char *t;

	for (size_t i = 0; i < HOSTILE_CASES; i++)
		h->cases[i] = hostile_case(i);
	t = h->text = hostile_text(&seed, 65536);
	/* a plan of such names */
	h->lines = hostile_text(&seed, 65536);
	h->run = (struct render_run){
		.planned = HOSTILE_CASES,
		.path = t,
		.started = t,
		.kernel_release = t,
		.kernel_spec = t,
		.kernel_package = t,
		.kernel_key = t,
		.kernel_image = t,
		.kernel_config = t,
		.compiler = t,
		.plan = t,
		.plan_text = h->lines,
		.plan_match = t,
		.plan_shard = t,
		.accel = t,
		.qemu = t,
		.libvirt = t,
		.host_kernel = t,
		.geometry = t,
		.image_key = t,
		.version = t,
		.night = t,
		.self_test = t,
		.recheck_of = t,
		.incomplete = true,
		.end_reason = t,
		.duration_ns = UINT64_MAX,
	};
}

static inline void hostile_deinit(struct hostile *h)
{
	for (size_t i = 0; i < HOSTILE_CASES; i++)
		case_record_destroy(h->cases[i]);
	free(h->text);
	free(h->lines);
}

#endif
