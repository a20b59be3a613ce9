/* SPDX-License-Identifier: GPL-2.0-only */
/* Lists, finds, adds and removes kernels in a made-up store. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "guests/store/kernel-add.h"
#include "guests/store/kernel-list.h"
#include "guests/store/kernel-store.h"
#include "tests/scratch.h"

#define GOOD_CONFIG "CONFIG_FS_DAX=y\nCONFIG_BLK_DEV_INITRD=y\nCONFIG_RD_ZSTD=y\n"
#define DIGITS "0123456789abcdef"

/* The error must be ERR_USAGE, and contain @part. */
static void refused(struct err *err, const char *part)
{
	if (!err)
		fail_msg("accepted instead of '%s'", part);
	if (err->code != ERR_USAGE || !strstr(err->message, part))
		fail_msg("'%s' instead of '%s'", err->message, part);
	err_free(err);
}

static void put_text(const char *top, const char *name, const char *text)
{
	put_bytes(top, name, text, strlen(text));
}

static void put_image(const char *top, const char *name, const char *release)
{
	char b[0x1000] = { 0 };

	memcpy(b + 0x1fe, "\x55\xaa", 2);
	memcpy(b + 0x202, "HdrS", 4);
	memcpy(b + 0x206, "\x0f\x02", 2);
	memcpy(b + 0x20e, "\x00\x04", 2);
	b[0x211] = 1;
	strncpy(b + 0x600, release, 128);
	put_bytes(top, name, b, sizeof(b));
}

static void put_deb(const char *top, const char *version, const char *spec)
{
	_cleanup_free_ char *dir = xasprintf("%s/kernels/deb-%s", top, version);
	_cleanup_free_ char *origin = xasprintf("spec %s\npackage linux-image-%s\nversion 1-%s\n",
						spec, version, version);
	_cleanup_free_ char *index = xasprintf("lib/modules/%s/modules.dep.bin", version);

	put_image(dir, "vmlinuz", version);
	put_text(dir, "config", GOOD_CONFIG);
	put_text(dir, index, "");
	put_text(dir, "origin", origin);
}

/* Four packaged kernels, one of them damaged; an incomplete one; and files of no kernel. */
static void fill(const char *top)
{
	_cleanup_free_ char *store = xasprintf("%s/kernels", top);

	put_deb(top, "6.12.90+deb12-amd64", "deb:6.12");
	put_deb(top, "6.12.100+deb12-amd64", "deb:6.12");
	put_deb(top, "7.2.13+deb14-amd64", "deb:newest");
	put_deb(top, "6.1.0-56-amd64", "deb:linux-image-amd64");
	put_text(top, "kernels/deb-6.1.0-56-amd64/vmlinuz", "cut");
	put_text(top, "kernels/.tmp-1-x/vmlinuz", "half");
	put_text(top, "kernels/notes", "a file");
	ok(store_remember(store, "deb:6.12", "deb-6.12.90+deb12-amd64"));
	ok(store_remember(store, "deb:linux-image-amd64", "deb-7.2.13+deb14-amd64"));
	ok(store_remember(store, "deb:7.2", "deb-7.2.1-amd64"));
	ok(store_remember(store, "deb:linux-image-6.11-amd64", "deb-6.11.0-amd64"));
}

static const struct {
	const char *spec, *release, *version;
} listed[] = {
	{ "deb:7.2.13+deb14-amd64", "7.2.13+deb14-amd64", "1-7.2.13+deb14-amd64" },
	{ "deb:6.12.100+deb12-amd64", "6.12.100+deb12-amd64", "1-6.12.100+deb12-amd64" },
	{ "deb:6.12.90+deb12-amd64", "6.12.90+deb12-amd64", "1-6.12.90+deb12-amd64" },
	{ "store:deb-6.1.0-56-amd64", NULL, NULL },
};

