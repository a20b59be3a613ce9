/* SPDX-License-Identifier: GPL-2.0-only */
/* The commands `cache`, `check --store` and `report` on a cache made for the test. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "cmd/cmd.h"
#include "guests/image/image-note.h"
#include "guests/image/image.h"
#include "host/template-store.h"
#include "tests/scratch.h"

#define SIXTY "00000000000000000000000000000000000000000000000000000000000"

static const char key_a[] = "aaaaa" SIXTY, key_b[] = "bbbbb" SIXTY;
static const char image_a[] = "11111" SIXTY, image_b[] = "22222" SIXTY;

static char *put(const char *cache, const char *name, size_t len, time_t used)
{
	char *path = xasprintf("%s/%s", cache, name);
	_cleanup_free_ char *data = xcalloc(1, len + 1);
	const struct timespec at[2] = { { .tv_sec = used }, { .tv_sec = used } };

	memset(data, 'x', len);
	put_bytes(cache, name, data, len);
	utimensat(AT_FDCWD, path, at, 0);
	return path;
}

static void put_template(const char *cache, const char *key, const char *kernel, time_t used)
{
	static const char *const names[] = { "ram", "state", "console", NULL };
	_cleanup_free_ char *folder = xasprintf("%s/templates/%s", cache, key);
	_cleanup_free_ char *notes = xasprintf("kernel %s", kernel);
	_cleanup_free_ char *mark = xasprintf("%s/" TEMPLATE_MARK, folder);
	const struct timespec at[2] = { { .tv_sec = used }, { .tv_sec = used } };

	for (size_t i = 0; names[i]; i++) {
		_cleanup_free_ char *name = xasprintf("templates/%s/%s", key, names[i]);

		free(put(cache, name, 1 << 20, used));
	}
	ok(template_mark_write(folder, key, notes, names));
	utimensat(AT_FDCWD, mark, at, 0);
}

static void put_image(const char *cache, const char *key, time_t used)
{
	_cleanup_free_ char *name = xasprintf("images/%s.img", key);
	_cleanup_free_ char *path = put(cache, name, 1 << 20, used);
	uint64_t bytes;

	ok(image_note_write(path, path, &bytes));
	assert_int_equal(bytes, 1 << 20);
}

/* Makes two templates, two images, one half-made of each, and other files. */
static void fill(const char *cache)
{
	_cleanup_free_ char *memo = xasprintf("%s/images/deb-6.1\033.memo", cache);
	_cleanup_free_ char *tmp = xasprintf("images/%s.img.tmp-7", image_a);
	_cleanup_free_ char *making = xasprintf("templates/making-7-%.16s/ram", key_b);

	put_template(cache, key_a, "deb-old", 1000);
	put_template(cache, key_b, "deb-new", 4000);
	put_image(cache, image_a, 2000);
	put_image(cache, image_b, 3000);
	free(put(cache, tmp, 4096, 100));
	free(put(cache, making, 4096, 100));
	free(put(cache, "libvirt/qemu/caps", 4096, 100));
	free(put(cache, "templates/notes/mine", 4096, 100));
	free(put(cache, "images/mine.img", 4096, 100));
	ok(image_memo_write(memo, key_a, image_b));
}

/* What `daxrig @words` prints; free() it. */
static char *command(const struct command *c, char **words, int n, int *status)
{
	struct buf text = BUF_INIT;
	char path[] = "/tmp/test-cache-out-XXXXXX";
	int fd = mkstemp(path), saved = dup(1);

	fflush(stdout);
	dup2(fd, 1);
	*status = 0;
	ok(command_main(c, n, words, status));
	fflush(stdout);
	dup2(saved, 1);
	close(saved);
	close(fd);
	ok(file_read(path, 1 << 20, &text));
	unlink(path);
	return buf_take(&text);
}

static void has(const char *text, const char *part, bool wanted)
{
	if (!!strstr(text, part) != wanted)
		fail_msg("'%s' is %sin\n%s", part, wanted ? "not " : "", text);
}

static bool there(const char *cache, const char *fmt, const char *key)
{
	_cleanup_free_ char *name = xasprintf("%s/%s%s%s", cache,
					      *fmt == 't' ? "templates/" : "images/", key,
					      *fmt == 't' ? "" : ".img");

	return path_exists(name);
}

