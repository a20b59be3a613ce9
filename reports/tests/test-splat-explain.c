// SPDX-License-Identifier: GPL-2.0-only
/* What is told of a report besides its name: task, taint, frames, areas, signature. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "reports/splat-explain.h"

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

static void test_not_told(void **state)
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

#define TRACE(title, rip, ...) \
	title "\nCPU: 0 PID: 1 Comm: x Not tainted 6.1.0 #1\nRIP: 0010:" rip "\nCall Trace:\n" \
	__VA_ARGS__
#define WARN(place, rip, ...) TRACE("WARNING: CPU: 0 PID: 1 at " place " " rip, rip, __VA_ARGS__)

static const char base[] = WARN("fs/dax.c:12", "f+0x1/0x9", " g+0x2/0x9\n h+0x3/0x9\n k+0x4/0x9\n");

static const struct {
	const char *what, *log;
	bool same; /* as base */
} logs[] = {
	{ "another line, address, deeper caller",
	  WARN("fs/dax.c:99", "f+0x7/0xf0", " g+0x8/0xf0\n h+0x9/0xf0\n other+0x1/0x2\n"), true },
	{ "suffixes",
	  WARN("fs/dax.c:12", "f.isra.0+0x1/0x9", " g.part.0.cold+0x2/0x9\n h.constprop.1+0x3/0x9\n"),
	  true },
	{ "a module, a time stamp",
	  WARN("fs/dax.c:12", "f+0x1/0x9", "[   12.000001]  g+0x2/0x9 [xfs]\n h+0x3/0x9\n"), true },
	{ "what may be on the stack",
	  WARN("fs/dax.c:12", "f+0x1/0x9", " ? z+0x2/0x9\n g+0x2/0x9\n ? y+0x3/0x9\n h+0x3/0x9\n"),
	  true },
	{ "helpers between",
	  WARN("fs/dax.c:12", "f+0x1/0x9", " g+0x2/0x9\n _raw_spin_lock+0x1/0x2\n h+0x3/0x9\n"), true },
	{ "another caller",
	  WARN("fs/dax.c:12", "f+0x1/0x9", " z+0x2/0x9\n h+0x3/0x9\n"), false },
	{ "another caller's caller",
	  WARN("fs/dax.c:12", "f+0x1/0x9", " g+0x2/0x9\n z+0x3/0x9\n"), false },
	{ "another function",
	  WARN("fs/dax.c:12", "z+0x1/0x9", " g+0x2/0x9\n h+0x3/0x9\n"), false },
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

/* A title's numbers are of one boot; a task that hangs is met anywhere. */
static void test_of_this_boot(void **state)
{
	static const char hung[] = "INFO: task x:%d blocked for more than 120 seconds.\nCall Trace:\n"
				   " __schedule+0x1/0x2\n victim+0x1/0x2\n %s+0x1/0x2\n";
	_cleanup_free_ char *one = xasprintf(hung, 1, "one"), *two = xasprintf(hung, 2, "two");
	struct splat *a = read_log(one), *b = read_log(two);

	(void)state;
	assert_string_equal(a->signature, "INFO: task hung in victim");
	assert_string_equal(a->signature, b->signature);
	splat_destroy(a);
	splat_destroy(b);
	a = read_log("Kernel panic - not syncing: VFS: cannot mount root on block(8,12) at 0xff01\n");
	assert_string_equal(a->signature,
			    "kernel panic: VFS: cannot mount root on block(N,N) at N");
	splat_destroy(a);
}

static void test_taint(void **state)
{
	(void)state;
	assert_string_equal(splat_taint_word('W'), "a warning before");
	assert_string_equal(splat_taint_word('D'), "an oops or BUG before");
	assert_null(splat_taint_word('G'));
	assert_null(splat_taint_word('\0'));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_explained),    cmocka_unit_test(test_not_told),
		cmocka_unit_test(test_signature),    cmocka_unit_test(test_of_this_boot),
		cmocka_unit_test(test_taint),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
