/* SPDX-License-Identifier: GPL-2.0-only */
/* Kernels in made-up bzImages, compressed in each way that distributions use. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>
#include <elf.h>
#include <string.h>

#include "base/files.h"
#include "base/program.h"
#include "guests/store/kernel-unpack.h"

#define FOLDER "build/tests"
#define KERNEL FOLDER "/unpack.elf"
#define IMAGE FOLDER "/unpack.bzimage"
#define PACKED FOLDER "/unpack.packed"
#define ADDR 0xffffffff81000000ull
#define CODE "\x55\xc3\xcc"

struct made {
	Elf64_Ehdr e;
	Elf64_Phdr ph[2];
	char code[4096];
};

static struct made made(void)
{
	struct made m = { .e = { .e_phentsize = sizeof(Elf64_Phdr),
				 .e_phoff = sizeof(Elf64_Ehdr),
				 .e_phnum = 2 } };

	memcpy(m.e.e_ident, ELFMAG, SELFMAG);
	m.e.e_ident[EI_CLASS] = ELFCLASS64;
	m.ph[0] = (Elf64_Phdr){ .p_type = PT_LOAD, .p_flags = PF_R, .p_filesz = 8 };
	m.ph[1] = (Elf64_Phdr){ .p_type = PT_LOAD,
				.p_flags = PF_R | PF_X,
				.p_offset = offsetof(struct made, code),
				.p_filesz = sizeof(m.code),
				.p_vaddr = ADDR };
	memcpy(m.code, CODE, sizeof(CODE));
	return m;
}

/* A bzImage with @payload, and after it the size that all but gzip have there. */
static void put_image(const void *payload, size_t len, bool gzip)
{
	_cleanup_buf_ struct buf image = BUF_INIT;
	uint32_t size = (uint32_t)len + (gzip ? 0 : 4), at = 0;
	uint8_t head[1024] = { 0 };

	head[0x1f1] = 1;
	memcpy(head + 0x206, "\x0f\x02", 2);
	memcpy(head + 0x248, &at, 4);
	memcpy(head + 0x24c, &size, 4);
	buf_add(&image, head, sizeof(head));
	buf_add(&image, payload, len);
	buf_add(&image, "size", gzip ? 0 : 4);
	assert_null(file_write_atomic(IMAGE, image.data, image.len));
}

static const struct {
	const char *program, *command;
	bool gzip;
} ways[] = {
	{ "gzip", "gzip -9c " KERNEL " >" PACKED, true },
	{ "xz", "xz --check=crc32 --x86 --lzma2 -c " KERNEL " >" PACKED, false },
	{ "zstd", "zstd -q -f -c " KERNEL " >" PACKED, false },
	{ "lz4", "lz4 -l -q -f -c " KERNEL " >" PACKED, false },
};

static void test_ways(void **state)
{
	const struct made m = made();

	(void)state;
	assert_null(file_write_atomic(KERNEL, &m, sizeof(m)));
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
		const char *const argv[] = { "sh", "-c", ways[i].command, NULL };
		_cleanup_buf_ struct buf packed = BUF_INIT, said = BUF_INIT, got = BUF_INIT;
		_cleanup_free_ char *path = xasprintf("/usr/bin/%s", ways[i].program);
		size_t at, size;
		uint64_t addr;
		struct err *err;

		if (access(path, X_OK)) {
			print_message("not tried: '%s' is not here\n", path);
			continue;
		}
		assert_null(run_program(argv, 60000, &said));
		assert_null(file_read(PACKED, 1 << 20, &packed));
		put_image(packed.data, packed.len, ways[i].gzip);
		err = kernel_unpack(IMAGE, &got);
		if (err)
			fail_msg("%s: %s", ways[i].program, err->message);
		assert_int_equal(got.len, sizeof(m));
		assert_memory_equal(got.data, &m, sizeof(m));
		assert_true(kernel_elf_code(got.data, got.len, &at, &size, &addr));
		assert_int_equal(addr, ADDR);
		assert_int_equal(size, sizeof(m.code));
		assert_memory_equal(got.data + at, CODE, sizeof(CODE));
		/* cut off */
		put_image(packed.data, packed.len / 2, ways[i].gzip);
		buf_reset(&got);
		err = kernel_unpack(IMAGE, &got);
		assert_true(err || got.len < sizeof(m));
		err_free(err);
	}
}

static void test_bad(void **state)
{
	_cleanup_buf_ struct buf got = BUF_INIT;
	struct made m = made();
	size_t at, size;
	uint64_t addr;
	struct err *err;

	(void)state;
	assert_null(file_write_atomic(IMAGE, "short", 5));
	err = kernel_unpack(IMAGE, &got);
	assert_non_null(err);
	assert_string_equal(err->message, "its header does not locate the compressed kernel");
	err_free(err);
	assert_false(kernel_elf_code("", 0, &at, &size, &addr));
	assert_false(kernel_elf_code(&m, sizeof(m.e) + 10, &at, &size, &addr));
	/* its code reaches past the end of the file */
	assert_false(kernel_elf_code(&m, sizeof(m) - 1, &at, &size, &addr));
	m.ph[1].p_offset = UINT64_MAX;
	assert_false(kernel_elf_code(&m, sizeof(m), &at, &size, &addr));
	m = made();
	m.ph[1].p_flags = PF_R;
	assert_false(kernel_elf_code(&m, sizeof(m), &at, &size, &addr));
	m = made();
	m.e.e_phoff = sizeof(m);
	assert_false(kernel_elf_code(&m, sizeof(m), &at, &size, &addr));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ways),
		cmocka_unit_test(test_bad),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
