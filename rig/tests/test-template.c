/* SPDX-License-Identifier: GPL-2.0-only */
/* Goldens in rig/tests/goldens; DAXRIG_REGEN=1 writes them again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/qemu-argv.h"
#include "host/template-store.h"
#include "tests/scratch.h"

#define GOLDENS "rig/tests/goldens/argv-"
#define KEY "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define OTHER "f123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void fails(struct err *err, const char *why)
{
	if (!err)
		fail_msg("no error, not '%s'", why);
	if (!strstr(err->message, why))
		fail_msg("'%s' is not in '%s'", why, err->message);
	err_free(err);
}

static char *native(void)
{
	struct buf text = BUF_INIT;

	ok(file_read(GOLDENS "native.txt", 65536, &text));
	return buf_take(&text);
}

static const struct {
	const char *golden;
	struct qemu_places places;
} placings[] = {
	{ "template", { .name = "/s/agent,1", .shared = true, .gdb = true } },
	{ "fork", { .name = "/s/agent", .incoming = true, .gdb = true } },
	{ "coverage", { .name = "/s/agent", .incoming = true, .plugin = true, .gdb = true } },
};

static void test_argv(void **state)
{
	_cleanup_free_ char *text = native();
	struct qemu_argv in;

	(void)state;
	ok(qemu_argv_parse(text, &in));
	for (size_t i = 0; i < ARRAY_SIZE(placings); i++) {
		_cleanup_free_ char *path = xasprintf(GOLDENS "%s.txt", placings[i].golden);
		_cleanup_buf_ struct buf want = BUF_INIT, got = BUF_INIT;
		struct qemu_argv out;

		ok(qemu_argv_place(&in, &placings[i].places, &out));
		assert_null(out.v[out.n]);
		for (size_t j = 0; j < out.n; j++)
			buf_addf(&got, "%s\n", out.v[j]);
		qemu_argv_deinit(&out);
		if (getenv("DAXRIG_REGEN"))
			ok(file_write_atomic(path, got.data, got.len));
		ok(file_read(path, 65536, &want));
		assert_string_equal(buf_str(&got), buf_str(&want));
	}
	qemu_argv_deinit(&in);
}

/* A command line that lacks any of its parts must be refused. */
static void test_argv_lacks(void **state)
{
	static const struct {
		const char *part, *instead, *why;
	} lacks[] = {
		{ "\"ram-node0\"", "\"ram-node9\"", "RAM" },
		{ ",id=charmonitor,", ",id=charm,", "monitor" },
		{ ",id=charserial0,", ",id=chars,", "console" },
		{ ",id=charchannel0,", ",id=charc,", "channel" },
		{ " -gdb ", " -bdg ", "gdbstub" },
		{ "'{\"qom-type\":\"rng", "'{\"mom-type\":\"rng", "an object without JSON id" },
		{ " '{\"qom-type\":\"rng-random\",", " 'rng-random,", "an object without JSON id" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lacks); i++) {
		_cleanup_free_ char *text = native(), *cut = NULL;
		char *at = strstr(text, lacks[i].part);
		struct qemu_argv in, out;

		assert_non_null(at);
		*at = '\0';
		cut = xasprintf("%s%s%s", text, lacks[i].instead, at + strlen(lacks[i].part));
		ok(qemu_argv_parse(cut, &in));
		fails(qemu_argv_place(&in, &placings[0].places, &out), lacks[i].why);
		qemu_argv_deinit(&in);
	}
}

static void test_argv_words(void **state)
{
	static const struct {
		const char *text;
		const char *words; /* separated by '|'; NULL: an error */
	} cases[] = {
		{ "/q", "/q" },
		{ "A=b C='d e' /q -a 'x y' z\n", "/q|-a|x y|z" },
		{ "/q \\\n-a \\\n '' b", "/q|-a||b" },
		{ "/q 'it'\\''s' a\\ b", "/q|it's|a b" },
		{ "/q 'open", NULL },
		{ "A=b C=d", NULL },
		{ "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_buf_ struct buf got = BUF_INIT;
		struct qemu_argv a;
		struct err *err = qemu_argv_parse(cases[i].text, &a);

		if (!cases[i].words) {
			assert_non_null(err);
			err_free(err);
			continue;
		}
		ok(err);
		for (size_t j = 0; j < a.n; j++)
			buf_addf(&got, "%s%s", j ? "|" : "", a.v[j]);
		qemu_argv_deinit(&a);
		assert_string_equal(buf_str(&got), cases[i].words);
	}
}

static void test_mark(void **state)
{
	struct template_mark m = { .key = KEY,
				   .nr_files = 3,
				   .files = { { "ram", { 1ull << 40, ~0ull } },
					      { "state", { 0, 0 } },
					      { "console", { 7, 0xab } } } },
			     back;
	_cleanup_free_ char *text = template_mark_format(&m, "kernel x\nend");

	(void)state;
	assert_true(template_mark_parse(text, &back));
	assert_string_equal(back.key, KEY);
	assert_int_equal(back.nr_files, 3);
	assert_string_equal(back.files[2].name, "console");
	assert_true(back.files[0].digest.size == 1ull << 40);
	assert_true(back.files[0].digest.sum == ~0ull);
	assert_true(back.files[2].digest.sum == 0xab);
	/* A mark truncated anywhere, except at its last newline, is refused. */
	for (size_t len = 0; len + 1 < strlen(text); len++) {
		_cleanup_free_ char *cut = xstrndup(text, len);

		if (template_mark_parse(cut, &back))
			fail_msg("a mark of %zu bytes passes", len);
	}
	m.nr_files = 2;
	free(text);
	text = template_mark_format(&m, "");
	assert_false(template_mark_parse(text, &back));
}

static void write_file(const char *folder, const char *name, size_t len)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", folder, name);
	_cleanup_free_ char *data = xcalloc(1, len + 1);

	memset(data, 'x', len);
	ok(file_write_atomic(path, data, len));
}

