// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which function names a report, kind by kind: what the kernel prints, shortened, and the
 * title that the community gives to it. x stands for any subsystem: a rule is right when it
 * finds x behind every helper of its kind, and none of x's own functions is one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "reports/splat/splat.h"

#define AT(function) function "+0x12/0x340"
#define CUT "------------[ cut here ]------------\n"
#define WARN(place, function)                                                                      \
	CUT "WARNING: CPU: 1 PID: 2 at " place " " AT(function) "\nRIP: 0010:" AT(function) "\n"
#define BUG_AT(place, function) CUT "kernel BUG at " place "!\nRIP: 0010:" AT(function) "\n"
#define NULL_DEREF(function)                                                                       \
	"BUG: kernel NULL pointer dereference, address: 0000000000000008\nRIP: 0010:" AT(          \
		function) "\n"
#define IN_NULL "BUG: unable to handle kernel NULL pointer dereference in "
#define REFCOUNT(function)                                                                         \
	CUT "refcount_t: underflow; use-after-free.\n"                                             \
	    "WARNING: CPU: 1 PID: 2 at lib/refcount.c:28 " AT(function) "\n"                       \
									"RIP: 0010:" AT(           \
										function) "\n"
#define KASAN(function)                                                                            \
	"BUG: KASAN: slab-use-after-free in " AT(                                                  \
		function) "\n"                                                                     \
			  "Read of size 8 at addr ffff888100000000 by task a/2\n"
#define IN_KASAN "KASAN: slab-use-after-free Read in "
#define HUNG "INFO: task a:2 blocked for more than 143 seconds.\n"
#define LEAK                                                                                       \
	"BUG: memory leak\nunreferenced object 0xffff888100000000 (size 64):\n"                    \
	"  comm \"a\", pid 2, jiffies 4294944267\n  backtrace (crc 9a1f5e80):\n"
#define STALL "rcu: INFO: rcu_preempt self-detected stall on CPU\nNMI backtrace for cpu 1\n"
/* from the watchdog down to the interrupt in which it ran */
#define TICK                                                                                       \
	"<IRQ> dump_stack_lvl nmi_cpu_backtrace rcu_dump_cpu_stacks rcu_sched_clock_irq "          \
	"update_process_times tick_nohz_handler __hrtimer_run_queues hrtimer_interrupt "           \
	"__sysvec_apic_timer_interrupt sysvec_apic_timer_interrupt </IRQ> <TASK> "                 \
	"asm_sysvec_apic_timer_interrupt "
#define SYSCALL " do_syscall_64 entry_SYSCALL_64_after_hwframe"
#define SOFTIRQ " handle_softirqs __irq_exit_rcu irq_exit_rcu"
#define KTHREAD " kthread ret_from_fork ret_from_fork_asm"

/*
 * The trace is a list of words: a function is a line of it; =function the instruction
 * pointer, ?function an old value on the stack. NULL: the head is all there is.
 */
