/* SPDX-License-Identifier: GPL-2.0-only */
/* Every filesystem's row has all fields that the rig needs; run from the top of the tree. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/files.h"
#include "wire/filesystem/filesystem.h"

static void check_row(const struct filesystem *fs)
{
	size_t mkfs = 0, fsck = 0;

	assert_true(*fs->name && *fs->summary && *fs->module && *fs->package);
	assert_int_equal(fs->name[strspn(fs->name, "abcdefghijklmnopqrstuvwxyz0123456789")], '\0');
	assert_int_equal(fs->features >> FILESYSTEM_FEATURES, 0);
	assert_int_equal(strncmp(fs->config[0].option, "CONFIG_", 7), 0);
	for (size_t i = 0; i < ARRAY_SIZE(fs->config); i++)
		assert_int_equal(!fs->config[i].option, !fs->config[i].why);
	while (mkfs < FILESYSTEM_ARGS_MAX && fs->mkfs[mkfs])
		mkfs++;
	while (fsck < FILESYSTEM_ARGS_MAX && fs->fsck[fsck])
		fsck++;
	assert_in_range(mkfs, 1, FILESYSTEM_ARGS_MAX - 1);
	assert_in_range(fsck, 1, FILESYSTEM_ARGS_MAX - 1);
	assert_true(*fs->dax && strcmp(fs->dax, fs->no_dax) != 0);
	/* the first with a matching magic is taken, the last without a check */
	assert_non_null(fs->checked[0].magic);
	assert_true(!*fs->checked[0].magic || fs->checked[1].magic);
}

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; filesystems[i]; i++) {
		check_row(filesystems[i]);
		assert_ptr_equal(filesystem_find(filesystems[i]->name), filesystems[i]);
		assert_int_equal(filesystem_number(filesystems[i]), i);
		assert_true(filesystems[i]->files_at);
	}
	assert_int_equal(filesystem_number(NULL), filesystem_count());
	check_row(&filesystem_null);
	assert_null(filesystem_find("null"));
	assert_null(filesystem_find(""));
	assert_null(filesystem_find("xfs "));
}

/* A filesystem whose file is not in the registry would never be tested. */
static void test_registered(void **state)
{
	static const char folder[] = "rig/wire/filesystem";
	DIR *d = opendir(folder);
	struct dirent *e;
	size_t n = 0;

	(void)state;
	assert_non_null(d);
	while ((e = readdir(d))) {
		_cleanup_free_ char *name = xstrdup(e->d_name);
		char *dot = strstr(name, ".c");

		if (!dot || dot == name || dot[2])
			continue;
		*dot = '\0';
		if (!strcmp(name, "filesystem") || !strcmp(name, "null"))
			continue;
		n++;
		if (!filesystem_find(name))
			fail_msg("%s/%s.c is not in the registry", folder, name);
	}
	closedir(d);
	assert_int_equal(n, filesystem_count());
}

static void test_lacks(void **state)
{
	const struct filesystem *xfs = filesystem_find("xfs"), *ext4 = filesystem_find("ext4");

	(void)state;
	for (unsigned int f = 0; f < FILESYSTEM_FEATURES; f++) {
		const char *why = filesystem_lacks(&filesystem_null, 1u << f);

		assert_true(why && *why);
		for (unsigned int g = 0; g < f; g++)
			assert_string_not_equal(why, filesystem_lacks(&filesystem_null, 1u << g));
	}
	assert_null(filesystem_lacks(&filesystem_null, 0));
	assert_null(filesystem_lacks(xfs, FILESYSTEM_REFLINK | FILESYSTEM_PUNCH));
	assert_string_equal(filesystem_lacks(ext4, FILESYSTEM_REFLINK | FILESYSTEM_PUNCH),
			    "cannot share extents");
	assert_string_equal(filesystem_lacks(ext4, FILESYSTEM_REFLINK | FILESYSTEM_EXCHANGE),
			    "cannot share extents");
	assert_int_equal(filesystems_with(FILESYSTEM_EXCHANGE), filesystem_bit(xfs));
	assert_int_equal(filesystems_with(0), (1u << filesystem_count()) - 1);
}

/* Each program once; `make packages` installs all of them. */
static void test_programs(void **state)
{
	_cleanup_buf_ struct buf list = BUF_INIT;
	const char *name, *package;

	(void)state;
	assert_null(file_read("rig/packages.list", 1 << 16, &list));
	for (size_t i = 0; (name = filesystem_program(i, &package)); i++) {
		_cleanup_free_ char *line = xasprintf("\n%s\n", package);
		const char *other, *unused;

		if (!strstr(buf_str(&list), line))
			fail_msg("'%s' is in no package of rig/packages.list", name);
		for (size_t j = 0; j < i && (other = filesystem_program(j, &unused)); j++)
			assert_string_not_equal(name, other);
	}
	for (size_t i = 0; filesystems[i]; i++) {
		bool mkfs = false, fsck = false;

		for (size_t j = 0; (name = filesystem_program(j, &package)); j++) {
			mkfs |= !strcmp(name, filesystems[i]->mkfs[0]);
			fsck |= !strcmp(name, filesystems[i]->fsck[0]);
		}
		assert_true(mkfs && fsck);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_registered),
		cmocka_unit_test(test_lacks),
		cmocka_unit_test(test_programs),
	};

	return cmocka_run_group_tests_name("filesystem", tests, NULL, NULL);
}
