/* SPDX-License-Identifier: GPL-2.0-only */
/* Builds a made-up tree, whose make imitates the kernel's and takes no time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "guests/store/kernel-describe.h"
#include "guests/store/kernel-list.h"
#include "guests/store/kernel.h"
#include "tests/scratch.h"

static char *dir, *tree, *data;

/* O/built counts the objects; "error: " in hello.c is a compiler error. */
static const char makefile[] =
	"O ?= .\n"
	"tinyconfig:\n"
	"\t@echo CONFIG_TINY=y > $(O)/.config\n"
	"olddefconfig:\n"
	"\t@grep -v CONFIG_REFUSED $(O)/.config > $(O)/c; mv $(O)/c $(O)/.config\n"
	"bzImage: $(O)/hello.o\n"
	"\t@mkdir -p $(O)/arch/x86/boot\n"
	"\t@cat head hello.c $(O)/.config > $(O)/arch/x86/boot/bzImage\n"
	"\t@cp /bin/true $(O)/vmlinux; echo > $(O)/System.map\n"
	"modules:\n"
	"\t@touch $(O)/modules.order\n"
	"modules_install:\n"
	"\t@mkdir -p $(INSTALL_MOD_PATH)/lib/modules/7.2.13\n"
	"\t@cp $(O)/modules.order $(INSTALL_MOD_PATH)/lib/modules/7.2.13/modules.dep\n"
	"$(O)/hello.o: hello.c\n"
	"\t@echo '  CC      hello.o'; echo hello >> $(O)/built\n"
	"\t@! grep 'error: ' hello.c\n"
	"\t@cp hello.c $@\n";

static const char merge_config[] = "#!/bin/sh\nset -e\nshift 3\nconfig=$1\nshift\n"
				   "cat \"$@\" >> $config\n";

static void put(const char *name, const void *text, size_t len)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", tree, name);
	_cleanup_err_ struct err *err = file_write_atomic(path, text, len);

	assert_null(err);
}

static void commit(const char *hello)
{
	put("hello.c", hello, strlen(hello));
	run_ok((const char *const[]){ "git", "-C", tree, "add", "-A", NULL });
	run_ok((const char *const[]){ "git", "-C", tree, "-c", "user.name=t", "-c",
				      "user.email=t@t", "-c", "commit.gpgsign=false", "commit",
				      "--quiet", "-m", hello, NULL });
}

static int set_up(void **state)
{
	_cleanup_free_ char *head = xcalloc(1, 1024), *scripts = NULL, *merge = NULL;
	char pattern[] = "/tmp/daxrig-test-XXXXXX";

	(void)state;
	assert_non_null(mkdtemp(pattern));
	dir = xstrdup(pattern);
	tree = xasprintf("%s/tree", dir);
	data = xasprintf("%s/data", dir);
	scripts = xasprintf("%s/scripts/kconfig", tree);
	merge = xasprintf("%s/merge_config.sh", scripts);
	assert_null(dir_create(scripts));
	run_ok((const char *const[]){ "git", "init", "--quiet", tree, NULL });
	/* the fields that bzimage.c checks */
	memcpy(head + 0x1fe, "\x55\xaa", 2);
	memcpy(head + 0x202, "HdrS\x0f\x02", 6);
	head[0x20f] = 1;
	head[0x211] = 1;
	strcpy(head + 0x300, "7.2.13 (t)");
	put("head", head, 1024);
	put("Makefile", makefile, strlen(makefile));
	put("scripts/kconfig/merge_config.sh", merge_config, strlen(merge_config));
	run_ok((const char *const[]){ "chmod", "+x", merge, NULL });
	commit("one\ntwo\nthree\n");
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	err_free(tree_remove(dir));
	free(dir);
	free(tree);
	free(data);
	return 0;
}

static struct err *get(const char *extras, struct kernel **out)
{
	_cleanup_free_ char *spec = xasprintf("tree:%s%s", tree, extras);

	return kernel_get(data, spec, NULL, out);
}

static char *read_all(const char *path)
{
	struct buf b = BUF_INIT;
	_cleanup_err_ struct err *err = file_read(path, 1 << 20, &b);

	if (err)
		fail_msg("%s", err->message);
	return buf_take(&b);
}