static const struct row {
	const char *kind, *head, *trace, *title;
} rows[] = {
	{ "sysfs", WARN("fs/sysfs/group.c:282", "sysfs_remove_group"),
	  "dpm_sysfs_remove device_del x_unregister_device x_disconnect",
	  "WARNING in x_unregister_device" },
	{ "sysfs", NULL_DEREF("sysfs_remove_link_from_group"), "x_unlink x_exit",
	  IN_NULL "x_unlink" },
	{ "sysfs", NULL_DEREF("sysfs_remove_bin_file"), "device_remove_bin_file x_remove",
	  IN_NULL "x_remove" },
	{ "sysfs", NULL_DEREF("__kernfs_remove"), "kernfs_remove x_rmdir",
	  IN_NULL "__kernfs_remove" },
	{ "sysfs", NULL_DEREF("device_find_child"), "x_find x_probe", IN_NULL "device_find_child" },

	{ "usb", WARN("drivers/usb/core/urb.c:503", "usb_submit_urb"),
	  "usb_start_wait_urb usb_control_msg usb_control_msg_send x_set_speed x_probe",
	  "WARNING in x_set_speed/usb_submit_urb" },
	{ "usb", WARN("drivers/usb/core/urb.c:410", "usb_submit_urb"),
	  "usb_start_wait_urb usb_internal_control_msg usb_control_msg usb_control_msg_recv x_read",
	  "WARNING in x_read/usb_submit_urb" },
	{ "usb", NULL_DEREF("usb_hcd_unlink_urb"), "usb_poison_urb usb_poison_anchored_urbs x_stop",
	  IN_NULL "x_stop" },
	{ "usb", KASAN("usb_kill_anchored_urbs"), "usb_kill_anchored_urbs x_disconnect",
	  IN_KASAN "x_disconnect" },
	{ "usb", KASAN("dummy_urb_enqueue"), "dummy_urb_enqueue usb_hcd_submit_urb x_submit_urbs",
	  IN_KASAN "x_submit_urbs" },

	{ "pages", BUG_AT("mm/filemap.c:1499", "folio_unlock"), "x_write_end generic_perform_write",
	  "kernel BUG in x_write_end" },
	{ "pages", NULL_DEREF("__folio_lock"), "x_read_folio x_readahead", IN_NULL "x_read_folio" },
	{ "pages", KASAN("unlock_page"), "unlock_page x_end_io", IN_KASAN "x_end_io" },
	{ "pages", BUG_AT("arch/x86/mm/physaddr.c:28", "__phys_addr"), "x_map_sg x_submit",
	  "kernel BUG in x_map_sg" },
	{ "pages", WARN("arch/x86/mm/physaddr.c:70", "__virt_addr_valid"),
	  "check_heap_object __check_object_size x_ioctl", "WARNING in x_ioctl" },
	{ "pages", WARN("arch/arm64/mm/physaddr.c:15", "__virt_to_phys"), "x_free x_exit",
	  "WARNING in x_free" },
	{ "pages", WARN("mm/page-writeback.c:2710", "__folio_mark_dirty"), "x_dirty x_write",
	  "WARNING in __folio_mark_dirty" },
	{ "copying", KASAN("rep_movs_alternative"), "copy_user_generic raw_copy_to_user x_read",
	  IN_KASAN "x_read" },
	{ "copying", NULL_DEREF("rep_stos_alternative"), "__clear_user x_clear",
	  IN_NULL "x_clear" },

	{ "printing", KASAN("hex_dump_to_buffer"), "hex_dump_to_buffer print_hex_dump x_dump x_rx",
	  IN_KASAN "x_dump" },
	{ "printing", KASAN("string_nocheck"),
	  "string vsnprintf va_format.isra.0 pointer vsnprintf vprintk_store vprintk_emit "
	  "dev_vprintk_emit dev_printk_emit __dev_printk _dev_err x_open",
	  IN_KASAN "x_open" },
	{ "printing", NULL_DEREF("format_decode"), "vsnprintf seq_vprintf seq_printf x_show",
	  IN_NULL "x_show" },

	{ "work", WARN("kernel/workqueue.c:4171", "__flush_work"),
	  "__cancel_work_sync cancel_delayed_work_sync x_stop", "WARNING in x_stop" },
	{ "work", WARN("kernel/workqueue.c:2998", "__flush_workqueue"),
	  "drain_workqueue destroy_workqueue x_free x_release", "WARNING in x_free" },
	{ "work", WARN("kernel/workqueue.c:3730", "touch_wq_lockdep_map"),
	  "__flush_workqueue flush_rcu_work x_sync", "WARNING in x_sync" },
	{ "work", KASAN("x_flush_work"), "x_flush_work process_one_work worker_thread",
	  IN_KASAN "x_flush_work" },
	{ "timers", WARN("kernel/time/timer.c:1610", "__timer_delete_sync"),
	  "sk_stop_timer_sync x_close", "WARNING in x_close" },
	{ "timers", WARN("kernel/time/timer.c:1610", "timer_shutdown_sync"), "x_free x_close",
	  "WARNING in x_free" },
	{ "timers", NULL_DEREF("detach_if_pending"), "__mod_timer mod_timer sk_reset_timer x_rearm",
	  IN_NULL "x_rearm" },
	{ "timers", KASAN("x_stop_timer"), "x_stop_timer x_close", IN_KASAN "x_stop_timer" },
	{ "timers", NULL_DEREF("timerqueue_del"), "__remove_hrtimer x_cancel",
	  IN_NULL "timerqueue_del" },
	{ "waiting", WARN("kernel/rcu/tree.c:3342", "synchronize_rcu_expedited"),
	  "synchronize_net x_unregister", "WARNING in x_unregister" },
	{ "waiting", WARN("kernel/rcu/srcutree.c:1396", "__synchronize_srcu"), "x_stop x_exit",
	  "WARNING in x_stop" },
	{ "waiting", KASAN("complete_all"), "complete_all x_done x_irq", IN_KASAN "x_done" },
	{ "waiting", KASAN("x_complete"), "x_complete x_irq", IN_KASAN "x_complete" },

	{ "refcounts", REFCOUNT("refcount_warn_saturate"), "kobject_put x_put x_close",
	  "WARNING: refcount bug in x_put" },
	{ "refcounts", REFCOUNT("refcount_warn_saturate"), "refcount_dec_and_mutex_lock x_put",
	  "WARNING: refcount bug in x_put" },
	{ "refcounts", WARN("kernel/panic.c:609", "refcount_error_report"),
	  "ex_handler_refcount fixup_exception do_trap do_error_trap do_invalid_op invalid_op "
	  "=x_get x_open",
	  "WARNING in x_get" },
	{ "refcounts", WARN("lib/percpu-refcount.c:197", "percpu_ref_switch_to_atomic_rcu"),
	  "rcu_do_batch rcu_core", "WARNING in percpu_ref_switch_to_atomic_rcu" },

	/* no helpers, though a part of their name is one's */
	{ "own", WARN("fs/xfs/libxfs/xfs_refcount.c:1", "xfs_refcount_adjust"), "x_write x_end",
	  "WARNING in xfs_refcount_adjust" },
	{ "own", WARN("mm/gup.c:1", "__get_user_pages"), "x_pin x_ioctl",
	  "WARNING in __get_user_pages" },
	{ "own", WARN("fs/buffer.c:1", "mark_buffer_dirty"), "x_write x_end",
	  "WARNING in mark_buffer_dirty" },
	{ "own", WARN("net/sched/sch_generic.c:1", "dev_watchdog"), "call_timer_fn",
	  "WARNING in dev_watchdog" },
	{ "own", KASAN("drm_atomic_commit"), "drm_atomic_commit x_ioctl",
	  IN_KASAN "drm_atomic_commit" },
	{ "own", KASAN("rcu_cblist_dequeue"), "rcu_cblist_dequeue rcu_do_batch",
	  IN_KASAN "rcu_cblist_dequeue" },

	{ "stalls", STALL, TICK "=x_find x_walk x_exit __x64_sys_futex" SYSCALL,
	  "INFO: rcu detected stall in sys_futex" },
	{ "stalls", STALL, TICK "=x_find x_bind __sys_bind __x64_sys_bind" SYSCALL,
	  "INFO: rcu detected stall in sys_bind" },
	{ "stalls", STALL, TICK "=x_unmap do_exit do_group_exit __x64_sys_exit_group" SYSCALL,
	  "INFO: rcu detected stall in sys_exit_group" },
	{ "stalls", STALL,
	  TICK "=x_scan x_sendmsg __sock_sendmsg ____sys_sendmsg ___sys_sendmsg "
	       "__sys_sendmsg __x64_sys_sendmsg" SYSCALL,
	  "INFO: rcu detected stall in x_sendmsg" },
	{ "stalls", STALL, TICK "=x_scan x_connect __sys_connect __x64_sys_connect" SYSCALL,
	  "INFO: rcu detected stall in x_connect" },
	{ "stalls", STALL, TICK "=x_scan x_listen __sys_listen __x64_sys_listen" SYSCALL,
	  "INFO: rcu detected stall in x_listen" },
	{ "stalls", STALL, TICK "=x_scan x_ioctl __x64_sys_ioctl" SYSCALL,
	  "INFO: rcu detected stall in x_ioctl" },
	{ "stalls", STALL, TICK "=x_scan x_write_iter vfs_write ksys_write __x64_sys_write" SYSCALL,
	  "INFO: rcu detected stall in x_write_iter" },
	{ "stalls", STALL,
	  TICK "=x_scan x_release __fput task_work_run syscall_exit_to_user_mode" SYSCALL,
	  "INFO: rcu detected stall in x_release" },
	{ "stalls", STALL,
	  TICK "=clear_page x_fault __do_fault do_fault __handle_mm_fault "
	       "handle_mm_fault do_user_addr_fault exc_page_fault asm_exc_page_fault",
	  "INFO: rcu detected stall in x_fault" },
	{ "stalls", STALL,
	  TICK
	  "=x_scan x_fault __do_fault do_fault __handle_mm_fault "
	  "handle_mm_fault do_user_addr_fault exc_page_fault asm_exc_page_fault "
	  "=rep_movs_alternative x_recvmsg ___sys_recvmsg do_recvmmsg __x64_sys_recvmmsg" SYSCALL,
	  "INFO: rcu detected stall in sys_recvmmsg" },
	{ "stalls", STALL,
	  TICK "=x_scan x_timeout call_timer_fn __run_timers run_timer_softirq" SOFTIRQ,
	  "INFO: rcu detected stall in x_timeout" },
	{ "stalls", STALL,
	  TICK "=x_scan x_rcv __netif_receive_skb_one_core __netif_receive_skb "
	       "process_backlog __napi_poll net_rx_action" SOFTIRQ,
	  "INFO: rcu detected stall in x_rcv" },
	{ "stalls", STALL, TICK "=x_scan x_tasklet tasklet_action_common tasklet_action" SOFTIRQ,
	  "INFO: rcu detected stall in x_tasklet" },
	{ "stalls", STALL, TICK "=x_scan x_workfn process_one_work worker_thread" KTHREAD,
	  "INFO: rcu detected stall in x_workfn" },
	{ "stalls", STALL, TICK "=x_scan x_thread" KTHREAD,
	  "INFO: rcu detected stall in x_thread" },
	{ "stalls", STALL,
	  TICK "=pv_native_safe_halt default_idle do_idle cpu_startup_entry "
	       "start_secondary",
	  "INFO: rcu detected stall in do_idle" },
	{ "stalls", STALL,
	  TICK "=csd_lock_wait smp_call_function_many_cond on_each_cpu_cond_mask "
	       "x_flush x_sync" SYSCALL,
	  "INFO: rcu detected stall in smp_call_function" },
	{ "stalls",
	  "watchdog: BUG: soft lockup - CPU#1 stuck for 22s! [a:2]\nRIP: 0010:" AT("x_scan") "\n",
	  "x_walk __x64_sys_rmdir" SYSCALL, "BUG: soft lockup in sys_rmdir" },
	{ "stalls",
	  "watchdog: BUG: soft lockup - CPU#1 stuck for 22s! [a:2]\n"
	  "pc : x_scan+0x1/0x2\n",
	  "x_scan x_walk __arm64_sys_rmdir invoke_syscall "
	  "el0_svc_common do_el0_svc el0_svc",
	  "BUG: soft lockup in sys_rmdir" },

	{ "hung", HUNG, "__schedule schedule synchronize_irq free_irq x_close",
	  "INFO: task hung in free_irq" },
	{ "hung", HUNG, "__schedule schedule schedule_preempt_disabled __mutex_lock x_open",
	  "INFO: task hung in x_open" },
	{ "hung", HUNG,
	  "__schedule schedule schedule_preempt_disabled __mutex_lock rtnl_lock x_open",
	  "INFO: task hung in rtnl_lock" },
	{ "hung", HUNG,
	  "__schedule schedule schedule_timeout __wait_for_common __wait_rcu_gp "
	  "synchronize_rcu_normal synchronize_rcu x_exit",
	  "INFO: task hung in synchronize_rcu" },
	{ "hung", HUNG,
	  "__schedule schedule schedule_timeout __wait_for_common "
	  "__synchronize_srcu x_exit",
	  "INFO: task hung in synchronize_rcu" },
	{ "hung", HUNG,
	  "__schedule schedule io_schedule folio_wait_bit_common __folio_lock "
	  "x_writepages do_writepages",
	  "INFO: task hung in x_writepages" },
	{ "hung", HUNG, "__schedule schedule rwsem_down_write_slowpath down_write x_rename",
	  "INFO: task hung in x_rename" },
	{ "hung", HUNG,
	  "__schedule schedule schedule_timeout wait_for_completion __flush_work "
	  "__cancel_work_sync cancel_work_sync x_stop",
	  "INFO: task hung in x_stop" },
	{ "hung", HUNG, "__schedule schedule percpu_rwsem_wait __percpu_down_read x_write",
	  "INFO: task hung in x_write" },

	{ "leaks", LEAK, "kmemleak_alloc kmem_cache_alloc_noprof x_create x_open",
	  "memory leak in x_create" },
	{ "leaks", LEAK, "___kmalloc_large_node __kvmalloc_node_noprof x_resize x_ioctl",
	  "memory leak in x_resize" },
	{ "leaks", LEAK,
	  "kmalloc_reserve __alloc_skb alloc_skb_with_frags sock_alloc_send_pskb "
	  "x_sendmsg",
	  "memory leak in x_sendmsg" },
	{ "leaks", LEAK,
	  "__kmalloc_node_track_caller_noprof kstrdup kstrdup_const kvasprintf_const "
	  "kobject_set_name_vargs dev_set_name x_register",
	  "memory leak in kobject_set_name_vargs" },
	{ "leaks", LEAK, "pcpu_alloc_noprof x_init x_mount", "memory leak in x_init" },

	/* the trace is not that of the report */
	{ "damaged",
	  "WARNING: CPU: 1 PID: 2 at fs/x.c:12 x_get+0x1/0x2\n"
	  "general protection fault: 0000 [#1] SMP\n",
	  "y_get y_open", "WARNING in corrupted" },
	{ "damaged",
	  "WARNING: CPU: 1 PID: 2 at fs/x.c:12 x_get+0x1/0x2\n"
	  "FAULT_INJECTION: forcing a failure.\n",
	  "y_get y_open", "WARNING in corrupted" },
	{ "damaged",
	  "WARNING: CPU: 1 PID: 2 at fs/x.c:12 x_get+0x1/0x2\n"
	  "a: vmalloc: allocation failure: 8192 bytes\n",
	  "y_get y_open", "WARNING in corrupted" },
	{ "damaged",
	  "WARNING: suspicious RCU usage\n7.2.0 #1 Not tainted\n"
	  "a: page allocation failure: order:0\nnet/x.c:12 suspicious rcu_dereference_check() "
	  "usage!\n",
	  "y_get y_open", "WARNING: suspicious RCU usage" },
	{ "damaged",
	  "Kernel panic - not syncing: panic_on_warn set ...\n"
	  "general protection fault: 0000 [#1] SMP\n",
	  "y_get", "kernel panic: panic_on_warn set" },
	/* it is, whatever else is printed in the midst of it */
	{ "whole", HUNG "unregister_netdevice: waiting for lo to become free. Usage count = 2\n",
	  "__schedule schedule x_open", "INFO: task hung in x_open" },
	{ "whole",
	  NULL_DEREF("x_get") "PANIC: double fault, error_code: 0x0\nRIP: 0010:y_get+0x1/0x2\n",
	  "x_open", IN_NULL "x_get" },
	{ "whole",
	  "[    1.0][   T2] WARNING: CPU: 1 PID: 2 at fs/x.c:12 x_get+0x1/0x2\n"
	  "[    1.0][   T3] FAULT_INJECTION: forcing a failure.\n"
	  "[    1.0][   T2] RIP: 0010:x_get+0x1/0x2\n"
	  "[    1.0][   T3] Call Trace:\n[    1.0][   T3]  y_get+0x1/0x2\n"
	  "[    1.0][   T2] Call Trace:\n[    1.0][   T2]  x_open+0x1/0x2\n",
	  NULL, "WARNING in x_get" },
	{ "whole",
	  "BUG: KASAN: use-after-free in x_get+0x1/0x2\n"
	  "Read of size 8 at addr ffff888100000000 by task a/2\n"
	  "INFO: Freed in x_free.part.2+0x1/0x2 age=57 cpu=0 pid=2\n",
	  "x_get x_open", "KASAN: use-after-free Read in x_get" },

	{ "numbers",
	  "Kernel panic - not syncing: VFS: Unable to mount root fs on "
	  "unknown-block(0,0)\n",
	  "panic mount_root_generic",
	  "kernel panic: VFS: Unable to mount root fs on unknown-block(NUM,NUM)" },
	{ "numbers", "INFO: Freed in x_free.part.23+0x14/0x20 age=57 cpu=0 pid=18338\n", NULL,
	  "INFO: Freed in x_free.part.NUM age=NUM cpu=NUM pid=NUM" },
	{ "numbers",
	  "BUG: KASAN: use-after-free in x_get.part.7+0x1/0x20 at addr ffff8800b46111c0\n", NULL,
	  "KASAN: use-after-free in x_get.part.NUM at addr ADDR" },
	{ "numbers", "Kernel panic - not syncing: x 10.0.0.1 on CPU#3 at fs/x.c:12 of 0xff01\n",
	  NULL, "kernel panic: x IP on CPU at fs/x.c:LINE of ADDR" },
	{ "numbers", "BUG: x2 of ext4 has 3 of 0x1f, 12ab34 and i2c\n", "x_check",
	  "BUG: x2 of ext4 has NUM of ADDR, ADDR and i2c" },
};

