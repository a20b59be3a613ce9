/* SPDX-License-Identifier: GPL-2.0-only */
/* Symbols of made-up kernels, from made-up packages, by made-up apt-get and apt-cache. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "guests/store/kernel-describe.h"
#include "guests/store/kernel-list.h"
#include "guests/store/kernel-symbols.h"
#include "guests/tests/fake-symbols.h"

static int fifo = -1;

/* Signals after half of the package, and then never ends. */
#define STALL "echo >$top/cancel; read x <$top/never"

static const struct {
	const char *what;
	enum layout layout;
	const char *suite, *version, *download;
	const char *dpkg_deb; /* NULL: the real one */
	enum err_code code;
	const char *error; /* NULL: good */
} cases[] = {
	{ "old layout", OLD, "native", "6.1.9-1", COPY, NULL, 0, NULL },
	{ "new layout, in the last suite", NEW, "sid", "6.1.9-1", COPY, NULL, 0, NULL },
	{ "no such package", OLD, "none", "6.1.9-1", COPY, NULL, ERR_USAGE,
	  "the archive no longer has package '" DBG "'" },
	{ "other version", OLD, "*", "6.1.9-2", COPY, NULL, ERR_USAGE,
	  "it is version 6.1.9-1, the archive has the symbols of 6.1.9-2; 'daxrig kernel rm'" },
	{ "other build", OTHER_BUILD, "native", "6.1.9-1", COPY, NULL, ERR_INFRA,
	  "it has build id 2222222222222222222222222222222222222222, the kernel has 1111" },
	{ "no build id", NO_ID, "native", "6.1.9-1", COPY, NULL, ERR_INFRA,
	  "its vmlinux has no build id" },
	{ "no vmlinux", NOTHING, "native", "6.1.9-1", COPY, NULL, ERR_INFRA,
	  "cannot unpack '" DBG "_6.1.9-1_amd64.deb': tar: */debug/*/vmlinux*: Not found" },
	{ "links that lead nowhere", LINKS_ONLY, "native", "6.1.9-1", COPY, NULL, ERR_INFRA,
	  "holds no vmlinux" },
	{ "no module", NO_MODULE, "native", "6.1.9-1", COPY, NULL, ERR_INFRA,
	  "tar: */" RELEASE "/kernel/*/xfs.ko: Not found" },
	{ "download fails", OLD, "native", "6.1.9-1", "echo 'E: it is broken'; exit 100", NULL,
	  ERR_PROGRAM,
	  "cannot fetch the symbols of 'deb:6.1': cannot download '" DBG "': it is broken" },
	{ "nothing downloaded", OLD, "native", "6.1.9-1", "", NULL, ERR_INFRA,
	  "cannot find the package in '" },
	{ "package cut", OLD, "native", "6.1.9-1", "head -c 700 $top/x.deb >" DBG ".deb", NULL,
	  ERR_INFRA, "cannot unpack '" DBG ".deb': " },
	{ "disk full: the cause, not the first error", OLD, "native", "6.1.9-1", COPY,
	  "printf 'tar: a: Wrote only 1 of 2 bytes\\ntar: b: Cannot write: No space\\n' >&2; exit 2",
	  ERR_INFRA, ".deb': tar: b: Cannot write: No space" },
	{ "dpkg-deb fails after all", OLD, "native", "6.1.9-1", COPY, "$real \"$@\"; exit 2",
	  ERR_INFRA, "cannot unpack '" },
	{ "interrupted while it downloads", OLD, "native", "6.1.9-1",
	  "head -c 700 $top/x.deb >" DBG ".deb; " STALL, NULL, ERR_CANCELLED, "interrupted" },
	{ "interrupted while it unpacks", OLD, "native", "6.1.9-1", COPY,
	  "$real \"$@\" | head -c 100000; " STALL, ERR_CANCELLED, "interrupted" },
};

static size_t count_entries(const char *name, bool hidden)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", top, name);
	DIR *dir = opendir(path);
	struct dirent *e;
	size_t n = 0;

	while (dir && (e = readdir(dir)))
		n += hidden ? !strncmp(e->d_name, ".tmp", 4) : e->d_name[0] != '.';
	if (dir)
		closedir(dir);
	return n;
}

