// SPDX-License-Identifier: GPL-2.0-only
#include "splat-rules.h"

#define FILE_LINE "(?<file>[\\w./+-]+):(?<line>\\d+)"
#define FUNC "(?<func>[A-Za-z_][\\w.]*)"
#define FUNC_OFF FUNC "\\+0x[0-9a-f]+"
/* lockdep: "WARNING: x" today, "[ INFO: x ]" and "[ BUG: x ]" before v4.10 */
#define LOCKDEP "^(?:WARNING: |\\[ (?:INFO|BUG): )"

const struct splat_rule splat_rules[] = {
	{ SPLAT_BUG, SPLAT_RULE_NOISE, "lockdep is turned off", "^INFO: lockdep", NULL, "" },

	/* announcements that a WARNING or BUG follows */
	{ SPLAT_REFCOUNT, SPLAT_RULE_LEADS, "refcount_t: ",
	  "^refcount_t: (?<text>[^.;]*)", "WARNING: refcount bug in {func}", "t" },
	{ SPLAT_WARNING, SPLAT_RULE_LEADS, "ODEBUG: ",
	  "^ODEBUG: \\w+ (?:active|destroyed|not|\\w+ \\()", "WARNING: ODEBUG bug in {func}",
	  "t" },
	{ SPLAT_BUG, SPLAT_RULE_LEADS, "corruption",
	  "^(?:list_add|list_del|slab:?|__list_\\w+)(?: double add| corruption)",
	  "BUG: corrupted list in {func}", "t" },
	{ SPLAT_FS, SPLAT_RULE_LEADS, "Assertion failed",
	  "^XFS(?: \\([^)]*\\))?: Assertion failed: .*?, file: (?<file>[\\w./+-]+), "
	  "line: (?<line>\\d+)", "XFS: Assertion failed in {func}", "t" },
	{ SPLAT_FS, SPLAT_RULE_LEADS, "Assertion failed",
	  "^XFS(?: \\([^)]*\\))?: Assertion failed", "XFS: Assertion failed in {func}", "t" },

	/* WARN(): from v6.19 on, before, and before v3 with address brackets */
	{ SPLAT_WARNING, SPLAT_RULE_JOINS, "WARNING: ",
	  "^WARNING: (?:\\[[^]]*\\] ?)?" FILE_LINE " at " FUNC_OFF, "WARNING in {func}", "ht" },
	{ SPLAT_WARNING, SPLAT_RULE_JOINS, "WARNING: ",
	  "^WARNING: CPU: \\d+ PID: \\d+ at " FILE_LINE "(?: " FUNC_OFF ")?",
	  "WARNING in {func}", "hrt" },
	{ SPLAT_WARNING, SPLAT_RULE_JOINS, "WARNING: ", "^WARNING: at " FILE_LINE
	  "(?: " FUNC_OFF ")?", "WARNING in {func}", "hrt" },
	{ SPLAT_WARNING, 0, "WARNING: kernel stack ",
	  "^WARNING: (?<text>kernel stack (?:regs|frame pointer)) .* has bad",
	  "WARNING: {text} has bad value", "" },
	{ SPLAT_BUG, SPLAT_RULE_JOINS, "kernel BUG at ", "kernel BUG at " FILE_LINE,
	  "kernel BUG in {func}", "rt" },

	/* lockdep */
	{ SPLAT_LOCKDEP, 0, "possible ", LOCKDEP "possible (?:circular|recursive)",
	  "possible deadlock in {func}", "at" },
	{ SPLAT_LOCKDEP, 0, " lock", LOCKDEP "(?:possible irq lock inversion|\\S+-safe -> "
	  "\\S+-unsafe lock order)", "possible deadlock in {func}", "at" },
	{ SPLAT_LOCKDEP, 0, "inconsistent lock state", LOCKDEP "inconsistent lock state",
	  "inconsistent lock state in {func}", "at" },
	{ SPLAT_LOCKDEP, 0, "suspicious RCU usage", LOCKDEP "suspicious RCU usage",
	  "WARNING: suspicious RCU usage in {func}", "t" },
	{ SPLAT_LOCKDEP, 0, "unlock balance", LOCKDEP "bad unlock balance",
	  "WARNING: bad unlock balance in {func}", "at" },
	{ SPLAT_LOCKDEP, 0, "held lock freed", LOCKDEP "held lock freed",
	  "WARNING: held lock freed in {func}", "t" },
	{ SPLAT_LOCKDEP, 0, "locks held", LOCKDEP "\\S+ still has locks held",
	  "WARNING: still has locks held in {func}", "t" },
	{ SPLAT_LOCKDEP, 0, "returning to user",
	  LOCKDEP "lock held when returning to user space",
	  "WARNING: lock held when returning to user space in {func}", "t" },
	{ SPLAT_LOCKDEP, 0, "Invalid wait context", "^\\[ BUG: Invalid wait context",
	  "BUG: Invalid wait context in {func}", "at" },
	{ SPLAT_LOCKDEP, 0, "Nested lock", LOCKDEP "Nested lock was not taken",
	  "WARNING: nested lock was not taken in {func}", "at" },
	{ SPLAT_LOCKDEP, 0, "BUG: MAX_", "^BUG: (?<text>MAX_(?:LOCK|STACK)\\w* too low!)",
	  "BUG: {text}", "" },
	{ SPLAT_LOCKDEP, 0, "non-static key", "^INFO: trying to register non-static key",
	  "INFO: trying to register non-static key in {func}", "t" },

	/* sanitizers */
	{ SPLAT_SANITIZER, 0, "BUG: KASAN: ", "^BUG: KASAN: (?<text>[\\w -]+?) (?:in|on) "
	  "(?:" FUNC_OFF ")?", "KASAN: {text}{access} in {func}", "ht" },
	{ SPLAT_SANITIZER, 0, "BUG: KASAN: ", "^BUG: KASAN: (?<text>[\\w-]+)",
	  "KASAN: {text}{access} in {func}", "t" },
	{ SPLAT_SANITIZER, 0, "BUG: K", "^BUG: (?<text>K(?:FENCE|CSAN|MSAN): [\\w -]+?) in "
	  FUNC, "{text} in {func}", "ht" },
	{ SPLAT_SANITIZER, 0, "UBSAN: ", "^UBSAN: (?<text>[\\w -]+?) in " FILE_LINE,
	  "UBSAN: {text} in {func}", "t" },

	/* pages */
	{ SPLAT_BAD_PAGE, 0, "BUG: Bad page state", "^BUG: Bad page state",
	  "BUG: Bad page state in {func}", "t" },
	{ SPLAT_BAD_PAGE, 0, "BUG: Bad page", "^BUG: (?<text>Bad page (?:map|cache))",
	  "BUG: {text} in {func}", "t" },
	{ SPLAT_BAD_PAGE, 0, "BUG: ", "^BUG: (?<text>Bad rss-counter state|non-zero "
	  "pgtables_bytes)", "BUG: {text}", "" },

	/* nothing moves */
	{ SPLAT_LOCKUP, 0, "BUG: soft lockup", "BUG: soft lockup", "BUG: soft lockup in {func}",
	  "rt" },
	{ SPLAT_LOCKUP, 0, "hard LOCKUP", "Watchdog detected hard LOCKUP",
	  "BUG: hard lockup in {func}", "rt" },
	{ SPLAT_LOCKUP, 0, "workqueue lockup", "^BUG: workqueue lockup",
	  "BUG: workqueue lockup", "" },
	{ SPLAT_LOCKUP, 0, "lockup", "^BUG: (?<text>(?:spinlock|rwlock|write-lock) lockup)",
	  "BUG: {text} suspected in {func}", "t" },
	{ SPLAT_HUNG_TASK, 0, "blocked ", "^INFO: task .{1,64}:\\d+ blocked (?:for more than|in "
	  "I/O wait)", "INFO: task hung in {func}", "t" },
	{ SPLAT_HUNG_TASK, 0, "can't die", "^INFO: task .{1,64}:\\d+ can't die for more than",
	  "INFO: task can't die in {func}", "t" },
	{ SPLAT_RCU_STALL, SPLAT_RULE_REPEATS, "INFO: rcu",
	  "INFO: rcu_\\w+ (?:self-)?detected (?:expedited )?stall", "INFO: rcu detected stall in "
	  "{func}", "rt" },
	{ SPLAT_RCU_STALL, SPLAT_RULE_REPEATS, "rcu",
	  "^(?:rcu: )?(?:INFO: )?rcu_\\w+(?: kthread (?:starved for|timer wakeup didn't happen)| "
	  "detected stalls)", "INFO: rcu detected stall in {func}", "rt" },

	/* faults; "Oops: " in front of all since v6.10 */
	{ SPLAT_OOPS, 0, "NULL pointer", "BUG: (?:kernel NULL|unable to handle kernel NULL) "
	  "pointer dereference", "BUG: unable to handle kernel NULL pointer dereference in "
	  "{func}", "rt" },
	{ SPLAT_OOPS, 0, "BUG: unable to handle", "BUG: unable to handle (?:page fault|kernel "
	  "paging request)", "BUG: unable to handle kernel paging request in {func}", "rt" },
	{ SPLAT_OOPS, 0, "Unable to handle kernel", "^Unable to handle kernel (?:paging request|"
	  "NULL pointer|access)", "BUG: unable to handle kernel paging request in {func}",
	  "rt" },
	{ SPLAT_OOPS, SPLAT_RULE_JOINS, "general protection fault",
	  "general protection fault(?:,|:| maybe)[^]]{0,80}\\[#|general protection fault, probably",
	  "general protection fault in {func}", "rt" },
	{ SPLAT_OOPS, SPLAT_RULE_JOINS, ": ", "^(?:Oops: )?(?<text>divide error|stack segment|"
	  "invalid opcode|int3|bounds|segment not present|alignment check): [0-9a-f]{4} \\[#",
	  "{text} in {func}", "rt" },
	{ SPLAT_OOPS, SPLAT_RULE_JOINS, "Oops: ", "^(?:Internal error: )?Oops: ",
	  "Oops in {func}", "rt" },
	{ SPLAT_OOPS, 0, "PANIC: double fault", "PANIC: double fault",
	  "PANIC: double fault in {func}", "rt" },
	{ SPLAT_OOPS, 0, "stack guard page", "BUG: .*stack guard page was hit",
	  "BUG: stack guard page was hit in {func}", "rt" },

	/* the rest of what calls itself a bug */
	{ SPLAT_ATOMIC_SLEEP, 0, "sleeping function",
	  "^BUG: sleeping function called from invalid context(?: at " FILE_LINE ")?",
	  "BUG: sleeping function called from invalid context in {func}", "t" },
	{ SPLAT_ATOMIC_SLEEP, 0, "scheduling while atomic", "^BUG: scheduling while atomic",
	  "BUG: scheduling while atomic in {func}", "t" },
	{ SPLAT_BUG, 0, "BUG: using ", "^BUG: using (?<text>\\w+\\(\\)) in preemptible",
	  "BUG: using {text} in preemptible code in {func}", "t" },
	{ SPLAT_BUG, 0, "BUG: Dentry", "^BUG: Dentry .* still in use",
	  "BUG: Dentry still in use", "" },
	{ SPLAT_BUG, 0, "[ BUG: ", "^\\[ BUG: (?<text>[^\\]!:]{3,80}?)[!\\s]*\\]",
	  "BUG: {text} in {func}", "t" },
	{ SPLAT_BUG, 0, "BUG: ", "^(?:\\w[\\w -]{0,20}: )?BUG: (?<text>[a-zA-Z][^:,!\\d]{2,80})",
	  "BUG: {text} in {func}", "rt" },
	{ SPLAT_BUG, 0, "Busy inodes after", "^VFS: Busy inodes after unmount",
	  "VFS: Busy inodes after unmount", "" },

	/* filesystems */
	{ SPLAT_FS, SPLAT_RULE_REPEATS, "Internal error",
	  "^XFS \\([^)]*\\): Internal error .{0,200} at line (?<line>\\d+) of file "
	  "(?<file>[\\w./+-]+?)\\.? +Caller " FUNC, "XFS: Internal error in {func}", "ht" },
	{ SPLAT_FS, SPLAT_RULE_REPEATS, "XFS (",
	  "^XFS \\([^)]*\\): (?<text>Metadata corruption|Metadata CRC error|Corruption of "
	  "in-memory data|Corruption of on-disk metadata)(?: \\(0x[0-9a-f]+\\))?"
	  "(?: detected)?(?: at " FUNC ")?", "XFS: {text} in {func}", "ht" },
	{ SPLAT_FS, SPLAT_RULE_REPEATS, "XFS (", "^XFS \\([^)]*\\): .{0,200}\\b[Cc]orrupt(?:ion|ed)\\b",
	  "XFS: Corruption in {func}", "t" },
	{ SPLAT_FS, SPLAT_RULE_REPEATS, "EXT4-fs error", "^EXT4-fs error \\(device [^)]*\\)"
	  "(?:(?: in |: )(?<func>\\w+):(?<line>\\d+))?",
	  "EXT4-fs error in {func}", "ht" },

	{ SPLAT_PANIC, SPLAT_RULE_PANIC, "Kernel panic - ",
	  "^Kernel panic - not syncing: (?<text>.{1,120})", "kernel panic: {text}", "" },
};
const size_t splat_rules_count = ARRAY_SIZE(splat_rules);

