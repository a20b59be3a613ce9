/* SPDX-License-Identifier: GPL-2.0-only */
/* Scenarios as a folder of a kernel tree: its files, and that they compile against a harness. */
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "base/files.h"
#include "base/program.h"
#include "tests/scratch.h"
#include "workloads/c/kselftest.h"
#include "workloads/c/parts.h"

/* What programs use of the kernel's kselftest_harness.h, which a test has not. */
static const char harness[] =
	"#include <errno.h>\n#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n"
	"#include <sys/types.h>\n#include <unistd.h>\n"
	"enum { KSFT_PASS, KSFT_FAIL, KSFT_SKIP = 4 };\n"
	"struct __test_metadata { int exit_code; };\n"
	"#define TH_LOG(fmt, ...) fprintf(stderr, \"%d\" fmt, _metadata->exit_code, ##__VA_ARGS__)\n"
	"#define SKIP(statement, ...) \\\n"
	"	do { _metadata->exit_code = KSFT_SKIP; printf(__VA_ARGS__); statement; } while (0)\n"
	"#define FIXTURE(name) struct name\n"
	"#define ARGS struct __test_metadata __attribute__((unused)) *_metadata\n"
	"#define FIXTURE_SETUP(name) void name##_setup(ARGS); void name##_setup(ARGS)\n"
	"#define FIXTURE_TEARDOWN(name) void name##_teardown(ARGS); void name##_teardown(ARGS)\n"
	"#define TEST_F_TIMEOUT(name, test, time) \\\n"
	"	void name##_##test(ARGS); void name##_##test(ARGS)\n"
	"#define TEST_HARNESS_MAIN int main(void) { return 0; }\n";

static void add(struct kselftest *k, const char *name, const char *text)
{
	struct scenario_variants variants;

	assert_null(scenario_expand(name, text, strlen(text), &variants));
	assert_null(kselftest_add(k, name, &variants));
	scenario_variants_deinit(&variants);
}

static const char *text_of(const struct kselftest *k, const char *name)
{
	for (unsigned int i = 0; i < k->nr_files; i++)
		if (strcmp(k->files[i].name, name) == 0)
			return buf_str(&k->files[i].text);
	return NULL;
}

static void write_folder(const struct kselftest *k, const char *dir)
{
	_cleanup_free_ char *top = xasprintf("%s/kselftest_harness.h", dir);
	_cleanup_free_ char *lib = xasprintf("%s/dax/lib", dir);

	assert_null(file_write_atomic(top, harness, strlen(harness)));
	assert_null(dir_create(lib));
	for (unsigned int i = 0; i < k->nr_files; i++) {
		_cleanup_free_ char *path = xasprintf("%s/dax/%s", dir, k->files[i].name);

		assert_false(path_exists(path));
		assert_null(
			file_write_atomic(path, buf_str(&k->files[i].text), k->files[i].text.len));
	}
}

static void compile(const char *dir, const char *name)
{
	_cleanup_free_ char *path = xasprintf("%s/dax/%s.c", dir, name);
	const char *const argv[] = { "cc",    "-std=gnu11", "-D_GNU_SOURCE=",
				     "-Wall", "-Wextra",    "-Werror",
				     "-O2",   "-pthread",   "-c",
				     path,    "-o",	    "/dev/null",
				     NULL };
	_cleanup_buf_ struct buf out = BUF_INIT;
	_cleanup_err_ struct err *err = run_program(argv, 60000, &out);

	if (err)
		fail_msg("%s: %s", name, buf_str(&out));
}