static struct kernel *find(void)
{
	struct kernel *k;

	ok(kernel_find(top, "deb:6.1", &k));
	return k;
}

static void expect_none(const struct kernel *k, const char *error)
{
	char *vmlinux, *modules;
	_cleanup_err_ struct err *err = kernel_symbols(k, &vmlinux, &modules);

	assert_non_null(err);
	assert_int_equal(err->code, ERR_USAGE);
	if (!strstr(err->message, error))
		fail_msg("'%s' instead of '%s'", err->message, error);
	assert_null(vmlinux);
	assert_null(modules);
}

/* Exactly the modules that guests load. */
static void expect_symbols(const struct kernel *k)
{
	_cleanup_free_ char *vmlinux = NULL, *modules = NULL, *want = NULL;
	struct stat st;

	ok(kernel_symbols(k, &vmlinux, &modules));
	want = xasprintf("%s/symbols/" KEY, top);
	assert_string_equal(modules, want);
	assert_int_equal(strncmp(vmlinux, want, strlen(want)), 0);
	assert_string_equal(vmlinux + strlen(want), "/vmlinux");
	assert_int_equal(lstat(vmlinux, &st), 0);
	assert_true(S_ISREG(st.st_mode) && st.st_size == VMLINUX_BYTES);
	assert_true(there("symbols/" KEY "/xfs.ko"));
	assert_true(there("symbols/" KEY "/nd_pmem.ko"));
	assert_true(there("symbols/" KEY "/digests"));
	assert_int_equal(count_entries("symbols/" KEY, false), 5);
}

static void drain_fifo(void)
{
	char c;

	while (read(fifo, &c, 1) == 1)
		;
}

static void test_fetch(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_kernel_ struct kernel *k = find();
		_cleanup_err_ struct err *err = NULL;

		print_message("# %s\n", cases[i].what);
		remove_entry("symbols");
		put_dpkg_deb(NULL);
		put_package(cases[i].layout);
		put_apt(cases[i].suite, cases[i].version, cases[i].download);
		put_dpkg_deb(cases[i].dpkg_deb);
		expect_none(k, "kernel 'deb:6.1' has no symbols; 'daxrig kernel fetch --symbols "
			       "deb:" RELEASE "'");
		run_program_cancel_fd(fifo);
		err = kernel_symbols_fetch(top, k, NULL);
		run_program_cancel_fd(-1);
		drain_fifo();
		assert_int_equal(count_entries("symbols", true), 0);
		if (!cases[i].error) {
			ok(take_ptr(err));
			expect_symbols(k);
			continue;
		}
		if (!err || !strstr(err->message, cases[i].error))
			fail_msg("'%s' instead of '%s'", err ? err->message : "good",
				 cases[i].error);
		assert_int_equal(err->code, cases[i].code);
		assert_int_equal(count_entries("symbols", false), 0);
		expect_none(k, "has no symbols");
	}
}

/* A full disk, which tar does not always name as the cause. */
static void test_broken_off(void **state)
{
	_cleanup_kernel_ struct kernel *k = find();
	_cleanup_err_ struct err *err = NULL;
	struct rlimit old, small;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	small = (struct rlimit){ VMLINUX_BYTES / 2 + 1, old.rlim_max };
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	err = kernel_symbols_fetch(top, k, NULL);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	assert_non_null(err);
	if (!strstr(err->message, ".deb': tar: vmlinux-" RELEASE ": Wrote only ") ||
	    !str_ends(err->message, " bytes (is the disk full?)"))
		fail_msg("%s", err->message);
	assert_int_equal(count_entries("symbols", true) + count_entries("symbols", false), 0);
}

