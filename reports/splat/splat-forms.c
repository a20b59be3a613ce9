// SPDX-License-Identifier: GPL-2.0-only
#include "reports/splat/splat-form.h"

#define FILE_LINE "(?<file>[\\w./+-]+\\.\\w+):(?<line>\\d+)"
#define PC "(?:\\[<[^>]{0,20}>\\] *)"
#define NAME "(?<func>[A-Za-z_]\\w*)"
#define FUNC NAME "(?:\\.[\\w.]+)?"
#define FUNC_OFF FUNC "\\+0x[0-9a-f]+"
#define SIZED "/0x[0-9a-f]+"
/* lockdep: "WARNING: x" today, "[ INFO: x ]" and "[ BUG: x ]" before v4.10 */
#define LOCKDEP "(?<text>WARNING|INFO|BUG): "
#define NOT_IN_WORD "(?<![A-Za-z_])"

/* helpers that call debugobjects.c, a lock or an allocator for the function at fault */
#define SKIP_ODEBUG                                                                                \
	"debug_|rcu|hrtimer_|timer_|work_|percpu_|vunmap|vfree|__free_|kfree|^free|kvfree|del_timer"
#define SKIP_LOCKS "spin_|lock_|_lock|mutex_|down_|up_|rwsem"
#define SKIP_LEAK                                                                                  \
	"kmemleak|mmap|kmem|slab|alloc|create_object|idr_get|list_lru_init|kasprintf|kvasprintf|"  \
	"pcpu_create|strdup|strndup|memdup"

/* A WARN() in @place, in a function that begins with @functions. */
#define WARN_AT(place, functions, title, cls, skip)                                                \
	{                                                                                          \
		cls, SPLAT_FORM_JOINS, "WARNING: ",                                                \
			"WARNING: .*(?<file>" place "):(?<line>\\d+) (?:at )?" functions, title,   \
			"wt|rct|ct", skip                                                          \
	}
/* lib/list_debug.c */
#define BAD_LIST(words)                                                                            \
	{                                                                                          \
		SPLAT_BUG, SPLAT_FORM_LEADS, words, "^(?:__)?" words,                              \
			"BUG: corrupted list in {func}", "rct|ct", "list_(?:add|del)"              \
	}
/* __die() prints "[#1]" after the name of the fault */
#define FAULT(words, title)                                                                        \
	{                                                                                          \
		SPLAT_OOPS, SPLAT_FORM_JOINS, words, NOT_IN_WORD words ": [0-9a-f]{4} \\[#",       \
			title " in {func}", "rct|ct", NULL                                         \
	}
#define DEADLOCK(words)                                                                            \
	{                                                                                          \
		SPLAT_LOCKDEP, 0, words, LOCKDEP words, "possible deadlock in {func}", "Qaat",     \
			NULL                                                                       \
	}
/* kernel/rcu/tree_stall.h */
#define STALL(words)                                                                               \
	{                                                                                          \
		SPLAT_RCU_STALL, SPLAT_FORM_REPEATS | SPLAT_FORM_STALL, words,                     \
			"^(?:rcu: )?(?:INFO: )?rcu_\\w+.*" words,                                  \
			"INFO: rcu detected stall in {func}", "it|rct|ct", "rcu"                   \
	}

