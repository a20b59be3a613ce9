/* SPDX-License-Identifier: GPL-2.0-only */
/* Texts that the language accepts or rejects, and the places in its messages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "workloads/lang/scenario.h"

#define FILE_AND_MAP "file a 4M written\nmap m a 0 4M shared rw\n"

static const struct {
	const char *text;
	const char *error; /* a part of the message; NULL: it parses */
} cases[] = {
	{ FILE_AND_MAP "pin p rdma m+2M 64K\nstart t punch a 2M 64K\nexpect t blocks\n"
		       "unpin p\nexpect t completes within 500\ncheck a 2M 64K zero\n",
	  NULL },
	{ "file a 4M written # comment\n\t\ntruncate a 0 fails EINVAL\n", NULL },
	{ FILE_AND_MAP "pin p uring m 64K refused EOPNOTSUPP\n", NULL },
	{ "file a 4M written\numount\nremount\ncheck a\n", NULL },
	{ FILE_AND_MAP "map n a 0 4M shared rw pmd sync\nload n 0 4M\nstore m 2M 64K fails EFAULT\n"
		       "read a 0 4M\nhwpoison m 4K\nstart t load n 4K 1\n",
	  NULL },
	{ FILE_AND_MAP "file b 4M hole\nstart t exchange a 0 64K b 2M\n", NULL },
	{ FILE_AND_MAP "pin p rdma m 64K process\nunpin p kill\npin q vmsplice m 64K process\n"
		       "unpin q exit\npin r odirect m 64K process\nunpin r\n"
		       "pin s uring m 64K process refused EOPNOTSUPP\n",
	  NULL },
	{ "fs xfs\nmount noatime\nwith /program/x 0f\nprogram user 1000 within 10 /program/x a\\x20b -c\n",
	  NULL },
	{ "file a 4K written\nprogram /x\n", "x.scn:2:1: a program may change 'a', which would" },
	{ "file a 4K written\nunlink a\nprogram /x\nfile b 4K written\n", NULL },
	{ "program kselftest user 1 within 10 /x\nprogram kselftest /x\n", NULL },
	{ "program user 1 kselftest /x\n", "x.scn:1:16: expected the program's path" },
	{ "program x\n", "x.scn:1:9: expected the program's path, with a '/'" },
	{ "program user 65536 /x\n", "x.scn:1:14: expected 0 to 65535" },
	{ "program within 0 /x\n", "x.scn:1:16: expected 1 to" },
	{ "program /x a\\\n", "x.scn:1:12: a '\\' begins the code of a byte" },
	{ "program /x \\x00\n", "x.scn:1:12: a '\\' begins the code of a byte" },
	{ "mount\nfile a 4K hole\n", "x.scn:1:6: expected mount options" },
	{ "with /x\nfile a 4K hole\n", "x.scn:1:8: expected its SHA-256" },
	{ "file a 4M written\nmap m a 0 4M private rw sync\n",
	  "x.scn:2:25: only a shared mapping" },
	{ "map d devdax 0 4M shared rw sync\n", "x.scn:1:29: only a shared mapping of a file" },
	{ "file a 4M written\nmap m a 0 4M private rw\npin p vmsplice m 4K process\n",
	  "x.scn:3:21: the pin of a process needs a shared mapping" },
	{ FILE_AND_MAP "pin p vmsplice m 4K\nunpin p kill\n",
	  "x.scn:4:9: the program itself holds 'p'" },
	{ FILE_AND_MAP "pin p odirect m 4K process\nunpin p kill\n",
	  "x.scn:4:9: the holder of 'p' sleeps uninterruptibly" },
	{ FILE_AND_MAP "pin p vmsplice m 4K process\nunpin p now\n",
	  "x.scn:4:9: expected the end" },
	{ FILE_AND_MAP "pin p vmsplice m 4K process\nunmap m\nfsck\n",
	  "x.scn:5:1: the process of pin 'p' keeps the filesystem busy" },
	{ FILE_AND_MAP "pin p vmsplice m 4K\nunmap m\nstart u unbind\ncheck p\nunpin p\n", NULL },
	{ "file a 4M written\nunbind\ncheck a\n", "x.scn:3:7: 'a' does not exist at this point" },
	{ "file a 4M written\nunbind\nremount\n", "x.scn:3:1: the device is already unbound" },
	{ FILE_AND_MAP "load a 0 4K\n", "x.scn:3:6: expected a mapping, found 'a'" },
	{ FILE_AND_MAP "load m 4M 1\n", "x.scn:3:11: the range exceeds the mapping 'm'" },
	{ FILE_AND_MAP "store m 0 0\n", "x.scn:3:11: the range exceeds the mapping 'm'" },
	{ FILE_AND_MAP "unmap m\nload m 0 4K\n", "x.scn:4:6: 'm' does not exist at this point" },
	{ FILE_AND_MAP "hwpoison m 100\n", "x.scn:3:12: the offset must be page-aligned" },
	{ FILE_AND_MAP "hwpoison m 4M\n", "x.scn:3:12: the range exceeds the mapping 'm'" },
	{ FILE_AND_MAP "start t hwpoison m 0\n", "x.scn:3:20: it sends SIGBUS to the program's" },
	{ "file a 4M written\nmap m a 0 4M private r\nhwpoison m 0\n",
	  "x.scn:3:10: 'm' must be a shared mapping" },
	{ "map d devdax 0 4M shared rw\nload d 0 4K\n",
	  "x.scn:2:6: 'd' is not a mapping of a file" },
	{ "fs ext4\nfile a 4M hole\nfile b 4M hole\nexchange a 0 4K b 0\n",
	  "ext4 cannot exchange ranges: write 'fs xfs'" },
	{ "", "x.scn: expected at least one step" },
	{ "file a\n", "x.scn:1:7: expected a size or 'rest', found the end of the line" },
	{ "file A 4M written\n", "x.scn:1:6: expected a new name (a-z, 0-9, -, _), found 'A'" },
	{ "file a 4M wrotten\n", "x.scn:1:11: expected written, fallocated, hole" },
	{ "file a 4Q written\n", "x.scn:1:8: expected a size or 'rest', found '4Q'" },
	{ "file a 99999999999999999999 written\n", "x.scn:1:8: expected a size" },
	{ "file a 4M written\nfile a 4M written\n", "x.scn:2:6: 'a' is in use already" },
	{ "file a 4M clone a\n", "x.scn:1:17: 'a' does not exist at this point" },
	{ "file devdax 4M hole\n", "x.scn:1:6: 'devdax' is in use already" },
	{ "map m a 0 4M shared rw\n", "x.scn:1:7: expected a file, found 'a'" },
	{ "file a 4M written\nmap m a 1 4M shared rw\n", "a mapping must be whole pages" },
	{ "file a 4M written\nmap m a 0 0 shared rw\n", "a mapping must be whole pages" },
	{ FILE_AND_MAP "touch m+4M 1 read\n", "x.scn:3:12: the range exceeds the mapping 'm'" },
	{ FILE_AND_MAP "touch m+x 1 read\n", "x.scn:3:7: expected a mapping as MAP or MAP+OFF" },
	{ FILE_AND_MAP "pin p rdma-odp m 64K\ntouch p+1K 63K write\n", NULL },
	{ FILE_AND_MAP "pin p rdma-odp m 64K\ntouch p+1K 64K write\n", "exceeds the pin 'p'" },
	{ FILE_AND_MAP "pin p rdma-odp m 64K\ntouch p 4K read\n",
	  "x.scn:4:12: expected write (to" },
	{ FILE_AND_MAP "pin p rdma m 64K\ntouch p 4K write\n", "x.scn:4:7: expected a mapping as" },
	{ FILE_AND_MAP "pin p rdma-odp m 64K process\ntouch p 4K write\n",
	  "expected a mapping as" },
	{ FILE_AND_MAP "pin p rdna m 64K\n", "x.scn:3:7: no pin 'rdna'; did you mean 'rdma'?" },
	{ FILE_AND_MAP "pin p glue m 64K\n", "x.scn:3:7: no pin 'glue'; see 'daxrig list pins'" },
	{ FILE_AND_MAP "pin p\n", "x.scn:3:6: expected a kind of pin" },
	{ FILE_AND_MAP "pin p rdma m+1 64K\n", "a pin must cover whole pages" },
	{ FILE_AND_MAP "pin p uring m 64K refused EGAL\n", "x.scn:3:27: expected an errno" },
	{ FILE_AND_MAP "unmap m\npin p rdma m 64K\n",
	  "x.scn:4:12: 'm' does not exist at this point" },
	{ FILE_AND_MAP "pin p rdma m 64K\nunpin p\ncheck p\n", "'p' does not exist at this point" },
	{ FILE_AND_MAP "pin p uring m 64K refused EPERM\nunpin p\n",
	  "'p' does not exist at this point" },
	{ "file a 4M written\nunlink a\ncheck a\n", "x.scn:3:7: 'a' does not exist at this point" },
	{ "file a 4M written\numount\ncheck a\n", "x.scn:3:7: 'a' does not exist at this point" },
	{ "file a 4M written\nstart t punch a 0\n",
	  "x.scn:2:18: expected a length, found the end" },
	{ "file a 4M written\nstart t process unlink a\n",
	  "the program itself must do a last close" },
	{ "file a 4M written\nstart t punch a 0 4K\nsignal t KILL\n", "start 't' as a process" },
	{ "file a 4M written\nstart t punch a 0 4K\nsignal t HUP\n", "expected KILL, TERM" },
	{ "file a 4M written\nexpect a blocks\n", "expected a started operation, found 'a'" },
	{ "file a 4M written\nstart t punch a 0 4K\nexpect t maybe\n", "expected blocks, comp" },
	{ "file a 4M written\nstart t punch a 0 4K\ncheck t\n", "it has no bytes to check" },
	{ "file a 4M written\ncheck a 0 4K zero more\n", "x.scn:2:19: expected the end of the l" },
	{ "file a 4M written\nfrobnicate a\n",
	  "x.scn:2:1: no step or operation 'frobnicate'; see" },
	{ "fiel a 4M written\n", "x.scn:1:1: no step or operation 'fiel'; did you mean 'file'?" },
	{ "file a 4M written\npunhc a 0 4K\n",
	  "x.scn:2:1: no step or operation 'punhc'; did you mean 'punch'?" },
	{ "file a 4M written\nstart t punhc a 0 4K\n",
	  "x.scn:2:9: no operation 'punhc'; did you mean 'punch'?" },
	{ "file a 4M written\nstart t\n", "x.scn:2:8: expected an operation" },
	{ "file a 4M written\nfs xfs\n", "headers come before the first step" },
	{ "file a rest hole\n", "x.scn:1:13: only a written file takes the size 'rest'" },
	{ "file a 5G hole\n", "x.scn:1:8: larger than 4G" },
	{ "fs btrfs\nfile a 4M written\n",
	  "x.scn:1:4: no filesystem 'btrfs'; see 'daxrig list matrix'" },
	{ "fs ext4\nfile a 4M written\nfile b 4M clone a\n", "ext4 cannot share extents" },
	{ FILE_AND_MAP "mkfs\n", "x.scn:3:1: mapping 'm' keeps the filesystem busy" },
	{ FILE_AND_MAP "unmap m\nmkfs\nfile b 4K written\n", NULL },
	{ FILE_AND_MAP "unmap m\nmkfs\ncheck a\n", "x.scn:5:7: 'a' does not exist at this point" },
	{ "file a 4K hole\numount\nmkfs\nremount\nfile b 4K hole\ncheck a\n",
	  "x.scn:6:7: 'a' does not exist at this point" },
	{ "file a 4K hole\numount\nmkfs\nfile b 4K hole\n",
	  "x.scn:4:1: no filesystem is mounted at this point: remount first" },
	{ "file a 4K hole\nunbind\nmkfs\n", "x.scn:3:1: the device is already unbound" },
	{ "file a 4K hole\nrepeat 2\nmkfs\nend\n", "x.scn:3:1: 'a' was made before the block" },
	{ FILE_AND_MAP "fsck\n", "x.scn:3:1: mapping 'm' keeps the filesystem busy" },
	{ FILE_AND_MAP "unmap m\nfsck\n", NULL },
	{ FILE_AND_MAP "repeat 1000000\npin p vmsplice m 4K\npunch a 1M 64K\nunpin p\nend\n"
		       "pin p vmsplice m 4K\nrepeat 2\ncheck p\nend\nunpin p\n",
	  NULL },
	{ FILE_AND_MAP "repeat 2\nfile b 4M written\nmap n b 0 4M shared r\nstart t punch b 0 4K\n"
		       "expect t completes\nstart u punch b 0 4K\nwait u\nunmap n\nunlink b\nend\n",
	  NULL },
	{ FILE_AND_MAP "unmap m\nrepeat 3\numount\nremount\nend\ncheck a\n", NULL },
	{ FILE_AND_MAP "repeat\n", "x.scn:3:7: expected a number of rounds, found the end of" },
	{ FILE_AND_MAP "repeat 0\n", "x.scn:3:8: expected 1 to 1000000 rounds" },
	{ FILE_AND_MAP "repeat 1000001\n", "x.scn:3:8: expected 1 to 1000000 rounds" },
	{ FILE_AND_MAP "repeat 2 3\n", "x.scn:3:10: expected the end of the line" },
	{ FILE_AND_MAP "repeat 2\nend\n", "x.scn:4:1: the block of line 3 has no steps" },
	{ FILE_AND_MAP "end\n", "x.scn:3:1: no 'repeat' before this 'end'" },
	{ FILE_AND_MAP "repeat 2\nsync\nend\nend\n", "x.scn:6:1: no 'repeat'" },
	{ FILE_AND_MAP "repeat 2\nsync\n", "x.scn:3:1: expected 'end' after the block" },
	{ FILE_AND_MAP "repeat 2\nsync\nrepeat 2\n", "x.scn:5:1: a block cannot hold another; that "
						     "of line 3 has no 'end'" },
	{ FILE_AND_MAP "repeat 2\npin p vmsplice m 4K\nend\n",
	  "x.scn:5:1: 'p' is still pinned before" },
	{ FILE_AND_MAP "repeat 2\nmap n a 0 4K shared r\nend\n", "x.scn:5:1: 'n' is still mapped" },
	{ FILE_AND_MAP "repeat 2\nfile b 4K hole\nend\n", "x.scn:5:1: 'b' is still there: unlink" },
	{ FILE_AND_MAP "unmap m\nrepeat 2\nfile b 4K hole\numount\nend\n",
	  "x.scn:7:1: 'a' was made" },
	{ "file a 4K hole\numount\nrepeat 2\nremount\nfile b 4K hole\numount\nend\n",
	  "x.scn:7:1: 'b' is only unmounted" },
	{ FILE_AND_MAP "repeat 2\nunmap m\nend\n",
	  "x.scn:4:7: 'm' was made before the block: the" },
	{ FILE_AND_MAP "pin p vmsplice m 4K\nrepeat 2\nunpin p\nend\n",
	  "x.scn:5:7: 'p' was made be" },
	{ "file a 4K hole\nrepeat 2\nunlink a\nend\n", "x.scn:3:8: 'a' was made before the block" },
	{ FILE_AND_MAP "repeat 2\npin p vmsplice m 4K\nunpin p\nend\ncheck p\n",
	  "x.scn:7:7: expected a name, found 'p'" },
	{ FILE_AND_MAP "repeat 2\nfs xfs\nsync\nend\n", "headers come before the first step" },
	{ "each p x\nfile a 4M written\n", "'each' was not expanded" },
	{ "file a 4M \x01written\n", "x.scn:1:11: unprintable byte" },
	{ "file a 4M \x7fwritten\n", "x.scn:1:11: unprintable byte" },
};

