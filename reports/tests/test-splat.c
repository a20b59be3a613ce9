// SPDX-License-Identifier: GPL-2.0-only
/*
 * The scanner over goldens/splat-*: lines "SPLAT: class | title | file:line | function
 * | offset | fatal", an empty line, the raw log. DAXRIG_REGEN=1 writes them anew.
 */
#include <glob.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/files.h"
#include "reports/splat.h"

#define GOLDENS "reports/tests/goldens/splat-*"

static void note(void *arg, struct splat *s)
{
	buf_addf(arg, "SPLAT: %s | %s | %s:%u | %s | %llu | %s\n", splat_class_name(s->cls),
		 s->title, s->file ? s->file : "-", s->line,
		 s->function ? s->function : "-", (unsigned long long)s->offset,
		 s->fatal ? "fatal" : "-");
	assert_true(strlen(s->excerpt) <= SPLAT_EXCERPT_MAX);
	for (const char *p = s->excerpt; *p; p++)
		assert_true(*p == '\n' || (*p >= 0x20 && *p < 0x7f));
	splat_destroy(s);
}

/* The SPLAT lines of a log that comes in pieces of @step bytes. */
static char *scan(const char *log, size_t len, size_t step)
{
	struct buf b = BUF_INIT;
	struct splat_scanner *s = splat_scanner_create(note, &b);

	for (size_t i = 0; i < len; i += step)
		splat_scanner_feed(s, log + i, MIN(step, len - i));
	splat_scanner_finish(s);
	assert_int_equal(splat_scanner_offset(s), len);
	splat_scanner_destroy(s);
	return buf_take(&b);
}

static void check_golden(const char *path)
{
	_cleanup_buf_ struct buf file = BUF_INIT;
	const size_t steps[] = { 1, 7, 4096, SIZE_MAX / 2 };
	_cleanup_free_ char *header = NULL;
	const char *log;
	size_t len;

	assert_null(file_read(path, 1 << 20, &file));
	log = file.data[0] == '\n' ? file.data : strstr(file.data, "\n\n");
	assert_non_null(log);
	header = xstrndup(file.data, (size_t)(log - file.data) + (log != file.data));
	log += log == file.data ? 1 : 2;
	len = file.len - (size_t)(log - file.data);
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		_cleanup_free_ char *got = scan(log, len, steps[i]);

		if (getenv("DAXRIG_REGEN")) {
			_cleanup_buf_ struct buf b = BUF_INIT;

			buf_addf(&b, "%s\n", got);
			buf_add(&b, log, len);
			assert_null(file_write_atomic(path, b.data, b.len));
			return;
		}
		if (strcmp(got, header))
			print_error("%s, in pieces of %zu bytes\n", path, steps[i]);
		assert_string_equal(got, header);
	}
}

static void test_goldens(void **state)
{
	glob_t g;

	(void)state;
	assert_int_equal(glob(GOLDENS, 0, NULL, &g), 0);
	assert_true(g.gl_pathc >= 15);
	for (size_t i = 0; i < g.gl_pathc; i++)
		check_golden(g.gl_pathv[i]);
	globfree(&g);
}