/* The text of hello.c in the image, after the head. */
static char *hello_of(const char *extras)
{
	_cleanup_kernel_ struct kernel *k = NULL;
	_cleanup_err_ struct err *err = get(extras, &k);
	struct buf b = BUF_INIT;

	if (err)
		fail_msg("%s", err->message);
	err = file_read(k->image, 1 << 20, &b);
	assert_null(err);
	buf_consume(&b, 1024);
	b.data[strcspn(b.data, "C")] = '\0';
	return buf_take(&b);
}

/* The number of times that hello.c was compiled under profile fast. */
static size_t compiled(void)
{
	_cleanup_free_ char *builds = xasprintf("%s/build", data), *path = NULL, *text = NULL;
	DIR *d = opendir(builds);
	struct dirent *e;

	assert_non_null(d);
	while (!path && (e = readdir(d)))
		if (!strncmp(e->d_name, "tree-", 5) && !strstr(e->d_name, ".lock"))
			path = xasprintf("%s/%s/obj-fast/built", builds, e->d_name);
	closedir(d);
	text = read_all(path);
	return strlen(text) / strlen("hello\n");
}

static size_t stored(void)
{
	_cleanup_free_ char *store = xasprintf("%s/kernels", data);
	DIR *d = opendir(store);
	struct dirent *e;
	size_t n = 0;

	while (d && (e = readdir(d)))
		n += strcmp(e->d_name, ".") && strcmp(e->d_name, "..");
	if (d)
		closedir(d);
	return n;
}

static void expect_hello(const char *extras, const char *hello)
{
	_cleanup_free_ char *got = hello_of(extras);

	assert_string_equal(got, hello);
}

static void expect_error(const char *extras, enum err_code code, const char *words)
{
	_cleanup_kernel_ struct kernel *k = NULL;
	_cleanup_err_ struct err *err = get(extras, &k);
	size_t before = stored();

	if (!err)
		fail_msg("'%s' was built", extras);
	if (err->code != code || !strstr(err->message, words) || strchr(err->message, '\n'))
		fail_msg("'%s': %d, %s", extras, err->code, err->message);
	assert_null(k);
	assert_int_equal(stored(), before);
}

static void test_once(void **state)
{
	_cleanup_free_ char *first = hello_of(""), *again = hello_of("@HEAD+fast");
	_cleanup_kernel_ struct kernel *k = NULL;
	_cleanup_err_ struct err *err = NULL;
	_cleanup_free_ char *config = NULL, *origin = NULL, *path = NULL, *symbols = NULL;

	(void)state;
	assert_string_equal(first, "one\ntwo\nthree\n");
	assert_string_equal(again, first);
	assert_int_equal(compiled(), 1);
	err = get("", &k);
	assert_null(err);
	assert_string_equal(k->release, "7.2.13");
	assert_null(k->moddir);
	config = read_all(k->config);
	assert_non_null(strstr(config, "CONFIG_TINY=y\n"));
	assert_non_null(strstr(config, "CONFIG_FS_DAX=y\n"));
	path = xasprintf("%s/origin", k->dir);
	origin = read_all(path);
	assert_non_null(strstr(origin, "\nprofile fast\n"));
	symbols = xasprintf("%s/vmlinux", k->dir);
	assert_true(path_exists(symbols));
}

static void test_commits(void **state)
{
	(void)state;
	expect_hello("", "one\ntwo\nthree\n");
	commit("one\nTWO\nthree\n");
	expect_hello("", "one\nTWO\nthree\n");
	expect_hello("@HEAD~1", "one\ntwo\nthree\n");
	assert_int_equal(compiled(), 2);
	commit("hello.c:1:2: error: expected ';'\n");
	expect_error("", ERR_BUILD, "hello.c:1:2: error: expected ';'");
	/* the good source is not built again */
	expect_hello("@HEAD~1", "one\nTWO\nthree\n");
	assert_int_equal(compiled(), 3);
}

static char *write_patch(const char *name, const char *from, const char *to)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", dir, name);
	_cleanup_free_ char *text = xasprintf("--- a/hello.c\n+++ b/hello.c\n@@ -1,3 +1,3 @@\n"
					      " one\n-%s\n+%s\n three\n",
					      from, to);
	_cleanup_err_ struct err *err = file_write_atomic(path, text, strlen(text));

	assert_null(err);
	return xasprintf("+%s", path);
}

