// SPDX-License-Identifier: GPL-2.0-only
/* A case of a record is packed and read again; packs that are damaged, or of an enemy; mails. */
#include "tests/daxrig.h"

#include <archive.h>
#include <archive_entry.h>

#include "guests/archive/archive-io.h"
#include "guests/store/kernel-spec.h"
#include "plan/cases.h"
#include "plan/case-pack.h"
#include "reports/record/rundir.h"
#include "reports/record/run-json.h"
#include "tests/scratch.h"

#define RUN "20261130-101500-77"
#define SCENARIO "# a punch waits\\nfile    a 4M written\\npunch   a 2M 64K\\ncheck   a\\n"

static const char record[] =
	"{\"format\":1,\"started\":\"2026-11-30T10:15:00+00:00\",\"end\":\"complete\","
	"\"known_list\":\"none\",\"plan\":{\"name\":\"quick\",\"text\":\"a\\nb\\n\"},"
	"\"accel\":\"tcg\",\"argv\":[\"secret\"],\"geometry\":\"memory=1G,vcpus=1,align=2M\","
	"\"kernel\":{\"spec\":\"deb:6.1\",\"release\":\"6.1.0-57-amd64\",\"key\":\"deb-none\","
	"\"package\":\"linux-image-6.1.0-57-amd64\",\"config\":\"/secret/config\"},\"cases\":["
	"{\"name\":\"xfs/program\",\"verdict\":\"fail\",\"fs\":\"xfs\",\"scenario\":"
	"\"mount noatime\\nprogram /bin/true\\n\",\"findings\":[{\"rule\":\"program.exit\"}]},"
	"{\"name\":\"xfs/other/a\",\"verdict\":\"pass\",\"fs\":\"xfs\",\"scenario\":\"" SCENARIO
	"\",\"findings\":[]},"
	"{\"name\":\"xfs/mine/a~1\",\"verdict\":\"pass\",\"fs\":\"xfs\",\"scenario\":\"" SCENARIO
	"\",\"findings\":[]},"
	"{\"name\":\"xfs/mine/a~2\",\"verdict\":\"fail\",\"fs\":\"xfs\",\"reason\":\"bad\","
	"\"scenario\":\"" SCENARIO "\",\"findings\":[{\"rule\":\"splat\",\"found\":\"WARNING in "
	"f\",\"detail\":\"[    1.5] WARNING: at f\\n\"}],\"evidence\":["
	"{\"name\":\"console.log\",\"path\":\"cases/002-mine/console.log\"},"
	"{\"name\":\"x\",\"path\":\"cases/../../outside\"},"
	"{\"name\":\"y\",\"path\":\"hidden\"},"
	"{\"name\":\"link\",\"path\":\"cases/002-mine/link\"}]}]}\n";

/* A run of a self-test, and a case with a name of an enemy. */
static const char sabotaged[] =
	"{\"format\":1,\"self_test\":\"no-pin\",\"cases\":[{\"name\":\"xfs/own\","
	"\"verdict\":\"fail\",\"findings\":[]}]}";
static const char hostile[] =
	"{\"format\":1,\"cases\":[{\"name\":\"xfs/\\u001b[2J\",\"verdict\":\"pass\","
	"\"findings\":[]}]}";

/* A data folder with one run; *@state is it. */
static int set_up(void **state)
{
	char *d;

	if (scratch_make(state))
		return -1;
	d = *state;
	put_bytes(d, "runs/" RUN "/run.json", record, strlen(record));
	put_bytes(d, "runs/" RUN "/cases/002-mine/console.log", "hello\n", 6);
	put_bytes(d, "runs/" RUN "/hidden", "s\n", 2);
	put_bytes(d, "runs/outside", "o\n", 2);
	{
		_cleanup_free_ char *link = xasprintf("%s/runs/" RUN "/cases/002-mine/link", d);

		if (symlink("../../hidden", link))
			return -1;
	}
	put_bytes(d, "sabotaged/run.json", sabotaged, strlen(sabotaged));
	put_bytes(d, "hostile/run.json", hostile, strlen(hostile));
	setenv("DAXRIG_DATA", d, 1);
	setenv("DAXRIG_CACHE", d, 1);
	setenv("DAXRIG_STATE", d, 1);
	return 0;
}