static void test_list(void **state)
{
	const char *top = *state;
	struct kernel_entries list;

	ok(kernel_list(top, &list));
	assert_int_equal(list.n, 0);
	fill(top);
	ok(kernel_list(top, &list));
	assert_int_equal(list.n, ARRAY_SIZE(listed));
	for (size_t i = 0; i < list.n; i++) {
		assert_string_equal(list.v[i].spec, listed[i].spec);
		assert_int_equal(!list.v[i].release, !listed[i].release);
		if (listed[i].release) {
			assert_string_equal(list.v[i].release, listed[i].release);
			assert_string_equal(list.v[i].version, listed[i].version);
		}
		assert_true(list.v[i].fetched > 1700000000);
		assert_true(list.v[i].bytes >= 8192 && list.v[i].bytes < 1 << 20);
	}
	assert_string_equal(list.v[0].origin, "deb:newest");
	assert_ptr_equal(kernel_entries_find(&list, "deb-6.12.90+deb12-amd64"), &list.v[2]);
	assert_null(kernel_entries_find(&list, "deb-6.12.90"));
	kernel_entries_deinit(&list);
}

static const struct {
	const char *word;
	bool strict;
	const char *key;
	const char *error;
} named[] = {
	{ "deb:6.12", false, "deb-6.12.90+deb12-amd64", NULL }, /* the last answer */
	{ "deb:6.12", true, NULL, "say deb:6.12.100+deb12-amd64 or deb:6.12.90+deb12-amd64" },
	{ "6.12.100", true, "deb-6.12.100+deb12-amd64", NULL },
	{ "deb:7.2", true, "deb-7.2.13+deb14-amd64", NULL },
	{ "deb:newest", true, "deb-7.2.13+deb14-amd64", NULL },
	{ "deb:linux-image-amd64", true, "deb-7.2.13+deb14-amd64", NULL },
	{ "deb:6.12.90+deb12-amd64", true, "deb-6.12.90+deb12-amd64", NULL },
	{ "deb-6.12.90+deb12-amd64", true, "deb-6.12.90+deb12-amd64", NULL },
	{ "store:deb-6.1.0-56-amd64", true, "deb-6.1.0-56-amd64", NULL },
	{ "deb:linux-image-6.11-amd64", false, NULL, "not in the store" }, /* removed since */
	{ "deb:linux-image-6.12-amd64", false, NULL, "not in the store" },
	{ "deb:6.1", false, NULL, "not in the store" }, /* a damaged one does not count */
	{ "deb:6.13", false, NULL, "not in the store" },
	{ "store:deb-6.13", false, NULL, "not in the store" },
	{ "file:/boot/vmlinuz", true, NULL, "not in the store" },
	{ ".tmp-1-x", true, NULL, "unknown kernel" },
	{ "notes", true, NULL, "unknown kernel" },
	{ "../kernels", true, NULL, "unknown kernel" },
	{ "", true, NULL, "unknown kernel" },
};

static void test_names(void **state)
{
	const char *top = *state;

	fill(top);
	for (size_t i = 0; i < ARRAY_SIZE(named); i++) {
		_cleanup_free_ char *key = NULL;
		struct err *err = kernel_list_key(top, named[i].word, named[i].strict, &key);

		if (named[i].error) {
			refused(err, named[i].error);
			assert_null(key);
			continue;
		}
		ok(err);
		if (strcmp(key, named[i].key))
			fail_msg("'%s' is '%s'", named[i].word, key);
	}
}

static bool there(const char *top, const char *name)
{
	_cleanup_free_ char *path = xasprintf("%s/kernels/%s", top, name);

	return path_exists(path);
}

static void test_remove(void **state)
{
	const char *top = *state;
	_cleanup_kernel_ struct kernel *k = NULL, *other = NULL;

	fill(top);
	ok(kernel_get(top, "deb:6.12.90+deb12-amd64", NULL, &k));
	refused(kernel_remove(top, "deb-6.12.90+deb12-amd64"), "a running daxrig uses it");
	assert_true(there(top, "deb-6.12.90+deb12-amd64/vmlinuz"));
	kernel_free(take_ptr(k));
	ok(kernel_remove(top, "deb-6.12.90+deb12-amd64"));
	assert_false(there(top, "deb-6.12.90+deb12-amd64"));
	/* Only the answers for names that meant it go with a kernel. */
	assert_false(there(top, ".resolved-deb:6.12"));
	assert_true(there(top, ".resolved-deb:linux-image-amd64"));
	refused(kernel_remove(top, "deb-6.12.90+deb12-amd64"), "No such file");
	ok(kernel_remove(top, "deb-6.1.0-56-amd64"));
	ok(kernel_find(top, "deb:6.12", &other));
	assert_string_equal(other->release, "6.12.100+deb12-amd64");
	refused(kernel_find(top, "deb:6.1", &k), "not in the store");
}

