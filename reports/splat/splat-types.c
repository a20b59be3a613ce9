// SPDX-License-Identifier: GPL-2.0-only
/* The type of bug that a title tells of, in the words of the community that hunts bugs. */
#include "reports/splat/splat-form.h"

const struct splat_type splat_types[] = {
	{ "^KASAN: null-ptr-deref Write", "KASAN-NULL-POINTER-DEREFERENCE-WRITE" },
	{ "^KASAN: null-ptr-deref", "KASAN-NULL-POINTER-DEREFERENCE-READ" },
	{ "^KASAN: .*(?:invalid-free|double-free)", "KASAN-INVALID-FREE" },
	{ "^KASAN: .*use-after-free Write", "KASAN-USE-AFTER-FREE-WRITE" },
	{ "^KASAN: .*use-after-free", "KASAN-USE-AFTER-FREE-READ" },
	{ "^KASAN: .* Write", "KASAN-WRITE" },
	{ "^KASAN: ", "KASAN-READ" },
	{ "^KFENCE: use-after-free write", "KFENCE-USE-AFTER-FREE-WRITE" },
	{ "^KFENCE: use-after-free", "KFENCE-USE-AFTER-FREE-READ" },
	{ "^KFENCE: .*free", "KFENCE-INVALID-FREE" },
	{ "^KFENCE: memory corruption", "KFENCE-MEMORY-CORRUPTION" },
	{ "^KFENCE: .*write", "KFENCE-WRITE" },
	{ "^KFENCE: ", "KFENCE-READ" },
	{ "^KMSAN: kernel-.*infoleak", "KMSAN-INFO-LEAK" },
	{ "^KMSAN: use-after-free", "KMSAN-USE-AFTER-FREE-READ" },
	{ "^KMSAN: ", "KMSAN-UNINIT-VALUE" },
	{ "^KCSAN: assert", "KCSAN-ASSERT" },
	{ "^KCSAN: data-race", "KCSAN-DATARACE" },
	{ "^KCSAN: ", "KCSAN-UNKNOWN" },
	{ "^UBSAN: array-index", "MEMORY_SAFETY_UBSAN" },
	{ "^UBSAN: ", "UBSAN" },
	{ "^WARNING: refcount bug", "REFCOUNT_WARNING" },
	{ "^(?:possible deadlock|inconsistent lock state|BUG: (?:spinlock|rwlock|using |bad unlock|"
	  "held lock freed|still has locks|Invalid wait context|nested lock|lock held when)|"
	  "(?:INFO|WARNING): (?:suspicious RCU usage in|bad unlock|held lock freed|locking "
	  "bug|still has "
	  "locks|nested lock|lock held when)|INFO: trying to register|BUG: MAX_)",
	  "LOCKDEP" },
	{ "^BUG: (?:sleeping function|scheduling while|workqueue leaked)", "ATOMIC_SLEEP" },
	{ "^memory leak", "LEAK" },
	{ "^(?:INFO: (?:rcu detected|task )|BUG: (?:soft|hard|workqueue) lockup)", "HANG" },
	{ "^BUG: unable to handle kernel NULL", "NULL-POINTER-DEREFERENCE" },
	{ "^BUG: (?:unable to handle|corrupted list)", "MEMORY_SAFETY_BUG" },
	{ "^BUG: Object already free", "DoS" },
	{ "^(?:kernel BUG|BUG: )", "BUG" },
	{ "^(?:XFS|EXT4-fs|iomap|nvdimm)", "FILESYSTEM" },
	{ "^WARNING", "WARNING" },
	{ "", "DoS" },
};
const size_t splat_types_count = ARRAY_SIZE(splat_types);
