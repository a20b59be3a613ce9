/* SPDX-License-Identifier: GPL-2.0-only */
/* Finds available kernels, and the one that a name means, in apt's output. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "guests/store/kernel-available.h"
#include "guests/store/kernel-deb.h"

static const char shown[] =
	"Package: linux-image-6.1.0-56-amd64\n"
	"Source: linux-signed-amd64 (6.1.192+2)\n"
	"Version-Of-What: not this\n"
	"Version: 6.1.192-2\n"
	"Installed-Size: 15\n"
	"Depends: kmod, linux-base (>= 4.3~)\n"
	"Description: Linux\n"
	" Version: not this\n"
	"Size: 70600000\n"
	"\n"
	"Package: linux-image-7.2.13+deb14-amd64\n"
	"Version: 7.2.13-1\n"
	"Depends: linux-base-7.2.13+deb14-amd64 (= 7.2.13-1), linux-binary-7.2.13+deb14-amd64\n"
	"Size: 1000\n"
	"\n\n"
	"Package: linux-image-7.1.13+deb13-amd64\n"
	"Version: 7.1.13-1\n"
	"Depends: linux-binary-7.1.13+deb13-amd64, linux-modules-7.1.13+deb13-amd64\n"
	"Size: 1000\n"
	"\n"
	"Package: linux-image-of-no-version\n"
	"\n"
	"N: something apt says\n"
	"\n"
	"Package: linux-image-7.3~rc1-amd64\n"
	"Version: 7.3~rc1-1";

static const char parts_shown[] =
	"Package: linux-binary-7.2.13+deb14-amd64\nVersion: 7.2.13-1\nSize: 14000000\n\n"
	"Package: linux-base-7.2.13+deb14-amd64\nVersion: 7.2.13-1\nSize: 5\n\n"
	"Package: linux-binary-7.1.13+deb13-amd64\nVersion: 7.1.13-1\nSize: 13000000\n";

static void test_packages(void **state)
{
	struct apt_packages list = { 0 };

	(void)state;
	apt_packages_parse(&list, "");
	assert_int_equal(list.n, 0);
	apt_packages_parse(&list, shown);
	assert_int_equal(list.n, 4);
	assert_string_equal(list.v[0].name, "linux-image-6.1.0-56-amd64");
	assert_string_equal(list.v[0].version, "6.1.192-2");
	assert_string_equal(list.v[0].depends, "kmod, linux-base (>= 4.3~)");
	assert_int_equal(list.v[0].bytes, 70600000);
	assert_string_equal(list.v[3].version, "7.3~rc1-1");
	assert_string_equal(list.v[3].depends, "");
	assert_int_equal(list.v[3].bytes, 0);
	assert_ptr_equal(apt_packages_find(&list, "linux-image-7.1.13+deb13-amd64"), &list.v[2]);
	assert_null(apt_packages_find(&list, "linux-image-7.1.13+deb13"));
	apt_packages_deinit(&list);
}

static const struct {
	const char *package, *missing;
	uint64_t bytes;
} offered[] = {
	{ "linux-image-7.3~rc1-amd64", NULL, 0 },
	{ "linux-image-7.2.13+deb14-amd64", NULL, 14001005 },
	{ "linux-image-7.1.13+deb13-amd64", "linux-modules-7.1.13+deb13-amd64", 13001000 },
	{ "linux-image-6.1.0-56-amd64", NULL, 70600000 },
};

static void test_offers(void **state)
{
	struct apt_packages images = { 0 }, parts = { 0 };
	struct kernel_offers offers = { 0 };

	(void)state;
	apt_packages_parse(&images, shown);
	apt_packages_parse(&parts, parts_shown);
	kernel_offers_add(&offers, "sid", &images, &parts);
	kernel_offers_sort(&offers);
	assert_int_equal(offers.n, ARRAY_SIZE(offered));
	for (size_t i = 0; i < offers.n; i++) {
		assert_string_equal(offers.v[i].package, offered[i].package);
		assert_int_equal(offers.v[i].bytes, offered[i].bytes);
		assert_string_equal(offers.v[i].suite, "sid");
		if (offered[i].missing)
			assert_string_equal(offers.v[i].missing, offered[i].missing);
		else
			assert_null(offers.v[i].missing);
	}
	kernel_offers_deinit(&offers);
	apt_packages_deinit(&images);
	apt_packages_deinit(&parts);
}

static const char names[] = "linux-image-6.12-amd64\n"
			    "linux-image-6.12.90+deb12-amd64\n"
			    "linux-image-6.12.94+deb13-amd64\n"
			    "linux-image-6.12.90+deb12.1-amd64\n"
			    "linux-image-6.12.94+deb12-amd64\n"
			    "linux-image-6.12.94+deb12-cloud-amd64\n"
			    "linux-image-6.12.95+deb12-amd64\n"
			    "linux-image-6.12.95+deb12-amd64\n"
			    "linux-image-6.1.0-9-amd64\n"
			    "linux-image-6.1.0-8-amd64\n"
			    "linux-image-6.1.0-7-amd64\n"
			    "linux-image-6.1.0-6-amd64\n"
			    "linux-image-6.1.0-5-amd64\n"
			    "linux-image-6.1.0-4-amd64\n"
			    "linux-image-6.1.0-10-amd64\n"
			    "linux-image-7.2.13+deb14-amd64\n"
			    "linux-image-7.2.13+deb14-rt-amd64\n"
			    "linux-image-7.3~rc1-amd64\n"
			    "linux-image-7.2.14+deb14-amd64-unsigned\n"
			    "linux-image-amd64\n"
			    "linux-image-amd64-signed-template";

/* A name comes only once, even if a suite repeats it or another suite has it. */
static void test_new(void **state)
{
	struct kernel_offer first = { .package = (char *)"linux-image-6.12.95+deb12-amd64" };
	struct kernel_offers offers = { .v = &first, .n = 1 };
	_cleanup_buf_ struct buf images = BUF_INIT;

	(void)state;
	kernel_offers_new(&offers,
			  "linux-image-6.12.95+deb12-amd64\nlinux-image-amd64\n"
			  "linux-image-6.12.95+deb12-rt-amd64\nlinux-image-6.12-amd64\n"
			  "linux-image-6.1.0-9-amd64\nlinux-image-6.1.0-9-amd64-dbg",
			  &images);
	assert_string_equal(buf_str(&images), "linux-image-6.1.0-9-amd64\n");
}