static void test_parse(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct scenario *s = NULL;
		struct err *err = scenario_parse("x.scn", cases[i].text, strlen(cases[i].text), &s);

		if (!cases[i].error && err)
			fail_msg("%s: %s", cases[i].text, err->message);
		if (cases[i].error && !err)
			fail_msg("%s: parsed, expected: %s", cases[i].text, cases[i].error);
		if (cases[i].error && !strstr(err->message, cases[i].error))
			fail_msg("%s: '%s' where '%s' was due", cases[i].text, err->message,
				 cases[i].error);
		err_free(err);
		scenario_free(s);
	}
}

/* The end of a block, and the time that it may take. */
static void test_block(void **state)
{
	static const char text[] = FILE_AND_MAP "repeat 2K\npin p vmsplice m 4K\npunch a 1M 64K\n"
						"unpin p\nend\nsync\n";
	struct scenario *s;

	(void)state;
	assert_null(scenario_parse("x", text, strlen(text), &s));
	assert_int_equal(s->nr_steps, 8);
	assert_int_equal(s->steps[2].verb, STEP_REPEAT);
	assert_int_equal(s->steps[2].rounds, 2048);
	assert_int_equal(s->steps[2].block_end, 6);
	assert_int_equal(s->steps[6].verb, STEP_END);
	assert_int_equal(s->steps[6].line, 7);
	assert_int_equal(scenario_blocks_ms(s), 2048 * 3 * 2);
	s->steps[2].rounds = SCENARIO_ROUNDS_MAX;
	s->steps[3].verb = STEP_SETTLE;
	assert_int_equal(scenario_blocks_ms(s), 10u * 3600 * 1000);
	s->steps[2].verb = STEP_SYNC;
	assert_int_equal(scenario_blocks_ms(s), 0);
	scenario_free(s);
}