const struct splat_form splat_forms[] = {
	/* announcements; a WARNING or BUG follows */
	{ SPLAT_REFCOUNT, SPLAT_FORM_LEADS, "refcount_t: ", "^refcount_t: (?<text>[^.;]*)",
	  "WARNING: refcount bug in {func}", "wt|rct|ct", "^_*(?:refcount|kobject)_" },
	{ SPLAT_WARNING, SPLAT_FORM_LEADS,
	  "ODEBUG: ", "^ODEBUG: \\w+ (?:active|destroyed|not|\\w+ \\()",
	  "WARNING: ODEBUG bug in {func}", "wt|rct|ct", SKIP_ODEBUG },
	BAD_LIST("list_add corruption"),
	BAD_LIST("list_add double add"),
	BAD_LIST("list_del corruption"),
	{ SPLAT_BUG, SPLAT_FORM_LEADS,
	  "usercopy: ", "^usercopy: [Kk]ernel memory (?:exposure|overwrite) attempt",
	  "BUG: bad usercopy in {func}", "rct|ct", "usercopy|check_object|^__check_" },
	{ SPLAT_FS, SPLAT_FORM_LEADS, "Assertion failed",
	  "^XFS(?: \\([^)]*\\))?: Assertion failed(?:: .*?, file: (?<file>[\\w./+-]+), "
	  "line: (?<line>\\d+))?",
	  "XFS: Assertion failed in {func}", "rct|ct", NULL },

	/* WARN(), if its place tells what is wrong */
	WARN_AT("lib/debugobjects\\.c", ".*debug_(?:print|check)", "WARNING: ODEBUG bug in {func}",
		SPLAT_WARNING, SKIP_ODEBUG),
	WARN_AT("lib/refcount\\.c", ".*refcount_", "WARNING: refcount bug in {func}",
		SPLAT_REFCOUNT, "^_*(?:refcount|kobject)_"),
	WARN_AT("lib/kobject\\.c", ".*kobject_", "WARNING: kobject bug in {func}", SPLAT_WARNING,
		"kobject_"),
	WARN_AT("mm/usercopy\\.c", ".*usercopy_", "WARNING: bad usercopy in {func}", SPLAT_WARNING,
		"usercopy|check_object"),
	WARN_AT("fs/proc/generic\\.c", ".*(?:proc_register|remove_proc)",
		"WARNING: proc registration bug in {func}", SPLAT_WARNING, "proc_"),
	WARN_AT("kernel/locking/lockdep\\.c", ".*lock_", "WARNING: locking bug in {func}",
		SPLAT_LOCKDEP, SKIP_LOCKS),
	WARN_AT("mm/vmalloc\\.c", ".*__vmalloc_node", "WARNING: zero-size vmalloc in {func}",
		SPLAT_WARNING, "vmalloc|alloc"),
	WARN_AT("mm/[\\w./-]+\\.c", "(?:__do_|__)?k\\w{0,2}alloc", "WARNING: kmalloc bug in {func}",
		SPLAT_WARNING, "alloc|slab|kmem"),
	WARN_AT("[\\w./-]+\\.c", ".*usb_submit_urb", "WARNING in {func}/usb_submit_urb",
		SPLAT_WARNING,
		"usb_(?:submit_urb|start_wait_urb|bulk_msg|interrupt_msg|control_msg)"),

	/* any other WARN(): from v6.19 on, and before */
	{ SPLAT_WARNING, SPLAT_FORM_JOINS,
	  "WARNING: ", "WARNING: (?:\\[(?<text>.{0,200}?)\\] ?)?" FILE_LINE " at " FUNC_OFF,
	  "WARNING in {func}", "wt|rct|ct", NULL },
	{ SPLAT_WARNING, SPLAT_FORM_JOINS,
	  "WARNING: ", "WARNING: (?:CPU: \\d+ )?(?:PID: \\d+ )?at " FILE_LINE "(?: " FUNC_OFF ")?",
	  "WARNING in {func}", "wt|rct|ct", NULL },
	{ SPLAT_WARNING, 0, "WARNING: kernel stack ",
	  "WARNING: kernel stack regs (?:.* has bad '(?<text>\\w+)' value)",
	  "WARNING: kernel stack regs has bad '{text}' value", "", NULL },
	{ SPLAT_WARNING, 0, "WARNING: kernel stack ",
	  "WARNING: (?<text>kernel stack (?:regs|frame pointer)) .*has bad value",
	  "WARNING: {text} has bad value", "", NULL },
	{ SPLAT_BUG, SPLAT_FORM_JOINS, "ernel BUG at ",
	  "[kK]ernel BUG at (?<file>lib/list_debug\\.c):(?<line>\\d+)",
	  "BUG: corrupted list in {func}", "rct|ct", "list_(?:add|del)" },
	{ SPLAT_BUG, SPLAT_FORM_JOINS, "ernel BUG at ",
	  "[kK]ernel BUG at (?<file>mm/usercopy\\.c):(?<line>\\d+)", "BUG: bad usercopy in {func}",
	  "rct|ct", "usercopy|check_object|^__check_" },
	{ SPLAT_BUG, SPLAT_FORM_JOINS, "ernel BUG at ", "[kK]ernel BUG at " FILE_LINE,
	  "kernel BUG in {func}", "rct|ct", NULL },

	/* lockdep */
	DEADLOCK("possible circular locking"),
	DEADLOCK("possible recursive locking"),
	{ SPLAT_LOCKDEP, 0, "possible irq lock inversion", LOCKDEP "possible irq lock inversion",
	  "possible deadlock in {func}", "Ja|Jct", NULL },
	{ SPLAT_LOCKDEP, 0, " lock order", LOCKDEP "\\S+-safe -> \\S+-unsafe lock order",
	  "possible deadlock in {func}", "Qyt|Qa", NULL },
	{ SPLAT_LOCKDEP, 0, "inconsistent lock state", LOCKDEP "inconsistent lock state",
	  "inconsistent lock state in {func}", "Ka|ct", NULL },
	{ SPLAT_LOCKDEP, 0, "suspicious RCU usage", "INFO: suspicious RCU usage",
	  "INFO: suspicious RCU usage in {func}", "Pct", "rcu|lockdep" },
	{ SPLAT_LOCKDEP, 0, "suspicious RCU usage", "WARNING: suspicious RCU usage",
	  "WARNING: suspicious RCU usage in {func}", "Pct", "rcu|lockdep" },
	{ SPLAT_LOCKDEP, 0, "unlock balance", LOCKDEP "bad unlock balance",
	  "{text}: bad unlock balance in {func}", "zfct|ct", SKIP_LOCKS },
	{ SPLAT_LOCKDEP, 0, "held lock freed", LOCKDEP "held lock freed",
	  "{text}: held lock freed in {func}", "a|ct", "free" },
	{ SPLAT_LOCKDEP, 0, "still has locks held", LOCKDEP "\\S+.* still has locks held",
	  "{text}: still has locks held in {func}", "a|ct", NULL },
	{ SPLAT_LOCKDEP, 0, "returning to user", LOCKDEP "lock held when returning to user space",
	  "{text}: lock held when returning to user space in {func}", "ma|ct", NULL },
	{ SPLAT_LOCKDEP, 0, "Invalid wait context", "BUG: Invalid wait context",
	  "WARNING: locking bug in {func}", "ct", SKIP_LOCKS },
	{ SPLAT_LOCKDEP, 0, "Nested lock", LOCKDEP "Nested lock was not taken",
	  "{text}: nested lock was not taken in {func}", "ct", SKIP_LOCKS },
	{ SPLAT_LOCKDEP, 0, "BUG: MAX_", "BUG: (?<text>MAX_(?:LOCK|STACK)\\w* too low!)",
	  "BUG: {text}", "", NULL },
	{ SPLAT_LOCKDEP, 0, "non-static key", "INFO: trying to register non-static key",
	  "INFO: trying to register non-static key in {func}", "ct", "stack|lock|IRQ" },

	/* sanitizers */
	{ SPLAT_SANITIZER, 0, "BUG: KASAN: ",
	  "BUG: KASAN: (?:double-free or invalid-free|"
	  "invalid-free|double-free) in (?:" FUNC_OFF ")?",
	  "KASAN: invalid-free in {func}", "hct", NULL },
	{ SPLAT_SANITIZER, 0, "BUG: KASAN: ", "BUG: KASAN: (?<text>[\\w -]+?) on address",
	  "KASAN: {text}{access}", "", NULL },
	{ SPLAT_SANITIZER, 0, "BUG: KASAN: ",
	  "BUG: KASAN: (?<text>invalid-access) in "
	  "(?:" FUNC_OFF ")?",
	  "KASAN: {text}{access} in {func}", "hct", "free" },
	{ SPLAT_SANITIZER, 0, "BUG: KASAN: ",
	  "BUG: KASAN: (?<text>[\\w-]+)(?: (?:in|on) "
	  "(?:" FUNC_OFF ")?)?",
	  "KASAN: {text}{access} in {func}", "Rhct", NULL },
	{ SPLAT_SANITIZER, 0,
	  "BUG: KFENCE: ", "BUG: KFENCE: (?<text>[\\w-]+(?: [\\w-]+)?) in " FUNC,
	  "KFENCE: {text} in {func}", "ht", NULL },
	{ SPLAT_SANITIZER, 0, "BUG: KFENCE: ", "BUG: KFENCE: (?<text>[\\w -]+)",
	  "KFENCE: {text} in {func}", "t", NULL },
	{ SPLAT_SANITIZER, 0, "BUG: KCSAN: ", "BUG: KCSAN: data-race in (?<text>\\w+ / \\w+)",
	  "KCSAN: data-race in {text}", "", NULL },
	{ SPLAT_SANITIZER, 0, "BUG: KCSAN: ", "BUG: KCSAN: (?<text>[\\w :-]+?) in " FUNC,
	  "KCSAN: {text} in {func}", "ht", NULL },
	{ SPLAT_SANITIZER, 0, "BUG: KMSAN: ", "BUG: KMSAN: (?<text>[\\w -]+?) in " FUNC,
	  "KMSAN: {text} in {func}", "ht", "copy_to_iter|copy_page_to_iter|copyout" },
	{ SPLAT_SANITIZER, 0, "UBSAN: ", "UBSAN: [Uu]ndefined behaviour in ",
	  "UBSAN: undefined-behaviour in {func}", "ct", "ubsan|overflow" },
	{ SPLAT_SANITIZER, 0, "UBSAN: ", "UBSAN: (?<text>[\\w -]+?) in " FILE_LINE,
	  "UBSAN: {text} in {func}", "ct", "ubsan|overflow" },

	/* pages */
	{ SPLAT_BAD_PAGE, 0, "BUG: Bad page state", "BUG: Bad page state",
	  "BUG: Bad page state in {func}", "ct", NULL },
	{ SPLAT_BAD_PAGE, 0, "BUG: Bad page", "BUG: (?<text>Bad page (?:map|cache))", "BUG: {text}",
	  "ct", NULL },
	{ SPLAT_BAD_PAGE, 0, "BUG: ",
	  "BUG: (?<text>Bad rss-counter state|non-zero "
	  "(?:pgtables_bytes|nr_ptes|nr_pmds) on freeing mm)",
	  "BUG: {text}", "", NULL },

	/* lockups, hung tasks, stalls */
	{ SPLAT_LOCKUP, SPLAT_FORM_STALL, "soft lockup", "BUG: soft lockup",
	  "BUG: soft lockup in {func}", "rct|ct", NULL },
	{ SPLAT_LOCKUP, SPLAT_FORM_STALL, "hard LOCKUP", "detected hard LOCKUP",
	  "BUG: hard lockup in {func}", "rct|ct", NULL },
	{ SPLAT_LOCKUP, 0, "workqueue lockup", "BUG: workqueue lockup", "BUG: workqueue lockup", "",
	  NULL },
	{ SPLAT_LOCKUP, 0, "BUG: ",
	  "BUG: (?<text>(?:spinlock|rwlock|write-lock|mutex) (?:lockup|"
	  "already unlocked|recursion|bad magic|wrong owner|wrong CPU|trylock failure|"
	  "cpu recursion)"
	  "(?: suspected)?)",
	  "BUG: {text} in {func}", "ct", "spin_|_lock" },
	{ SPLAT_HUNG_TASK, SPLAT_FORM_HANG, "INFO: task ",
	  "INFO: task .{1,64}:\\d+ "
	  "(?:is )?blocked "
	  "(?:for more than|in I/O wait)",
	  "INFO: task hung in {func}", "ct", NULL },
	{ SPLAT_HUNG_TASK, SPLAT_FORM_HANG, "INFO: task ",
	  "INFO: task .{1,64}:\\d+ can't die for "
	  "more than",
	  "INFO: task can't die in {func}", "ct", NULL },
	{ SPLAT_RCU_STALL, SPLAT_FORM_REPEATS | SPLAT_FORM_STALL, "INFO: rcu",
	  "INFO: rcu_\\w+ (?:self-)?detected (?:expedited )?stall",
	  "INFO: rcu detected stall in "
	  "{func}",
	  "it|rct|ct", "rcu" },
	STALL("kthread starved for"),
	STALL("kthread timer wakeup didn't"),
	STALL("detected stalls"),

	/* faults; "Oops: " in front of all since v6.10 */
	{ SPLAT_OOPS, 0, "NULL pointer",
	  "(?:BUG: (?:[kK]ernel NULL|unable to handle kernel NULL)|"
	  "Unable to handle kernel NULL) pointer dereference",
	  "BUG: unable to handle kernel NULL pointer dereference in {func}", "rct|ct", NULL },
	{ SPLAT_OOPS, 0, "nable to handle", "Unable to handle kernel access to user memory",
	  "BUG: unable to handle kernel access to user memory in {func}", "rct|ct", NULL },
	{ SPLAT_OOPS, 0, "nable to handle",
	  "(?:BUG: [uU]nable|Unable) to handle (?:page fault|"
	  "kernel (?:paging request|data access|instruction fetch|access|execut|pointer|"
	  "write to|read from))",
	  "BUG: unable to handle kernel paging request in {func}", "rct|ct", NULL },
	{ SPLAT_OOPS, 0, "BUG: unable to handle", "BUG: unable to handle kernel",
	  "BUG: unable to handle kernel", "", NULL },
	{ SPLAT_OOPS, SPLAT_FORM_JOINS, "general protection fault",
	  "general protection fault(?:,|:| maybe)[^]]{0,80}\\[#|general protection fault, probably|"
	  "general protection fault: ",
	  "general protection fault in {func}", "rct|ct", NULL },
	FAULT("divide error", "divide error"),
	FAULT("divide_error", "divide error"),
	FAULT("stack segment", "stack segment fault"),
	FAULT("invalid opcode", "invalid opcode"),
	FAULT("double fault", "double fault"),
	FAULT("segment not present", "segment not present"),
	FAULT("alignment check", "alignment check"),
	FAULT("int3", "int3"),
	FAULT("bounds", "bounds"),
	{ SPLAT_OOPS, SPLAT_FORM_JOINS, "Internal error", NOT_IN_WORD "Internal error: .*\\[#",
	  "Internal error in {func}", "rct|ct", NULL },
	{ SPLAT_OOPS, 0, "Unhandled fault", "^Unhandled fault: ", "Unhandled fault in {func}",
	  "rct|ct", NULL },
	{ SPLAT_OOPS, 0, "Unhandled prefetch abort", "Unhandled prefetch abort",
	  "Unhandled prefetch abort in {func}", "rct|ct", NULL },
	{ SPLAT_OOPS, 0, "Alignment trap", "Alignment trap: not handling instruction",
	  "Alignment trap in {func}", "rct|ct", NULL },
	{ SPLAT_OOPS, SPLAT_FORM_JOINS, "Oops", NOT_IN_WORD "Oops.{0,80} \\[#", "Oops in {func}",
	  "rct|ct", NULL },
	/* s390 */
	{ SPLAT_OOPS, SPLAT_FORM_JOINS, " ilc:",
	  "^(?<text>[a-z][a-z -]+): [0-9a-f]{4} ilc:\\d \\[#", "{text} in {func}", "rct|ct", NULL },
	{ SPLAT_OOPS, SPLAT_FORM_JOINS, "PANIC: double fault", "PANIC: double fault",
	  "PANIC: double fault in {func}", "rct|ct", NULL },
	{ SPLAT_OOPS, 0, "Insufficient stack space",
	  "^Insufficient stack space to handle exception", "kernel stack overflow in {func}",
	  "rct|ct", NULL },
	{ SPLAT_OOPS, SPLAT_FORM_STALL, "stack guard page", "BUG: .*stack guard page was hit",
	  "BUG: stack guard page was hit in {func}", "ct", NULL },

	/* all other lines that say BUG */
	{ SPLAT_ATOMIC_SLEEP, 0, "sleeping function",
	  "BUG: sleeping function called from invalid context(?: at " FILE_LINE ")?",
	  "BUG: sleeping function called from invalid context in {func}", "ct", NULL },
	{ SPLAT_ATOMIC_SLEEP, 0, "scheduling while atomic", "BUG: scheduling while atomic",
	  "BUG: scheduling while atomic in {func}", "ct", "schedule" },
	{ SPLAT_BUG, 0, "BUG: using ", "BUG: using (?<text>\\w+\\(\\)) in preemptible",
	  "BUG: using {text} in preemptible code in {func}", "ct", "preempt|^debug_" },
	{ SPLAT_BUG, 0, "BUG: Dentry", "BUG: Dentry .* still in use .*\\[unmount",
	  "BUG: Dentry still in use in unmount", "", NULL },
	{ SPLAT_BUG, 0, "leaked lock or atomic", "BUG: workqueue leaked lock or atomic: ",
	  "BUG: workqueue leaked lock or atomic in {func}", "l", NULL },
	{ SPLAT_BUG, 0, "leaked atomic, lock or RCU", "BUG: workqueue leaked atomic, lock or RCU: ",
	  "BUG: workqueue leaked atomic, lock or RCU in {func}", "l", NULL },
	{ SPLAT_BUG, SPLAT_FORM_LEADS, "BUG: memory leak", "BUG: memory leak",
	  "memory leak in {func}", "bt", SKIP_LEAK },
	{ SPLAT_BUG, SPLAT_FORM_JOINS, "unreferenced object",
	  "^(?:kmemleak: )?unreferenced object 0x", "memory leak in {func}", "bt", SKIP_LEAK },
	{ SPLAT_BUG, 0, "already free", "BUG .{1,40}: Object already free",
	  "BUG: Object already free", "", NULL },
	{ SPLAT_BUG, 0, "BUG ", NOT_IN_WORD "BUG [\\w-]+ \\(.*\\): (?<text>[A-Z][\\w ]{3,40})",
	  "BUG: {text}", "", NULL },
	{ SPLAT_BUG, SPLAT_FORM_DETAIL, "INFO: ", "INFO: (?<text>(?:Freed|Allocated) in .{1,120})",
	  "INFO: {text}", "", NULL },
	{ SPLAT_BUG, SPLAT_FORM_JOINS, "Busy inodes after",
	  "VFS: Busy inodes after unmount of .* (?:Self-destruct|Have a nice day)",
	  "VFS: Busy inodes after unmount (use-after-free)", "", NULL },
	{ SPLAT_BUG, 0,
	  "unregister_netdevice: ", "unregister_netdevice: waiting for \\S+ to become free",
	  "unregister_netdevice: waiting for DEV to become free", "", NULL },
	{ SPLAT_BUG, 0, "BUG: ", NOT_IN_WORD "BUG: (?<text>[a-zA-Z].{2,120})", "BUG: {text}",
	  "rct|ct", NULL },

	/* filesystems */
	{ SPLAT_FS, SPLAT_FORM_REPEATS, "Internal error",
	  "^XFS \\([^)]*\\): Internal error .{0,200} at line (?<line>\\d+) of file "
	  "(?<file>[\\w./+-]+?)\\.? +Caller " FUNC,
	  "XFS: Internal error in {func}", "h|ct", NULL },
	{ SPLAT_FS, SPLAT_FORM_REPEATS, "): Metadata C",
	  "^XFS \\([^)]*\\): (?<text>Metadata CRC error)(?: detected)?(?: at " FUNC ")?",
	  "XFS: {text} in {func}", "h|ct", NULL },
	{ SPLAT_FS, SPLAT_FORM_REPEATS, "orruption",
	  "^XFS \\([^)]*\\): (?<text>Metadata corruption|Corruption of "
	  "in-memory data|Corruption of on-disk metadata)(?: \\(0x[0-9a-f]+\\))?"
	  "(?: detected)?(?: at " FUNC ")?",
	  "XFS: {text} in {func}", "h|ct", NULL },
	{ SPLAT_FS, SPLAT_FORM_REPEATS, "orrupt",
	  "^XFS \\([^)]*\\): "
	  ".{0,200}\\b[Cc]orrupt(?:ion|ed)\\b",
	  "XFS: Corruption", "", NULL },
	{ SPLAT_FS, SPLAT_FORM_REPEATS, "EXT4-fs error",
	  "^EXT4-fs error \\(device [^)]*\\)"
	  "(?:(?: in |: )(?<func>\\w+):(?<line>\\d+))?",
	  "EXT4-fs error in {func}", "h|ct", NULL },

	/* fs/iomap/ioend.c and direct-io.c, drivers/nvdimm */
	{ SPLAT_FS, SPLAT_FORM_REPEATS, "writeback error on inode",
	  "^\\S+: writeback error on inode \\d+", "iomap: writeback error", "", NULL },
	{ SPLAT_FS, SPLAT_FORM_REPEATS, "Page cache invalidation failure",
	  "^Page cache invalidation failure on direct I/O",
	  "iomap: page cache invalidation failure on direct I/O", "", NULL },
	{ SPLAT_BUG, 0, "could not reserve region", "^nd_\\w+ \\S+: could not reserve region",
	  "nvdimm: could not reserve region", "", NULL },

	{ SPLAT_PANIC, SPLAT_FORM_PANIC, "Kernel panic - ",
	  "Kernel panic - not syncing: .*"
	  "[Kk]ernel stack is corrupted in: (?:" FUNC_OFF ")?",
	  "kernel panic: stack is corrupted in {func}", "hct|ct", "stack_chk_fail" },
	{ SPLAT_PANIC, SPLAT_FORM_PANIC | SPLAT_FORM_STALL, "Kernel panic - ",
	  "Kernel panic - not syncing: corrupted stack end",
	  "kernel panic: corrupted stack end in {func}", "ct", "schedule|preempt|resched" },
	{ SPLAT_PANIC, SPLAT_FORM_PANIC, "Kernel panic - ",
	  "Kernel panic - not syncing: Couldn't open N_TTY",
	  "kernel panic: Couldn't open N_TTY ldisc", "", NULL },
	{ SPLAT_PANIC, SPLAT_FORM_PANIC | SPLAT_FORM_DETAIL, "Kernel panic - ",
	  "Kernel panic - not syncing: (?:.*: )?(?<text>Fatal exception|\\S*panic\\S* set|"
	  "hung_task: blocked tasks|softlockup: hung tasks|[Hh]ard LOCKUP|RCU Stall|"
	  "Machine halted\\.|Aiee, killing interrupt handler!|Attempted to kill the idle task!)",
	  "kernel panic: {text}", "", NULL },
	{ SPLAT_PANIC, SPLAT_FORM_PANIC, "Kernel panic - ",
	  "Kernel panic - not syncing: (?<text>Attempted to kill init!|bad mode)",
	  "kernel panic: {text}", "", NULL },
	{ SPLAT_PANIC, SPLAT_FORM_PANIC, "Kernel panic - ",
	  "Kernel panic - not syncing: (?<text>.{1,120})", "kernel panic: {text}", "", NULL },
};
const size_t splat_forms_count = ARRAY_SIZE(splat_forms);

