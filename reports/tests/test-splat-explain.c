// SPDX-License-Identifier: GPL-2.0-only
/* The explained part of a report: task, taint, frames, areas, signature. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "reports/splat/splat-explain.h"

static void take(void *arg, struct splat *s)
{
	struct splat **first = arg;

	if (*first)
		splat_destroy(s);
	else
		*first = s;
}

static struct splat *read_log(const char *log)
{
	struct splat *first = NULL;
	struct splat_scanner *s = splat_scanner_create(take, &first);

	splat_scanner_feed(s, log, strlen(log));
	splat_scanner_finish(s);
	splat_scanner_destroy(s);
	assert_non_null(first);
	return first;
}

static const char full[] =
	"[    1.000000][  T12] WARNING: CPU: 1 PID: 12 at fs/dax.c:398 dax_x+0x87/0xb0\n"
	"[    1.000000][  T12] CPU: 1 UID: 0 PID: 12 Comm: a b:c Kdump: loaded Tainted: G    B   W"
	"          6.12.1+deb-amd64 #1\n"
	"[    1.000000][  T12] RIP: 0010:dax_x+0x87/0xb0\n"
	"[    1.000000][  T12] RSP: 0018:00 EFLAGS: 06\n"
	"[    1.000000][  T12] RAX: 01 RBX: 02 RCX: 03\n"
	"[    1.000000][  T12] CR2: 0badc0de CR3: 00\n"
	"[    1.000000][  T12] Call Trace:\n"
	"[    1.000000][  T12]  <TASK>\n"
	"[    1.000000][  T12]  ? left_over+0x1/0x2\n"
	"[    1.000000][  T12]  dax_y.isra.0+0x94/0x140\n"
	"[    1.000000][   C0]  of_another_cpu+0x1/0x2\n"
	"[    1.000000][  T12]  xfs_z.constprop.0.cold+0xf/0x20 [xfs]\n"
	"[    1.000000][  T12]  </TASK>\n"
	"[    1.000000][  T12] RIP: 0033:0x4a90da\n"
	"[    1.000000][  T12] RSP: 002b:00 EFLAGS: 02\n"
	"[    1.000000][  T12] ---[ end trace 0000000000000000 ]---\n";

static void check_frame(const struct splat_frame *f, const char *function, unsigned long offset,
			const char *module, bool sure, bool call)
{
	assert_string_equal(f->function, function);
	assert_int_equal(f->offset, offset);
	assert_string_equal(f->module ? f->module : "", module);
	assert_int_equal(f->sure, sure);
	assert_int_equal(f->call, call);
}

static void test_explained(void **state)
{
	struct splat *s = read_log(full), *copy;

	(void)state;
	assert_string_equal(s->title, "WARNING in dax_x");
	assert_string_equal(s->task, "a b:c");
	assert_string_equal(s->kernel, "6.12.1+deb-amd64");
	assert_string_equal(s->taint, "G    B   W");
	assert_int_equal(s->pid, 12);
	assert_int_equal(s->cpu, 1);
	assert_string_equal(s->registers, "RIP: 0010:dax_x+0x87/0xb0\nRSP: 0018:00 EFLAGS: 06\n"
					  "RAX: 01 RBX: 02 RCX: 03\nCR2: 0badc0de CR3: 00\n");
	assert_int_equal(s->nr_frames, 4);
	check_frame(&s->frames[0], "dax_x", 0x87, "", true, false);
	check_frame(&s->frames[1], "left_over", 1, "", false, true);
	check_frame(&s->frames[2], "dax_y.isra.0", 0x94, "", true, true);
	check_frame(&s->frames[3], "xfs_z.constprop.0.cold", 0xf, "xfs", true, true);
	assert_int_equal(s->frames[3].size, 0x20);
	for (size_t i = 0; i < SPLAT_AREAS; i++) {
		const char *name = s->areas[i].function ? s->areas[i].name : NULL;

		assert_true(!name || !strcmp(name, "dax") || !strcmp(name, "xfs"));
		if (name && !strcmp(name, "dax"))
			assert_ptr_equal(s->areas[i].function, s->frames[0].function);
	}
	assert_string_equal(s->signature, "WARNING in dax_x < dax_y < xfs_z");
	copy = splat_copy(s);
	splat_destroy(s);
	check_frame(&copy->frames[3], "xfs_z.constprop.0.cold", 0xf, "xfs", true, true);
	assert_string_equal(copy->signature, "WARNING in dax_x < dax_y < xfs_z");
	splat_destroy(copy);
}

static void test_not_known(void **state)
{
	struct splat *s = read_log("BUG: Bad rss-counter state mm:00 type:MM_FILEPAGES val:1\n");

	(void)state;
	assert_null(s->task);
	assert_null(s->taint);
	assert_null(s->registers);
	assert_int_equal(s->pid, -1);
	assert_int_equal(s->nr_frames, 0);
	assert_string_equal(s->signature, "BUG: Bad rss-counter state");
	splat_destroy(s);
}

#define TRACE(title, rip, ...)                                                                     \
	title "\nCPU: 0 PID: 1 Comm: x Not tainted 6.1.0 #1\nRIP: 0010:" rip                       \
	      "\nCall Trace:\n" __VA_ARGS__
#define WARN(place, rip, ...) TRACE("WARNING: CPU: 0 PID: 1 at " place " " rip, rip, __VA_ARGS__)

static const char base[] = WARN("fs/dax.c:12", "f+0x1/0x9", " g+0x2/0x9\n h+0x3/0x9\n k+0x4/0x9\n");

static const struct {
	const char *what, *log;
	bool same; /* as base */
} logs[] = {
	{ "another line, address, deeper caller",
	  WARN("fs/dax.c:99", "f+0x7/0xf0", " g+0x8/0xf0\n h+0x9/0xf0\n other+0x1/0x2\n"), true },
	{ "suffixes",
	  WARN("fs/dax.c:12", "f.isra.0+0x1/0x9",
	       " g.part.0.cold+0x2/0x9\n "
	       "h.constprop.1+0x3/0x9\n"),
	  true },
	{ "a module, a time stamp",
	  WARN("fs/dax.c:12", "f+0x1/0x9", "[   12.000001]  g+0x2/0x9 [xfs]\n h+0x3/0x9\n"), true },
	{ "unsure frames",
	  WARN("fs/dax.c:12", "f+0x1/0x9", " ? z+0x2/0x9\n g+0x2/0x9\n ? y+0x3/0x9\n h+0x3/0x9\n"),
	  true },
	{ "helpers between the callers",
	  WARN("fs/dax.c:12", "f+0x1/0x9",
	       " g+0x2/0x9\n _raw_spin_lock+0x1/0x2\n "
	       "h+0x3/0x9\n"),
	  true },
	{ "another caller", WARN("fs/dax.c:12", "f+0x1/0x9", " z+0x2/0x9\n h+0x3/0x9\n"), false },
	{ "another caller's caller", WARN("fs/dax.c:12", "f+0x1/0x9", " g+0x2/0x9\n z+0x3/0x9\n"),
	  false },
	{ "another function", WARN("fs/dax.c:12", "z+0x1/0x9", " g+0x2/0x9\n h+0x3/0x9\n"), false },
	{ "another kind",
	  TRACE("kernel BUG at fs/dax.c:12!", "f+0x1/0x9", " g+0x2/0x9\n h+0x3/0x9\n"), false },
};