static void test_meaning(void **state)
{
	static const char text[] = "# SPDX-License-Identifier: x\n# the title\nroom 16M\n"
				   "file a 4M written\nmap m a 4K 1M private r pmd\n"
				   "start t process clone-range a 4K 8K a 1M\n";
	struct scenario *s;
	struct step *st;

	(void)state;
	assert_null(scenario_parse("x", text, strlen(text), &s));
	assert_string_equal(s->title, "the title");
	assert_int_equal(s->fs, filesystem_bit(filesystem_find("xfs")));
	assert_int_equal(s->room, 16 << 20);
	assert_int_equal(s->nr_steps, 3);
	st = &s->steps[1];
	assert_int_equal(st->line, 5);
	assert_true(!st->shared && !st->writable && st->pmd && st->off == 4096);
	st = &s->steps[2];
	assert_true(st->process && st->call.off[0] == 4096 && st->call.len == 8192 &&
		    st->call.off[1] == 1 << 20);
	scenario_free(s);
}

/* The words after a pin, a mapping and an operation on one are parsed. */
static void test_words(void **state)
{
	static const char text[] = FILE_AND_MAP
		"map n a 4K 1M shared r sync\n"
		"pin p rdma m 64K process\nunpin p exit\nhwpoison n 8K\nfile b 4M hole\n"
		"exchange a 0 4K b 0\n";
	struct scenario *s;

	(void)state;
	assert_null(scenario_parse("x", text, strlen(text), &s));
	assert_true(s->steps[2].sync && !s->steps[1].sync);
	assert_true(s->steps[3].process);
	assert_int_equal(s->steps[4].how, UNPIN_EXIT);
	assert_string_equal(s->steps[5].call.map, "n");
	assert_string_equal(s->steps[5].call.file[0], "a");
	assert_int_equal(s->steps[5].call.off[0], 8192);
	assert_int_equal(s->steps[5].call.len, 4096);
	assert_int_equal(s->fs, filesystem_bit(filesystem_find("xfs")));
	assert_int_equal(s->needs, FILESYSTEM_EXCHANGE);
	scenario_free(s);
}

