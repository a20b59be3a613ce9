// SPDX-License-Identifier: GPL-2.0-only
/*
 * Functions at the top of a trace that never name the bug, told by what they are: what brings
 * the kernel to its report, and the services that any part of the kernel calls. A service has
 * its own name at the front ("flush_work"); with the name of a subsystem before it
 * ("x_flush_work"), a function is the subsystem's.
 */
#include "reports/splat/splat-form.h"

const char splat_helpers[] =
	"^_*(?:"
	/* exceptions, and printing a report */
	"warn|die(?:$|_)|oops_|print_|exc_|asm_|ex_handler_|fixup_(?:bug|exception)|"
	"error_entry|el1|brk_|call_break|check_panic|bad_area|no_context|page_fault|"
	"do_(?:error|trap|debug|bad|page_fault|user_addr|mem_abort|translation|kernel_fault|"
	"user_fault|nmi)|walk_stack|dump_(?:page|backtrace|cpu_task)|(?:arch_)?stack_(?:trace_|"
	"walk)|save_stack|perf_trace|rcu_dump|"
	/* bytes, strings and numbers */
	"read_once|write_once|rep_(?:movs|stos)|clear_user|(?:raw_)?copy_(?:to|from)_|"
	"format_decode|va_format|hex_dump|bitmap_|find_(?:first|next)_|test_and_|crc|"
	"logic_[io]|raw_(?:read|write)[bwlq]|(?:arch_|raw_|generic_)*atomic(?:64|_long)?_|"
	/* lists, trees and counters */
	"[hlk]?list_(?:add|del|move|replace|splice|put|remove|release)|hlist_|llist_|klist_|"
	"rb_|xas_|xa_|idr_|ida_|refcount|kref_|ref_tracker|percpu_ref_(?:get|put|kill)|"
	"seqcount|(?:inc|drop|clear|set)_nlink|"
	/* memory */
	"free_(?:pages?|unref|pcp|tail|the|frozen|one)|bad_page|get_page_from|rmqueue|prep_|"
	"put_page|k[vz]?free(?:$|_)|vfree|mempool|pcpu_alloc|folios?_(?:put|lock|unlock)|"
	"(?:un)?lock_page|phys_addr|virt_(?:to_|addr_valid)|find_lock_entries|"
	"truncate_inode_pages|"
	/* locks */
	"check_(?:noncirc|prev|irq|wait_context|usage|deadlock|chain|preemption)|mark_(?:lock|"
	"held|usage)|(?:do_)?raw_(?:spin|read|write)|rwsem|rwbase|local_bh|(?:up|down)(?:$|_)|"
	"debug_smp_|this_cpu_|osq_|rt_mutex|rt_spin|ww_mutex|percpu_(?:rwsem|down|up)|"
	/* work, timers, and waiting */
	"(?:start_)?(?:flush|cancel|drain|destroy|touch|insert|queue)_(?:delayed_|"
	"rcu_)?w(?:ork|q)|try_to_grab|kthread_stop|(?:sk_)?(?:add|del|mod|stop|reset|"
	"lock)_timer|timer_(?:delete|shutdown)|hrtimer_|detach_if_pending|synchronize_|"
	"schedule|io_schedule|preempt_schedule|cond_resched|wait_(?:for|on)_|wait(?:$|_)|"
	"bit_wait|prepare_to_wait|finish_wait|wake_up(?:_locked|_common|_sync|$)|complete(?:$|"
	"_all|_with)|context_switch|switch_to|finish_task_switch|"
	/* devices, files, and what drivers ask of other drivers */
	"kobject_(?!set_name)|sysfs_remove_|device_(?:add|del|unregister|destroy|release|remove|"
	"for_each_child)|devres_release|dpm_sysfs|get_device_parent|add_uevent_var|"
	"usb_\\w*(?:urbs?|_msg)(?:$|_)|\\w+_urb_(?:en|de)queue|(?:tty|hwrng)_unregister|"
	"i2c_del_adapter|unregister_(?:client|netdev)|rollback_registered|(?:fast_)?dput|iput|"
	"skb_(?:panic|over_panic|under_panic|put|push|pull)|should_fail|"
	/* interrupts, idle, and the end of every trace */
	"irq_|nmi_|trigger_|update_process_times|default_do_nmi|csd_lock|default_idle|cpuidle_|"
	"entry_|do_syscall_|x64_sys_call|ret_from_|kthread$|"
	"process_scheduled_works|"
	/* what XFS and ext4 report with */
	"assfail|assertfail|asswarn|xfs_(?:error_report|corruption_error|buf_corruption_error|"
	"do_force_shutdown|stack_trace)|ext4_(?:error|abort|std_error)"
	")|"
	/* words that tell it anywhere in a name */
	"_trap$|invalid_op|report_bug|handle_bug|bug_handler|dump_stack|show_(?:stack|trace|"
	"regs)|panic|printk|end_report|unwind_backtrace|program_check|do_tag_check|"
	"sched_show_task|(?:k?[acm]|hwa|t|ub)san_|__sanitizer|kfence_|fortify_|"
	"check_(?:memory_region|heap_object|object)|usercopy|read_word_at|quarantine|mem(?:cpy|"
	"set|cmp|chr|move|scan|dup)|str[nrlsc]*(?:cpy|cat|cmp|len|chr|str|dup)|string|pointer|"
	"printf|dev_(?:info|notice|warn|err|alert|crit|emerg)|copy_user|_copy_(?:to|from)_user|"
	"(?:put|get)_user(?!_page)|_bit$|alloc_page|alloc_frozen|release_pages|folio_alloc|"
	"(?:^|_)k[vmzc]*(?:re)?alloc|kmem_cache|vmalloc|slab_|percpu_alloc|might_(?:sleep|"
	"fault|resched)|lockdep|lock_class|lock_(?:acquire|release|is_held|timer)|"
	"validate_chain|valid_state|held_lock|assign_lock_key|spin_(?:lock|trylock|unlock|dump|"
	"bug|can)|rq_lock|queued_(?:spin|read|write)|(?:read|write)_(?:lock|unlock)|mutex_|"
	"debug_(?:object|print_object|check)|_is_static_object|sysvec_|_interrupt(?:$|_entry)|"
	"do_softirq|handle_softirqs|invoke_softirq|trace_(?:hardirqs|softirqs)|_indirect_thunk|"
	"secondary_startup|start_secondary|stack_chk_fail|native_(?:safe|flush|smp|stop|send|"
	"read|write_cr|write_msr)";

