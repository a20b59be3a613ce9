// SPDX-License-Identifier: GPL-2.0-only
/* The site of a small history: goldens in reports/tests/goldens, DAXRIG_REGEN=1 writes them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>
#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include "reports/site/site.h"
#include "reports/tests/page-check.h"
#include "reports/tests/small-history.h"
#include "tests/scratch.h"

#define PAGE_MAX (4u << 20)

static const char *const folders[] = { "", "runs/", "cases/", "findings/", "diffs/", "lists/" };

static struct known_finding listed[] = {
	{ .name = (char *)"shared-mixed-sizes",
	  .title = (char *)"4 KiB & 2 MiB entries <mixed>",
	  .severity = SEVERITY_LOSS,
	  .live = (char *)"7.2,7.3",
	  .prose = (char *)"Bytes are `lost`.\n" },
};
static const struct known list = { .findings = listed, .nr_findings = 1 };

/* The site of the first @runs runs in DIR/site; records are below DIR/runs. */
static struct err *write_site(const char *dir, unsigned int runs, struct site_result *result)
{
	_cleanup_free_ char *records = xasprintf("%s/runs", dir);
	_cleanup_free_ char *folder = xasprintf("%s/site", dir);
	const struct site_options o = { .folder = folder, .known = &list, .read = small_record };
	struct history h = HISTORY_INIT;
	struct err *err;

	small_history(&h, runs, records);
	for (size_t i = 0; i < h.nr_runs; i++) {
		_cleanup_free_ char *run = xasprintf("runs/%s/run.json", h.runs[i].name);
		_cleanup_free_ char *log = xasprintf("runs/%s/cases/007/console.log",
						     h.runs[i].name);

		put_bytes(dir, run, "{}", 2);
		put_bytes(dir, log, "x", 1);
	}
	err = site_write(&h, &o, result);
	history_deinit(&h);
	return err;
}

/* Calls @f for each page of the site in @folder; returns how many there are. */
static size_t each_page(const char *folder, void (*f)(const char *in, const char *path, void *arg),
			void *arg)
{
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		_cleanup_free_ char *in = xasprintf("%s/%s", folder, folders[i]);
		DIR *dir = opendir(in);
		struct dirent *e;

		while (dir && (e = readdir(dir))) {
			_cleanup_free_ char *path = xasprintf("%s%s", in, e->d_name);

			if (!str_ends(path, ".html"))
				continue;
			if (f)
				f(in, path, arg);
			n++;
		}
		if (dir)
			closedir(dir);
	}
	return n;
}

static void check(const char *in, const char *path, void *arg)
{
	struct page_check p = { .path = path, .folder = in };
	_cleanup_buf_ struct buf b = BUF_INIT;

	(void)arg;
	ok(file_read(path, PAGE_MAX, &b));
	page_check(&p, b.data, b.len);
	assert_true(p.links > 2);
}

/* The page in @folder whose name begins with @name. */
static char *find_page(const char *dir, const char *folder, const char *name)
{
	_cleanup_free_ char *in = xasprintf("%s/site/%s", dir, folder);
	DIR *d = opendir(in);
	char *found = NULL;
	struct dirent *e;

	assert_non_null(d);
	while ((e = readdir(d)))
		if (strncmp(e->d_name, name, strlen(name)) == 0 && !found)
			found = xasprintf("%s/%s", in, e->d_name);
	closedir(d);
	if (!found)
		fail_msg("no page '%s' in '%s'", name, in);
	return found;
}

static char *read_page(const char *dir, const char *folder, const char *name)
{
	_cleanup_free_ char *path = find_page(dir, folder, name);
	struct buf b = BUF_INIT;

	ok(file_read(path, PAGE_MAX, &b));
	return buf_take(&b);
}

static void test_goldens(void **state)
{
	static const struct {
		const char *folder, *name, *golden;
	} pages[] = {
		{ "", "index.html", "index" },
		{ "", "findings.html", "findings" },
		{ "", "cases.html", "cases" },
		{ "lists", "ext4", "list" },
		{ "runs", "20261130-030000-7", "run" },
		{ "runs", "20261129-020000-7", "run-untested" },
		{ "cases", "xfs-4k-new-", "case" },
		{ "cases", "ext4-fixed-", "case-fixed" },
		{ "findings", "shared-mixed-sizes", "finding-known" },
		{ "findings", "content.file-", "finding" },
		{ "diffs", "deb-6.12-", "diff" },
	};
	const char *dir = *state;

	ok(write_site(dir, SMALL_RUNS, NULL));
	for (size_t i = 0; i < ARRAY_SIZE(pages); i++) {
		_cleanup_free_ char *page = read_page(dir, pages[i].folder, pages[i].name);
		_cleanup_free_ char *golden = xasprintf("reports/tests/goldens/site-%s.html",
							pages[i].golden);
		_cleanup_buf_ struct buf want = BUF_INIT;

		if (getenv("DAXRIG_REGEN"))
			ok(file_write_atomic(golden, page, strlen(page)));
		ok(file_read(golden, PAGE_MAX, &want));
		assert_string_equal(page, buf_str(&want));
	}
}

