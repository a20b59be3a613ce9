/* SPDX-License-Identifier: GPL-2.0-only */
/* Goldens in rig/tests/goldens; DAXRIG_REGEN=1 writes them again. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "base/files.h"
#include "host/domain-xml.h"

#define GIB (1ull << 30)
#define MIB (1ull << 20)

static const struct domain_nvdimm two[] = {
	{ .path = "/dev/shm/daxrig-1-5/nvdimm0", .size = GIB, .align = 2 * MIB },
	{ .path = "/dev/shm/daxrig-1-5/nvdimm1",
	  .size = 256 * MIB,
	  .label_size = 131072,
	  .align = 2 * MIB },
};

static const struct domain_nvdimm hostile[] = {
	{ .path = "/tmp/a & b/<'\"],>]]>,x=\xc3\xa9", .size = 16 * MIB },
};

static const char *const none[] = { "none-feature", NULL };
static const struct arch arch_null = {
	.name = "none",
	.machine = "none-machine",
	.serial = "none-serial",
	.features = none,
	.slow = none + 1,
};

static const struct {
	const char *golden;
	struct domain_spec spec;
} cases[] = {
	{ "tcg",
	  { .name = "daxrig-1-1",
	    .arch = &arch_x86_64,
	    .vcpus = 2,
	    .memory = GIB,
	    .kernel = "/k/vmlinuz",
	    .initrd = "/k/initrd",
	    .cmdline = "console=ttyS0 nokaslr",
	    .console = "/s/console",
	    .channel = "/s/agent",
	    .gdb = "/s/gdb",
	    .nvdimms = two,
	    .nvdimm_count = 2 } },
	{ "kvm",
	  { .name = "daxrig-1-2",
	    .arch = &arch_x86_64,
	    .accel = DOMAIN_ACCEL_KVM,
	    .vcpus = 4,
	    .uuid = "a9d5a1b6-9d1b-4c1e-8d3f-0c2b4d5e6f70",
	    .emulator = "/usr/bin/qemu-system-x86_64",
	    .memory = 2 * GIB,
	    .ram_shared = true,
	    .kernel = "/k/vmlinuz",
	    .initrd = "/k/initrd",
	    .console = "/s/console",
	    .channel = "/s/agent",
	    .nvdimms = two,
	    .nvdimm_count = 1 } },
	{ "least",
	  { .name = "daxrig-1-3",
	    .arch = &arch_x86_64,
	    .vcpus = 1,
	    .memory = 256 * MIB,
	    .kernel = "/k/vmlinuz",
	    .console = "/s/console" } },
	{ "hostile",
	  { .name = "<a>&'\"b",
	    .arch = &arch_x86_64,
	    .vcpus = 2,
	    .memory = GIB,
	    .kernel = "/k/&lt;",
	    .initrd = "/k/'\"",
	    .cmdline = "a=\"<&>\" b='c'\td",
	    .console = "/s/<&'\">",
	    .channel = "/s/<&'\">,server=off",
	    .gdb = "/s/a,b&'\"<c>,,",
	    .nvdimms = hostile,
	    .nvdimm_count = 1 } },
	{ "null",
	  { .name = "daxrig-1-4",
	    .arch = &arch_null,
	    .vcpus = 1,
	    .memory = 256 * MIB,
	    .kernel = "/k/vmlinuz",
	    .console = "/s/console" } },
};

static void test_goldens(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_free_ char *path = xasprintf("rig/tests/goldens/domain-%s.xml",
						      cases[i].golden);
		_cleanup_free_ char *xml = NULL;
		_cleanup_buf_ struct buf want = BUF_INIT;
		_cleanup_err_ struct err *err = domain_xml_build(&cases[i].spec, &xml);

		if (err)
			fail_msg("%s: %s", cases[i].golden, err->message);
		if (getenv("DAXRIG_REGEN"))
			assert_null(file_write_atomic(path, xml, strlen(xml)));
		err = file_read(path, MIB, &want);
		if (err)
			fail_msg("%s", err->message);
		assert_string_equal(xml, buf_str(&want));
	}
}

static void test_bad(void **state)
{
	const struct domain_spec good = cases[2].spec;
	struct domain_spec bad[10];
	const struct domain_nvdimm nvdimm = { .path = "/a\nb", .size = 16 * MIB };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		bad[i] = good;
	bad[0].name = NULL;
	bad[1].kernel = NULL;
	bad[2].console = NULL;
	bad[3].vcpus = 0;
	bad[4].memory = 0;
	bad[5].cmdline = "a\x01"
			 "b";
	bad[6].kernel = "/k/\xff\xfe";
	bad[7].gdb = "/s/\x1b[2J";
	bad[8].nvdimms = &nvdimm;
	bad[8].nvdimm_count = 1;
	bad[9].arch = NULL;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		char *xml = NULL;
		_cleanup_err_ struct err *err = domain_xml_build(&bad[i], &xml);

		if (!err)
			fail_msg("spec %zu was accepted", i);
		assert_null(xml);
		for (const char *s = err->message; *s; s++)
			assert_in_range(*s, ' ', '~');
	}
}

static void test_emulator(void **state)
{
	static const struct {
		const char *caps, *path;
	} table[] = {
		{ "<domainCapabilities><path>/usr/bin/q &amp; a</path></domainCapabilities>",
		  "/usr/bin/q & a" },
		{ "<domainCapabilities><domain>kvm</domain></domainCapabilities>", NULL },
		{ "<domainCapabilities><path>", NULL },
		{ "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		_cleanup_free_ char *path = domain_xml_emulator(table[i].caps);

		if (table[i].path)
			assert_string_equal(path, table[i].path);
		else
			assert_null(path);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_goldens),
		cmocka_unit_test(test_bad),
		cmocka_unit_test(test_emulator),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
