// SPDX-License-Identifier: GPL-2.0-only
/*
 * The scanner with goldens/splat-*: "SPLAT: " and each report as `daxrig splat` prints it, an
 * empty line, then the raw log. DAXRIG_REGEN=1 writes them again.
 */
#include <glob.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/files.h"
#include "reports/splat/splat-line.h"
#include "reports/splat/splat-name.h"
#include "reports/splat/splat-places.h"
#include "reports/splat/splat.h"

#define GOLDENS "reports/tests/goldens/splat-*"

static void note(void *arg, struct splat *s)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);

	assert_non_null(f);
	splat_print(f, s, NULL);
	fclose(f);
	buf_addf(arg, "SPLAT: %s", text);
	free(text);
	assert_true(strlen(s->excerpt) <= SPLAT_EXCERPT_MAX);
	for (const char *p = s->excerpt; *p; p++)
		assert_true(*p == '\n' || (*p >= 0x20 && *p < 0x7f));
	splat_destroy(s);
}

/* The reports of a log that comes in pieces of @step bytes. */
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

/*
 * Lines of every form, with the title of the report; NULL: no report. A report that ends after
 * its first line is damaged: its function cannot be trusted.
 */
static const struct {
	const char *line, *title;
} lines[] = {
	{ "WARNING: CPU: 0 PID: 1 at fs/dax.c:1 f+0x1/0x2", "WARNING in corrupted" },
	{ "WARNING: fs/dax.c:12 at dax_x+0x1/0x2, CPU#1: a b/12", "WARNING in corrupted" },
	{ "WARNING: [!mem[i]] fs/dax.c:12 at dax_x+0x1/0x2, CPU#1: a/12", "WARNING in corrupted" },
	{ "WARNING: at fs/dax.c:12 dax_x+0x1/0x2()", "WARNING in corrupted" },
	{ "garbage[    1.000000] WARNING: fs/dax.c:12 at f+0x1/0x2, CPU#1: a/12",
	  "WARNING in corrupted" },
	{ "<4>WARNING: fs/dax.c:12 at f+0x1/0x2, CPU#1: a/12", "WARNING in corrupted" },
	{ "WARNING: CPU: 1 PID: 2 at lib/debugobjects.c:5 debug_print_object+0x1/0x2",
	  "WARNING: ODEBUG bug in corrupted" },
	{ "ODEBUG: free active (active state 0) object type: timer_list",
	  "WARNING: ODEBUG bug in corrupted" },
	{ "WARNING: CPU: 1 PID: 2 at lib/refcount.c:28 refcount_warn_saturate+0x1/0x2",
	  "WARNING: refcount bug in corrupted" },
	{ "WARNING: lib/refcount.c:28 at refcount_warn_saturate+0x1/0x2, CPU#0: a/1",
	  "WARNING: refcount bug in corrupted" },
	{ "refcount_t: saturated; leaking memory.", "WARNING: refcount bug in corrupted" },
	{ "WARNING: CPU: 1 PID: 2 at lib/kobject.c:8 kobject_add+0x1/0x2",
	  "WARNING: kobject bug in corrupted" },
	{ "WARNING: CPU: 1 PID: 2 at mm/usercopy.c:8 usercopy_warn+0x1/0x2",
	  "WARNING: bad usercopy in corrupted" },
	{ "usercopy: Kernel memory exposure attempt detected from SLUB object 'x'",
	  "BUG: bad usercopy in corrupted" },
	{ "WARNING: CPU: 1 PID: 2 at fs/proc/generic.c:8 proc_register+0x1/0x2",
	  "WARNING: proc registration bug in corrupted" },
	{ "WARNING: CPU: 1 PID: 2 at kernel/locking/lockdep.c:8 __lock_acquire+0x1/0x2",
	  "WARNING: locking bug in corrupted" },
	{ "WARNING: CPU: 1 PID: 2 at mm/vmalloc.c:8 __vmalloc_node_range+0x1/0x2",
	  "WARNING: zero-size vmalloc in corrupted" },
	{ "WARNING: CPU: 1 PID: 2 at mm/slab_common.c:8 kmalloc_slab+0x1/0x2",
	  "WARNING: kmalloc bug in corrupted" },
	{ "WARNING: CPU: 1 PID: 2 at mm/page_alloc.c:8 __alloc_pages+0x1/0x2",
	  "WARNING in corrupted" },
	{ "WARNING: CPU: 1 PID: 2 at drivers/usb/core/urb.c:8 usb_submit_urb+0x1/0x2",
	  "WARNING in corrupted/usb_submit_urb" },
	{ "WARNING: kernel stack regs at 00 in x:1 has bad 'bp' value 00",
	  "WARNING: kernel stack regs has bad 'bp' value" },
	{ "WARNING: kernel stack frame pointer at 00 in x:1 has bad value 00",
	  "WARNING: kernel stack frame pointer has bad value" },
	{ "list_add corruption. next->prev should be prev (1), but was 2. (next=3).",
	  "BUG: corrupted list in corrupted" },
	{ "list_del corruption, 1->next is LIST_POISON1 (2)", "BUG: corrupted list in corrupted" },
	{ "list_add double add: new=1, prev=2, next=3.", "BUG: corrupted list in corrupted" },
	{ "XFS (pmem0): Assertion failed: a > b, file: fs/xfs/xfs_inode.c, line: 12",
	  "XFS: Assertion failed in corrupted" },
	{ "[    1.0] kernel BUG at mm/gup.c:12!", "kernel BUG in corrupted" },
	{ "kernel BUG at lib/list_debug.c:29!", "BUG: corrupted list in corrupted" },
	{ "kernel BUG at mm/usercopy.c:72!", "BUG: bad usercopy in corrupted" },
	{ "BUG: Bad page state in process x  pfn:80000", "BUG: Bad page state in corrupted" },
	{ "BUG: Bad page map in process x  pte:80000", "BUG: Bad page map" },
	{ "BUG: Bad rss-counter state mm:00 type:MM_FILEPAGES val:1",
	  "BUG: Bad rss-counter state" },
	{ "BUG: non-zero pgtables_bytes on freeing mm: 4096", "BUG: non-zero "
							      "pgtables_bytes on freeing mm" },
	{ "BUG: kernel NULL pointer dereference, address: 08",
	  "BUG: unable to handle kernel NULL pointer dereference in corrupted" },
	{ "Unable to handle kernel NULL pointer dereference at virtual address 08",
	  "BUG: unable to handle kernel NULL pointer dereference in corrupted" },
	{ "BUG: unable to handle page fault for address: 00",
	  "BUG: unable to handle kernel paging request in corrupted" },
	{ "Unable to handle kernel access to user memory outside uaccess routines at 08",
	  "BUG: unable to handle kernel access to user memory in corrupted" },
	{ "BUG: Unable to handle kernel data access on read at 0xc00a000000000000",
	  "BUG: unable to handle kernel paging request in corrupted" },
	{ "BUG: unable to handle kernel", "BUG: unable to handle kernel" },
	{ "Oops: general protection fault, probably for non-canonical address 0x1: 0000 "
	  "[#1]",
	  "general protection fault in corrupted" },
	{ "Oops: divide error: 0000 [#1] SMP", "divide error in corrupted" },
	{ "divide_error: 0000 [#1] SMP", "divide error in corrupted" },
	{ "stack segment: 0000 [#1] SMP", "stack segment fault in corrupted" },
	{ "invalid opcode: 0000 [#1] SMP", "invalid opcode in corrupted" },
	{ "double fault: 0000 [#1] SMP", "double fault in corrupted" },
	{ "segment not present: 0000 [#1] SMP", "segment not present in corrupted" },
	{ "alignment check: 0000 [#1] SMP", "alignment check in corrupted" },
	{ "int3: 0000 [#1] SMP", "int3 in corrupted" },
	{ "bounds: 0000 [#1] SMP", "bounds in corrupted" },
	{ "Oops: 0002 [#1] SMP", "Oops in corrupted" },
	{ "Internal error: Oops: 96000004 [#1] SMP", "Internal error in corrupted" },
	{ "Unhandled fault: page domain fault (0x01b) at 0x00000e30",
	  "Unhandled fault in corrupted" },
	{ "Unhandled prefetch abort: breakpoint debug exception (0x002)",
	  "Unhandled prefetch abort in corrupted" },
	{ "Alignment trap: not handling instruction e1923f9f", "Alignment trap in corrupted" },
	{ "traps: PANIC: double fault, error_code: 0x0", "PANIC: double fault in corrupted" },
	{ "BUG: TASK stack guard page was hit at 0 (stack is 1..2)",
	  "BUG: stack guard page was hit in corrupted" },
	{ "watchdog: BUG: soft lockup - CPU#0 stuck for 22s! [x:1]",
	  "BUG: soft lockup in corrupted" },
	{ "watchdog: CPU1: Watchdog detected hard LOCKUP on cpu 1",
	  "BUG: hard lockup in corrupted" },
	{ "BUG: workqueue lockup - pool cpus=0", "BUG: workqueue lockup" },
	{ "BUG: workqueue leaked lock or atomic: kworker/0:1/0x1/12",
	  "BUG: workqueue leaked "
	  "lock or atomic in corrupted" },
	{ "BUG: workqueue leaked atomic, lock or RCU: kworker/0:1[12]",
	  "BUG: workqueue leaked "
	  "atomic, lock or RCU in corrupted" },
	{ "rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:",
	  "INFO: rcu detected stall in corrupted" },
	{ "rcu: INFO: rcu_preempt detected expedited stalls on CPUs/tasks: { 1-... }",
	  "INFO: rcu detected stall in corrupted" },
	{ "INFO: rcu_sched self-detected stall on CPU", "INFO: rcu detected stall in corrupted" },
	{ "INFO: rcu_tasks detected stalls on tasks:", "INFO: rcu detected stall in corrupted" },
	{ "rcu: rcu_preempt kthread starved for 2100 jiffies! g1 f0x0",
	  "INFO: rcu detected stall in corrupted" },
	{ "rcu: rcu_preempt kthread timer wakeup didn't happen for 2100 jiffies!",
	  "INFO: rcu detected stall in corrupted" },
	{ "rcu_tasks detected stalls on tasks:", "INFO: rcu detected stall in corrupted" },
	{ "INFO: task x y:12 blocked for more than 10 seconds.", "INFO: task hung in corrupted" },
	{ "INFO: task x:12 blocked in I/O wait for more than 10 seconds.",
	  "INFO: task hung in corrupted" },
	{ "INFO: task x:12 can't die for more than 10 seconds.",
	  "INFO: task can't die in corrupted" },
	{ "WARNING: possible recursive locking detected",
	  "WARNING: possible recursive locking detected" },
	{ "[ INFO: possible circular locking dependency detected ]",
	  "INFO: possible circular locking dependency detected ]" },
	{ "WARNING: possible irq lock inversion dependency detected",
	  "WARNING: possible irq lock inversion dependency detected" },
	{ "WARNING: SOFTIRQ-safe -> SOFTIRQ-unsafe lock order detected",
	  "WARNING: SOFTIRQ-safe -> SOFTIRQ-unsafe lock order detected" },
	{ "WARNING: inconsistent lock state", "WARNING: inconsistent lock state" },
	{ "WARNING: suspicious RCU usage", "WARNING: suspicious RCU usage" },
	{ "[ INFO: suspicious RCU usage. ]", "INFO: suspicious RCU usage. ]" },
	{ "WARNING: bad unlock balance detected!", "WARNING: bad unlock balance in corrupted" },
	{ "WARNING: held lock freed!", "WARNING: held lock freed in corrupted" },
	{ "WARNING: x/12 still has locks held!", "WARNING: still has locks held in corrupted" },
	{ "WARNING: lock held when returning to user space!",
	  "WARNING: lock held when returning to user space in corrupted" },
	{ "WARNING: Nested lock was not taken", "WARNING: nested lock was not taken in corrupted" },
	{ "[ BUG: Invalid wait context ]", "WARNING: locking bug in corrupted" },
	{ "BUG: MAX_LOCKDEP_CHAINS too low!", "BUG: MAX_LOCKDEP_CHAINS too low!" },
	{ "INFO: trying to register non-static key.",
	  "INFO: trying to register non-static key in corrupted" },
	{ "BUG: spinlock bad magic on CPU#0, x/1", "BUG: spinlock bad magic in corrupted" },
	{ "BUG: KASAN: null-ptr-deref on address (null)", "KASAN: null-ptr-deref" },
	{ "BUG: KASAN: double-free in f+0x1/0x2", "KASAN: invalid-free in f" },
	{ "BUG: KASAN: invalid-access in f+0x1/0x2", "KASAN: invalid-access in f" },
	{ "BUG: KASAN: use-after-free in f+0x1/0x2 at addr ffff8800b46111c0",
	  "KASAN: use-after-free in f at addr ADDR" },
	{ "BUG: KFENCE: use-after-free read in f+0x1/0x2", "KFENCE: use-after-free read in f" },
	{ "BUG: KFENCE: memory corruption", "KFENCE: memory corruption in corrupted" },
	{ "BUG: KCSAN: data-race in f / g", "KCSAN: data-race in f / g" },
	{ "BUG: KCSAN: assert: race in f+0x1/0x2", "KCSAN: assert: race in f" },
	{ "BUG: KCSAN: data-race in f+0x1/0x2", "KCSAN: data-race in f" },
	{ "BUG: KMSAN: uninit-value in f+0x1/0x2", "KMSAN: uninit-value in f" },
	{ "UBSAN: Undefined behaviour in fs/dax.c:12:1",
	  "UBSAN: undefined-behaviour in corrupted" },
	{ "UBSAN: shift-out-of-bounds in fs/dax.c:12:1",
	  "UBSAN: shift-out-of-bounds in corrupted" },
	{ "BUG: sleeping function called from invalid context at fs/dax.c:12",
	  "BUG: sleeping function called from invalid context in corrupted" },
	{ "BUG: scheduling while atomic: x/1/0x00000002",
	  "BUG: scheduling while atomic in corrupted" },
	{ "BUG: using smp_processor_id() in preemptible [00000000] code: x/1",
	  "BUG: using smp_processor_id() in preemptible code in corrupted" },
	{ "BUG: Dentry 1{i=2,n=x}  still in use (1) [unmount of xfs pmem0]",
	  "BUG: Dentry still in use in unmount" },
	{ "BUG: memory leak", "memory leak in corrupted" },
	{ "kmemleak: unreferenced object 0xff11000004958000 (size 64):",
	  "memory leak in corrupted" },
	{ "illegal operation: 0001 ilc:1 [#1]SMP", "illegal operation in corrupted" },
	{ "BUG: Kernel NULL pointer dereference on read at 0x00000000",
	  "BUG: unable to handle kernel NULL pointer dereference in corrupted" },
	{ "watchdog: CPU 2 self-detected hard LOCKUP @ f+0x1/0x2", "BUG: hard lockup in "
								   "corrupted" },
	{ "Oops - illegal instruction [#1]", "Oops in corrupted" },
	{ "Unable to handle kernel write to read-only memory at virtual address 08",
	  "BUG: unable to handle kernel paging request in corrupted" },
	{ "Kernel panic - not syncing: hung_task: blocked tasks",
	  "kernel panic: hung_task: blocked tasks" },
	{ "BUG kmalloc-64 (Not tainted): Object already free", "BUG: Object already free" },
	{ "BUG kmalloc-64 (Tainted: G B): Poison overwritten", "BUG: Poison overwritten" },
	{ "VFS: Busy inodes after unmount of pmem0. Self-destruct in 5 seconds.",
	  "VFS: Busy inodes after unmount (use-after-free)" },
	{ "unregister_netdevice: waiting for lo to become free. Usage count = 1",
	  "unregister_netdevice: waiting for DEV to become free" },
	{ "XFS (pmem0): Internal error XFS_WANT_CORRUPTED_GOTO at line 12 of file "
	  "fs/xfs/libxfs/xfs_alloc.c.  Caller xfs_free_extent+0x1/0x2 [xfs]",
	  "XFS: Internal error in xfs_free_extent" },
	{ "XFS (pmem0): Metadata CRC error detected at xfs_agf_read_verify+0x1/0x2 [xfs], "
	  "xfs_agf",
	  "XFS: Metadata CRC error in xfs_agf_read_verify" },
	{ "XFS (pmem0): Metadata corruption detected at xfs_agf_verify+0x1/0x2 [xfs]",
	  "XFS: Metadata corruption in xfs_agf_verify" },
	{ "XFS (pmem0): Corruption detected. Unmount and run xfs_repair", "XFS: Corruption" },
	{ "XFS (pmem0): Corruption of in-memory data (0x8) detected at f+0x1/0x2 [xfs]",
	  "XFS: Corruption of in-memory data in f" },
	{ "EXT4-fs error (device pmem0) in ext4_free_inode:362: Corrupt filesystem",
	  "EXT4-fs error in ext4_free_inode" },
	{ "pmem0: writeback error on inode 131, offset 0, sector 96", "iomap: writeback error" },
	{ "Page cache invalidation failure on direct I/O.  Possible data corruption due to "
	  "collision with buffered I/O!",
	  "iomap: page cache invalidation failure on direct I/O" },
	{ "nd_pmem namespace0.0: could not reserve region [mem 0x1-0x2]",
	  "nvdimm: could not reserve region" },
	{ "nd_pmem namespace0.0: unable to guarantee persistence of writes", NULL },
	{ "Insufficient stack space to handle exception!", "kernel stack overflow in corrupted" },
	{ "Kernel panic - not syncing: sysrq triggered crash",
	  "kernel panic: sysrq triggered crash" },
	{ "Kernel panic - not syncing: stack-protector: Kernel stack is corrupted in: f+0x1/0x2",
	  "kernel panic: stack is corrupted in f" },
	{ "Kernel panic - not syncing: corrupted stack end detected inside scheduler",
	  "kernel panic: corrupted stack end in corrupted" },
	{ "Kernel panic - not syncing: Attempted to kill init! exitcode=0x00000009",
	  "kernel panic: Attempted to kill init!" },
	{ "Kernel panic - not syncing: Couldn't open N_TTY ldisc for ptm0 --- error -12.",
	  "kernel panic: Couldn't open N_TTY ldisc" },
	{ "Kernel panic - not syncing: Fatal exception in interrupt",
	  "kernel panic: Fatal exception" },
	{ "BUG: Bad cheese in pantry: 12", "BUG: Bad cheese in pantry: NUM" },
	{ "INFO: Allocated in f+0x1/0x2 age=1 cpu=1 pid=6024",
	  "INFO: Allocated in f age=NUM cpu=NUM pid=NUM" },
	{ "acpi/hmat: failed to reserve [mem 0x1-0x2]", NULL },
	{ "WARNING: the mand mount option is being deprecated", NULL },
	{ "DEBUG: BUGS none", NULL },
	{ "XFS (pmem0): DAX unsupported by block device. Turning off DAX.", NULL },
	{ "ACPI BIOS Error (bug): Could not resolve symbol", NULL },
	{ "INFO: lockdep is turned off.", NULL },
	{ "EXT4-fs (pmem0): INFO: recovery required on readonly filesystem", NULL },
	{ "EXT4-fs (pmem0): Unrecognized mount option \"BUG: x\" or missing value", NULL },
	{ "overlay: Unknown parameter 'x', \"WARNING: possible recursive locking\"", NULL },
	{ "XFS (pmem0): Mounting V5 Filesystem \"kernel BUG at fs/x.c:1!\"", NULL },
	{ "SELinux:  Context BUG: x is not valid (left unmapped).", NULL },
	{ "SELinux: (dev pmem0, type xfs) getxattr errno 34, INFO: task a:1 blocked for more",
	  NULL },
	{ "task blocked for more than 10 seconds", NULL },
	{ "systemd[1]: BUG: something is wrong", NULL },
	{ "myapp[345]: Oops: all is lost", NULL },
	{ "audit: type=1400 msg=\"BUG: no\"", NULL },
	{ "ata1.00: Internal error: link down", NULL },
	{ "usb 1-1: Unhandled fault: timeout", NULL },
	{ "Alignment trap: foo (123) PC=0x1 Instr=0x2", NULL },
	{ "INFO: task a:1 is blocked on a mutex likely owned by task b:2.", NULL },
	{ "traps: a.out[1] general protection fault ip:1 sp:2 error:0 in a.out[3+1]", NULL },
	{ "CPU: 0 PID: 1 at fs/dax.c:1", NULL },
	{ "", NULL },
};

