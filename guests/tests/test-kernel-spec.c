/* SPDX-License-Identifier: GPL-2.0-only */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "guests/store/kernel-deb.h"
#include "guests/store/kernel-spec.h"
#include "guests/store/kernel.h"

static const struct {
	const char *text;
	int kind; /* -1: an error */
	const char *full, *name;
} specs[] = {
	{ "deb:linux-image-amd64", KERNEL_SPEC_PACKAGE, "deb:linux-image-amd64",
	  "linux-image-amd64" },
	{ "linux-image-amd64", KERNEL_SPEC_PACKAGE, "deb:linux-image-amd64", "linux-image-amd64" },
	{ "deb:linux-image-6.12-amd64", KERNEL_SPEC_PACKAGE, "deb:linux-image-6.12-amd64",
	  "linux-image-6.12-amd64" },
	{ "6.12", KERNEL_SPEC_SERIES, "deb:6.12", "6.12" },
	{ "deb:6.12.100", KERNEL_SPEC_SERIES, "deb:6.12.100", "6.12.100" },
	{ "deb:6.12.100+deb12-amd64", KERNEL_SPEC_EXACT, "deb:6.12.100+deb12-amd64",
	  "linux-image-6.12.100+deb12-amd64" },
	{ "deb:7.2.13+deb14-amd64", KERNEL_SPEC_EXACT, "deb:7.2.13+deb14-amd64",
	  "linux-image-7.2.13+deb14-amd64" },
	{ "deb:linux-image-6.1.0-56-amd64", KERNEL_SPEC_EXACT, "deb:linux-image-6.1.0-56-amd64",
	  "linux-image-6.1.0-56-amd64" },
	{ "6.16+deb14-amd64", KERNEL_SPEC_EXACT, "deb:6.16+deb14-amd64",
	  "linux-image-6.16+deb14-amd64" },
	{ "src:7.2", KERNEL_SPEC_SOURCE, "src:7.2", "7.2" },
	{ "src:7.2+debug+x.config+/a b/y.patch", KERNEL_SPEC_SOURCE,
	  "src:7.2+debug+x.config+/a b/y.patch", "7.2" },
	{ "tree:/l", KERNEL_SPEC_TREE, "tree:/l", "/l" },
	{ "tree:.@v7.2~3+kasan", KERNEL_SPEC_TREE, "tree:.@v7.2~3+kasan", "." },
	{ "tree:/l@HEAD@{1}", KERNEL_SPEC_TREE, "tree:/l@HEAD@{1}", "/l" },
	{ "src:", -1, NULL, NULL },
	{ "src:7", -1, NULL, NULL },
	{ "src:7.2.13", -1, NULL, NULL },
	{ "src:7.2+", -1, NULL, NULL },
	{ "src:7.2++fast", -1, NULL, NULL },
	{ "src:+fast", -1, NULL, NULL },
	{ "src:7.2+a+b+c+d+e+f+g+h+i+j+k+l+m+n+o+p+q", -1, NULL, NULL },
	{ "tree:", -1, NULL, NULL },
	{ "tree:@v7", -1, NULL, NULL },
	{ "tree:/l@", -1, NULL, NULL },
	{ "tree:/l@--exec=x", -1, NULL, NULL },
	{ "", -1, NULL, NULL },
	{ "deb:", -1, NULL, NULL },
	{ "6", -1, NULL, NULL },
	{ "6.", -1, NULL, NULL },
	{ "mainline", -1, NULL, NULL },
	{ "deb:linux-image-", -1, NULL, NULL },
	{ "deb:6.12/../../x", -1, NULL, NULL },
	{ "deb:6.12 --evil", -1, NULL, NULL },
	{ "deb:6.12\n", -1, NULL, NULL },
	{ "deb:6.1..2", -1, NULL, NULL },
	{ "/boot/vmlinuz", -1, NULL, NULL },
	{ "git:/src/linux", -1, NULL, NULL },
};

