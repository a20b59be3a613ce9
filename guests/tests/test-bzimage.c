/* SPDX-License-Identifier: GPL-2.0-only */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "guests/archive/bzimage.h"

#define SIZE 0x1000
#define TEXT "7.2.13+deb14-amd64 (someone@somewhere) #1 SMP"

struct patch {
	size_t at;
	const char *bytes;
	size_t count;
};

static const struct {
	const char *what;
	struct patch patch;
	size_t len; /* bytes that bzimage_check() gets */
	const char *why, *release;
} cases[] = {
	{ "whole", { 0 }, SIZE, NULL, "7.2.13+deb14-amd64" },
	{ "empty", { 0 }, 0, "it is too short", "" },
	{ "cut in the header", { 0 }, 0x210, "it is too short", "" },
	{ "no boot flag", { 0x1fe, "\0\0", 2 }, SIZE, "the boot flag is missing", "" },
	{ "wrong magic", { 0x202, "Hdrs", 4 }, SIZE, "the 'HdrS' magic is missing", "" },
	{ "old protocol", { 0x206, "\0\1", 2 }, SIZE, "its boot protocol is too old", "" },
	{ "zImage", { 0x211, "\0", 1 }, SIZE, "its boot protocol is too old", "" },
	{ "nameless", { 0x20e, "\0\0", 2 }, SIZE, "it does not name its release", "" },
	{ "name beyond the end",
	  { 0x20e, "\xff\xff", 2 },
	  SIZE,
	  "its release string is broken",
	  "" },
	{ "name cut", { 0 }, 0x600 + 5, "its release string is broken", "" },
	{ "empty name", { 0x600, " ", 1 }, SIZE, "its release string is broken", "" },
	{ "name with a path", { 0x600, "/../x ", 6 }, SIZE, "its release string is broken", "" },
};

static void craft(uint8_t *b)
{
	memset(b, 0, SIZE);
	memcpy(b + 0x1fe, "\x55\xaa", 2);
	memcpy(b + 0x202, "HdrS", 4);
	memcpy(b + 0x206, "\x0f\x02", 2);
	memcpy(b + 0x20e, "\x00\x04", 2); /* 0x400, counted from 0x200 */
	b[0x211] = 1;
	memcpy(b + 0x600, TEXT, sizeof(TEXT));
}

static void test_check(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct patch *p = &cases[i].patch;
		_cleanup_free_ uint8_t *whole = xcalloc(1, SIZE);
		/* A copy of the exact length, so that ASan sees a read past it. */
		_cleanup_free_ uint8_t *shown = xcalloc(1, cases[i].len + !cases[i].len);
		char release[BZIMAGE_RELEASE_MAX] = "untouched";
		const char *why;

		print_message("# %s\n", cases[i].what);
		craft(whole);
		if (p->bytes)
			memcpy(whole + p->at, p->bytes, p->count);
		memcpy(shown, whole, cases[i].len);
		why = bzimage_check(shown, cases[i].len, release);
		if (cases[i].why)
			assert_string_equal(why ? why : "(taken)", cases[i].why);
		else
			assert_null(why);
		assert_string_equal(release, cases[i].release);
	}
}

static void test_long_name(void **state)
{
	_cleanup_free_ uint8_t *b = xcalloc(1, SIZE);
	char release[BZIMAGE_RELEASE_MAX];

	(void)state;
	craft(b);
	memset(b + 0x600, 'a', 200);
	assert_string_equal(bzimage_check(b, SIZE, release), "its release string is broken");
	assert_string_equal(release, "");
}

static const struct {
	const char *what;
	uint8_t sectors;
	uint16_t version;
	uint32_t offset, length;
	const char *magic;
	bool good;
	size_t at, size;
} payloads[] = {
	{ "zstd", 1, 0x20f, 16, 100, "\x28\xb5", true, 1040, 96 },
	{ "gzip", 1, 0x20f, 16, 100, "\x1f\x8b", true, 1040, 100 },
	{ "no number of sectors", 0, 0x20f, 0, 100, "", true, 2560, 96 },
	{ "to the end", 1, 0x20f, 0, 3072, "", true, 1024, 3068 },
	{ "past the end", 1, 0x20f, 0, 3073, "", false, 0, 0 },
	{ "begins past the end", 1, 0x20f, 0xffffff00, 100, "", false, 0, 0 },
	{ "empty", 1, 0x20f, 0, 4, "", false, 0, 0 },
	{ "old protocol", 1, 0x207, 16, 100, "", false, 0, 0 },
};

static void test_payload(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(payloads); i++) {
		_cleanup_free_ uint8_t *b = xcalloc(1, 4096);
		size_t at = 0, size = 0;

		b[0x1f1] = payloads[i].sectors;
		memcpy(b + 0x206, &payloads[i].version, 2);
		memcpy(b + 0x248, &payloads[i].offset, 4);
		memcpy(b + 0x24c, &payloads[i].length, 4);
		memcpy(b + 1040, payloads[i].magic, strlen(payloads[i].magic));
		if (bzimage_payload(b, 4096, &at, &size) != payloads[i].good)
			fail_msg("%s", payloads[i].what);
		if (payloads[i].good && (at != payloads[i].at || size != payloads[i].size))
			fail_msg("%s: %zu at %zu", payloads[i].what, size, at);
		assert_false(bzimage_payload(b, 0x267, &at, &size));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_check),
		cmocka_unit_test(test_long_name),
		cmocka_unit_test(test_payload),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