/* Each form has a line above that it matches. */
static void test_every_form(void **state)
{
	struct splat_namer *n = splat_namer_create();
	bool *seen = xcalloc(splat_forms_count, sizeof(*seen));
	size_t missing = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
		struct splat_line m;
		size_t len = strlen(lines[i].line), form;

		(void)!splat_line_read(lines[i].line, lines[i].line + len, &m);
		if (strstr(lines[i].line, "garbage"))
			continue;
		form = splat_namer_form(n, m.msg, m.len);
		if (form < splat_forms_count)
			seen[form] = true;
	}
	for (size_t i = 0; i < splat_forms_count; i++) {
		if (!seen[i])
			print_error("no line for '%s'\n", splat_forms[i].pattern);
		missing += !seen[i];
	}
	assert_int_equal(missing, 0);
	free(seen);
	splat_namer_destroy(n);
}

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
	assert_non_null(strstr(buf_str(&b), "WARNING in corrupted"));
	buf_reset(&b);
	splat_scanner_flush(s);
	assert_int_equal(b.len, 0);
	splat_scanner_feed(s, warning, sizeof(warning) - 1);
	for (int i = 0; i < 400; i++)
		splat_scanner_feed(s, "x\n", 2);
	assert_true(b.len > 0);
	splat_scanner_destroy(s);
}