const char *const splat_needles[] = {
	"WARNING: ",
	"BUG: ",
	"BUG ",
	"INFO: ",
	" [#",
	"Kernel panic - ",
	"PANIC: ",
	"UBSAN: ",
	"refcount_t: ",
	"ODEBUG: ",
	"list_add ",
	"list_del ",
	"usercopy: ",
	"Assertion failed",
	"hard LOCKUP",
	"kthread starved for",
	"kthread timer wakeup",
	"detected stalls",
	"nable to handle ",
	"general protection fault",
	"Internal error",
	"Unhandled fault",
	"Unhandled prefetch",
	"Alignment trap",
	"Oops",
	"orrupt",
	"Metadata C",
	"EXT4-fs error",
	"Busy inodes after",
	"unregister_netdevice: ",
	"Insufficient stack",
	"unreferenced obj",
	"writeback error on",
	"Page cache inv",
	"not reserve reg",
	SPLAT_CUT_HERE,
};
const size_t splat_needles_count = ARRAY_SIZE(splat_needles);

const struct splat_step splat_steps[] = {
	/* x86, arm64, arm, powerpc, riscv, s390 */
	{ 'r',
	  "\\bE?R?IP: (?:[0-9a-f]+:)?" PC "{0,2}(?:" FUNC_OFF "|0x[0-9a-f]|\\s*\\(null)"
	  "|^ ?pc : (?:" PC ")?" FUNC_OFF "|^PC is at " FUNC_OFF "|^NIP \\[[0-9a-f]+\\] " FUNC_OFF
	  "|^ ?epc ?: .*?" FUNC_OFF "|^Krnl PSW .*\\(" FUNC_OFF },
	{ 'c', "Call [Tt]race|Backtrace:" },
	{ 'b', " backtrace(?: \\(crc \\w+\\))?:" },
	{ 'i', "apic_timer_interrupt\\+0x|el1_irq\\+0x|el1h_64_irq\\+0x|arch_timer_handler" },
	{ 'w', "invalid_op\\+0x|program_check|el1_dbg|brk_handler" },
	{ 'Q', "is trying to acquire|trying to lock:" },
	{ 'a', "\\bat: " PC "?" FUNC_OFF },
	{ 'R', "^(?:Read|Write) (?:of size \\d|at addr)" },
	{ 'J', "just changed the state of lock" },
	{ 'K', " takes:" },
	{ 'm', "leaving the kernel with locks still held" },
	{ 'z', "is trying to release lock" },
	{ 'f', "^\\s*" PC "{0,2}" FUNC_OFF SIZED },
	{ 'y', "which became \\S+-safe at:" },
	{ 'P', FILE_LINE },
	{ 'l', "(?:last function: |workfn=)" NAME },
};
const size_t splat_steps_count = ARRAY_SIZE(splat_steps);

