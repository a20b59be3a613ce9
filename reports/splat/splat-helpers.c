// SPDX-License-Identifier: GPL-2.0-only
/*
 * Functions at the top of a trace that never name the bug: those that print a report, and
 * generic helpers of their callers. Parts of a name, unless anchored.
 */
#include "reports/splat/splat-form.h"

const char splat_helpers[] =
	/* printing a report */
	"^_*warn|report_bug|fixup_bug|handle_bug|bug_handler|^exc_|^asm_|^do_error|_trap$|"
	"^do_trap|"
	"invalid_op|^error_entry|^(?:do_)?page_fault|dump_stack|show_(?:stack|trace|regs)|"
	"^dump_(?:page|backtrace|cpu_task)|panic|^die|^oops_|^print_|printk|^check_panic|"
	"end_report|"
	"^__warn|^walk_stack|unwind_backtrace|program_check|^brk_|^call_break|^do_debug|^el1|"
	"^bad_area|^no_context|^do_user_addr|^do_kernel_fault|^die_kernel|^do_mem_abort|"
	"do_tag_check|^do_translation|^do_bad|^__do_(?:kernel|user)_fault|"
	/* sanitizers and memory routines */
	"__sanitizer|__asan|kasan|__msan|kmsan|kcsan|hwasan|kfence_|ubsan|__tsan|"
	"check_memory_region|"
	"check_heap_object|check_object|read_word_at|^(?:__)?(?:read|write)_once|^quarantine|"
	"memcpy|memset|memmove|memcmp|memchr|memscan|^_?copy_(?:to|from)|_copy_(?:to|from)_user|"
	"^(?:__)?(?:put|get)_user|^__(?:put|get)_user|copy_user|strcpy|strn?cpy|strn?len|"
	"strn?cmp|"
	"str[lsn]*cpy|strn?str|strn?cat|strchr|strdup|memdup|string|pointer|s?c?nprintf|asprintf|"
	"sprintf|fortify_|^bitmap_|find_(?:first|next)_|"
	/* pages and memory */
	"alloc_page|alloc_frozen|^bad_page|^_*free_pages?|free_unref|free_pcp|free_tail|free_the|"
	"free_frozen|__free_one|check_(?:new|free)_page|^get_page_from|^rmqueue|^prep_|"
	"release_pages|"
	"folios_put|^__folio_put|^put_page|k[vmzc]*alloc|krealloc|kmem_cache|folio_alloc|vmalloc|"
	"slab_|^kv?free|^vfree|mempool|percpu_alloc|pcpu_alloc|"
	/* objects */
	"debug_object|debug_print_object|debug_check|timer_is_static|work_is_static|refcount|"
	"kref_|"
	"kobject_|klist_|^list_(?:add|del|move|replace|splice)|__list_(?:add|del)|hlist_|"
	"llist_|^rb_|"
	"^__rb_|atomic(?:64)?_|_bit$|test_and_|xas_|^xa_|idr_|^ida_|usercopy|"
	"ref_tracker|seqcount|drop_nlink|skb_(?:panic|over_panic|under_panic|put|push|pull)|"
	"usb_(?:submit|kill|poison|unlink)_(?:urb|anchored)|devres_release|dpm_sysfs|"
	"sysfs_remove_group|device_for_each_child|__unregister_client|i2c_del_adapter|"
	"tty_unregister_device|hwrng_unregister|rollback_registered|unregister_netdevice|"
	"^(?:fast_)?dput|^iput|find_lock_entries|truncate_inode_pages|^crc|logic_[io]|"
	"__raw_(?:read|write)[bwlq]|"
	/* locking */
	"might_(?:sleep|fault|resched)|^__schedule_bug|lockdep|lock_class|perf_trace|"
	"lock_(?:acquire|"
	"release|is_held)|^check_(?:noncirc|prev|irq|wait_context|usage|deadlock|chain|"
	"preemption)|"
	"validate_chain|^mark_|valid_state|held_lock|assign_lock_key|"
	"spin_(?:lock|trylock|unlock|dump|"
	"bug|can)|do_raw_|_raw_|rq_lock|raw_(?:read|write|spin)|queued_|(?:read|"
	"write)_(?:lock|unlock)|mutex_|"
	"^rwsem|rwsem_|^_*down(?:_|$)|^_*up(?:_|$)|osq_|rt_mutex|rt_spin|rwbase|ww_mutex|"
	"local_bh|"
	"percpu_rwsem|percpu_down|^debug_smp_|__this_cpu_preempt|this_cpu_|"
	/* sleeping, and handing work to others */
	"^_*schedule|io_schedule|preempt_schedule|cond_resched|wait_for_c|wait_on_|^__wait|"
	"bit_wait|"
	"prepare_to_wait|finish_wait|context_switch|__switch_to|del_timer|timer_delete|"
	"mod_timer|add_timer|lock_timer|"
	"flush_work|cancel_work|cancel_delayed|try_to_grab|flush_workqueue|drain_workqueue|"
	"destroy_workqueue|queue_work|kthread_stop|^__wake_up|^complete|"
	"add_uevent_var|get_device_parent|device_add|device_del|device_unregister|device_destroy|"
	"device_release|dev_(?:info|notice|warn|err|alert|crit|emerg)|should_fail|"
	/* interrupts, timers and the watchdogs */
	"sysvec_|_interrupt(?:$|_entry)|^irq_|do_softirq|handle_softirqs|invoke_softirq|"
	"^nmi_|arch_trigger|"
	"^trigger_|sched_show_task|update_process_times|__hrtimer|hrtimer_|^rcu_|^__rcu_|"
	"watchdog|^do_nmi|end_repeat_nmi|default_do_nmi|check_cpu_stall|csd_lock|default_idle|"
	"cpuidle_|^do_idle|"
	"native_(?:queued|safe|flush|smp|stop|send|read|write_cr|write_msr)|pv_native|"
	"mwait_idle|finish_task_switch|stack_trace_|stack_walk|save_stack|insert_work|"
	"queue_delayed_work|trace_hardirqs|trace_softirqs|"
	"_indirect_thunk|__kprobes|paravirt|"
	/* XFS's and ext4's reporters */
	"^assfail|assertfail|^asswarn|^xfs_(?:error_report|corruption_error|buf_corruption_error|"
	"do_force_shutdown|stack_trace)|^__ext4_(?:error|abort|std_error)|^ext4_error|"
	/* the end of every trace */
	"^entry_|^do_syscall_|^x64_sys_call|^ret_from_|^kthread$|^worker_thread|"
	"^process_scheduled_works|secondary_startup|start_secondary|stack_chk_fail";