static char *packed(const char *d)
{
	char *path = xasprintf("%s/p.tar.zst", d);
	_cleanup_free_ char *words = xasprintf("pack --out %s " RUN " xfs/mine/*", path);

	unlink(path);
	check(words, 0, path);
	return path;
}

/* What comes out is the case alone, by its own name, and nothing else of this machine. */
static void test_round_trip(void **state)
{
	static const char *const names[] = { "run.json",
					     "README",
					     "case.scn",
					     "case.c",
					     "trace",
					     "kernel.txt",
					     "cases/002-mine/console.log" };
	const char *d = *state;
	_cleanup_free_ char *path = packed(d), *show = xasprintf("show %s", path), *spec = NULL;
	_cleanup_free_ char *to = xasprintf("%s/unpacked", d), *again = NULL;
	_cleanup_free_ char *top = xasprintf("%s/xfs-mine-a", to);
	_cleanup_free_ char *json_path = xasprintf("%s/run.json", top);
	_cleanup_buf_ struct buf json = BUF_INIT;
	struct run_summary s;
	struct plan plan = { 0 };

	check(show, 0, "# xfs/mine/a\n;;punch   a 2M 64K");
	ok(cases_from_word(NULL, path, &plan));
	assert_int_equal(plan.nr_cases, 1);
	assert_string_equal(plan.cases[0].name, "xfs/mine/a");
	assert_string_equal(plan.geometry, "memory=1G,vcpus=1,align=2M");
	plan_deinit(&plan);
	ok(case_pack_kernel(path, &spec));
	assert_string_equal(spec, "deb:6.1.0-57-amd64");
	ok(dir_create(to));
	run_ok((const char *const[]){ "tar", "-C", to, "-xf", path, NULL });
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		_cleanup_free_ char *file = xasprintf("%s/%s", top, names[i]);

		if (!path_exists(file))
			fail_msg("the pack lacks %s", names[i]);
	}
	again = xasprintf("cd %s && test $(find . -type f | wc -l) = %zu && ! grep -r secret .", to,
			  ARRAY_SIZE(names));
	run_ok((const char *const[]){ "sh", "-c", again, NULL });
	ok(file_read(json_path, 1 << 20, &json));
	ok(run_json_parse("x", buf_str(&json), json.len, &s));
	assert_int_equal(s.case_count, 1);
	assert_string_equal(s.cases[0]->name, "xfs/mine/a~2");
	assert_int_equal(s.cases[0]->evidence_count, 4);
	run_summary_deinit(&s);
}

/* Operands, and an archive that would be overwritten. */
static void test_operands(void **state)
{
	_cleanup_free_ char *own = NULL, *enemy = NULL;
	_cleanup_free_ char *path = packed(*state),
			    *twice = xasprintf("pack --out %s " RUN " xfs/mine/a", path);

	check(twice, 2, "exists; give another name by --out");
	check("pack", 2, "'pack' takes a run and a case");
	check("pack a b c", 2, "'pack' takes a run and a case");
	check("pack --out x.tgz xfs/mine/a", 2, "must end in '.tar.zst'");
	check("pack xfs/program", 2, "runs a program of yours: hand that on");
	check("mail xfs/program", 0, "-o dax=always,noatime ;;program /bin/true");
	check("run none.tar.zst", 2, "cannot open 'none.tar.zst'");
	check("pack xfs/none", 2, "no run in ;;has a case 'xfs/none'");
	check("pack " RUN " xfs/mind/a", 2, "no case of this run 'xfs/mind/a'; did you mean");
	check("pack --vmcore --out y.tar.zst xfs/mine/a", 2,
	      "xfs/mine/a left no vmcore: only a run with");
	check("pack --kernel --out y.tar.zst xfs/mine/a", 2, "store:deb-none");
	check("mail xfs/other/a", 2, "case 'xfs/other/a' did not fail in run");
	check("mail xfs/m[", 2, "'xfs/m['");
	own = xasprintf("mail %s/sabotaged xfs/own", (char *)*state);
	check(own, 2, "is of a self-test");
	enemy = xasprintf("mail %s/hostile *", (char *)*state);
	check(enemy, 2, "case 'xfs/\\x1b[2J' did not fail");
}

