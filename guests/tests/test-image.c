/* SPDX-License-Identifier: GPL-2.0-only */
/* Builds images from the host's tools, reads them back, and finds them again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "guests/archive/archive-io.h"
#include "guests/image/image.h"
#include "guests/image/modules.h"
#include "guests/archive/pack.h"
#include "guests/image/tools.h"
#include "tests/scratch.h"

#define MODULE_TEXT "not really a module\n"

static char root[] = "/tmp/daxrig-test-image.XXXXXX";
static char *agent;
static struct buf messages; /* by the last get() */

static int setup(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(root));
	agent = xasprintf("%s/agent", root);
	ok(file_write_atomic(agent, "\177ELF one", 8));
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	err_free(tree_remove(root));
	buf_deinit(&messages);
	free(agent);
	return 0;
}

static const struct {
	const char *path;
	unsigned int type;
	unsigned int mode;
	const char *bytes; /* of a link: where to; NULL: not compared */
} entries[] = {
	{ "init", AE_IFREG, 0755, "\177ELF one" },
	{ "modules/000-first.ko", AE_IFREG, 0644, MODULE_TEXT },
	{ "modules/001-second.ko", AE_IFREG, 0644, MODULE_TEXT },
	{ "modules/order", AE_IFREG, 0644, "/modules/000-first.ko\n/modules/001-second.ko\n" },
	{ "usr/sbin/ndctl", AE_IFREG, 0755, NULL },
	{ "usr/sbin/mkfs.xfs", AE_IFREG, 0755, NULL },
	{ "usr/sbin/xfs_repair", AE_IFREG, 0755, NULL },
	{ "usr/sbin/mke2fs", AE_IFREG, 0755, NULL },
	{ "usr/sbin/mkfs.ext4", AE_IFLNK, 0777, "mke2fs" },
	{ "usr/sbin/e2fsck", AE_IFREG, 0755, NULL },
	{ "usr/lib/x86_64-linux-gnu/libc.so.6", AE_IFREG, 0755, NULL },
	{ "lib64", AE_IFLNK, 0777, "usr/lib64" },
	{ "sbin", AE_IFLNK, 0777, "usr/sbin" },
	{ "dev/console", AE_IFCHR, 0600, NULL },
	{ "dev/null", AE_IFCHR, 0666, NULL },
	{ "proc", AE_IFDIR, 0755, NULL },
	{ "sys", AE_IFDIR, 0755, NULL },
	{ "mnt", AE_IFDIR, 0755, NULL },
	{ "tmp", AE_IFDIR, 01777, NULL },
};

static size_t check_entry(struct archive *a, struct archive_entry *e)
{
	char bytes[4096] = "";

	for (size_t i = 0; i < ARRAY_SIZE(entries); i++) {
		if (strcmp(entries[i].path, archive_entry_pathname(e)))
			continue;
		assert_int_equal(archive_entry_filetype(e), entries[i].type);
		assert_int_equal(archive_entry_perm(e), entries[i].mode);
		if (!strcmp(entries[i].path, "dev/console"))
			assert_int_equal(archive_entry_rdev(e), makedev(5, 1));
		if (!entries[i].bytes)
			return 1;
		if (entries[i].type == AE_IFLNK) {
			assert_string_equal(archive_entry_symlink(e), entries[i].bytes);
			return 1;
		}
		assert_true(archive_read_data(a, bytes, sizeof(bytes) - 1) >= 0);
		assert_string_equal(bytes, entries[i].bytes);
		return 1;
	}
	return 0;
}

/* Reads it as the kernel does: an entry's folder must come before it. */
static void check_cpio(const char *path)
{
	struct archive *a = archive_read_new();
	struct archive_entry *e;
	size_t found = 0;
	struct pack seen = { 0 };

	archive_read_support_format_cpio(a);
	archive_read_support_filter_zstd(a);
	assert_int_equal(archive_read_open_filename(a, path, 65536), ARCHIVE_OK);
	while (archive_read_next_header(a, &e) == ARCHIVE_OK) {
		const char *name = archive_entry_pathname(e);
		const char *slash = strrchr(name, '/');
		_cleanup_free_ char *dir = slash ? xstrndup(name, (size_t)(slash - name)) : NULL;

		if (dir && !pack_find(&seen, dir))
			fail_msg("'%s' comes before its folder", name);
		pack_add(&seen, PACK_BYTES, name, "", 0);
		found += check_entry(a, e);
	}
	assert_int_equal(archive_format(a), ARCHIVE_FORMAT_CPIO_SVR4_NOCRC);
	archive_read_free(a);
	pack_deinit(&seen);
	assert_int_equal(found, ARRAY_SIZE(entries));
}