#define ENDED                                                                                      \
	"CPU: 0 PID: 1 Comm: x Not tainted 6.1.0 #1\nRIP: 0010:f+0x1/0x2\n"                        \
	"Call Trace:\n g+0x1/0x2\n---[ end trace 0000000000000000 ]---\n"
#define PANIC "Kernel panic - not syncing: "

/* Lines that belong to the report before them, and lines that do not. */
static const struct {
	const char *what, *log;
	size_t reports;
	bool panicked; /* the first report */
} sequences[] = {
	{ "a panic over a report that ended",
	  "WARNING: fs/dax.c:12 at f+0x1/0x2, CPU#1: a/12\n" ENDED PANIC "kernel: "
	  "panic_on_warn set ...\n",
	  1, true },
	{ "a panic after a report",
	  "WARNING: fs/dax.c:12 at f+0x1/0x2, CPU#1: a/12\n" ENDED PANIC
	  "Attempted to kill init! exitcode=0x00000009\n",
	  2, false },
	{ "a panic by whom the first report is of, in the midst of the next",
	  "[    1.0][   T1] WARNING: fs/dax.c:12 at f+0x1/0x2, CPU#1: a/12\n"
	  "[    1.0][   T1] ---[ end trace 0000000000000000 ]---\n"
	  "[    1.0][   T2] WARNING: fs/dax.c:12 at f+0x1/0x2, CPU#1: a/12\n"
	  "[    1.0][   T1] " PANIC "Attempted to kill the idle task!\n",
	  2, true },
	{ "a panic that a sanitizer was told to make",
	  "BUG: KASAN: use-after-free in f+0x1/0x2\n" ENDED PANIC "kasan.fault=panic set ...\n", 1,
	  true },
	{ "a panic within a report",
	  "WARNING: fs/dax.c:12 at f+0x1/0x2, CPU#1: a/12\n" PANIC "why not\n" ENDED, 1, true },
	{ "a detail of a report",
	  "BUG: Bad page state in process x  pfn:80000\n"
	  "INFO: Freed in f+0x1/0x2 age=1 cpu=1 pid=6\n" ENDED,
	  1, false },
	{ "a double fault within a report",
	  "BUG: kernel NULL pointer dereference, address: 08\n"
	  "PANIC: double fault, error_code: 0x0\n" ENDED,
	  1, false },
	{ "the next boot",
	  "WARNING: fs/dax.c:12 at f+0x1/0x2, CPU#1: a/12\n" PANIC "x\n"
	  "[    0.000000] Linux version 6.1.0 (x) #1\n"
	  "WARNING: fs/dax.c:12 at f+0x1/0x2, CPU#1: a/12\n" ENDED,
	  2, true },
};