/* Random bytes are an error, and never a crash. */
static void test_hostile(void **state)
{
	static char text[SCENARIO_MAX + 2];
	struct scenario *s = NULL;
	unsigned int seed = 1;
	struct err *err;

	(void)state;
	memset(text, 'a', sizeof(text));
	err = scenario_parse("x", text, sizeof(text), &s);
	assert_non_null(err);
	err_free(err);
	for (int round = 0; round < 2000; round++) {
		size_t len = (size_t)(rand_r(&seed) % 300);

		for (size_t i = 0; i < len; i++)
			text[i] = "fileapmpin \n+0K$#t\0\xff"[rand_r(&seed) % 20];
		err = scenario_parse("x", text, len, &s);
		if (!err)
			scenario_free(s);
		err_free(err);
	}
}

static void test_expand(void **state)
{
	static const char text[] = "each p x y\neach q 1 2\nuse $p$q # $p\n";
	static const char *const labels[] = { "x/1", "x/2", "y/1", "y/2" };
	struct scenario_variants v;
	struct err *err;

	(void)state;
	assert_null(scenario_expand("x", text, strlen(text), &v));
	assert_int_equal(v.n, 4);
	for (size_t i = 0; i < v.n; i++)
		assert_string_equal(v.v[i].label, labels[i]);
	assert_string_equal(v.v[2].text, "# each p x y\n# each q 1 2\nuse y1 # $p\n");
	scenario_variants_deinit(&v);
	err = scenario_expand("x", "use $nope\n", 10, &v);
	assert_non_null(err);
	assert_non_null(strstr(err->message, "'$nope' is not a variable"));
	err_free(err);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),	cmocka_unit_test(test_meaning),
		cmocka_unit_test(test_words),	cmocka_unit_test(test_block),
		cmocka_unit_test(test_hostile), cmocka_unit_test(test_expand),
	};

	return cmocka_run_group_tests_name("scenario", tests, NULL, NULL);
}