static void test_parse(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(specs); i++) {
		struct kernel_spec spec;
		_cleanup_err_ struct err *err = kernel_spec_parse(specs[i].text, &spec);

		if (specs[i].kind < 0) {
			if (!err)
				fail_msg("'%s' was accepted", specs[i].text);
			assert_int_equal(err->code, ERR_USAGE);
			assert_null(strchr(err->message, '\n'));
			continue;
		}
		if (err)
			fail_msg("'%s' was refused: %s", specs[i].text, err->message);
		assert_int_equal(spec.kind, specs[i].kind);
		assert_string_equal(spec.text, specs[i].full);
		assert_string_equal(spec.name, specs[i].name);
		kernel_spec_deinit(&spec);
	}
}

static void test_extras(void **state)
{
	struct kernel_spec spec;
	_cleanup_err_ struct err *err = kernel_spec_parse("tree:/l@a/b@{1}+debug+x.patch", &spec);

	(void)state;
	assert_null(err);
	assert_string_equal(spec.rev, "a/b@{1}");
	assert_int_equal(spec.nr_extras, 2);
	assert_string_equal(spec.extras[0], "debug");
	assert_string_equal(spec.extras[1], "x.patch");
	kernel_spec_deinit(&spec);
	err = kernel_spec_parse("tree:/l+debug", &spec);
	assert_null(err);
	assert_null(spec.rev);
	kernel_spec_deinit(&spec);
}

static const struct {
	const char *text;
	bool good;
	const char *image, *modules, *config;
} files[] = {
	{ "file:bz", true, "bz", NULL, NULL },
	{ "file:/a b/bz,modules=/m", true, "/a b/bz", "/m", NULL },
	{ "file:bz,config=c,modules=m", true, "bz", "m", "c" },
	{ "file:", false, NULL, NULL, NULL },
	{ "file:,modules=m", false, NULL, NULL, NULL },
	{ "file:bz,modules=", false, NULL, NULL, NULL },
	{ "file:bz,modules=a,modules=b", false, NULL, NULL, NULL },
	{ "file:bz,initrd=x", false, NULL, NULL, NULL },
	{ "file:bz,", false, NULL, NULL, NULL },
};

static void same(const char *got, const char *want)
{
	if (want)
		assert_string_equal(got, want);
	else
		assert_null(got);
}

static void test_parse_file(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		struct kernel_spec spec;
		_cleanup_err_ struct err *err = kernel_spec_parse(files[i].text, &spec);

		if (files[i].good != !err)
			fail_msg("'%s': %s", files[i].text, err ? err->message : "taken");
		if (err)
			continue;
		assert_int_equal(spec.kind, KERNEL_SPEC_FILE);
		same(spec.image, files[i].image);
		same(spec.modules, files[i].modules);
		same(spec.config, files[i].config);
		kernel_spec_deinit(&spec);
	}
}

static const char names[] = "linux-image-6.12-amd64\n"
			    "linux-image-6.12.94+deb12-amd64\n"
			    "linux-image-6.12.117+deb12-amd64\n"
			    "linux-image-6.12.117+deb12-rt-amd64\n"
			    "linux-image-6.12.200+deb12-cloud-amd64\n"
			    "linux-image-6.12.200+deb12-amd64-dbg\n"
			    "linux-image-6.12.200+deb12-amd64-unsigned\n"
			    "linux-image-6.1.0-9-amd64\n"
			    "linux-image-6.1.0-56-amd64\n"
			    "linux-image-6.16+deb14-amd64\n"
			    "linux-image-6.17+deb14-amd64\n"
			    "linux-image-6.17.2+deb14-amd64\n"
			    "linux-image-amd64\n"
			    "linux-headers-6.18.1-amd64";

static const struct {
	const char *series, *newest;
} series[] = {
	{ "6.12", "linux-image-6.12.117+deb12-amd64" },
	{ "6.12.94", "linux-image-6.12.94+deb12-amd64" },
	{ "6.12.9", NULL },
	{ "6.1", "linux-image-6.1.0-56-amd64" },
	{ "6.16", "linux-image-6.16+deb14-amd64" },
	{ "6.17", "linux-image-6.17.2+deb14-amd64" },
	{ "6.18", NULL },
	{ "6.120", NULL },
};