/* One line each; what it must be called, NULL for no report. */
static const struct {
	const char *line, *title;
} lines[] = {
	{ "WARNING: CPU: 0 PID: 1 at fs/dax.c:1 f+0x1/0x2", "WARNING in f" },
	{ "WARNING: CPU: 0 PID: 1 at fs/dax.c:1 f.isra.0.cold+0x1/0x2 [xfs]",
	  "WARNING in f" },
	{ "WARNING: fs/dax.c:12 at dax_x+0x1/0x2, CPU#1: a b/12", "WARNING in dax_x" },
	{ "WARNING: at fs/dax.c:12 dax_x+0x1/0x2()", "WARNING in dax_x" },
	{ "garbage[    1.000000] WARNING: fs/dax.c:12 at f+0x1/0x2, CPU#1: a/12",
	  "WARNING in f" },
	{ "<4>WARNING: fs/dax.c:12 at f+0x1/0x2, CPU#1: a/12", "WARNING in f" },
	{ "[    1.0] kernel BUG at mm/gup.c:12!", "kernel BUG" },
	{ "BUG: Bad page map in process x  pte:80000", "BUG: Bad page map" },
	{ "BUG: Bad rss-counter state mm:00 type:MM_FILEPAGES val:1",
	  "BUG: Bad rss-counter state" },
	{ "BUG: unable to handle page fault for address: 00",
	  "BUG: unable to handle kernel paging request" },
	{ "Oops: general protection fault, probably for non-canonical address 0x1: 0000 "
	  "[#1]",
	  "general protection fault" },
	{ "Oops: divide error: 0000 [#1] SMP", "divide error" },
	{ "watchdog: BUG: soft lockup - CPU#0 stuck for 22s! [x:1]", "BUG: soft lockup" },
	{ "watchdog: CPU1: Watchdog detected hard LOCKUP on cpu 1", "BUG: hard lockup" },
	{ "BUG: workqueue lockup - pool cpus=0", "BUG: workqueue lockup" },
	{ "rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:",
	  "INFO: rcu detected stall" },
	{ "rcu: INFO: rcu_preempt detected expedited stalls on CPUs/tasks: { 1-... }",
	  "INFO: rcu detected stall" },
	{ "INFO: rcu_sched self-detected stall on CPU", "INFO: rcu detected stall" },
	{ "INFO: rcu_tasks detected stalls on tasks:", "INFO: rcu detected stall" },
	{ "INFO: task x y:12 blocked for more than 10 seconds.", "INFO: task hung" },
	{ "INFO: task x:12 blocked in I/O wait for more than 10 seconds.",
	  "INFO: task hung" },
	{ "WARNING: possible recursive locking detected", "possible deadlock" },
	{ "WARNING: inconsistent lock state", "inconsistent lock state" },
	{ "WARNING: bad unlock balance detected!", "WARNING: bad unlock balance" },
	{ "[ BUG: Invalid wait context ]", "BUG: Invalid wait context" },
	{ "refcount_t: saturated; leaking memory.", "WARNING: refcount bug" },
	{ "XFS (pmem0): Metadata CRC error detected at xfs_agf_read_verify+0x1/0x2 [xfs], "
	  "xfs_agf",
	  "XFS: Metadata CRC error in xfs_agf_read_verify" },
	{ "XFS (pmem0): Corruption detected. Unmount and run xfs_repair",
	  "XFS: Corruption" },
	{ "EXT4-fs error (device pmem0) in ext4_free_inode:362: Corrupt filesystem",
	  "EXT4-fs error in ext4_free_inode" },
	{ "VFS: Busy inodes after unmount of pmem0. Self-destruct in 5 seconds.",
	  "VFS: Busy inodes after unmount" },
	{ "Kernel panic - not syncing: sysrq triggered crash",
	  "kernel panic: sysrq triggered crash" },
	{ "BUG: Bad cheese in pantry: 12", "BUG: Bad cheese in pantry" },
	{ "acpi/hmat: failed to reserve [mem 0x1-0x2]", NULL },
	{ "WARNING: the mand mount option is being deprecated", NULL },
	{ "DEBUG: BUGS none", NULL },
	{ "XFS (pmem0): DAX unsupported by block device. Turning off DAX.", NULL },
	{ "ACPI BIOS Error (bug): Could not resolve symbol", NULL },
	{ "INFO: lockdep is turned off.", NULL },
	{ "task blocked for more than 10 seconds", NULL },
	{ "CPU: 0 PID: 1 at fs/dax.c:1", NULL },
	{ "", NULL },
};

static void take_title(void *arg, struct splat *s)
{
	char **title = arg;

	assert_null(*title);
	*title = xstrdup(s->title);
	splat_destroy(s);
}

static void test_lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		_cleanup_free_ char *title = NULL;
		struct splat_scanner *s = splat_scanner_create(take_title, &title);

		splat_scanner_feed(s, lines[i].line, strlen(lines[i].line));
		splat_scanner_finish(s);
		splat_scanner_destroy(s);
		if (lines[i].title && (!title || strcmp(title, lines[i].title)))
			print_error("'%s'\n", lines[i].line);
		if (!lines[i].title)
			assert_null(title);
		else
			assert_string_equal(title, lines[i].title);
	}
}

