/* SPDX-License-Identifier: GPL-2.0-only */
/* 'daxrig worsen' on real guests, and what it does not take. Run from the top of the tree. */
#include "tests/daxrig.h"
#include "tests/scratch.h"

/* On 6.1 the truncate does not wait: the page is free, and then another file's. */
static const char failing[] = "fs      xfs\n"
			      "file    a 4M written\n"
			      "map     m a 0 4M shared r\n"
			      "pin     p vmsplice m+2M 64K\n"
			      "unmap   m\n"
			      "start   t truncate a 0\n"
			      "expect  t blocks\n"
			      "unpin   p\n";

static const char passing[] = "fs      xfs\nfile    a 4K written\ncheck   a\n";

static void put(const char *dir, const char *name, const char *text)
{
	put_bytes(dir, name, text, strlen(text));
}

static void test_ladder(void **state)
{
	const char *dir = *state;
	_cleanup_free_ char *line = xasprintf(
		"worsen --kernel deb:linux-image-amd64 --tries 1 --match rest "
		"--out %s/out %s/freed.scn",
		dir, dir);
	_cleanup_free_ char *path = xasprintf("%s/out/xfs-freed-rest.scn", dir);
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct daxrig d;

	put(dir, "freed.scn", failing);
	d = start(line);
	finish(&d);
	must(&d, 1,
	     "xfs/freed on deb:linux-image-amd64 leads to: bytes of another file are seen;;"
	     "and another file takes all free blocks\n  1 of 1: content.pin, pin 'p' offset 0 holds "
	     "file 'w-rest' offset;;what it needs:\n;;      start   t truncate a 0\n;;"
	     "\n  the case itself\n  1 of 1: block.freed;;on 1 processor: 1 of 1;;"
	     "as user 1000, by the program in C;;do not apply to this case (--why");
	assert_null(file_read(path, 1 << 16, &text));
	assert_non_null(strstr(buf_str(&text), "\nfile    w-rest rest written\n"));
	/* what nothing needs is gone */
	assert_null(strstr(buf_str(&text), "expect  t blocks"));
	buf_deinit(&d.text);
}

static void test_passes(void **state)
{
	const char *dir = *state;
	_cleanup_free_ char *line = xasprintf("worsen --tries 1 --out %s/out %s/fine.scn", dir,
					      dir);

	put(dir, "fine.scn", passing);
	check(line, 2,
	      "'xfs/fine' passes on deb:linux-image-amd64, 1 of 1 times: there is nothing to worsen");
}

static void test_bad_input(void **state)
{
	static const struct {
		const char *words, *says;
	} rows[] = {
		{ "", "no case given; see 'daxrig worsen --help'" },
		{ "a b", "unexpected 'b': 'worsen' takes one case" },
		{ "punch-waitz", "no scenario or case 'punch-waitz'; did you mean" },
		{ "cow-old-block",
		  "'cow-old-block' is 2 cases: name one, as 'xfs/cow-old-block/vmsplice'" },
		{ "nowhere.scn", "cannot open 'nowhere.scn'" },
		{ "%s/bad.scn", "expected a size" },
		{ "--tries 0 x", "--tries" },
		{ "--time never x", "--time" },
		{ "--jobs x x", "--jobs" },
		{ "--accel gpu x", "expected auto, kvm or tcg" },
		{ "--kernel nothing:1 %s/fine.scn", "'nothing:1'" },
	};
	const char *dir = *state;

	put(dir, "bad.scn", "file a big written\n");
	put(dir, "fine.scn", passing);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *mark = strstr(rows[i].words, "%s");
		_cleanup_free_ char *line = xasprintf(
			"worsen %.*s%s%s", mark ? (int)(mark - rows[i].words) : 999, rows[i].words,
			mark ? dir : "", mark ? mark + 2 : "");

		check(line, 2, rows[i].says);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bad_input),
		cmocka_unit_test(test_passes),
		cmocka_unit_test(test_ladder),
	};

	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