/* The mail of the command, by the record and the other runs. */
static void test_mail(void **state)
{
	static const char log[] = "daxrig-bisect 1\nask\tcase xfs/mine/a\n";
	static const char answer[] = "good\taaaaaaaaaaaa before (2025-03-01)\n"
				     "bad\tbbbbbbbbbbbb after (2025-03-02)\n"
				     "rule\tsplat\ntitle\tWARNING in *\n"
				     "commit\tbbbbbbbbbbbb (\"after\")\n";

	check("mail xfs/mine/a", 0,
	      "Subject: [BUG] xfs, dax: WARNING in f\n;;multipart/mixed;;a punch waits.\n;;"
	      "    WARNING: at f\n;;failed    1 of 2 tries, on 6.1.0-57-amd64\n;;"
	      "not tried the same without DAX\n;;mkfs.xfs ;;mount -t xfs -o dax=always;;"
	      "reproduce.c;;int main(int argc, char **argv)");
	check("mail " RUN " xfs/mine/a", 0, "Subject: ");
	/* and by what a bisection found */
	put_bytes(*state, "bisect/x/log", log, strlen(log));
	put_bytes(*state, "bisect/x/answer", answer, strlen(answer));
	check("mail xfs/mine/a", 0,
	      "Subject: [REGRESSION] xfs, dax: WARNING in f\n;;last good aaaaaaaaaaaa before;;"
	      "first bad bbbbbbbbbbbb after;;Fixes:    bbbbbbbbbbbb (\"after\")\n");
}

struct entry {
	const char *name;
	unsigned int type;
	const char *text;
	size_t times; /* so often */
};

static void make_archive(const char *path, const struct entry *v, size_t n, bool zstd)
{
	struct archive *a = archive_write_new();

	archive_write_set_format_pax_restricted(a);
	if (zstd)
		archive_write_add_filter_zstd(a);
	assert_int_equal(archive_write_open_filename(a, path), ARCHIVE_OK);
	for (size_t i = 0; i < n; i++) {
		struct archive_entry *e = archive_entry_new();
		size_t len = v[i].text ? strlen(v[i].text) : 0;

		archive_entry_set_pathname(e, v[i].name);
		archive_entry_set_mode(e, v[i].type | 0644);
		if (v[i].type == AE_IFLNK)
			archive_entry_set_symlink(e, "/etc/passwd");
		if (v[i].type == AE_IFREG && !v[i].text)
			archive_entry_set_hardlink(e, "/etc/passwd");
		archive_entry_set_size(e, (la_int64_t)(len * v[i].times));
		assert_int_equal(archive_write_header(a, e), ARCHIVE_OK);
		for (size_t k = 0; k < v[i].times && len; k++)
			assert_int_equal(archive_write_data(a, v[i].text, len), len);
		archive_entry_free(e);
	}
	assert_int_equal(archive_write_close(a), ARCHIVE_OK);
	archive_write_free(a);
}

/* The error of reading the pack @path must be the user's, in one printable line with @why. */
static void must_fail(const char *path, const char *why)
{
	struct plan plan = { 0 };
	struct err *err = cases_from_word(NULL, path, &plan);

	if (!err)
		fail_msg("'%s' is read, without '%s'", path, why);
	if (err->code != ERR_USAGE || !strstr(err->message, why) || strlen(err->message) > 600)
		fail_msg("%d: %s", err->code, err->message);
	for (const char *p = err->message; *p; p++)
		if (*p < ' ' || *p > '~')
			fail_msg("not one line: %s", err->message);
	assert_int_equal(plan.nr_cases, 0);
	err_free(err);
	plan_deinit(&plan);
}

