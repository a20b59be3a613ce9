// SPDX-License-Identifier: GPL-2.0-only
/*
 * A row of the known list matches texts that daxrig writes. Whoever changes such a text would
 * make known findings new: each phrase of a row must still stand in the sources.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <ctype.h>
#include <ftw.h>
#include <string.h>
#include <sys/stat.h>
#include <cmocka.h>

#include "base/files.h"
#include "reports/record/known.h"

/* The text of all sources, where a string of several literals is one. */
static struct buf sources;

static bool is_source(const char *path)
{
	return (str_ends(path, ".c") || str_ends(path, ".h")) && !strstr(path, "/tests/") &&
	       !strstr(path, "/fuzz/");
}

static int add_source(const char *path, const struct stat *st, int type, struct FTW *at)
{
	_cleanup_buf_ struct buf text = BUF_INIT;

	(void)st;
	(void)at;
	if (type != FTW_F || !is_source(path))
		return 0;
	assert_null(file_read(path, 4 << 20, &text));
	for (const char *s = buf_str(&text); *s; s++) {
		size_t gap = *s == '"' ? 1 + strspn(s + 1, " \t\n") : 0;

		if (gap > 1 && s[gap] == '"')
			s += gap;
		else
			buf_addc(&sources, *s);
	}
	buf_addc(&sources, '\n');
	return 0;
}

static int read_sources(void **state)
{
	static const char *const rooms[] = { "rig", "workloads", "reports", "guests", "inject" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rooms); i++)
		if (nftw(rooms[i], add_source, 8, FTW_PHYS) != 0)
			return -1;
	return sources.len < 100000 ? -1 : 0;
}

static int drop_sources(void **state)
{
	(void)state;
	buf_deinit(&sources);
	return 0;
}

/* Whether the sources have the @n bytes at @phrase; @ends: as the end of a string or value. */
static bool stands(const char *phrase, size_t n, bool ends)
{
	_cleanup_free_ char *text = xstrndup(phrase, n);

	for (const char *s = buf_str(&sources); (s = strstr(s, text)) != NULL; s++) {
		const char *after = s + n;

		after += strspn(after, " ('");
		if (!ends || strchr("%\"{", *after))
			return true;
	}
	return false;
}

/* Whether @phrase stands in the sources, in one piece or where values follow each other. */
static bool is_ours(const char *phrase)
{
	size_t n = strlen(phrase);

	if (stands(phrase, n, false) || (phrase[n - 1] == 's' && stands(phrase, n - 1, true)))
		return true;
	for (const char *gap = strchr(phrase, ' '); gap; gap = strchr(gap + 1, ' '))
		if (stands(phrase, (size_t)(gap - phrase), true) && is_ours(gap + 1))
			return true;
	return false;
}

/* What the kernel says, the name of a function, an errno, or the end of a number in hex. */
static bool is_kernels(const char *word)
{
	static const char *const words[] = { "ERESTARTSYS", "metadata" };

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strcmp(word, words[i]) == 0)
			return true;
	return strchr(word, '_') || errno_by_name(word) >= 0 ||
	       strspn(word, "xabcdef") == strlen(word);
}

/* Whether what is left of @phrase without the kernel's words stands in the sources. */
static bool is_ours_without_kernels(const char *phrase)
{
	_cleanup_free_ char *copy = xstrdup(phrase);
	_cleanup_buf_ struct buf left = BUF_INIT;
	char *rest = copy, *word;
	bool ok = true;

	while ((word = strsep(&rest, " "))) {
		if (!is_kernels(word)) {
			buf_addf(&left, "%s%s", left.len ? " " : "", word);
			continue;
		}
		ok &= !left.len || is_ours(buf_str(&left));
		buf_reset(&left);
	}
	return ok && (!left.len || is_ours(buf_str(&left)));
}

/* The first phrase of @found that daxrig no longer writes, free() it; NULL: it writes all. */
static char *lost_phrase(const char *found)
{
	for (size_t n; *found; found += n) {
		_cleanup_free_ char *phrase = NULL;

		n = strspn(found, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_ ");
		if (!n) {
			n = 1;
			continue;
		}
		phrase = xstrndup(found + strspn(found, " "), n - MIN(n, strspn(found, " ")));
		while (*phrase && phrase[strlen(phrase) - 1] == ' ')
			phrase[strlen(phrase) - 1] = '\0';
		if (*phrase && !is_ours(phrase) && !is_ours_without_kernels(phrase))
			return take_ptr(phrase);
	}
	return NULL;
}

static void test_phrases(void **state)
{
	static const struct {
		const char *found, *lost;
	} rows[] = {
		{ "*still runs after*dax_break_layout*is counted as it must*", NULL },
		{ "*still runs after*dax_break_layout*is counted as it should*",
		  "is counted as it should" },
		{ "*still sings after*", "still sings after" },
		{ "no dax_writeback_one covers it*", NULL },
		{ "no dax_writeback_one coverid it*", "no dax_writeback_one coverid it" },
		{ "pin 'p' offset 0x400 holds file 'a' offset 0x20?000 generation 1 *", NULL },
		{ "pin 'p' offset 0x400 holds fila 'a' offset", "holds fila" },
		{ "*16 such pages*", NULL },
		{ "*16 such sides*", "such sides" },
		{ "* offset 0x*ffff holds foreign bytes *", NULL },
		{ "EFAULT*", NULL },
		{ "success*", NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *lost = lost_phrase(rows[i].found);

		if (!rows[i].lost != !lost || (lost && strcmp(lost, rows[i].lost) != 0))
			fail_msg("'%s': lost '%s'", rows[i].found, lost ? lost : "nothing");
	}
}

static void test_own(void **state)
{
	struct known k;
	size_t bad = 0;

	(void)state;
	assert_null(known_read("reports/known.txt", &k));
	for (size_t i = 0; i < k.n; i++) {
		_cleanup_free_ char *lost = lost_phrase(k.v[i].found);

		if (lost)
			print_error("a row of '%s' wants '%s', which no source has\n", k.v[i].name,
				    lost);
		bad += lost != NULL;
	}
	assert_int_equal(bad, 0);
	known_deinit(&k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_phrases),
		cmocka_unit_test(test_own),
	};

	return cmocka_run_group_tests(tests, read_sources, drop_sources);
}