static const char *const names[] = { "ram", "nvdimm0", "state", "console", NULL };

static char *make_template(const char *store, const char *key)
{
	char *folder = xasprintf("%s/%s", store, key);

	ok(dir_create(folder));
	for (size_t i = 0; names[i]; i++)
		write_file(folder, names[i], 4096 * (i + 1));
	ok(template_mark_write(folder, key, "kernel x", names));
	return folder;
}

static void hurt_size(const char *folder)
{
	write_file(folder, "nvdimm0", 8191);
}

static void hurt_missing(const char *folder)
{
	_cleanup_free_ char *path = xasprintf("%s/ram", folder);

	unlink(path);
}

static void hurt_byte(const char *folder, const char *name, off_t at)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", folder, name);
	_cleanup_close_ int fd = open(path, O_WRONLY | O_CLOEXEC);

	assert_int_equal(pwrite(fd, "y", 1, at), 1);
}

static void hurt_state(const char *folder)
{
	hurt_byte(folder, "state", 100);
}

static void hurt_ram(const char *folder)
{
	hurt_byte(folder, "ram", 4095);
}

static void hurt_empty(const char *folder)
{
	write_file(folder, "state", 0);
}

static void hurt_link(const char *folder)
{
	_cleanup_free_ char *path = xasprintf("%s/ram", folder);
	_cleanup_free_ char *to = xasprintf("%s/ram2", folder);

	assert_int_equal(rename(path, to), 0);
	assert_int_equal(symlink("ram2", path), 0);
}

static void hurt_mark(const char *folder)
{
	_cleanup_free_ char *path = xasprintf("%s/" TEMPLATE_MARK, folder);

	assert_int_equal(truncate(path, 100), 0);
}

static void hurt_no_mark(const char *folder)
{
	_cleanup_free_ char *path = xasprintf("%s/" TEMPLATE_MARK, folder);

	unlink(path);
}

static void test_check(void **state)
{
	static const struct {
		void (*hurt)(const char *folder);
		const char *key, *why;
	} cases[] = {
		{ NULL, OTHER, "damaged or of another template" },
		{ hurt_size, KEY, "8192 bytes" },
		{ hurt_missing, KEY, "/ram'" },
		{ hurt_empty, KEY, "/state' is not a file of" },
		{ hurt_state, KEY, "/state' was changed" },
		{ hurt_ram, KEY, "/ram' was changed" },
		{ hurt_link, KEY, "/ram'" },
		{ hurt_mark, KEY, "damaged or of another template" },
		{ hurt_no_mark, KEY, TEMPLATE_MARK },
	};
	const char *store = *state;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_free_ char *folder = make_template(store, KEY);

		ok(template_check(folder, KEY));
		if (cases[i].hurt)
			cases[i].hurt(folder);
		fails(template_check(folder, cases[i].key), cases[i].why);
		ok(tree_remove(folder));
	}
}

