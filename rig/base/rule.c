/* SPDX-License-Identifier: GPL-2.0-only */
#include "base/rule.h"

#include <string.h>

const char *step_status_name(enum step_status status)
{
	static const char *const names[] = {
		[STEP_OK] = "ok",
		[STEP_FAIL] = "fail",
		[STEP_SKIP] = "skip",
		[STEP_ERROR] = "error",
	};

	return names[status];
}

#define ROW(rule, ...) [RULE_##rule] = { __VA_ARGS__ }

const struct rule_info rules[RULES] = {
	ROW(CONTRACT_WAITS, "contract.waits", "the operation returned while the pin stood"),
	ROW(CONTRACT_SLEEPS, "contract.sleeps", "the operation used the CPU while it waited"),
	ROW(CONTRACT_INTERRUPTIBLE, "contract.interruptible",
	    "the operation waits in D: no signal reaches it"),
	ROW(CONTRACT_ENDS, "contract.ends", "the operation did not end in time after the release",
	    .timed = true),
	ROW(CONTRACT_KILLABLE, "contract.killable",
	    "the operation did not end on SIGKILL while it waited", .timed = true),
	ROW(CONTRACT_ERRNO, "contract.errno", "the operation gave another result than it must"),
	ROW(CONTRACT_GRANTED, "contract.granted",
	    "a pin that must be granted was not: its call never came back"),
	ROW(CONTRACT_REFUSED, "contract.refused", "a pin that must be refused was not"),
	ROW(CONTRACT_NOWAIT, "contract.nowait", "the operation blocked although it must not",
	    .timed = true),
	ROW(CONTRACT_SIGBUS, "contract.sigbus", "a page went bad and who maps it got no SIGBUS"),
	ROW(CONTENT_FILE, "content.file", "the file holds bytes that it must not hold"),
	ROW(CONTENT_MAP, "content.map", "a mapping shows bytes that it must not show"),
	ROW(CONTENT_PIN, "content.pin", "the pin's holder saw bytes that it must not see"),
	ROW(CONTENT_DMA, "content.dma",
	    "DMA landed where it must not: in bytes that it does not name"),
	ROW(BLOCK_FREED, "block.freed", "a block was free space while a page on it was held"),
	ROW(FLUSH_MISSING, "flush.missing",
	    "a page stored to through a mapping was not flushed by the fsync"),
	ROW(SPLAT, "splat", "the kernel log holds a report"),
	ROW(LIVENESS_HANG, "liveness.hang", "the case did not end and the guest gave no answer",
	    .timed = true),
	ROW(GUEST_PANIC, "guest.panic", "the kernel panicked"),
	ROW(GUEST_DIED, "guest.died", "the guest ended by itself: triple fault or reboot"),
	ROW(LEDGER_REFCOUNT, "ledger.refcount",
	    "a page has more or fewer references than are known"),
	ROW(LEDGER_PINS, "ledger.pins", "a page has more or fewer pins than stand"),
	ROW(LEDGER_MAPCOUNT, "ledger.mapcount",
	    "a page is counted as mapped more or less often than it is"),
	ROW(LEDGER_MAPPING, "ledger.mapping", "a page is mapped that no file owns, or another one"),
	ROW(LEDGER_INDEX, "ledger.index", "a page is owned as another page of its file"),
	ROW(LEDGER_SHARE, "ledger.share", "a shared page has fewer owners than files that map it"),
	ROW(LEDGER_ORDER, "ledger.order",
	    "a page is part of a large one, or is not, against the rules"),
	ROW(LEDGER_IDLE, "ledger.idle", "a page is held or owned after the filesystem is gone"),
	ROW(RESIDUE_UMOUNT, "residue.umount", "the filesystem could not be unmounted afterwards"),
	ROW(RESIDUE_FSCK, "residue.fsck", "fsck found the filesystem damaged afterwards"),
	ROW(RESIDUE_MOUNT, "residue.mount", "the filesystem could not be mounted again afterwards"),
	ROW(RESIDUE_PROCESS, "residue.process", "a process of the case was left"),
	ROW(RESIDUE_DEVICE, "residue.device",
	    "the device stayed busy after the filesystem was unmounted"),
};
bool rule_find(const char *name, enum rule *out)
{
	for (enum rule i = 0; i < RULES; i++) {
		if (!rule_is(name, i))
			continue;
		*out = i;
		return true;
	}
	return false;
}

bool rule_is(const char *name, enum rule rule)
{
	return strcmp(name, rules[rule].name) == 0;
}
