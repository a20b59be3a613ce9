/* SPDX-License-Identifier: GPL-2.0-only */
/* A kernel's configuration, and its build id. */
#include <elf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "guests/store/kernel-build-id.h"
#include "guests/store/kernel-describe.h"

static const char some[] = "# CONFIG_D is not set\nCONFIG_A=y\nCONFIG_B=m\nCONFIG_C=\"y\"\n"
			   "CONFIG_AB=n\nCONFIG_E=12\nCONFIG_G=yes";

static const struct {
	const char *option;
	char value;
} values[] = {
	{ "CONFIG_A", 'y' }, { "CONFIG_B", 'm' },  { "CONFIG_C", 'v' },
	{ "CONFIG_D", 'n' }, { "CONFIG_AB", 'n' }, { "CONFIG_E", 'v' },
	{ "CONFIG_F", 'n' }, { "ONFIG_A", 'n' },   { "CONFIG_G", 'v' },
};

static void test_values(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		char value = kernel_config_value(some, values[i].option);

		if (value != values[i].value)
			fail_msg("%s is %c", values[i].option, value);
	}
}

/* The fragment has each option once, with its reason; a kernel with all of them is accepted. */
static void test_fragment(void **state)
{
	_cleanup_buf_ struct buf text = BUF_INIT, shown = BUF_INIT;
	bool reason = false;
	size_t n = 0;

	(void)state;
	kernel_config_fragment(&text);
	assert_null(kernel_config_lacks(buf_str(&text)));
	kernel_describe_config(buf_str(&text), &shown);
	assert_non_null(strstr(buf_str(&shown), "config    has all that daxrig needs\n"));
	for (const char *p = buf_str(&text); *p; p += strcspn(p, "\n") + 1) {
		_cleanup_free_ char *line = xstrndup(p, strcspn(p, "\n"));
		size_t len = strlen(line);

		if (*line == '#') {
			assert_false(reason);
			assert_true(len > 10 && len < 100);
			reason = true;
			continue;
		}
		assert_true(reason);
		reason = false;
		n++;
		assert_int_equal(strncmp(line, "CONFIG_", 7), 0);
		assert_string_equal(line + len - 2, "=y");
		for (size_t i = 7; i < len - 2; i++)
			assert_non_null(strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_", line[i]));
		if (strstr(p + len, line))
			fail_msg("%s appears twice", line);
	}
	assert_true(n > 50);
}

static const struct {
	const char *config, *line;
	bool there;
} described[] = {
	{ "CONFIG_DEBUG_INFO_BTF=y\n", "btf       yes\n", true },
	{ "", "btf       no\n", true },
	{ "CONFIG_KASAN=y\n", "debug     DEBUG_VM no, KASAN yes, LOCKDEP no\n", true },
	{ "CONFIG_FS_DAX=m\n", "lacks     CONFIG_FS_DAX, must be built in", true },
	{ "CONFIG_FS_DAX=y\n", "lacks     CONFIG_FS_DAX, ", false },
	{ "CONFIG_XFS_FS=m\n", "lacks     CONFIG_XFS_FS, ", false },
	{ "", "lacks     CONFIG_XFS_FS, wanted: cases on xfs\n", true },
	{ "", "CONFIG_NET_CORE", false },
	{ "", "config    has all", false },
};

static void test_described(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(described); i++) {
		_cleanup_buf_ struct buf text = BUF_INIT;

		kernel_describe_config(described[i].config, &text);
		if (!!strstr(buf_str(&text), described[i].line) != described[i].there)
			fail_msg("'%s' in\n%s", described[i].line, buf_str(&text));
	}
}

struct fake_elf {
	Elf64_Ehdr e;
	Elf64_Phdr ph[2];
	Elf64_Nhdr other;
	char other_name[8], other_desc[4];
	Elf64_Nhdr note;
	char name[4];
	uint8_t id[20];
};

static struct fake_elf make_elf(void)
{
	struct fake_elf f = {
		.e = { .e_ident = ELFMAG,
		       .e_phoff = offsetof(struct fake_elf, ph),
		       .e_phentsize = sizeof(Elf64_Phdr),
		       .e_phnum = 2 },
		.ph = { { .p_type = PT_LOAD },
			{ .p_type = PT_NOTE,
			  .p_offset = offsetof(struct fake_elf, other),
			  .p_filesz = sizeof(f) - offsetof(struct fake_elf, other) } },
		.other = { 6, 3, NT_GNU_BUILD_ID },
		.other_name = "Linux",
		.note = { 4, 20, NT_GNU_BUILD_ID },
		.name = "GNU",
	};

	f.e.e_ident[EI_CLASS] = ELFCLASS64;
	memset(f.id, 0xab, sizeof(f.id));
	f.id[0] = 0x01;
	return f;
}

/* A file that is cut at any byte has no build id, and no byte after the cut is read. */
static void test_build_id(void **state)
{
	struct fake_elf f = make_elf();
	char *hex = kernel_elf_build_id(&f, sizeof(f));

	(void)state;
	assert_non_null(hex);
	assert_string_equal(hex, "01ababababababababababababababababababab");
	free(hex);
	for (size_t len = 0; len < sizeof(f); len++) {
		_cleanup_free_ char *cut = xcalloc(1, len + !len);

		memcpy(cut, &f, len);
		hex = kernel_elf_build_id(cut, len);
		if (hex)
			fail_msg("%zu bytes have the build id %s", len, hex);
	}
	f.note.n_descsz = UINT32_MAX;
	assert_null(kernel_elf_build_id(&f, sizeof(f)));
	f = make_elf();
	f.ph[1].p_offset = UINT64_MAX;
	assert_null(kernel_elf_build_id(&f, sizeof(f)));
	f = make_elf();
	f.e.e_phoff = UINT64_MAX;
	assert_null(kernel_elf_build_id(&f, sizeof(f)));
	f = make_elf();
	f.e.e_ident[EI_CLASS] = ELFCLASS32;
	assert_null(kernel_elf_build_id(&f, sizeof(f)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_fragment),
		cmocka_unit_test(test_described),
		cmocka_unit_test(test_build_id),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