/* Each of these files has a different content. */
static void test_digest(void **state)
{
	static const struct {
		off_t size;
		off_t at[2]; /* offsets of non-zero bytes; 0: none */
	} files[] = {
		{ 0, { 0 } },
		{ 1, { 0 } },
		{ 1 << 20, { 0 } },
		{ (1 << 20) - 1, { 0 } },
		{ 1 << 20, { 5 } },
		{ 1 << 20, { (1 << 20) - 1 } },
		{ 1 << 20, { 65536 + 5 } },
		{ 1 << 20, { 65536 + 5, 131072 + 5 } },
		{ 1 << 20, { 65535, 131072 + 5 } },
	};
	struct digest digests[ARRAY_SIZE(files)], again;
	_cleanup_free_ char *path = xasprintf("%s/digest", (char *)*state);

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		_cleanup_free_ char *whole = xcalloc(1, 1 << 20);
		_cleanup_close_ int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

		/* First with holes, then the same without. */
		assert_int_equal(ftruncate(fd, files[i].size), 0);
		for (size_t j = 0; j < 2 && files[i].at[j]; j++)
			assert_int_equal(pwrite(fd, "y", 1, files[i].at[j]), 1);
		ok(digest_file(path, &digests[i]));
		assert_int_equal(pread(fd, whole, 1 << 20, 0), files[i].size);
		assert_int_equal(pwrite(fd, whole, (size_t)files[i].size, 0), files[i].size);
		ok(digest_file(path, &again));
		ok(digest_check(path, &digests[i]));
		assert_true(again.size == digests[i].size && again.sum == digests[i].sum);
		for (size_t j = 0; j < i; j++)
			assert_true(digests[i].sum != digests[j].sum);
	}
	unlink(path);
	fails(digest_file(path, &again), "cannot read");
}

static void test_punch(void **state)
{
	_cleanup_free_ char *path = xasprintf("%s/punch", (char *)*state);
	size_t len = 4u << 20;
	_cleanup_free_ char *data = xcalloc(1, len);
	_cleanup_buf_ struct buf back = BUF_INIT;
	struct stat st;

	data[0] = data[len / 2] = data[len - 1] = 1;
	ok(file_write_atomic(path, data, len));
	ok(template_punch(path));
	ok(file_read(path, len, &back));
	assert_int_equal(back.len, len);
	assert_memory_equal(back.data, data, len);
	assert_int_equal(stat(path, &st), 0);
	assert_true(st.st_blocks * 512 < (off_t)len / 2);
	unlink(path);
}

static void test_lock(void **state)
{
	_cleanup_free_ char *path = xasprintf("%s/a.lock", (char *)*state);
	_cleanup_close_ int cancel = eventfd(0, EFD_CLOEXEC);
	int one, two;
	struct err *err;

	ok(template_lock(path, false, 0, cancel, &one));
	ok(template_lock(path, false, 0, cancel, &two));
	close(two);
	err = template_lock(path, true, 1000000, cancel, &two);
	assert_non_null(err);
	assert_int_equal(err->code, ERR_TIMEOUT);
	err_free(err);
	eventfd_write(cancel, 1);
	err = template_lock(path, true, 60000000000ull, cancel, &two);
	assert_non_null(err);
	assert_int_equal(err->code, ERR_CANCELLED);
	err_free(err);
	close(one);
	ok(template_lock(path, true, 0, cancel, &two));
	close(two);
	unlink(path);
}

/* The oldest is removed first; a template in use and other files stay. */
static void test_trim(void **state)
{
	static const char *const keys[] = { "0a", "0b", "0c" };
	const char *store = *state;
	_cleanup_free_ char *foreign = xasprintf("%s/notes", store);
	_cleanup_free_ char *lock = NULL;
	char *folders[3];
	int held;

	ok(dir_create(foreign));
	for (size_t i = 0; i < 3; i++) {
		_cleanup_free_ char *key = xasprintf("%s%s", keys[i], &KEY[2]);
		_cleanup_free_ char *mark = NULL;
		struct timespec at[2] = { { .tv_sec = (time_t)(100 + i) },
					  { .tv_sec = (time_t)(100 + i) } };

		folders[i] = make_template(store, key);
		mark = xasprintf("%s/" TEMPLATE_MARK, folders[i]);
		utimensat(AT_FDCWD, mark, at, 0);
	}
	lock = xasprintf("%s.lock", folders[0]);
	ok(template_lock(lock, false, 0, -1, &held));
	template_trim(store, 1u << 30);
	assert_true(path_exists(folders[1]));
	template_trim(store, 110000); /* two of some 45 KB */
	assert_true(path_exists(folders[0]));
	assert_false(path_exists(folders[1]));
	assert_true(path_exists(folders[2]));
	close(held);
	template_trim(store, 0);
	assert_false(path_exists(folders[0]));
	assert_false(path_exists(folders[2]));
	assert_false(path_exists(lock));
	assert_true(path_exists(foreign));
	for (size_t i = 0; i < 3; i++)
		free(folders[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_argv),	   cmocka_unit_test(test_argv_lacks),
		cmocka_unit_test(test_argv_words), cmocka_unit_test(test_mark),
		cmocka_unit_test(test_check),	   cmocka_unit_test(test_digest),
		cmocka_unit_test(test_punch),	   cmocka_unit_test(test_lock),
		cmocka_unit_test(test_trim),
	};

	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