static void test_lists(void **state)
{
	const char *cache = *state;
	_cleanup_free_ char *store = xasprintf("%s/templates", cache);
	_cleanup_free_ char *lock = xasprintf("%s/%s.lock", store, key_b);
	struct template_entry *t;
	struct image_entry *im;
	int held;
	size_t n;

	fill(cache);
	ok(template_lock(lock, true, 0, -1, &held));
	n = template_list(store, &t);
	assert_int_equal(n, 3);
	assert_non_null(strstr(t[0].folder, "making-7"));
	assert_null(t[0].kernel);
	assert_true(t[0].busy); /* by the lock of the template it will become */
	assert_string_equal(t[1].kernel, "deb-old");
	assert_int_equal(t[1].used.tv_sec, 1000);
	assert_true(t[1].bytes >= 3 << 20);
	assert_false(t[1].busy);
	assert_string_equal(t[2].kernel, "deb-new");
	assert_true(t[2].busy);
	assert_false(template_remove(&t[2]));
	template_list_free(t, n);
	close(held);
	n = image_list(cache, &im);
	assert_int_equal(n, 3);
	assert_non_null(strstr(im[0].path, ".tmp-7"));
	assert_null(im[1].kernel);
	assert_string_equal(im[2].kernel, "deb-6.1\033");
	assert_false(im[2].busy);
	image_list_free(im, n);
}

static void test_image_held(void **state)
{
	const char *cache = *state;
	_cleanup_free_ char *path = xasprintf("%s/images/%s.img", cache, image_a);
	struct image_entry *im;
	size_t n;
	int held, other;

	fill(cache);
	ok(image_hold(path, &held));
	ok(image_hold(path, &other));
	close(other);
	n = image_list(cache, &im);
	assert_true(im[1].busy);
	assert_false(image_remove(&im[1]));
	close(held);
	im[1].busy = false;
	assert_true(image_remove(&im[1]));
	assert_true(image_remove(&im[1]));
	ok(image_hold(path, &held));
	assert_int_equal(held, -1);
	image_list_free(im, n);
}

/* The least recently used template or image is removed first. */
static void test_cache(void **state)
{
	char *list[] = { (char *)"cache", NULL };
	char *max[] = { (char *)"cache", (char *)"--max", (char *)"4200K", NULL };
	const char *cache = *state;
	_cleanup_free_ char *text = NULL, *after = NULL;
	int status;

	fill(cache);
	text = command(&cmd_cache, list, 1, &status);
	has(text, "aaaaa0000000  deb-old ", true);
	has(text, "22222000000", true);
	has(text, "deb-6.1\\x1b ", true);
	has(text, "making-7-bbb", true);
	has(text, "mine", false);
	has(text, "in use", false);
	has(text, "total   ", true);
	after = command(&cmd_cache, max, 3, &status);
	has(after, "removed 4 of 6", true);
	assert_false(there(cache, "t", key_a));
	assert_false(there(cache, "i", image_a));
	assert_true(there(cache, "t", key_b));
	assert_true(there(cache, "i", image_b));
	assert_true(there(cache, "i", "mine"));
	assert_true(there(cache, "t", "notes"));
}

static void list_folder(const char *path, struct buf *out)
{
	const char *argv[] = { "ls", path, NULL };

	ok(run_program(argv, 10000, out));
}

/* Nothing of a removed entry stays, except a lock that somebody holds. */
static void test_clean(void **state)
{
	char *words[] = { (char *)"cache", (char *)"--max", (char *)"0", NULL };
	const char *cache = *state;
	_cleanup_free_ char *templates = xasprintf("%s/templates", cache);
	_cleanup_free_ char *images = xasprintf("%s/images", cache);
	_cleanup_free_ char *held = xasprintf("%s/%s.lock", templates, key_a);
	_cleanup_free_ char *folder = xasprintf("%s/%s", templates, key_a);
	_cleanup_free_ char *orphan = xasprintf("templates/%s.lock", image_a);
	_cleanup_buf_ struct buf left = BUF_INIT, more = BUF_INIT;
	_cleanup_free_ char *text = NULL, *again = NULL;
	int fd, status;

	fill(cache);
	free(put(cache, "images/torn.memo", 100, 100));
	free(put(cache, orphan, 0, 100));
	free(put(cache, "templates/mine.lock", 0, 100));
	ok(template_lock(held, false, 0, -1, &fd));
	text = command(&cmd_cache, words, 3, &status);
	list_folder(templates, &left);
	has(buf_str(&left), key_a, true);
	has(buf_str(&left), held + strlen(templates) + 1, true);
	has(buf_str(&left), key_b, false);
	has(buf_str(&left), image_a, false);
	has(buf_str(&left), "mine.lock", true);
	list_folder(images, &more);
	has(buf_str(&more), ".memo", false);
	has(buf_str(&more), ".digest", false);
	/* The template is gone, but the lock stays as long as it is held. */
	ok(tree_remove(folder));
	again = command(&cmd_cache, words, 3, &status);
	assert_true(path_exists(held));
	close(fd);
	free(again);
	again = command(&cmd_cache, words, 3, &status);
	assert_false(path_exists(held));
}