static void put_own(const char *top, const char *release)
{
	_cleanup_free_ char *index = xasprintf("mods/lib/modules/%s/modules.dep.bin", release);
	_cleanup_free_ char *module = xasprintf("mods/lib/modules/%s/kernel/fs/a.ko.xz", release);
	_cleanup_free_ char *header = xasprintf("mods/lib/modules/%s/build/a.h", release);

	put_image(top, "bzImage", release);
	put_text(top, "own.config", GOOD_CONFIG);
	put_text(top, index, "index");
	put_text(top, module, "module");
	put_text(top, header, "no module");
}

static char *add(const char *data, const char *top, const char *rest)
{
	_cleanup_free_ char *word = xasprintf("file:%s/bzImage%s", top, rest);
	char *spec;

	ok(kernel_add(data, word, &spec));
	return spec;
}

static void test_add(void **state)
{
	const char *top = *state;
	_cleanup_free_ char *data = xasprintf("%s/data", top);
	_cleanup_free_ char *full = xasprintf(",modules=%s/mods,config=%s/own.config", top, top);
	_cleanup_free_ char *spec = NULL, *again = NULL, *bare = NULL, *other = NULL;
	_cleanup_kernel_ struct kernel *k = NULL, *plain = NULL;
	_cleanup_free_ char *module = NULL, *header = NULL;
	struct kernel_entries list;

	put_own(top, "6.18.0-rc1_me");
	spec = add(data, top, full);
	assert_int_equal(strncmp(spec, "store:file-6.18.0-rc1-me-", 25), 0);
	assert_int_equal(strspn(spec + 25, DIGITS), 12);
	assert_int_equal(strlen(spec), 37);
	bare = add(data, top, "");
	assert_string_not_equal(spec, bare);
	/* The same bytes in other files are the same kernel. */
	put_own(top, "6.18.0-rc1_me");
	again = add(data, top, full);
	assert_string_equal(spec, again);
	put_text(top, "mods/lib/modules/6.18.0-rc1_me/kernel/fs/a.ko.xz", "modulE");
	other = add(data, top, full);
	assert_string_not_equal(spec, other);
	ok(kernel_list(data, &list));
	assert_int_equal(list.n, 3);
	kernel_entries_deinit(&list);
	/* The store does not need the files that it came from. */
	put_text(top, "bzImage", "");
	ok(kernel_get(data, spec, NULL, &k));
	assert_string_equal(k->release, "6.18.0-rc1_me");
	assert_string_equal(k->key, spec + strlen("store:"));
	assert_non_null(strstr(k->origin, "/bzImage,modules="));
	assert_non_null(k->config);
	assert_null(k->package);
	module = xasprintf("%s/kernel/fs/a.ko.xz", k->moddir);
	header = xasprintf("%s/build", k->moddir);
	assert_true(path_exists(module));
	assert_false(path_exists(header));
	ok(kernel_get(data, bare, NULL, &plain));
	assert_null(plain->config);
	assert_null(plain->moddir);
}

static const struct {
	const char *config, *word, *error;
} bad[] = {
	{ "CONFIG_FS_DAX=y\n", NULL, "does not have CONFIG_BLK_DEV_INITRD=y" },
	{ GOOD_CONFIG, "deb:6.12", "cannot add 'deb:6.12'" },
	{ GOOD_CONFIG, "store:x", "cannot add 'store:x'" },
	{ GOOD_CONFIG, "file:/nowhere/bzImage", "No such file" },
	{ GOOD_CONFIG, "file:/dev/null", "not a regular file" },
	{ GOOD_CONFIG, "file:README.md", "not a bzImage" },
	{ GOOD_CONFIG, "vmlinuz", "unknown kernel" },
};

/* A kernel that cannot be added leaves nothing in the store. */
static void test_add_refused(void **state)
{
	const char *top = *state;
	_cleanup_free_ char *data = xasprintf("%s/data", top), *kernels = NULL;
	_cleanup_free_ char *own = xasprintf("file:%s/bzImage,config=%s/own.config", top, top);
	char *spec;

	put_own(top, "6.18.0");
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		put_text(top, "own.config", bad[i].config);
		refused(kernel_add(data, bad[i].word ? bad[i].word : own, &spec), bad[i].error);
		assert_null(spec);
	}
	kernels = xasprintf("%s/kernels", data);
	assert_false(path_exists(kernels));
}