#define ONE(name, more)                                                                            \
	"{\"format\":1,\"kernel\":{\"spec\":\"tree:/etc\"}," more "\"cases\":[{\"name\":\"" name   \
	"\",\"verdict\":\"fail\",\"scenario\":\"" SCENARIO "\"}]}"

/* Whatever is in an archive, nothing is written and no memory is taken beyond what a record has. */
static void test_hostile(void **state)
{
	static const struct {
		struct entry e;
		const char *why;
	} rows[] = {
		{ { "a/run.json", AE_IFLNK, NULL, 0 }, "does not begin with a file" },
		{ { "a/run.json", AE_IFREG, NULL, 0 }, "does not begin with a file" },
		{ { "a/", AE_IFDIR, NULL, 0 }, "does not begin with a file" },
		{ { "a/run.json", AE_IFREG, "x", 1 }, "cannot read" },
		{ { "a/run.json", AE_IFREG, "0123456789abcdef", 1 << 20 }, "larger than " },
		{ { "a/run.json", AE_IFREG, "{\"format\":1,\"cases\":[]}", 1 }, "one case" },
		{ { "a/run.json", AE_IFREG, "{\"format\":9,\"cases\":[]}", 1 }, "format 9" },
		{ { "a/run.json", AE_IFREG, ONE("../../x", ""), 1 }, "no name" },
		{ { "a/run.json", AE_IFREG, ONE("nofs/x", ""), 1 }, "no name" },
		{ { "a/run.json", AE_IFREG, ONE("xfs/", ""), 1 }, "no name" },
		{ { "a/run.json", AE_IFREG, ONE("xfs/*", ""), 1 }, "no name" },
		{ { "a/run.json", AE_IFREG, ONE("xfs/a\\nb", ""), 1 }, "no name" },
		{ { "a/run.json", AE_IFREG, ONE("xfs/a", "\"geometry\":\"memory=9T\","), 1 },
		  "memory" },
		{ { "a/run.json", AE_IFREG, ONE("xfs/a", "\"geometry\":\"\\u001b[2J\","), 1 },
		  "no pack" },
		{ { "a/run.json", AE_IFREG,
		    "{\"format\":1,\"cases\":[{\"name\":\"xfs/a\",\"verdict\":\"fail\"}]}", 1 },
		  "no scenario" },
		{ { "a/run.json", AE_IFREG,
		    "{\"format\":1,\"cases\":[{\"name\":\"xfs/a\",\"verdict\":\"fail\","
		    "\"scenario\":\"fs ext4\\nfile a 4M written\\n\"}]}",
		    1 },
		  "does not run on its filesystem" },
		{ { "a/run.json", AE_IFREG,
		    "{\"format\":1,\"cases\":[{\"name\":\"xfs/a\",\"verdict\":\"fail\","
		    "\"scenario\":\"program /bin/true\\n\"}]}",
		    1 },
		  "runs a program" },
		{ { "a/run.json", AE_IFREG,
		    "{\"format\":1,\"cases\":[{\"name\":\"xfs/a\",\"verdict\":\"fail\","
		    "\"scenario\":\"\\u001b[2J\\n\"}]}",
		    1 },
		  "unprintable byte" },
	};
	_cleanup_free_ char *path = xasprintf("%s/h.tar.zst", (char *)*state);
	_cleanup_free_ char *fifo = xasprintf("%s/f.tar.zst", (char *)*state), *spec = NULL;
	const struct entry climbing[] = { { "../../escaped/run.json", AE_IFREG, ONE("xfs/a", ""),
					    1 },
					  { "/tmp/escaped", AE_IFREG, "x", 1 } };
	struct plan plan = { 0 };
	struct err *err;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		make_archive(path, &rows[i].e, 1, true);
		must_fail(path, rows[i].why);
	}
	make_archive(path, NULL, 0, true);
	must_fail(path, "it ends early");
	make_archive(path, &rows[3].e, 1, false);
	must_fail(path, "cannot read");
	ok(file_write_atomic(path, "no archive at all", 17));
	must_fail(path, "cannot unpack");
	assert_int_equal(mkfifo(fifo, 0600), 0);
	must_fail(fifo, "f.tar.zst");
	/* names in it are of no use to anybody: it is read, and nothing else happens */
	make_archive(path, climbing, 2, true);
	ok(cases_from_word(NULL, path, &plan));
	assert_int_equal(plan.nr_cases, 1);
	plan_deinit(&plan);
	assert_int_equal(access("/tmp/escaped", F_OK), -1);
	/* a kernel of the other machine's */
	err = case_pack_kernel(path, &spec);
	assert_non_null(err);
	assert_non_null(strstr(err->message, "give one by --kernel"));
	err_free(err);
}