static void test_signature(void **state)
{
	struct splat *want = read_log(base);

	(void)state;
	assert_string_equal(want->signature, "WARNING in f < g < h");
	for (size_t i = 0; i < ARRAY_SIZE(logs); i++) {
		struct splat *s = read_log(logs[i].log);

		if (!strcmp(s->signature, want->signature) != logs[i].same)
			fail_msg("%s: '%s'", logs[i].what, s->signature);
		splat_destroy(s);
	}
	splat_destroy(want);
}

#define TEXT(text) "------------[ cut here ]------------\n" text
#define CALLERS " g+0x2/0x9\n h+0x3/0x9\n"

/* Two warnings of one function differ by their text, which is the same in every boot. */
static void test_text(void **state)
{
	static const struct {
		const char *log, *signature;
	} texts[] = {
		{ TEXT("group 'a' of pmem0 has 3 pages\n")
			  WARN("fs/dax.c:12", "f+0x1/0x9", CALLERS),
		  "WARNING in f: group 'a' of NUM has NUM pages < g < h" },
		{ TEXT("group 'a' of pmem1 has 17 pages\n")
			  WARN("fs/dax.c:14", "f+0x2/0x9", CALLERS),
		  "WARNING in f: group 'a' of NUM has NUM pages < g < h" },
		{ TEXT("another at ffff888100000000\n") WARN("fs/dax.c:12", "f+0x1/0x9", CALLERS),
		  "WARNING in f: another at ADDR < g < h" },
		{ TEXT("") WARN("fs/dax.c:12", "f+0x1/0x9", CALLERS), "WARNING in f < g < h" },
		{ TRACE("WARNING: [a->b != c] fs/dax.c:12 at f+0x1/0x9, CPU#0: x/1", "f+0x1/0x9",
			CALLERS),
		  "WARNING in f: a->b != c < g < h" },
		/* the text of another one */
		{ TEXT("1\n2\n3\n4\n") WARN("fs/dax.c:12", "f+0x1/0x9", CALLERS),
		  "WARNING in f < g < h" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct splat *s = read_log(texts[i].log);

		assert_string_equal(s->signature, texts[i].signature);
		splat_destroy(s);
	}
}

/* A signature has no number, and no caller of a hung task: they differ from boot to boot. */
static void test_of_this_boot(void **state)
{
	static const char hung[] = "INFO: task x:%d blocked for more than 120 "
				   "seconds.\nCall Trace:\n"
				   " __schedule+0x1/0x2\n victim+0x1/0x2\n %s+0x1/0x2\n";
	_cleanup_free_ char *one = xasprintf(hung, 1, "one"), *two = xasprintf(hung, 2, "two");
	struct splat *a = read_log(one), *b = read_log(two);

	(void)state;
	assert_string_equal(a->signature, "INFO: task hung in victim");
	assert_string_equal(a->signature, b->signature);
	splat_destroy(a);
	splat_destroy(b);
	a = read_log("Kernel panic - not syncing: VFS: cannot mount root on block(8,12) "
		     "at 0xff01\n");
	assert_string_equal(a->signature,
			    "kernel panic: VFS: cannot mount root on block(NUM,NUM) at ADDR");
	splat_destroy(a);
}

/* One report, in the forms of dmesg, log daemons and consoles: the result is the same. */
static void test_prefixes(void **state)
{
	static const char *const prefixes[] = {
		"",
		"<4>",
		"[    5.123456] ",
		"<4>[    5.123456] ",
		"[    5.123456][  T713] ",
		"[    5.123456] [  T713] ",
		"[T713] ",
		"[Sat Nov 21 19:00:00 2026] ",
		"[    5.123456 <    0.000012>] ",
		"[  +0.000012] ",
		"[Nov21 19:00] ",
		"[    5.1] host kernel: ",
		"2026-11-21T19:00:00,123456+00:00 ",
		"2026-11-21T19:00:00.123456+00:00 host kernel: ",
		"Nov 21 19:00:00 host kernel: ",
		"Nov 21 19:00:00 host kernel: [    5.123456] ",
		"4,1234,5123456,-;",
		"4,1234,5123456,-,caller=T713;",
		"kern  :warn  : [    5.123456] ",
		"\033[32m[    5.123456] \033[0m\033[1m",
	};
	static const char *const report[] = {
		"------------[ cut here ]------------",
		"refcount_t: underflow; use-after-free.",
		"WARNING: CPU: 1 PID: 713 at lib/refcount.c:28 refcount_warn_saturate+0x1/0x2",
		"CPU: 1 PID: 713 Comm: umount Not tainted 6.1.0-49-amd64 #1",
		"RIP: 0010:refcount_warn_saturate+0x1/0x2",
		"Call Trace:",
		" <TASK>",
		" rxe_put+0x3/0x4 [rdma_rxe]",
		" rxe_dereg+0x5/0x6 [rdma_rxe]",
		" ib_dereg+0x7/0x8",
		" </TASK>",
		"---[ end trace 0000000000000000 ]---",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++) {
		_cleanup_buf_ struct buf log = BUF_INIT;
		struct splat *s;

		for (size_t k = 0; k < ARRAY_SIZE(report); k++)
			buf_addf(&log, "%s%s\r\n", prefixes[i], report[k]);
		s = read_log(buf_str(&log));
		if (strcmp(s->signature, "WARNING: refcount bug in rxe_put < rxe_dereg "
					 "< ib_dereg") ||
		    s->corrupted || s->pid != 713 || s->nr_frames != 4)
			fail_msg("'%s': '%s'", prefixes[i], s->signature);
		splat_destroy(s);
	}
}

/* Whole reports of other architectures. */
static const struct {
	const char *what, *log, *signature;
} machines[] = {
	{ "arm64, whose traces begin with the pc",
	  "Unable to handle kernel NULL pointer dereference at virtual address 08\n"
	  "Mem abort info:\n  ESR = 0x0000000096000004\n"
	  "Internal error: Oops: 0000000096000004 [#1]  SMP\n"
	  "CPU: 1 UID: 0 PID: 345 Comm: truncate Not tainted 7.2.13 #1\n"
	  "pc : f+0x24/0x90\nlr : g+0x40/0xb0\nx29: 00 x28: 00 x27: 00\n"
	  "Call trace:\n f+0x24/0x90 (P)\n g+0x40/0xb0\n h+0x8/0x9\n"
	  "---[ end trace 0000000000000000 ]---\n",
	  "BUG: unable to handle kernel NULL pointer dereference in f < g < h" },
	{ "powerpc",
	  "BUG: Kernel NULL pointer dereference on read at 0x00000000\n"
	  "Oops: Kernel access of bad area, sig: 11 [#1]\n"
	  "CPU: 3 PID: 12 Comm: cat Not tainted 7.2.0 #1\n"
	  "NIP [c000000000500000] f+0x20/0x100\nLR [c000000000500010] g+0x10/0x100\n"
	  "Call Trace:\n[c000000001] [c000000002] f+0x20/0x100 (unreliable)\n"
	  "[c000000003] [c000000004] g+0x10/0x100\n[c000000005] [c000000006] h+0x10/0x100\n",
	  "BUG: unable to handle kernel NULL pointer dereference in f < g < h" },
	{ "riscv",
	  "Oops - illegal instruction [#1]\nCPU: 0 UID: 0 PID: 77 Comm: sh Not tainted 7.2.0 #1\n"
	  "epc : f+0x1c/0x40\n ra : g+0x10/0x20\n"
	  "status: 0000000200000120 badaddr: 0000000000000000 cause: 0000000000000002\n"
	  "[<ffffffff80000001>] f+0x1c/0x40\n[<ffffffff80000002>] g+0x10/0x20\n"
	  "---[ end trace 0000000000000000 ]---\n",
	  "Oops in f < g" },
	{ "s390",
	  "illegal operation: 0001 ilc:1 [#1]SMP\nCPU: 1 UID: 0 PID: 851 Comm: cat Not "
	  "tainted 7.2.0 #1\n"
	  "Krnl PSW : 0704c00180000000 000003e0 (f+0xa/0x20)\nCall Trace:\n"
	  " [<000003e000000001>] f+0xa/0x20\n [<000003e000000002>] g+0x2a/0x30\n"
	  "Last Breaking-Event-Address:\n [<000003e000000003>] z+0x1/0x2\n",
	  "illegal operation in f < g" },
};

static void test_machines(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(machines); i++) {
		struct splat *s = read_log(machines[i].log);

		if (strcmp(s->signature, machines[i].signature))
			fail_msg("%s: '%s'", machines[i].what, s->signature);
		if (!s->nr_frames || s->frames[0].call || strcmp(s->frames[0].function, "f"))
			fail_msg("%s: the instruction pointer is not the first "
				 "frame",
				 machines[i].what);
		for (size_t k = 0; k < s->nr_frames; k++)
			assert_string_not_equal(s->frames[k].function, "z");
		splat_destroy(s);
	}
}

static void test_taint(void **state)
{
	(void)state;
	assert_string_equal(splat_taint_word('W'), "an earlier warning");
	assert_string_equal(splat_taint_word('D'), "an earlier oops or BUG");
	assert_null(splat_taint_word('G'));
	assert_null(splat_taint_word('\0'));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_explained), cmocka_unit_test(test_not_known),
		cmocka_unit_test(test_signature), cmocka_unit_test(test_of_this_boot),
		cmocka_unit_test(test_taint),	  cmocka_unit_test(test_prefixes),
		cmocka_unit_test(test_machines),  cmocka_unit_test(test_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