static void add_trace(struct buf *log, const char *trace)
{
	if (!strstr(buf_str(log), "backtrace (crc"))
		buf_adds(log, "Call Trace:\n");
	for (size_t n; *trace; trace += n) {
		n = strspn(trace, " ");
		trace += n;
		n = strcspn(trace, " ");
		if (*trace == '<')
			buf_addf(log, " %.*s\n", (int)n, trace);
		else if (*trace == '=')
			buf_addf(log, "RIP: 0010:%.*s+0x12/0x340\n", (int)n - 1, trace + 1);
		else if (*trace == '?')
			buf_addf(log, " ? %.*s+0x12/0x340\n", (int)n - 1, trace + 1);
		else if (n)
			buf_addf(log, " %.*s+0x12/0x340\n", (int)n, trace);
	}
}

static void take_first(void *arg, struct splat *s)
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
	struct splat_scanner *s = splat_scanner_create(take_first, &first);

	splat_scanner_feed(s, log, strlen(log));
	splat_scanner_finish(s);
	splat_scanner_destroy(s);
	return first;
}

static void test_rows(void **state)
{
	size_t wrong = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_buf_ struct buf log = BUF_INIT;
		struct splat *s;

		buf_adds(&log, rows[i].head);
		if (rows[i].trace)
			add_trace(&log, rows[i].trace);
		s = read_log(buf_str(&log));
		if (!s || strcmp(s->title, rows[i].title)) {
			print_error("%s: '%s' instead of '%s'\n", rows[i].kind,
				    s ? s->title : "nothing", rows[i].title);
			wrong++;
		}
		splat_destroy(s);
	}
	assert_int_equal(wrong, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