/* A pack that lost its end, or some bits, is read whole or refused. */
static void test_damaged(void **state)
{
	_cleanup_free_ char *path = packed(*state);
	_cleanup_free_ char *bad = xasprintf("%s/d.tar.zst", (char *)*state);
	_cleanup_buf_ struct buf whole = BUF_INIT;
	size_t refused = 0;

	ok(file_read(path, 1 << 20, &whole));
	for (size_t i = 0; i < 400; i++) {
		struct plan plan = { 0 };
		_cleanup_buf_ struct buf b = BUF_INIT;
		size_t at = i * (whole.len / 400);
		struct err *err;

		buf_add(&b, whole.data, i % 2 ? whole.len : at);
		if (i % 2)
			b.data[at] = (char)(b.data[at] ^ (1 << (i % 8)));
		ok(file_write_atomic(bad, buf_str(&b), b.len));
		err = cases_from_word(NULL, bad, &plan);
		if (err) {
			assert_int_equal(err->code, ERR_USAGE);
			assert_null(strchr(err->message, '\n'));
			refused++;
		} else {
			assert_int_equal(plan.nr_cases, 1);
			assert_string_equal(plan.cases[0].name, "xfs/mine/a");
		}
		err_free(err);
		plan_deinit(&plan);
	}
	assert_true(refused > 100);
}

/* Of an old run the evidence is in an archive; the last test, as it packs the run. */
static void test_packed_run(void **state)
{
	_cleanup_free_ char *run = xasprintf("%s/runs/" RUN, (char *)*state);
	_cleanup_free_ char *archive = xasprintf("%s/" RUNDIR_PACKED, run), *path = NULL;
	_cleanup_free_ char *cases = xasprintf("%s/cases", run), *has = NULL;

	ok(tree_pack(run, (const char *const[]){ "cases", NULL }, archive));
	ok(tree_remove(cases));
	path = packed(*state);
	has = xasprintf("tar -xOf %s xfs-mine-a/cases/002-mine/console.log | grep -qx hello && "
			"! tar -tf %s | grep link",
			path, path);
	run_ok((const char *const[]){ "sh", "-c", has, NULL });
}

/* Only names that mean one kernel everywhere go to another machine. */
static void test_kernels(void **state)
{
	static const struct {
		const char *package, *spec, *want;
	} rows[] = {
		{ "linux-image-6.1.0-57-amd64", "deb:linux-image-amd64", "deb:6.1.0-57-amd64" },
		{ "", "src:7.2+debug", "src:7.2+debug" },
		{ "", "deb:6.12", "deb:6.12" },
		{ "", "src:7.2+/tmp/x.patch", NULL },
		{ "", "src:7.2+x.config", NULL },
		{ "", "tree:/home/x/linux@v7.2", NULL },
		{ "", "file:/boot/vmlinuz", NULL },
		{ "", "store:file-6.1-12ab", NULL },
		{ "", "", NULL },
		{ "linux-image-../../x", "", NULL },
		{ "", "\x1b[2J", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *spec = case_pack_kernel_spec(rows[i].package, rows[i].spec);

		if (!spec != !rows[i].want || (spec && strcmp(spec, rows[i].want)))
			fail_msg("row %zu: %s", i, spec ? spec : "none");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip), cmocka_unit_test(test_operands),
		cmocka_unit_test(test_mail),	   cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_damaged),	   cmocka_unit_test(test_kernels),
		cmocka_unit_test(test_packed_run),
	};

	return cmocka_run_group_tests(tests, set_up, scratch_remove);
}