const char splat_stall_anchors[] =
	/* what hands out work, and its callers */
	"process_one_work|^kthread$|smpboot_thread_fn|ret_from_fork|start_secondary|"
	"cpu_startup_entry|do_softirq|handle_softirqs|run_ksoftirqd|tasklet_action|"
	"call_timer_fn|_run_timers|run_timer_softirq|hrtimer_run|netif_receive_skb|"
	"rtnetlink_rcv_msg|nfnetlink_rcv_msg|smp_call_function|generic_exec_single|"
	"task_work_run|__fput|exit_to_user|"
	/* entries from user space */
	"do_syscall_|x64_sys_call|do_int80|do_fast_syscall|sysenter_dispatch|tracesys|"
	"entry_SYSCALL|system_call|entry_INT80|el0_svc|invoke_syscall|ret_fast_syscall|"
	/* system calls whose work is an operation of the file or the socket */
	"^_*(?:vfs_(?:iter_)?|new_sync_|call_|do_(?:loop_)?|do_iter_)(?:read|write)(?:v|_iter|"
	"$)|^do_iter_|^vfs_iter_|^vfs_open|^do_dentry_open|^call_mmap|^mmap_region|^do_mmap|"
	"^vfs_ioctl|^do_vfs_ioctl|^ksys_ioctl|blkdev_(?:driver_)?ioctl|_compat_ioctl|"
	"^compat_(?:\\w+_)?ioctl|^_*(?:kernel_|sock_(?:common_|do_)?)(?:sendmsg|recvmsg|"
	"release|write_iter|setsockopt|getsockopt|listen|accept|ioctl|mmap)|[sS]y(?:s|S|"
	"SC)_(?:socketpair|connect|listen|accept4?|setsockopt|getsockopt|ioctl)$";

const char splat_hang_helpers[] =
	"sched|_lock|_slowlock|down|rwsem|completion|kthread|wait|synchronize|context_switch|"
	"__switch_to|cancel_delayed_work|rcu_barrier|^do_read_cache|flush_work|drain_workqueue";