/* Existing symbols are fetched again only if they are of another version. */
static void test_once(void **state)
{
	_cleanup_kernel_ struct kernel *k = find(), *later = NULL;

	(void)state;
	ok(kernel_symbols_fetch(top, k, NULL));
	assert_true(there("asked"));
	remove_entry("asked");
	ok(kernel_symbols_fetch(top, k, NULL));
	assert_false(there("asked"));
	expect_symbols(k);
	put_kernel("6.1.9-2");
	later = find();
	expect_none(later, "kernel 'deb:6.1' is version 6.1.9-2, its symbols are of another one; "
			   "'daxrig kernel fetch --symbols deb:" RELEASE "'");
	put_apt("native", "6.1.9-2", COPY);
	put_text("symbols/" KEY "/stale", "");
	ok(kernel_symbols_fetch(top, later, NULL));
	assert_true(there("asked"));
	expect_symbols(later);
}

static void expect_damaged(const struct kernel *k, const char *error)
{
	char *vmlinux, *modules;
	_cleanup_err_ struct err *err = kernel_symbols(k, &vmlinux, &modules);

	assert_non_null(err);
	assert_int_equal(err->code, ERR_INFRA);
	if (!strstr(err->message, error))
		fail_msg("'%s' instead of '%s'", err->message, error);
	assert_null(vmlinux);
	assert_null(modules);
}

static void note_line(void *arg, const char *text)
{
	buf_addf(arg, "%s\n", text);
}

/* Damaged symbols: kernel_symbols() names them, kernel_symbols_fetch() fetches them again. */
static void test_damaged(void **state)
{
	static const char *const names[] = { "vmlinux", "xfs.ko", "digests" };
	_cleanup_kernel_ struct kernel *k = find();

	(void)state;
	ok(kernel_symbols_fetch(top, k, NULL));
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		_cleanup_free_ char *rel = xasprintf("symbols/" KEY "/%s", names[i]);
		_cleanup_free_ char *path = xasprintf("%s/%s", top, rel);
		_cleanup_buf_ struct buf text = BUF_INIT, said = BUF_INIT;
		const struct progress say = { note_line, &said };
		_cleanup_err_ struct err *err = NULL;

		ok(file_read(path, 1 << 20, &text));
		text.data[text.len / 2] ^= 1;
		put(rel, text.data, text.len);
		expect_damaged(k, "the symbols of kernel 'deb:6.1' are damaged: ");
		expect_damaged(k, "; 'daxrig kernel fetch --symbols deb:" RELEASE "' fetches them "
				  "again");
		put_apt("native", "6.1.9-1", "echo 'E: no network'; exit 100");
		err = kernel_symbols_fetch(top, k, NULL);
		assert_non_null(err);
		assert_non_null(strstr(err->message, "they are damaged, "));
		assert_non_null(strstr(err->message, ": no network"));
		put_apt("native", "6.1.9-1", COPY);
		ok(kernel_symbols_fetch(top, k, &say));
		assert_non_null(strstr(buf_str(&said),
				       "fetching the damaged symbols of kernel 'deb:6.1' again: "));
		expect_symbols(k);
	}
	/* from an older daxrig */
	remove_entry("symbols/" KEY "/digests");
	remove_entry("asked");
	ok(kernel_symbols_fetch(top, k, NULL));
	assert_false(there("asked"));
	expect_symbols(k);
}

/* A kernel's size includes its symbols, its description names them, and `rm` removes them. */
static void test_listed_and_removed(void **state)
{
	_cleanup_kernel_ struct kernel *k = find();
	_cleanup_buf_ struct buf before = BUF_INIT, after = BUF_INIT;
	struct kernel_entries list;
	struct err *err;
	uint64_t bytes;

	(void)state;
	ok(kernel_list(top, &list));
	assert_false(list.v[0].symbols);
	bytes = list.v[0].bytes;
	kernel_entries_deinit(&list);
	ok(kernel_describe(k, &before));
	assert_non_null(strstr(buf_str(&before), "\nsymbols   kernel 'deb:6.1' has no symbols; "));
	ok(kernel_symbols_fetch(top, k, NULL));
	ok(kernel_list(top, &list));
	assert_int_equal(list.n, 1);
	assert_true(list.v[0].symbols);
	/* tar leaves no holes */
	assert_true(list.v[0].bytes >= bytes + VMLINUX_BYTES);
	kernel_entries_deinit(&list);
	ok(kernel_describe(k, &after));
	assert_non_null(strstr(buf_str(&after), "\nsymbols   0.3 MiB, /"));
	assert_non_null(strstr(buf_str(&after), "/symbols/" KEY "/vmlinux\n"));
	put_text("symbols/deb-1.2.3/vmlinux", "of a removed kernel");
	put_text("symbols/deb-1.2.4/vmlinux", "of another kernel");
	put_text("symbols/deb-1.2.5", "no folder");
	put_image("kernels/deb-1.2.4/vmlinuz");
	err = kernel_remove(top, KEY);
	assert_non_null(err);
	err_free(err);
	assert_true(there("symbols/" KEY "/vmlinux"));
	kernel_free(take_ptr(k));
	ok(kernel_remove(top, KEY));
	assert_int_equal(count_entries("symbols", false), 2);
	assert_true(there("symbols/deb-1.2.4/vmlinux"));
	assert_true(there("symbols/deb-1.2.5"));
}