/* A copy that fails, as on a full disk, leaves nothing. */
static void test_add_broken_off(void **state)
{
	const char *top = *state;
	_cleanup_free_ char *data = xasprintf("%s/data", top);
	_cleanup_free_ char *store = xasprintf("%s/kernels", data);
	_cleanup_free_ char *word = xasprintf("file:%s/bzImage", top);
	_cleanup_err_ struct err *err = NULL;
	struct rlimit old, small;
	char *spec;

	put_own(top, "6.18.0");
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	small = (struct rlimit){ 2000, old.rlim_max };
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	err = kernel_add(data, word, &spec);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	assert_non_null(err);
	assert_non_null(strstr(err->message, "cannot copy"));
	assert_null(spec);
	/* Only an empty folder is left. */
	assert_int_equal(rmdir(store), 0);
}

/* A packaged kernel has config and modules; without one of them it is damaged. */
static void test_damaged(void **state)
{
	static const char *const parts[] = { "config", "vmlinuz", "origin", "lib" };
	const char *top = *state;

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		_cleanup_free_ char *part = xasprintf("%s/kernels/deb-6.16.1-amd64/%s", top,
						      parts[i]);
		_cleanup_kernel_ struct kernel *k = NULL;

		put_deb(top, "6.16.1-amd64", "deb:6.16");
		ok(kernel_find(top, "deb:6.16.1-amd64", &k));
		kernel_free(take_ptr(k));
		ok(tree_remove(part));
		refused(kernel_find(top, "deb:6.16.1-amd64", &k), "is damaged");
		refused(kernel_get(top, "store:deb-6.16.1-amd64", NULL, &k),
			"not a kernel's folder");
	}
}

/* daxrig cannot get an added kernel again: the message says so, and what to do. */
static void test_added_damaged(void **state)
{
	static const char *const parts[] = { "vmlinuz", "config", "origin" };
	const char *top = *state;
	_cleanup_free_ char *data = xasprintf("%s/data", top), *spec = NULL, *module = NULL;
	_cleanup_free_ char *full = xasprintf(",modules=%s/mods,config=%s/own.config", top, top);
	_cleanup_kernel_ struct kernel *k = NULL;
	_cleanup_err_ struct err *wrong = NULL;

	put_own(top, "6.18.0");
	spec = add(data, top, full);
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		_cleanup_free_ char *name = xasprintf("kernels/%s/%s", spec + strlen("store:"),
						      parts[i]),
				    *again = NULL;
		_cleanup_err_ struct err *err = NULL;

		put_text(data, name, "changed");
		err = kernel_get(data, spec, NULL, &k);
		assert_non_null(err);
		assert_int_equal(err->code, ERR_INFRA);
		assert_non_null(strstr(err->message, parts[i]));
		assert_non_null(strstr(err->message, "' is damaged: '"));
		if (strcmp(parts[i], "origin"))
			assert_non_null(strstr(err->message, "; 'daxrig kernel add file:/"));
		assert_non_null(strstr(err->message, "'daxrig kernel rm store:file-6.18.0-"));
		assert_null(k);
		again = add(data, top, full);
		assert_string_equal(again, spec);
		ok(kernel_get_all(data, spec, NULL, &k));
		kernel_free(take_ptr(k));
	}
	/* guests do not load this one */
	module = xasprintf("kernels/%s/lib/modules/6.18.0/kernel/fs/a.ko.xz", spec + 6);
	put_text(data, module, "modulE");
	ok(kernel_get(data, spec, NULL, &k));
	kernel_free(take_ptr(k));
	wrong = kernel_get_all(data, spec, NULL, &k);
	assert_non_null(wrong);
	assert_non_null(strstr(wrong->message, "a.ko.xz' was changed"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_list, scratch_make, scratch_remove),
		cmocka_unit_test_setup_teardown(test_names, scratch_make, scratch_remove),
		cmocka_unit_test_setup_teardown(test_remove, scratch_make, scratch_remove),
		cmocka_unit_test_setup_teardown(test_add, scratch_make, scratch_remove),
		cmocka_unit_test_setup_teardown(test_add_refused, scratch_make, scratch_remove),
		cmocka_unit_test_setup_teardown(test_add_broken_off, scratch_make, scratch_remove),
		cmocka_unit_test_setup_teardown(test_damaged, scratch_make, scratch_remove),
		cmocka_unit_test_setup_teardown(test_added_damaged, scratch_make, scratch_remove),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