const char splat_frame_pattern[] =
	"^(?:kmemleak:)?\\s*(?:<(?:IRQ|EOI|NMI|TASK|#DF|#DB|ENTRY_TRAMPOLINE)> "
	"*)?(?<pc>RIP: [0-9a-f]+:|"
	"pc : |PC is at |NIP |epc : |Krnl PSW : [0-9a-f]+ [0-9a-f]+ \\(|--- interrupt: "
	"[0-9a-f]+ at )?"
	"(?:\\[[0-9a-f<> x()a-z]{0,24}\\]\\s*){0,2}(?<unsure>\\? )?"
	"(?:(?<full>" FUNC ")\\+0x(?<offset>[0-9a-f]+)/0x(?<size>[0-9a-f]+)(?!\\S* from)"
	"(?: \\[(?<module>\\w+)[^]]*\\])?(?<unsure>.*\\(unreliable\\))?|"
	"\\(?(?<func>[A-Za-z_]\\w*)(?:\\.\\w+)*(?:\\+0x[0-9a-f]+" SIZED ")?\\)? from "
	"(?:\\[<\\w+>\\] )?\\(?(?<caller>[A-Za-z_]\\w*)(?:\\.\\w+)*\\+0x)";
const char splat_trace_pattern[] =
	"Call [Tt]race|^Allocated(?: by task \\d+)?:|^Freed(?: by task \\d+)?:|"
	"[^k] backtrace(?: \\(crc \\w+\\))?:|Backtrace:|^Last Breaking-Event|Uninit was "
	"(?:stored to memory|created) at";