static const char warning[] = "WARNING: fs/dax.c:12 at dax_x+0x1/0x2, CPU#1: a/12\n";

/* A report stays open until the next one, a flush, or too many lines. */
static void test_flush(void **state)
{
	_cleanup_buf_ struct buf b = BUF_INIT;
	struct splat_scanner *s = splat_scanner_create(note, &b);

	(void)state;
	splat_scanner_feed(s, warning, sizeof(warning) - 1);
	assert_int_equal(b.len, 0);
	splat_scanner_flush(s);
	assert_non_null(strstr(buf_str(&b), "WARNING in dax_x"));
	buf_reset(&b);
	splat_scanner_flush(s);
	assert_int_equal(b.len, 0);
	splat_scanner_feed(s, warning, sizeof(warning) - 1);
	for (int i = 0; i < 300; i++)
		splat_scanner_feed(s, "x\n", 2);
	assert_true(b.len > 0);
	splat_scanner_destroy(s);
}

static void test_hostile(void **state)
{
	_cleanup_buf_ struct buf b = BUF_INIT, log = BUF_INIT;
	struct splat_scanner *s = splat_scanner_create(note, &b);
	char *mega = xcalloc(1, 1 << 20);
	uint32_t seed = 1;

	(void)state;
	buf_adds(&log, "[    1.000000] BUG: \033[31m\xff bad\n");
	buf_adds(&log, warning);
	buf_add(&log, "a\0b\033[2Jc\xff\n", 9);
	memset(mega, '[', 1 << 20); /* what a careless prefix pattern backtracks over */
	buf_add(&log, mega, 1 << 20);
	buf_addc(&log, '\n');
	for (int i = 0; i < 200000; i++) {
		seed = seed * 1103515245 + 12345;
		buf_addc(&log, (char)(seed >> 16));
	}
	splat_scanner_feed(s, log.data, log.len);
	splat_scanner_finish(s);
	assert_non_null(strstr(buf_str(&b), "WARNING in dax_x"));
	for (int i = 0; i < 400; i++) /* more than is handed out */
		splat_scanner_feed(s, warning, sizeof(warning) - 1);
	splat_scanner_finish(s);
	assert_true(splat_scanner_dropped(s) >= 400 - SPLAT_REPORTS_MAX);
	splat_scanner_flush(s);
	assert_int_equal(splat_scanner_dropped(s), 0);
	buf_reset(&b);
	splat_scanner_feed(s, warning, sizeof(warning) - 1);
	splat_scanner_finish(s);
	assert_true(b.len > 0);
	splat_scanner_destroy(s);
	free(mega);
}

static void take_copy(void *arg, struct splat *s)
{
	*(struct splat **)arg = splat_copy(s);
	splat_destroy(s);
}

/* What WARN() says stands in front of its line: it belongs to the excerpt. */
static void test_excerpt(void **state)
{
	struct splat *got = NULL;
	struct splat_scanner *s = splat_scanner_create(take_copy, &got);
	_cleanup_buf_ struct buf log = BUF_INIT;

	(void)state;
	buf_adds(&log, "boot\n------------[ cut here ]------------\nentry left behind\n");
	buf_adds(&log, warning);
	buf_adds(&log, "tail\n---[ end trace 0 ]---\nnot of it\n");
	splat_scanner_feed(s, log.data, log.len);
	splat_scanner_finish(s);
	assert_non_null(got);
	assert_int_equal(got->offset, 5);
	assert_string_equal(got->excerpt,
			    "------------[ cut here ]------------\nentry left behind\n"
			    "WARNING: fs/dax.c:12 at dax_x+0x1/0x2, CPU#1: a/12\n"
			    "tail\n---[ end trace 0 ]---\n");
	splat_destroy(got);
	splat_scanner_destroy(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_goldens), cmocka_unit_test(test_lines),
		cmocka_unit_test(test_flush),	cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_excerpt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