static void test_contents(void **state)
{
	_cleanup_free_ char *plain = xasprintf("%s/first.ko", root);
	_cleanup_free_ char *packed = xasprintf("%s/second.ko.xz", root);
	_cleanup_free_ char *second = xasprintf("%s/second.ko", root);
	_cleanup_free_ char *out = xasprintf("%s/out.img", root);
	const char *const xz[] = { "xz", second, NULL };
	char *names[] = { "first", "second" }, *paths[] = { plain, packed };
	struct module_list modules = { .names = names, .paths = paths, .count = 2 };
	_cleanup_pack_ struct pack pack = { 0 };
	_cleanup_buf_ struct buf said = BUF_INIT;

	(void)state;
	ok(file_write_atomic(plain, MODULE_TEXT, strlen(MODULE_TEXT)));
	ok(file_write_atomic(second, MODULE_TEXT, strlen(MODULE_TEXT)));
	ok(run_program(xz, 60000, &said));
	ok(image_plan(&modules, agent, &pack));
	ok(cpio_write(&pack, out));
	check_cpio(out);
}

static void note_line(void *arg, const char *text)
{
	buf_adds(arg, text);
}

/* Gets the image; returns whether it was built, and sets its path and key. */
static bool get(const char *cache, char **path, char **key)
{
	struct kernel k = { .spec = "file:x", .release = "1.2.3", .key = "file-x" };
	const struct progress say = { note_line, &messages };
	struct image *image;
	struct stat st;
	bool built;

	free(take_ptr(*path));
	free(take_ptr(*key));
	buf_reset(&messages);
	ok(image_get(cache, &k, agent, &say, &image));
	assert_int_equal(stat(image->path, &st), 0);
	assert_int_equal(st.st_size, image->bytes);
	*path = xstrdup(image->path);
	*key = xstrdup(image->key);
	built = image->built;
	image_free(image);
	return built;
}

static void test_cache(void **state)
{
	_cleanup_free_ char *cache = xasprintf("%s/cache", root);
	_cleanup_free_ char *path = NULL, *key = NULL, *first = NULL;

	(void)state;
	assert_true(get(cache, &path, &key));
	first = xstrdup(key);
	assert_false(get(cache, &path, &key));

	/* a damaged one */
	assert_int_equal(truncate(path, 100), 0);
	assert_true(get(cache, &path, &key));
	assert_string_equal(key, first);
	assert_int_equal(unlink(path), 0);
	assert_true(get(cache, &path, &key));

	/* the same bytes at another time */
	ok(file_write_atomic(agent, "\177ELF one", 8));
	assert_false(get(cache, &path, &key));
	assert_string_equal(key, first);

	/* other bytes of the same length */
	ok(file_write_atomic(agent, "\177ELF two", 8));
	assert_true(get(cache, &path, &key));
	assert_string_not_equal(key, first);
	ok(file_write_atomic(agent, "\177ELF one", 8));
	assert_false(get(cache, &path, &key));
	assert_string_equal(key, first);
}

static void flip(const char *path, off_t at)
{
	_cleanup_close_ int fd = open(path, O_RDWR | O_CLOEXEC);
	char c;

	assert_int_equal(pread(fd, &c, 1, at), 1);
	c ^= 1;
	assert_int_equal(pwrite(fd, &c, 1, at), 1);
}

static void put(const char *path, const char *text)
{
	ok(file_write_atomic(path, text, strlen(text)));
}