static void test_patches(void **state)
{
	_cleanup_free_ char *a = write_patch("a.patch", "two", "2"),
			    *b = write_patch("b.patch", "2", "zwei"),
			    *none = write_patch("none.patch", "zwo", "2"),
			    *both = xasprintf("%s%s", a, b), *half = xasprintf("%s%s", a, none);

	(void)state;
	expect_hello(a, "one\n2\nthree\n");
	expect_hello(both, "one\nzwei\nthree\n");
	expect_hello("", "one\ntwo\nthree\n");
	expect_error(none, ERR_USAGE, "does not apply");
	expect_error(b, ERR_USAGE, "does not apply");
	/* daxrig undid the part that applied */
	expect_error(half, ERR_USAGE, "none.patch");
	expect_hello(a, "one\n2\nthree\n");
	commit("one\ntwo\nthree\nfour\n");
	expect_hello("", "one\ntwo\nthree\nfour\n");
}

static void test_config(void **state)
{
	_cleanup_free_ char *good = xasprintf("%s/good.config", dir), *with = NULL;
	_cleanup_free_ char *bad = xasprintf("%s/bad.config", dir), *without = NULL;
	_cleanup_kernel_ struct kernel *k = NULL, *plain = NULL;
	_cleanup_err_ struct err *err = file_write_atomic(good, "CONFIG_FINE=y\n", 14);

	(void)state;
	assert_null(err);
	err = file_write_atomic(bad, "CONFIG_REFUSED=y\n", 17);
	assert_null(err);
	with = xasprintf("+%s", good);
	without = xasprintf("+%s", bad);
	err = get(with, &k);
	assert_null(err);
	err = get("", &plain);
	assert_null(err);
	assert_string_not_equal(k->key, plain->key);
	free(with);
	with = read_all(k->config);
	assert_non_null(strstr(with, "CONFIG_FINE=y"));
	free(with);
	with = read_all(plain->config);
	assert_null(strstr(with, "CONFIG_FINE=y"));
	expect_error(without, ERR_USAGE, "Kconfig rejects CONFIG_REFUSED=y");
}

/* The store has modules only while the configuration asks for them. */
static void test_modules(void **state)
{
	_cleanup_free_ char *path = xasprintf("%s/m.config", dir), *with = NULL;
	_cleanup_kernel_ struct kernel *k = NULL, *plain = NULL;
	_cleanup_err_ struct err *err = file_write_atomic(path, "CONFIG_MODULES=y\n", 17);

	(void)state;
	assert_null(err);
	with = xasprintf("+%s", path);
	err = get(with, &k);
	if (err)
		fail_msg("%s", err->message);
	assert_non_null(k->moddir);
	err = get("", &plain);
	assert_null(err);
	assert_null(plain->moddir);
}

static void test_bad_input(void **state)
{
	_cleanup_kernel_ struct kernel *k = NULL;
	_cleanup_err_ struct err *err = NULL;

	(void)state;
	expect_error("@nothing", ERR_USAGE, "cannot find 'nothing'");
	expect_error("+fats", ERR_USAGE, "no profile 'fats'; did you mean 'fast'?");
	expect_error("+fast+debug", ERR_USAGE, "two profiles");
	expect_error("+/nowhere/a.patch", ERR_USAGE, "cannot open '/nowhere/a.patch'");
	err = kernel_get(data, "tree:/nowhere", NULL, &k);
	assert_non_null(err);
	assert_int_equal(err->code, ERR_USAGE);
	err_free(take_ptr(err));
	err = kernel_get(data, "tree:/", NULL, &k);
	assert_non_null(err);
	assert_int_equal(err->code, ERR_USAGE);
}

static void damage(const char *path)
{
	_cleanup_close_ int fd = open(path, O_RDWR | O_CLOEXEC);

	/* a letter of hello.c */
	assert_int_equal(pwrite(fd, "O", 1, 1024), 1);
}