static void change(const char *path)
{
	_cleanup_close_ int fd = open(path, O_WRONLY | O_CLOEXEC);

	assert_int_equal(pwrite(fd, "y", 1, 5000), 1);
}

/* A changed byte is reported, with the command that repairs it. */
static void test_check_store(void **state)
{
	char *words[] = { (char *)"check", (char *)"--store", NULL };
	const char *cache = *state;
	_cleanup_free_ char *image = xasprintf("%s/images/%s.img", cache, image_b);
	_cleanup_free_ char *ram = xasprintf("%s/templates/%s/ram", cache, key_a);
	_cleanup_free_ char *text = NULL, *after = NULL;
	int status;

	fill(cache);
	text = command(&cmd_check, words, 2, &status);
	assert_int_equal(status, 0);
	has(text, "ok       image        222220000000 of deb-6.1\\x1b\n", true);
	has(text, "ok       image        111110000000 of no kernel any more\n", true);
	has(text, "ok       template     aaaaa0000000 of deb-old\n", true);
	has(text, "DAMAGED", false);
	change(image);
	change(ram);
	after = command(&cmd_check, words, 2, &status);
	assert_int_equal(status, EXIT_INFRA);
	has(after, "DAMAGED  image        222220000000 of deb-6.1\\x1b: '", true);
	has(after, ".img' was changed; 'daxrig cache --clean' removes it, and a run makes", true);
	has(after, "DAMAGED  template     aaaaa0000000 of deb-old: '", true);
	has(after, "/ram' was changed; 'daxrig cache --clean' removes it", true);
	has(after, "ok       template     bbbbb0000000 of deb-new\n", true);
}

/* A template is removed to make room only when room is needed. */
static void test_room(void **state)
{
	const char *cache = *state;
	_cleanup_free_ char *store = xasprintf("%s/templates", cache);

	fill(cache);
	assert_true(template_make_room(store, 1));
	assert_true(there(cache, "t", key_a));
	assert_false(template_make_room(store, 1ull << 60));
	assert_false(there(cache, "t", key_a));
	assert_true(there(cache, "t", "notes"));
}

static void test_report(void **state)
{
	const char *dir = *state;
	_cleanup_free_ char *json = xasprintf("%s/run.json", dir), *text = NULL;
	static const char run[] =
		"{\"format\":1,\"started\":\"now\",\"end\":\"interrupted\",\"duration_ns\":60000000000,"
		"\"kernel\":{\"release\":\"6.1\\u001b[2J\"},\"cases\":["
		"{\"name\":\"a\",\"verdict\":\"pass\",\"duration_ns\":1,"
		"\"timing\":{\"fork_ns\":1000000000}},"
		"{\"name\":\"b\",\"verdict\":\"fail\",\"reason\":\"r\\ns\","
		"\"timing\":{\"queue_ns\":9000000000,\"steps_ns\":3000000000}}]}";
	char *words[] = { (char *)"report", (char *)"--timing", (char *)dir, NULL };
	int status;

	ok(file_write_atomic(json, run, strlen(run)));
	text = command(&cmd_report, words, 3, &status);
	has(text, "kernel   6.1\\x1b[2J\n", true);
	has(text, "cases    2: 1 pass, 1 fail, 0 skip, 0 error; 60.0 s, 2 cases a minute\n", true);
	has(text, "         r\\ns\n", true);
	has(text, "fork          1.000   25%\n", true);
	has(text, "steps         3.000   75%\n", true);
	has(text, "queue         9.000\n", true);
	assert_true(strstr(text, "  b\n") < strstr(text, "  a\n"));
	assert_int_equal(status, 0);
}

static int set_up(void **state)
{
	if (scratch_make(state))
		return -1;
	return setenv("DAXRIG_CACHE", *state, 1) || setenv("DAXRIG_DATA", *state, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_lists, set_up, scratch_remove),
		cmocka_unit_test_setup_teardown(test_image_held, set_up, scratch_remove),
		cmocka_unit_test_setup_teardown(test_cache, set_up, scratch_remove),
		cmocka_unit_test_setup_teardown(test_clean, set_up, scratch_remove),
		cmocka_unit_test_setup_teardown(test_check_store, set_up, scratch_remove),
		cmocka_unit_test_setup_teardown(test_room, set_up, scratch_remove),
		cmocka_unit_test_setup_teardown(test_report, set_up, scratch_remove),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