const char splat_helper_functions[] =
	"^(?:"
	/* how a complaint gets printed */
	"_*warn\\w*|report_bug\\w*|handle_bug|exc_\\w+|asm_exc_\\w+|do_error_trap|do_invalid_op|"
	"invalid_op|fixup_bug\\w*|do_trap\\w*|error_entry|page_fault|do_page_fault|"
	"_*dump_stack\\w*|show_(?:stack|trace|regs)\\w*|dump_page\\w*|panic|die\\w*|oops_\\w+|"
	"print_\\w+|_?printk|vprintk\\w*|__dump_\\w+|check_panic_on_warn|end_report|"
	"(?:__)?(?:might_(?:sleep|resched)|___might_sleep|__might_\\w+)|__schedule_bug|"
	"refcount_\\w+|__refcount_\\w+|kref_\\w+|debug_(?:print_object|object_\\w+|check_\\w+)|"
	"__debug_\\w+|__list_(?:add|del)\\w*|list_(?:add|del)\\w*|debug_smp_processor_id|"
	"check_preemption_disabled|__this_cpu_preempt_check|"
	/* sanitizers and memory routines */
	"kasan_\\w+|__kasan_\\w+|__asan_\\w+|__hwasan_\\w+|ubsan_\\w+|__ubsan_\\w+|kfence_\\w+|"
	"__kmsan_\\w+|kmsan_\\w+|__tsan_\\w+|kcsan_\\w+|mem(?:cpy|set|move|cmp)\\w*|"
	"(?:__)?(?:kfree|kmalloc|kmem_cache)\\w*|___?slab_\\w+|slab_\\w+|"
	/* page checks */
	"bad_page\\w*|free_(?:pages?|unref|pcp|tail|one|the|frozen)\\w*|__free_\\w+|"
	"free_page_is_bad\\w*|check_(?:new|free)_page\\w*|get_page_from_freelist|rmqueue\\w*|"
	"(?:__)?alloc_(?:pages?|frozen)\\w*|prep_\\w+|release_pages|folios_put\\w*|"
	"__folio_put\\w*|put_page|"
	/* locking */
	"lockdep_\\w+|__?lock_\\w+|lock_(?:acquire|release)\\w*|check_(?:noncircular|prev\\w*|"
	"irq\\w*|wait_context|usage\\w*|deadlock)|validate_chain|mark_\\w+|valid_state|"
	"register_lock_class|look_up_lock_class|assign_lock_key|"
	"_?raw_(?:spin|read|write)_\\w+|__raw_\\w+|do_raw_\\w+|(?:native_)?queued_\\w+|"
	"native_\\w+|(?:__)?mutex_(?:lock|trylock|unlock)\\w*|__ww_mutex\\w*|rwsem_\\w+|"
	"__?down(?:_\\w+)?|down_(?:read|write)\\w*|up_(?:read|write)\\w*|__?up_\\w+|call_rwsem\\w*|"
	"percpu_(?:down|rwsem)\\w*|__percpu_\\w+|down|rt_mutex\\w*|"
	/* sleeping */
	"__schedule|schedule\\w*|io_schedule\\w*|preempt_schedule\\w*|__cond_resched\\w*|"
	"_cond_resched|wait_(?:for_completion|for_common|on_bit|woken)\\w*|__wait_\\w+|"
	"do_wait_for_common|out_of_line_wait\\w*|bit_wait\\w*|folio_wait_\\w+|"
	"prepare_to_wait\\w*|context_switch|__switch_to\\w*|"
	/* interrupts, timers and the watchdogs */
	"(?:__)?sysvec_\\w+|asm_sysvec_\\w+|(?:__)?irq_\\w+|do_softirq\\w*|__do_softirq|"
	"handle_softirqs|invoke_softirq|smp_apic\\w*|apic_timer\\w*|asm_call_\\w+|"
	"common_interrupt|asm_common_interrupt|local_apic_\\w+|nmi_\\w+|arch_trigger\\w*|"
	"trigger_\\w+|sched_show_task|update_process_times|tick_\\w+|__hrtimer\\w*|"
	"hrtimer_\\w+|rcu_\\w+|__rcu_\\w+|watchdog\\w*|do_nmi|end_repeat_nmi|default_do_nmi|"
	"dump_cpu_task|smp_call_function\\w*|csd_lock\\w*|default_idle\\w*|cpuidle_\\w+|"
	"do_idle|pv_native\\w*|mwait_idle|finish_task_switch|check_cpu_stall|"
	/* looks at what a caller gave it */
	"dump_backtrace|walk_stackframe|__sanitizer_\\w+|__msan_\\w+|rb_\\w+|__rb_\\w+|should_fail\\w*|"
	"str(?:len|nlen|cmp|ncmp|cpy|nstr)|fortify_panic|__fortify_\\w+|spin_(?:dump|bug)|"
	"assertfail|test_and_\\w+|_copy_(?:to|from)_\\w+|wait_on_page\\w*|skb_panic|"
	"__local_bh_\\w+|drop_nlink|klist_next|usb_submit_urb|"
	/* XFS's and ext4's reporters */
	"assfail|asswarn|xfs_(?:error_report|corruption_error|buf_corruption_error|"
	"do_force_shutdown|stack_trace)|__ext4_(?:error|abort|std_error)\\w*|ext4_error\\w*|"
	/* the end of every trace */
	"entry_SYSCALL\\w*|do_syscall_\\w+|x64_sys_call|ret_from_fork\\w*|kthread|worker_thread|"
	"process_one_work|process_scheduled_works|secondary_startup\\w*|start_secondary"
	")$";

/* greedy: what stood on the line before a timestamp came from somebody else */
const char splat_prefix_pattern[] =
	"^(?:.*\\[ {0,8}\\d{1,8}\\.\\d{6}\\](?:\\[ *(?<tag>[TC]\\d+)\\])? *|<\\d{1,3}>)?"
	"(?<msg>.*)$";
const char splat_frame_pattern[] =
	"^\\s*(?:\\[<[0-9a-fx]+>\\]\\s*)?(?<unsure>\\? )?" FUNC "\\+0x[0-9a-f]+/0x[0-9a-f]+";
const char splat_rip_pattern[] =
	"RIP: [0-9a-f]{3}[08]:(?:\\[?<[0-9a-f]+>\\]?\\s*)*" FUNC "\\+0x[0-9a-f]+/0x";
const char splat_at_pattern[] = "(?:^| )at: (?:\\[<[0-9a-f]+>\\] )?" FUNC_OFF;
const char splat_access_pattern[] =
	"^(?<access>Read|Write) (?:of size \\d+|at addr)";
const char splat_place_pattern[] = "^" FILE_LINE " (?:suspicious |RCU-list traversed)";