static const struct {
	const char *spec, *name;
	const char *ambiguous; /* the end of the message */
} chosen[] = {
	{ "deb:newest", "linux-image-7.3~rc1-amd64", NULL },
	{ "newest", "linux-image-7.3~rc1-amd64", NULL },
	{ "deb:6.12", "linux-image-6.12.95+deb12-amd64", NULL },
	{ "deb:6.1", "linux-image-6.1.0-10-amd64", NULL },
	{ "deb:6.12.95", "linux-image-6.12.95+deb12-amd64", NULL },
	{ "deb:7.2.13+deb14", "linux-image-7.2.13+deb14-amd64", NULL },
	{ "deb:6.12.90+deb12", "linux-image-6.12.90+deb12-amd64", NULL },
	{ "deb:6.12.9", NULL, NULL },
	{ "deb:7.2.14", NULL, NULL },
	{ "deb:7.4", NULL, NULL },
	{ "deb:6.12.94", NULL, "say deb:6.12.94+deb13-amd64 or deb:6.12.94+deb12-amd64" },
	{ "deb:6.12.90", NULL, "say deb:6.12.90+deb12.1-amd64 or deb:6.12.90+deb12-amd64" },
	{ "deb:6.1.0", NULL,
	  "say deb:6.1.0-10-amd64, deb:6.1.0-9-amd64, deb:6.1.0-8-amd64, "
	  "deb:6.1.0-7-amd64, deb:6.1.0-6-amd64, deb:6.1.0-5-amd64 or an older one" },
};

static void test_choose(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(chosen); i++) {
		struct kernel_spec spec;
		_cleanup_err_ struct err *bad = kernel_spec_parse(chosen[i].spec, &spec);
		_cleanup_err_ struct err *err = NULL;
		_cleanup_free_ char *name = NULL;

		assert_null(bad);
		err = kernel_spec_choose(&spec, names, &name);
		if (!chosen[i].ambiguous != !err)
			fail_msg("'%s': %s", chosen[i].spec, err ? err->message : "not ambiguous");
		if (err) {
			assert_int_equal(err->code, ERR_USAGE);
			if (!strstr(err->message, chosen[i].ambiguous))
				fail_msg("%s", err->message);
		}
		if (!chosen[i].name != !name || (name && strcmp(name, chosen[i].name)))
			fail_msg("'%s' is '%s'", chosen[i].spec, name ? name : "none");
		kernel_spec_deinit(&spec);
	}
}

static const struct {
	const char *a, *b; /* the newer one first */
} ordered[] = {
	{ "6.12.100", "6.12.99" },
	{ "7.3-amd64", "7.3~rc1-amd64" },
	{ "7.3.1-amd64", "7.3~rc1-amd64" },
	{ "6.16.1+deb14-amd64", "6.16+deb14-amd64" },
	{ "6.12.90+deb12.1-amd64", "6.12.90+deb12-amd64" },
	{ "7.0.4+deb13", "6.19.14+deb13" },
	{ "6.1.0-56", "6.1.0-9" },
};

static void test_compare(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(ordered); i++) {
		if (kernel_spec_compare(ordered[i].a, ordered[i].b) <= 0)
			fail_msg("'%s' is not after '%s'", ordered[i].a, ordered[i].b);
		assert_true(kernel_spec_compare(ordered[i].b, ordered[i].a) < 0);
		assert_int_equal(kernel_spec_compare(ordered[i].a, ordered[i].a), 0);
	}
}

static const struct {
	const char *text;
	bool good;
} stored[] = {
	{ "store:file-6.18.0-rc1-0a1b2c3d4e5f", true },
	{ "store:deb-6.1.0-56-amd64", true },
	{ "store:", false },
	{ "store:.tmp-1-x", false },
	{ "store:../x", false },
	{ "store:a/b", false },
	{ "store:a b", false },
};

static void test_store_spec(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(stored); i++) {
		struct kernel_spec spec;
		_cleanup_err_ struct err *err = kernel_spec_parse(stored[i].text, &spec);

		if (stored[i].good != !err)
			fail_msg("'%s': %s", stored[i].text, err ? err->message : "taken");
		if (err)
			continue;
		assert_int_equal(spec.kind, KERNEL_SPEC_STORE);
		assert_string_equal(spec.text, stored[i].text);
		assert_string_equal(spec.name, stored[i].text + 6);
		kernel_spec_deinit(&spec);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_packages), cmocka_unit_test(test_offers),
		cmocka_unit_test(test_new),	 cmocka_unit_test(test_choose),
		cmocka_unit_test(test_compare),	 cmocka_unit_test(test_store_spec),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