const char splat_alien_pattern[] =
	"FAULT_INJECTION: forcing a failure|allocation failure: |FAULT_FLAG_ALLOW_RETRY missing";
const char splat_access_pattern[] = "^(?<access>Read|Write) (?:of size \\d+|at addr)";
const char splat_place_pattern[] = "^" FILE_LINE " (?:suspicious |RCU-list traversed)";
const char splat_user_pattern[] = "^(?:[\\w@./-]+\\[\\d+\\]: |audit: |SELinux: |"
				  "[^\"]*\"[^\"]*(?:BUG|WARNING|INFO|UBSAN|panic|Oops))";
const char splat_task_pattern[] =
	"^CPU: (?<cpu>\\d+) (?:UID: \\d+ )?PID: (?<pid>\\d+) Comm: (?<task>.{1,64}?) (?:Kdump: "
	"loaded )?(?:Not tainted|Tainted: (?<taint>[A-Z][A-Z ]*?)) +(?<kernel>\\d[\\w.+~-]+)"
	"(?: #(?<build>\\S+))?"
	/* a hung task */
	"|^INFO: task (?<task>.{1,64}):(?<pid>\\d+) (?:blocked|can't die)"
	"|^ {6}(?:Not tainted|Tainted: (?<taint>[A-Z][A-Z ]*?)) +(?<kernel>\\d[\\w.+~-]+)"
	"(?: #(?<build>\\S+))?";
const char splat_registers_pattern[] =
	"^ *(?:RIP|RSP|RAX|RDX|RBP|R10|R13|CR2|EIP|ESP|EAX|pc|lr|sp|x\\d+|FAR|ESR|NIP|CFAR|epc|"
	"status|Krnl PSW|Failing address) ?[:=] ";