/* A built kernel has vmlinux in its folder; an added one has no symbols. */
static void test_own(void **state)
{
	_cleanup_kernel_ struct kernel *built = NULL, *added = NULL;
	_cleanup_free_ char *vmlinux = NULL, *modules = NULL, *dir = NULL, *own = NULL;
	struct err *err;

	(void)state;
	put_image("kernels/build-1/vmlinuz");
	put_text("kernels/build-1/origin", "spec src:6.1\nsource linux-source-6.1\n");
	put_text("kernels/build-1/vmlinux", "elf");
	put_text("kernels/build-1/" MODULES "/modules.dep.bin", "");
	ok(kernel_find(top, "store:build-1", &built));
	ok(kernel_symbols_fetch(top, built, NULL));
	ok(kernel_symbols(built, &vmlinux, &modules));
	dir = xasprintf("%s/kernels/build-1/" MODULES, top);
	own = xasprintf("%s/kernels/build-1/vmlinux", top);
	assert_string_equal(vmlinux, own);
	assert_string_equal(modules, dir);
	assert_true(there("kernels/build-1/digests"));
	put_text("kernels/build-1/vmlinux", "elg");
	expect_damaged(built,
		       "/vmlinux' was changed; 'daxrig kernel build src:6.1' makes it again");
	remove_entry("kernels/build-1/vmlinux");
	ok(kernel_find(top, "store:build-1", &added));
	expect_none(added, "kernel 'store:build-1' has no symbols and is not from the archive: "
			   "'daxrig splat --vmlinux FILE' reads");
	err = kernel_symbols_fetch(top, added, NULL);
	assert_non_null(err);
	assert_int_equal(err->code, ERR_USAGE);
	err_free(err);
	assert_false(there("symbols"));
}

static int set_up(void **state)
{
	(void)state;
	remove_entry("kernels");
	remove_entry("symbols");
	remove_entry("asked");
	put_kernel("6.1.9-1");
	put_dpkg_deb(NULL);
	put_package(OLD);
	put_apt("native", "6.1.9-1", COPY);
	return 0;
}

static int set_up_all(void **state)
{
	_cleanup_free_ char *path = NULL, *cancel = NULL, *never = NULL;

	(void)state;
	assert_non_null(mkdtemp(top));
	path = xasprintf("%s/bin:%s", top, getenv("PATH"));
	cancel = xasprintf("%s/cancel", top);
	never = xasprintf("%s/never", top);
	if (mkfifo(cancel, 0600) || mkfifo(never, 0600))
		return -1;
	fifo = open(cancel, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	return fifo < 0 ? -1 : setenv("PATH", path, 1);
}

static int tear_down_all(void **state)
{
	(void)state;
	close(fifo);
	err_free(tree_remove(top));
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_fetch, set_up),
		cmocka_unit_test_setup(test_broken_off, set_up),
		cmocka_unit_test_setup(test_once, set_up),
		cmocka_unit_test_setup(test_damaged, set_up),
		cmocka_unit_test_setup(test_listed_and_removed, set_up),
		cmocka_unit_test_setup(test_own, set_up),
	};

	return cmocka_run_group_tests(tests, set_up_all, tear_down_all);
}