static void test_pages_are_sound(void **state)
{
	_cleanup_free_ char *folder = xasprintf("%s/site", (const char *)*state);
	struct site_result r;

	ok(write_site(*state, SMALL_RUNS, &r));
	/* index, two lists; runs, cases, findings, a diff for each kernel, areas */
	assert_int_equal(r.pages, 3 + SMALL_RUNS + ARRAY_SIZE(small_cases) + 3 + 2 + 3);
	assert_int_equal(each_page(folder, check, NULL), r.pages);
}

/* What a reader must find on a page. */
static void test_says(void **state)
{
	static const struct {
		const char *folder, *name, *says;
	} cases[] = {
		{ "", "index.html", "2026-11-30: 1 new, 1 regressed" },
		{ "", "index.html", "<b>N</b><small>1 new, 1 regressed, 1 still" },
		{ "", "index.html", ">untested</a>" },
		{ "", "index.html", "contract.waits</a>: &#39;t&#39; returned after 17 ms" },
		{ "", "index.html", "<td class=\"cell s-new\">" },
		{ "runs", "20261129-020000", "does not build: fs/dax.c:17: error" },
		{ "runs", "20261130-030000", "<td class=\"n\">6 of 6</td>" },
		{ "runs", "20261130-030000", "an oracle did not see all" },
		{ "runs", "20261130-030000", "no longer in the plan" },
		{ "runs", "20261130-020000", "error: the rig or the host failed" },
		{ "runs", "20261130-020000", "../findings/shared-mixed-sizes.html" },
		{ "cases", "xfs-4k-new-", "daxrig run --kernel deb:6.12 xfs/4k/new" },
		{ "cases", "xfs-4k-new-", "check a &lt; b" },
		{ "cases", "xfs-4k-new-", "two &lt;three&gt;" },
		{ "cases", "xfs-4k-new-", "cases/007/console.log\">console</a>" },
		{ "cases", "xfs-4k-new-", "gone, not kept: <code>cases/007/gone</code>" },
		{ "cases", "xfs-4k-new-", "elsewhere, not kept: <code>../../etc/passwd</code>" },
		{ "cases", "xfs-4k-passes-", "The status never changed." },
		{ "cases", "ext2-skips-", "flex-grow:3" },
		{ "findings", "content.file-", "holds &quot;old&quot; &amp; &lt;new&gt;" },
		{ "diffs", "deb-6.12-", "fails: 1 case<" },
		{ "diffs", "deb-6.12-", "lost: 1 case<" },
		{ "diffs", "deb-6.12-", "gone: 1 case<" },
		{ "diffs", "deb-6.12-", "added: 1 case<" },
		{ "diffs", "deb-6.1-", "passes: 1 case<" },
		{ "findings", "shared-", "xfs/4k/known</a>" },
		{ "findings", "shared-",
		  "<strong>4 KiB &amp; 2 MiB entries &lt;mixed&gt;</strong>" },
		{ "findings", "shared-",
		  "<dt>severity</dt><dd>2, data is lost or old bytes stay</dd>" },
		{ "findings", "shared-", "<dt>seen in</dt><dd>7.2,7.3</dd>" },
		{ "findings", "shared-", "<p>Bytes are <code>lost</code>.</p>" },
		{ "", "findings.html", "shared-mixed-sizes</a>: 4 KiB &amp; 2 MiB" },
		{ "runs", "20261130-020000", "<td>2, data is lost or old bytes stay</td>" },
	};

	ok(write_site(*state, SMALL_RUNS, NULL));
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_free_ char *page = read_page(*state, cases[i].folder, cases[i].name);

		if (!strstr(page, cases[i].says))
			fail_msg("%s/%s does not say '%s':\n%s", cases[i].folder, cases[i].name,
				 cases[i].says, page);
	}
}