const char splat_stall_anchors[] =
	/* functions that hand out work */
	"process_one_work|^do_syscall_|^do_int80|^do_fast_syscall|sysenter_dispatch|tracesys|"
	"el0_svc|invoke_syscall|ret_fast_syscall|^x64_sys_call|netif_receive_skb|do_softirq|"
	"handle_softirqs|call_timer_fn|_run_timers|run_timer_softirq|hrtimer_run|run_ksoftirqd|"
	"smpboot_thread_fn|^kthread$|start_secondary|cpu_startup_entry|ret_from_fork|"
	"entry_SYSCALL|"
	"system_call|entry_INT80|"
	/* calls through operations: the function before says which */
	"^vfs_write|^vfs_read|^vfs_iter|^do_iter_|^vfs_ioctl|blkdev_driver_ioctl|^blkdev_ioctl|"
	"^call_read_iter|^call_write_iter|^new_sync_(?:read|write)|^__vfs_(?:read|write)|"
	"^do_readv|^do_writev|^do_loop_readv|^call_mmap|^mmap_region|^do_mmap|^do_dentry_open|"
	"^vfs_open|^sock_sendmsg|^sock_recvmsg|^sock_release|^__sock_release|"
	"^__?sys_setsockopt|^__?sys_getsockopt|^kernel_setsockopt|^sock_common_setsockopt|"
	"^sock_write_iter|^__?sys_connect|^__?sys_bind|^__?sys_listen|^__?sys_accept|"
	"tasklet_action|rtnetlink_rcv_msg|nfnetlink_rcv_msg|^exit_to_user|task_work_run|"
	"smp_call_function|^generic_exec_single|^do_exit|^do_group_exit|^get_signal|"
	"^sock_do_ioctl|"
	"^sock_ioctl|_compat_ioctl|^compat_(?:\\w+_)?ioctl|^do_vfs_ioctl|^ksys_ioctl|"
	"[sS]y[sS]_ioctl$|^__fput";

const char splat_hang_helpers[] =
	"sched|_lock|_slowlock|down|rwsem|completion|kthread|wait|synchronize|context_switch|"
	"__switch_to|cancel_delayed_work|rcu_barrier|^do_read_cache|flush_work|drain_workqueue";