static void test_sequences(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(sequences); i++) {
		_cleanup_free_ char *got = scan(sequences[i].log, strlen(sequences[i].log), 100000);
		const char *second = strstr(got + 1, "SPLAT: ");
		bool panicked = memmem(got, second ? (size_t)(second - got) : strlen(got),
				       "the kernel panicked", 19) != NULL;
		size_t n = 0;

		for (const char *p = got; (p = strstr(p, "SPLAT: ")); p++)
			n++;
		if (n != sequences[i].reports || panicked != sequences[i].panicked)
			fail_msg("%s: %s", sequences[i].what, got);
	}
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
	memset(mega, '[', 1 << 20); /* a careless prefix pattern backtracks over this */
	buf_add(&log, mega, 1 << 20);
	buf_addc(&log, '\n');
	for (int i = 0; i < 200000; i++) {
		seed = seed * 1103515245 + 12345;
		buf_addc(&log, (char)(seed >> 16));
	}
	splat_scanner_feed(s, log.data, log.len);
	splat_scanner_finish(s);
	assert_non_null(strstr(buf_str(&b), "WARNING in corrupted"));
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

/* The text of WARN() comes before its line, and belongs to the excerpt. */
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
		cmocka_unit_test(test_goldens),	  cmocka_unit_test(test_lines),
		cmocka_unit_test(test_flush),	  cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_excerpt),	  cmocka_unit_test(test_every_form),
		cmocka_unit_test(test_sequences),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