/* A night more changes what it must; the same again changes nothing, and keeps times. */
static void test_kept(void **state)
{
	const char *dir = *state;
	struct site_result r;
	_cleanup_free_ char *old = NULL, *other = xasprintf("%s/site/runs/own.html", dir);
	_cleanup_free_ char *half = xasprintf("%s/site/cases/x.html.Ab12Cd", dir);
	struct stat before, after;

	ok(write_site(dir, SMALL_RUNS - 2, &r));
	assert_int_equal(r.written, r.pages);
	old = find_page(dir, "runs", "20261128-030000-7");
	assert_int_equal(stat(old, &before), 0);
	ok(write_site(dir, SMALL_RUNS - 2, &r));
	assert_int_equal(r.written, 0);
	assert_int_equal(r.removed, 0);
	put_bytes(dir, "site/runs/own.html", "<html>mine</html>", 17);
	put_bytes(dir, "site/cases/x.html.Ab12Cd", "", 0);
	ok(write_site(dir, SMALL_RUNS, &r));
	assert_true(r.written > 0 && r.written < r.pages);
	assert_int_equal(stat(old, &after), 0);
	assert_memory_equal(&before.st_mtim, &after.st_mtim, sizeof(before.st_mtim));
	assert_int_equal(before.st_ino, after.st_ino);
	/* back to fewer runs: the pages of the others go, files of others stay */
	assert_int_equal(r.removed, 1);
	assert_false(path_exists(half));
	ok(write_site(dir, SMALL_RUNS - 2, &r));
	assert_true(r.removed >= 2);
	assert_true(path_exists(other));
	assert_true(path_exists(old));
}

static void test_refuses_another_site(void **state)
{
	static const char *const names[] = { "site/index.html", "site/findings.html",
					     "site/cases.html" };
	_cleanup_free_ char *css = xasprintf("%s/site/site.css", (const char *)*state);
	struct err *err;

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		_cleanup_free_ char *path = xasprintf("%s/%s", (const char *)*state, names[i]);
		_cleanup_free_ char *says = xasprintf("%s': daxrig did not make it", names[i]);

		put_bytes(*state, names[i], "<html>my diary</html>", 21);
		err = write_site(*state, 2, NULL);
		assert_non_null(err);
		assert_int_equal(err->code, ERR_USAGE);
		assert_non_null(strstr(err->message, says));
		assert_false(path_exists(css));
		err_free(err);
		assert_int_equal(unlink(path), 0);
	}
}

static const char evil[] =
	"<script>alert(1)</script>\"'><img src=x onerror=alert(1)>&../../\x01\x1b["
	"2J\x7f\xff\xc0\xbc\xe2\x80\xae javascript:alert(1)\n]]>";

static char *evil_text(const char *with)
{
	return xasprintf("%s%s", evil, with);
}

static struct err *evil_record(void *arg, const struct history *h, uint32_t run,
			       struct run_summary *out)
{
	struct case_record *c = case_record_create(h->cases[0].name);

	(void)arg;
	(void)run;
	*out = (struct run_summary){ .cases = xcalloc(1, sizeof(c)), .case_count = 1 };
	out->cases[0] = c;
	c->verdict = VERDICT_FAIL;
	free(c->reason);
	c->reason = evil_text("r");
	c->scenario = evil_text("s");
	c->findings = xcalloc(1, sizeof(*c->findings));
	c->findings[0] = (struct finding){ evil_text("rule"), 3,
					   evil_text("step"), evil_text("exp"),
					   evil_text("f"),    evil_text("detail"),
					   evil_text("known") };
	c->finding_count = 1;
	case_record_add_evidence(c, evil, evil, evil);
	case_record_add_evidence(c, "js", "javascript:alert(1)", NULL);
	case_record_add_error(c, "%s", evil);
	return NULL;
}

static void add_evil_run(struct history *h, unsigned int n)
{
	struct history_run run = { 0 };
	char **const texts[] = { &run.name,  &run.night, &run.spec,    &run.release, &run.package,
				 &run.key,   &run.plan,	 &run.shard,   &run.match,   &run.geometry,
				 &run.accel, &run.arch,	 &run.profile, &run.started };
	_cleanup_free_ char *scenario = evil_text("s");
	char sum[IDENTITY_HASH];
	const struct history_finding f = { (char *)evil, (char *)evil, (char *)evil, (char *)evil,
					   (char *)(n ? evil : "") };

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		*texts[i] = evil_text(n ? "1" : "0");
	run.path = xasprintf("/nowhere/%s/run.json", evil);
	run.complete = n;
	run.rows = xcalloc(2, sizeof(*run.rows));
	run.nr_rows = 2;
	identity_hash(scenario, sum);
	run.rows[0].of = history_case(h, evil, sum);
	run.rows[1].of = history_case(h, "javascript:alert(1)", evil);
	for (size_t i = 0; i < 2; i++) {
		run.rows[i].verdict = VERDICT_FAIL;
		run.rows[i].findings = xcalloc(1, sizeof(uint32_t));
		run.rows[i].findings[0] = history_finding(h, &f);
		run.rows[i].nr_findings = 1;
	}
	if (n == 2)
		run.untested = evil_text("u");
	history_run(h, &run);
}