/* Each kind of damage is detected; the image is built again and is then good. */
static void test_damaged(void **state)
{
	static const char *const notes[] = {
		"", "12", "99999 0123456789abcdef\n", "/etc/passwd", "1 2 3\n",
	};
	_cleanup_free_ char *cache = xasprintf("%s/cache-damaged", root), *note = NULL;
	_cleanup_free_ char *path = NULL, *key = NULL;

	(void)state;
	assert_true(get(cache, &path, &key));
	assert_string_equal(buf_str(&messages), "building the image for 1.2.3");
	flip(path, 1000);
	assert_true(get(cache, &path, &key));
	assert_non_null(
		strstr(buf_str(&messages), "building the damaged image for 1.2.3 again: '"));
	assert_non_null(strstr(buf_str(&messages), ".img' was changed"));
	assert_false(get(cache, &path, &key));
	note = xasprintf("%.*s.digest", (int)(strlen(path) - strlen(".img")), path);
	for (size_t i = 0; i < ARRAY_SIZE(notes); i++) {
		put(note, notes[i]);
		assert_true(get(cache, &path, &key));
		assert_non_null(strstr(buf_str(&messages),
				       "building the damaged image for 1.2.3 again: '"));
		assert_false(get(cache, &path, &key));
		assert_string_equal(buf_str(&messages), "");
	}
	/* as an older daxrig left it */
	assert_int_equal(unlink(note), 0);
	assert_true(get(cache, &path, &key));
	assert_string_equal(buf_str(&messages), "building the image for 1.2.3");
}

/* A damaged memo reads as none, not as one for an image of other contents. */
static void test_damaged_memo(void **state)
{
	_cleanup_free_ char *cache = xasprintf("%s/cache-memo", root);
	_cleanup_free_ char *memo = xasprintf("%s/images/file-x.memo", cache);
	_cleanup_free_ char *path = NULL, *key = NULL, *first = NULL;
	_cleanup_buf_ struct buf good = BUF_INIT, now = BUF_INIT;

	(void)state;
	assert_true(get(cache, &path, &key));
	first = xstrdup(key);
	ok(file_read(memo, 4096, &good));
	for (size_t at = 0; at < good.len; at += 7) {
		flip(memo, (off_t)at);
		assert_false(get(cache, &path, &key));
		assert_string_equal(key, first);
		buf_reset(&now);
		ok(file_read(memo, 4096, &now));
		assert_string_equal(buf_str(&now), buf_str(&good));
	}
	put(memo, "");
	assert_false(get(cache, &path, &key));
	assert_string_equal(key, first);
}

static void test_bad_agent(void **state)
{
	_cleanup_free_ char *cache = xasprintf("%s/cache-bad", root);
	struct kernel k = { .spec = "file:x", .release = "1.2.3", .key = "file-x" };
	static const char *const bad[] = { "/nonexistent", "/etc/passwd" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct image *image;
		_cleanup_err_ struct err *err = image_get(cache, &k, bad[i], NULL, &image);

		assert_non_null(err);
		assert_null(image);
		assert_non_null(strstr(err->message, bad[i]));
	}
}

static const struct {
	const char *text, *first, *second;
} listings[] = {
	{ "\tlinux-vdso.so.1 (0x7ff)\n\tlibc.so.6 => /lib/x/libc.so.6 (0x7f0)\n"
	  "\t/lib64/ld.so.2 (0x7f1)\n",
	  "/lib/x/libc.so.6", "/lib64/ld.so.2" },
	{ "\tlibx.so => not found\n\tliby.so => /y/liby.so (0x1)\n", "/y/liby.so", NULL },
	{ "\tstatically linked\n", NULL, NULL },
	{ "", NULL, NULL },
	{ "/(", NULL, NULL },
};

static void test_libraries(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(listings); i++) {
		const char *at = listings[i].text;
		_cleanup_free_ char *one = tools_next_library(&at);
		_cleanup_free_ char *two = tools_next_library(&at);

		assert_string_equal(one ? one : "-", listings[i].first ? listings[i].first : "-");
		assert_string_equal(two ? two : "-", listings[i].second ? listings[i].second : "-");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_contents),  cmocka_unit_test(test_cache),
		cmocka_unit_test(test_damaged),	  cmocka_unit_test(test_damaged_memo),
		cmocka_unit_test(test_bad_agent), cmocka_unit_test(test_libraries),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