/* All of the library: what cannot be told is listed, and a sample compiles. */
static void test_library(void **state)
{
	struct kselftest *k = xcalloc(1, sizeof(*k));
	glob_t found;

	assert_int_equal(glob("workloads/scenarios/*.scn", 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		_cleanup_buf_ struct buf text = BUF_INIT;
		const char *name = strrchr(found.gl_pathv[i], '/') + 1;
		_cleanup_free_ char *bare = xstrndup(name, strlen(name) - 4);

		assert_null(file_read(found.gl_pathv[i], SCENARIO_MAX, &text));
		add(k, bare, buf_str(&text));
	}
	kselftest_finish(k);
	write_folder(k, *state);
	print_message("%u programs with %u tests\n", k->nr_programs, k->nr_tests);
	assert_true(k->nr_programs > 100 && k->nr_tests > 150);
	assert_string_equal(buf_str(&k->refused), "");
	for (unsigned int i = 0; i < k->nr_programs; i += 9)
		compile(*state, k->programs[i].name);
	globfree(&found);
	kselftest_deinit(k);
	free(k);
}

static const char held[] = "# two kinds\neach pin vmsplice odirect rdma\neach at 512 1K\n"
			   "file a-b 4M written\nmap m a-b 0 4M shared rw\npin p $pin m 64K\n"
			   "write a-b 1M $at\nunpin p\n";
static const char shared[] = "file a 4M written\nfile b 4M clone a\n";
static const char seen[] = "file a 4M written\nmap m a 0 4M shared rw\npin p rdma-odp m 64K\n";

/* A variant is a test, with variables of its own; the files are common. */
static void test_variants(void **state)
{
	struct kselftest *k = xcalloc(1, sizeof(*k));
	const char *text;

	add(k, "two-kinds", held);
	kselftest_finish(k);
	text = text_of(k, "two-kinds.c");
	assert_non_null(text);
	assert_int_equal(k->nr_tests, 6);
	assert_non_null(strstr(text, "TEST_F_TIMEOUT(dax, vmsplice_512, 300)"));
	assert_non_null(strstr(text, "TEST_F_TIMEOUT(dax, odirect_1K, 300)"));
	assert_non_null(strstr(text, "static struct vmsplice pin_p = "));
	assert_non_null(strstr(text, "static struct odirect pin_pV3 = "));
	assert_null(strstr(text, "rdma"));
	assert_non_null(strstr(text, "enum { FILE_NONE, FILE_aXb };"));
	text = text_of(k, "two-kinds-rdma.c");
	assert_non_null(text);
	assert_non_null(strstr(text, "TEST_F_TIMEOUT(dax, rdma_512, 300)"));
	assert_non_null(strstr(text, "static struct rdma pin_p = "));
	assert_non_null(strstr(text_of(k, "Makefile"), "VERBS := \\\n\ttwo-kinds-rdma\n"));
	assert_null(text_of(k, "lib/report.c"));
	assert_non_null(strstr(text_of(k, "lib/bytes.h"), "#include \"report.h\"\n"));
	kselftest_deinit(k);
	free(k);
	(void)state;
}

/* A filesystem's script makes it as its row says, and runs what it has the features for. */
static void test_filesystems(void **state)
{
	struct kselftest *k = xcalloc(1, sizeof(*k));

	(void)state;
	add(k, "shared", shared);
	add(k, "seen", seen);
	kselftest_finish(k);
	for (size_t i = 0; filesystems[i]; i++) {
		const struct filesystem *fs = filesystems[i];
		_cleanup_free_ char *name = xasprintf("dax-%s.sh", fs->name);
		_cleanup_free_ char *mkfs = xasprintf("mkfs=\"%s ", fs->mkfs[0]);
		_cleanup_free_ char *dax = xasprintf("options=%s\n", fs->dax);
		const char *text = text_of(k, name);

		assert_non_null(text);
		assert_non_null(strstr(text, mkfs));
		assert_non_null(strstr(text, dax));
		assert_non_null(strstr(text, "\n\tseen\n"));
		assert_int_equal(strstr(text, "\n\tshared\n") != NULL,
				 (fs->features & FILESYSTEM_REFLINK) != 0);
		assert_non_null(strstr(text_of(k, "Makefile"), name));
		assert_non_null(strstr(text_of(k, "config"), fs->config[0].option));
	}
	assert_non_null(strstr(text_of(k, "Makefile"), "VERBS := \\\n\tseen\n"));
	assert_non_null(strstr(text_of(k, "Makefile"), "TEST_GEN_FILES := \\\n\tshared\n"));
	kselftest_deinit(k);
	free(k);
}

static void test_scripts(void **state)
{
	struct kselftest *k = xcalloc(1, sizeof(*k));

	add(k, "seen", seen);
	kselftest_finish(k);
	for (unsigned int i = 0; i < k->nr_files; i++) {
		const struct kselftest_file *f = &k->files[i];
		_cleanup_free_ char *path = xasprintf("%s/script", (char *)*state);
		const char *const argv[] = { "sh", "-n", path, NULL };
		_cleanup_buf_ struct buf out = BUF_INIT;

		if (!str_ends(f->name, ".sh"))
			continue;
		assert_null(file_write_atomic(path, buf_str(&f->text), f->text.len));
		assert_null(run_program(argv, 60000, &out));
	}
	kselftest_deinit(k);
	free(k);
}

/* Text that is no scenario is an error, and what is refused makes no program. */
static void test_wrong(void **state)
{
	struct kselftest *k = xcalloc(1, sizeof(*k));
	struct scenario_variant v = { (char *)"", (char *)"file a\n" };
	struct scenario_variants one = { &v, 1 };
	struct err *err = kselftest_add(k, "bad", &one);

	(void)state;
	assert_non_null(err);
	assert_int_equal(err->code, ERR_USAGE);
	err_free(err);
	add(k, "gone",
	    "file a 4M written\nmap m a 0 4M shared rw\npin p vmsplice m 4K\n"
	    "unmap m\nstart t umount\nremount\n");
	assert_int_equal(k->nr_programs, 0);
	assert_non_null(strstr(buf_str(&k->refused), "gone:6: cannot be told in C: 'remount'"));
	add(k, "other", "mount noatime\nfile a 4M written\n");
	assert_int_equal(k->nr_programs, 0);
	assert_non_null(strstr(buf_str(&k->refused), "other:1: cannot be told in C: 'mount'"));
	kselftest_deinit(k);
	free(k);
}

/* A name goes into a Makefile: it must be plain, new, and none of the folder's own. */
static void test_names(void **state)
{
	static const char *const bad[] = { "a b", "$(x)", "-x", "", "config", "lib", "seen" };
	struct kselftest *k = xcalloc(1, sizeof(*k));

	(void)state;
	add(k, "seen", seen);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct scenario_variant v = { (char *)"", (char *)seen };
		struct scenario_variants one = { &v, 1 };
		struct err *err = kselftest_add(k, bad[i], &one);

		assert_non_null(err);
		assert_int_equal(err->code, ERR_USAGE);
		err_free(err);
	}
	assert_int_equal(k->nr_programs, 1);
	kselftest_deinit(k);
	free(k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_library),	    cmocka_unit_test(test_variants),
		cmocka_unit_test(test_filesystems), cmocka_unit_test(test_scripts),
		cmocka_unit_test(test_wrong),	    cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