/* The changed source is built again, from the objects that daxrig kept. */
static void test_damaged(void **state)
{
	_cleanup_free_ char *key = NULL, *store = NULL, *mend = NULL;
	_cleanup_kernel_ struct kernel *k = NULL;
	_cleanup_err_ struct err *err = NULL;

	(void)state;
	expect_hello("", "one\ntwo\nthree\n");
	assert_null(get("", &k));
	key = xstrdup(k->key);
	damage(k->image);
	expect_hello("", "one\ntwo\nthree\n");
	assert_int_equal(compiled(), 1);
	/* by this name daxrig does not build it again, but says how to do it */
	damage(k->image);
	kernel_free(take_ptr(k));
	store = xasprintf("store:%s", key);
	mend = xasprintf("/vmlinuz' was changed; 'daxrig kernel build tree:%s' makes it again",
			 tree);
	err = kernel_get(data, store, NULL, &k);
	assert_non_null(err);
	assert_int_equal(err->code, ERR_INFRA);
	assert_non_null(strstr(err->message, mend));
	assert_null(k);
	/* if the build fails, the message has both reasons */
	err_free(take_ptr(err));
	run_ok((const char *const[]){
		"sh", "-ec", "cd $0/build/tree-*/obj-fast; rm -r arch; touch arch", data, NULL });
	err = get("", &k);
	assert_non_null(err);
	assert_int_equal(err->code, ERR_BUILD);
	assert_non_null(strstr(err->message, "' is damaged, '"));
	assert_non_null(strstr(err->message, "/vmlinuz' was changed, and cannot be made again: "));
}

/* A build does not change the user's tree. */
static void test_untouched(void **state)
{
	_cleanup_free_ char *a = write_patch("a.patch", "two", "2");
	_cleanup_buf_ struct buf before = BUF_INIT, after = BUF_INIT;
	const char *const list[] = { "find", tree, "-type", "f", "-printf", "%p %T@ %s\n", NULL };
	_cleanup_err_ struct err *err = NULL;

	(void)state;
	put("hello.c", "not committed\n", 14);
	run_ok((const char *const[]){ "git", "-C", tree, "status", NULL });
	err = run_program(list, 60000, &before);
	assert_null(err);
	expect_hello(a, "one\n2\nthree\n");
	err = run_program(list, 60000, &after);
	assert_null(err);
	assert_string_equal(buf_str(&after), buf_str(&before));
}

static void test_find(void **state)
{
	_cleanup_free_ char *spec = xasprintf("tree:%s", tree);
	_cleanup_buf_ struct buf text = BUF_INIT;
	_cleanup_kernel_ struct kernel *k = NULL;
	_cleanup_err_ struct err *err = kernel_find(data, spec, &k);

	(void)state;
	assert_non_null(err);
	assert_non_null(strstr(err->message, "is not built"));
	err_free(take_ptr(err));
	expect_hello("", "one\ntwo\nthree\n");
	err = kernel_find(data, spec, &k);
	assert_null(err);
	assert_non_null(k);
	err = kernel_describe(k, &text);
	assert_null(err);
	assert_non_null(strstr(buf_str(&text), "\nprofile   fast\n"));
	assert_non_null(strstr(buf_str(&text), "\nsource    commit "));
	assert_non_null(strstr(buf_str(&text), "/vmlinux\n"));
}

static size_t builds(char **spec)
{
	struct build_entry *v;
	size_t n;
	_cleanup_err_ struct err *err = kernel_list_builds(data, &v, &n);

	assert_null(err);
	for (size_t i = 0; i < n; i++) {
		if (!i && spec)
			*spec = xstrdup(v[i].spec);
		free(v[i].spec);
	}
	free(v);
	return n;
}

static void test_remove(void **state)
{
	static const char *const bad[] = { "build:", "build:none", "build:../kernels", "build:.",
					   "tree-x" };
	_cleanup_free_ char *spec = NULL;
	_cleanup_err_ struct err *err = NULL;

	(void)state;
	assert_int_equal(builds(NULL), 0);
	expect_hello("", "one\ntwo\nthree\n");
	assert_int_equal(builds(&spec), 1);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		err = kernel_remove_build(data, bad[i]);
		if (!err || err->code != ERR_USAGE)
			fail_msg("'%s': %s", bad[i], err ? err->message : "removed");
		err_free(take_ptr(err));
	}
	err = kernel_remove_build(data, spec);
	assert_null(err);
	assert_int_equal(builds(NULL), 0);
	/* the kernel stays, and the next commit is built without old objects */
	expect_hello("", "one\ntwo\nthree\n");
	commit("four\n");
	expect_hello("", "four\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_commits, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_patches, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_config, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_bad_input, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_modules, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_damaged, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_untouched, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_find, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_remove, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