static void test_newest(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(series); i++) {
		const struct kernel_spec spec = { .kind = KERNEL_SPEC_SERIES,
						  .name = (char *)series[i].series };
		_cleanup_free_ char *got = NULL;

		assert_null(kernel_spec_choose(&spec, names, &got));
		same(got, series[i].newest);
	}
}

static const struct {
	const char *entry, *to;
} places[] = {
	{ "boot/vmlinuz-6.1.0-56-amd64", "vmlinuz" },
	{ "boot/config-6.1.0-56-amd64", "config" },
	{ "boot/System.map-6.1.0-56-amd64", NULL },
	{ "lib/modules/6.1.0/kernel/fs/xfs/xfs.ko", "lib/modules/6.1.0/kernel/fs/xfs/xfs.ko" },
	{ "usr/lib/modules/6.16/kernel/a.ko.xz", "lib/modules/6.16/kernel/a.ko.xz" },
	{ "usr/lib/modules/7.2/vmlinuz", "vmlinuz" },
	{ "usr/lib/modules/7.2/config", "config" },
	{ "usr/lib/modules/7.2/System.map", NULL },
	{ "usr/lib/modules/7.2/modules.order", "lib/modules/7.2/modules.order" },
	{ "usr/lib/modules/7.2/kernel/config", "lib/modules/7.2/kernel/config" },
	{ "usr/lib/modules/7.2", NULL },
	{ "usr/lib/modules/7.2/", NULL },
	{ "usr/share/doc/linux-image/copyright", NULL },
};

static void test_place(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		_cleanup_free_ char *got = kernel_deb_place(places[i].entry);

		same(got, places[i].to);
	}
}

static const struct {
	const char *depends, *prefix, *name;
} depends[] = {
	{ "linux-image-6.1.0-56-amd64 (= 6.1.192-2)", "linux-image-",
	  "linux-image-6.1.0-56-amd64" },
	{ "dracut | x, linux-base-7.2 (= 7.2-1), linux-binary-7.2 (= 7.2-1)", "linux-binary-",
	  "linux-binary-7.2" },
	{ "kmod, linux-base (>= 4.3~), linux-base-7.2 (= 1)", "linux-base-", "linux-base-7.2" },
	{ "kmod, linux-base (>= 4.3~), initramfs-tools (>= linux-base-9)", "linux-base-", NULL },
	{ "linux-binary-unsigned", "linux-binary-", NULL },
	{ "linux-modules-7.2:amd64,x", "linux-modules-", "linux-modules-7.2" },
	{ "", "linux-image-", NULL },
};

static void test_depend(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(depends); i++) {
		const char *from = depends[i].depends;
		_cleanup_free_ char *got = kernel_deb_depend(&from, depends[i].prefix);

		same(got, depends[i].name);
	}
}

static const struct {
	const char *config, *lacks;
} configs[] = {
	{ "CONFIG_FS_DAX=y\nCONFIG_BLK_DEV_INITRD=y\nCONFIG_RD_ZSTD=y\n", NULL },
	{ "# x\nCONFIG_RD_ZSTD=y\nCONFIG_BLK_DEV_INITRD=y\nCONFIG_FS_DAX=y\nA=y\n", NULL },
	{ "CONFIG_BLK_DEV_INITRD=y\nCONFIG_RD_ZSTD=y\nCONFIG_FS_DAX_PMD=y\n", "CONFIG_FS_DAX" },
	{ "# CONFIG_FS_DAX is not set\nCONFIG_BLK_DEV_INITRD=y\n", "CONFIG_FS_DAX" },
	{ "#CONFIG_FS_DAX=y\n", "CONFIG_FS_DAX" },
	{ "CONFIG_FS_DAX=y\nCONFIG_BLK_DEV_INITRD=y\n", "CONFIG_RD_ZSTD" },
	{ "", "CONFIG_FS_DAX" },
};

static void test_config(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(configs); i++)
		same(kernel_config_lacks(configs[i].config), configs[i].lacks);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),	   cmocka_unit_test(test_extras),
		cmocka_unit_test(test_parse_file), cmocka_unit_test(test_newest),
		cmocka_unit_test(test_place),	   cmocka_unit_test(test_depend),
		cmocka_unit_test(test_config),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
