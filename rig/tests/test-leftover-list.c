/* SPDX-License-Identifier: GPL-2.0-only */
/* Lists that are damaged or written by another user, and removal during a concurrent exchange. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/leftover-list.h"
#include "host/leftover.h"
#include "tests/scratch.h"

#define NAME "41-7"
#define OWN "daxrig-" NAME
#define ROUNDS 30
#define ENTRIES 40

static char dir[] = "/tmp/daxrig-test-XXXXXX";

static bool there(const char *name)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", dir, name);
	struct stat st;

	return !lstat(path, &st);
}

/*
 * In @text, @ stands for the folder's path, | for a NUL, # for "DEV INO" of the folder @of
 * below it, and % for the same with another inode.
 */
static void fill(struct buf *list, const char *text, const char *of)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", dir, of);
	struct stat st = { 0 };

	assert_true(!*of || !stat(path, &st));
	for (; *text; text++) {
		if (*text == '@')
			buf_adds(list, dir);
		else if (*text == '#' || *text == '%')
			buf_addf(list, "%llu %llu", (unsigned long long)st.st_dev,
				 (unsigned long long)st.st_ino + (*text == '%'));
		else
			buf_addc(list, *text == '|' ? '\0' : *text);
	}
}

#define MAKE "mkdir " OWN "; >" OWN "/socket; "
#define KEY "0123456789abcdef"

static const struct {
	const char *label, *script, *of, *list;
	const char *stays, *goes; /* NULL: nothing */
} lists[] = {
	{ "planned", MAKE, "", "planned @/" OWN "|", NULL, OWN },
	{ "made", MAKE, OWN, "planned @/" OWN "|folder # @/" OWN "|", NULL, OWN },
	{ "made again", MAKE, OWN, "folder % @/" OWN "|planned @/" OWN "|folder # @/" OWN "|", NULL,
	  OWN },
	{ "a template", "mkdir making-41-" KEY, "", "planned @/making-41-" KEY "|", NULL,
	  "making-41-" KEY },
	{ "never made", "", "", "planned @/" OWN "|", NULL, NULL },
	{ "not the one made", MAKE, OWN, "planned @/" OWN "|folder % @/" OWN "|", OWN, NULL },
	{ "not the one made, torn", MAKE, OWN,
	  "planned @/" OWN "|folder % @/" OWN "|folder # @/" OWN, OWN, NULL },
	{ "torn", MAKE, "", "planned @/" OWN, OWN, NULL },
	{ "torn in the middle", MAKE "mkdir making-41-" KEY, "",
	  "planned @/" OWN "|planned @/making-41-", "making-41-" KEY, OWN },
	{ "old form", MAKE, "", "@/precious|@/" OWN "|", OWN, NULL },
	{ "a foreign tree", "", "", "planned @/precious|", NULL, NULL },
	{ "a foreign tree as made", "", "precious", "folder # @/precious|", NULL, NULL },
	{ "detour", MAKE, "",
	  "planned @/" OWN "/../precious|planned @/./" OWN "|planned @//" OWN "|", OWN, NULL },
	{ "detour to the name", "mkdir -p precious/" OWN, "", "planned @/x/../precious/" OWN "|",
	  "precious/" OWN, NULL },
	{ "relative", MAKE, "", "planned " OWN "|", OWN, NULL },
	{ "another record's", "mkdir daxrig-41-8 daxrig-42-7 daxrig-41-70 making-42-" KEY, "",
	  "planned @/daxrig-41-8|planned @/daxrig-42-7|planned @/daxrig-41-70|"
	  "planned @/making-42-" KEY "|",
	  "making-42-" KEY, NULL },
	{ "no key", "mkdir making-41-0123456789abcdeg", "", "planned @/making-41-0123456789abcdeg|",
	  "making-41-0123456789abcdeg", NULL },
	{ "a link by the name", "ln -s precious " OWN, "", "planned @/" OWN "|", OWN, NULL },
	{ "a link by the name, as made", "ln -s precious " OWN, "precious", "folder # @/" OWN "|",
	  OWN, NULL },
	{ "a link on the way", "mkdir -p real/" OWN "; ln -s real way", "real/" OWN,
	  "planned @/way/" OWN "|folder # @/way/" OWN "|", "real/" OWN, NULL },
	{ "a file by the name", ">" OWN, "", "planned @/" OWN "|", OWN, NULL },
	{ "another user's", MAKE "chown 65534 " OWN, OWN, "planned @/" OWN "|folder # @/" OWN "|",
	  OWN, NULL },
	{ "links inside",
	  MAKE "ln -s ../precious " OWN "/l; ln precious/file " OWN "/h; "
	       "mkdir " OWN "/d; ln -s ../.. " OWN "/d/up",
	  "", "planned @/" OWN "|", NULL, OWN },
	{ "garbage", MAKE, "",
	  "folder|folder x y|folder 1|planned|planned |\377\376|folder 1 2 |||", OWN, NULL },
	{ "empty", MAKE, "", "", OWN, NULL },
};