static void test_hostile(void **state)
{
	_cleanup_free_ char *folder = xasprintf("%s/site", (const char *)*state);
	const struct site_options o = { .folder = folder, .read = evil_record };
	struct history h = HISTORY_INIT;
	struct site_result r;

	for (unsigned int n = 0; n < 3; n++)
		add_evil_run(&h, n);
	history_classify(&h);
	ok(site_write(&h, &o, &r));
	assert_int_equal(each_page(folder, check, NULL), r.pages);
	/* both findings, both cases, all runs have a page */
	assert_true(r.pages >= 3 + 3 + 2 + 2);
	history_deinit(&h);
}

static struct err *no_record(void *arg, const struct history *h, uint32_t run,
			     struct run_summary *out)
{
	(void)arg;
	(void)out;
	return err_create(ERR_INFRA, "cannot read '%s'", h->runs[run].name);
}

static void take_note(void *arg, const char *text)
{
	assert_non_null(strstr(text, "cannot read"));
	++*(int *)arg;
}

/* A record that is gone costs its texts, not the site. */
static void test_no_record(void **state)
{
	_cleanup_free_ char *folder = xasprintf("%s/site", (const char *)*state);
	_cleanup_free_ char *page = NULL;
	int notes = 0;
	const struct site_options o = {
		.folder = folder, .read = no_record, .note = take_note, .arg = &notes
	};
	struct history h = HISTORY_INIT;

	small_history(&h, SMALL_RUNS, "/nowhere");
	ok(site_write(&h, &o, NULL));
	history_deinit(&h);
	assert_int_equal(notes, 2);
	page = read_page(*state, "cases", "xfs-4k-new-");
	assert_non_null(strstr(page, "newest record has its text"));
	each_page(folder, check, NULL);
}

/* Names that are the same as files, or too long for one, have pages of their own. */
static void test_names(void **state)
{
	static const char *const names[] = { "a/b", "a-b", "a b", "a/b/", "", "..", "\x01" };
	char longs[2][300];
	_cleanup_free_ char *folder = xasprintf("%s/site", (const char *)*state);
	const struct site_options o = { .folder = folder, .read = no_record };
	struct history h = HISTORY_INIT;
	struct history_run run = { .complete = true };
	struct site_result r;

	for (int i = 0; i < 2; i++) {
		memset(longs[i], 'x', sizeof(longs[i]) - 1);
		longs[i][298] = (char)('0' + i);
		longs[i][299] = '\0';
	}
	run.name = xstrdup("r");
	run.started = xstrdup("2026-11-30T01:00:00+01:00");
	run.rows = xcalloc(16, sizeof(*run.rows));
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		run.rows[run.nr_rows++].of = history_case(&h, names[i], "1");
	run.rows[run.nr_rows++].of = history_case(&h, "a/b", "2");
	run.rows[run.nr_rows++].of = history_case(&h, longs[0], "1");
	run.rows[run.nr_rows++].of = history_case(&h, longs[1], "1");
	history_run(&h, &run);
	/* a run of the same name, of another machine */
	run = (struct history_run){ .name = xstrdup("r"), .night = xstrdup("n"), .complete = true };
	history_run(&h, &run);
	history_classify(&h);
	ok(site_write(&h, &o, &r));
	assert_int_equal(each_page(folder, check, NULL), r.pages);
	/* index, two lists, two runs, ten cases; areas a, a-b, "a b", "", .., \x01, two
	 * long; a diff */
	assert_int_equal(r.pages, 3 + 2 + 10 + 8 + 1);
	history_deinit(&h);
}

static void test_empty(void **state)
{
	_cleanup_free_ char *folder = xasprintf("%s/site", (const char *)*state), *page = NULL;
	const struct site_options o = { .folder = folder };
	struct history h = HISTORY_INIT;
	struct site_result r;

	history_classify(&h);
	ok(site_write(&h, &o, &r));
	assert_int_equal(r.pages, 3);
	each_page(folder, check, NULL);
	page = read_page(*state, "", "index.html");
	assert_non_null(strstr(page, "There is no run yet."));
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, scratch_make, scratch_remove)
	const struct CMUnitTest tests[] = {
		TEST(test_goldens),
		TEST(test_pages_are_sound),
		TEST(test_says),
		TEST(test_kept),
		TEST(test_refuses_another_site),
		TEST(test_hostile),
		TEST(test_no_record),
		TEST(test_names),
		TEST(test_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