static void test_lists(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		_cleanup_buf_ struct buf list = BUF_INIT;
		struct err *err;

		if (strstr(lists[i].script, "chown") && geteuid())
			continue;
		shell_anew(dir, lists[i].script);
		fill(&list, lists[i].list, lists[i].of);
		err = leftover_list_remove(&list, NAME);
		if (err || !there("precious/file") || (lists[i].stays && !there(lists[i].stays)) ||
		    (lists[i].goes && there(lists[i].goes)))
			fail_msg("%s: %s", lists[i].label, err ? err->message : "wrong");
	}
}

/* The record of a dead daxrig is removed, whatever is in its list. */
static void test_records(void **state)
{
	static const char *const texts[] = { "planned @/" OWN "|", "@/precious|", "\377|\1", "" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		_cleanup_free_ char *run = xasprintf("%s/s", dir);
		_cleanup_free_ char *path = xasprintf("%s/s/run/" NAME "/list", dir);
		_cleanup_buf_ struct buf list = BUF_INIT;
		struct leftover *l;
		unsigned int removed;

		shell_anew(dir, "mkdir -m 700 s s/run s/run/" NAME "; >s/run/" NAME "/lock; " MAKE);
		fill(&list, texts[i], "");
		assert_null(file_write_atomic(path, buf_str(&list), list.len));
		assert_null(leftover_begin(run, &l, &removed));
		assert_int_equal(removed, 1);
		leftover_end(l);
		assert_false(there("s/run/" NAME));
		assert_true(there("precious/file"));
		assert_int_equal(there(OWN), i > 0);
	}
}

static void test_names(void **state)
{
	static const char *const bad[] = { "",	   "1",	  "1-",	   "-1", "01-1",
					   "1-1x", "a-1", "1-1-1", ".",	 ".." };

	(void)state;
	assert_true(leftover_is_record(NAME));
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_false(leftover_is_record(bad[i]));
}

struct rival {
	int dir;
	const char *a, *b;
	atomic_bool over;
	atomic_uint done;
};

/* Replaces a folder by a link to "precious" and back, repeatedly. */
static void *exchange(void *arg)
{
	struct rival *r = arg;

	while (!atomic_load(&r->over))
		r->done += !renameat2(r->dir, r->a, r->dir, r->b, RENAME_EXCHANGE);
	return NULL;
}

static void race(void (*fn)(void), const char *script, const char *a, const char *b)
{
	unsigned int done = 0;

	for (int i = 0; i < ROUNDS; i++) {
		struct rival r = { .a = a, .b = b };
		pthread_t t;

		shell_anew(dir, script);
		r.dir = open(dir, O_PATH | O_DIRECTORY);
		assert_int_equal(pthread_create(&t, NULL, exchange, &r), 0);
		while (!atomic_load(&r.done))
			sched_yield(); /* wait for the other thread */
		fn();
		atomic_store(&r.over, true);
		pthread_join(t, NULL);
		close(r.dir);
		done += r.done;
		for (int k = 0; k < ENTRIES; k++) {
			_cleanup_free_ char *file = xasprintf("precious/%d", k);

			if (!there(file))
				fail_msg("'%s' was removed in round %d", file, i);
		}
	}
	assert_true(done >= ROUNDS);
}

#define FILL(folder) "for i in $(seq 0 39); do >" folder "/$i; done; "

static void remove_tree(void)
{
	_cleanup_free_ char *path = xasprintf("%s/top", dir);

	err_free(tree_remove(path));
}

static void test_race_inside(void **state)
{
	(void)state;
	race(remove_tree,
	     FILL("precious") "mkdir -p top/x; " FILL("top/x") "ln -s ../precious top/y", "top/x",
	     "top/y");
}

static void remove_list(void)
{
	_cleanup_buf_ struct buf list = BUF_INIT;

	fill(&list, "planned @/" OWN "|", "");
	err_free(leftover_list_remove(&list, NAME));
}

static void test_race_at_top(void **state)
{
	(void)state;
	race(remove_list, FILL("precious") "mkdir " OWN "; " FILL(OWN) "ln -s precious y", OWN,
	     "y");
}

static int set_up(void **state)
{
	(void)state;
	return mkdtemp(dir) ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	err_free(tree_remove(dir));
	return 0;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lists),	    cmocka_unit_test(test_records),
		cmocka_unit_test(test_names),	    cmocka_unit_test(test_race_inside),
		cmocka_unit_test(test_race_at_top),
	};

	return cmocka_run_group_tests_name("leftover-list", tests, set_up, tear_down);
}
