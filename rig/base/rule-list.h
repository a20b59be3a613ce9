/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * All rules. RULE_ and the first word make the enum member; the rest are the fields of the
 * rule's rule_info. For rule.h and rule.c, which define RULE().
 */
RULE(CONTRACT_WAITS, "contract.waits", "the operation returned while the pin stood")
RULE(CONTRACT_SLEEPS, "contract.sleeps", "the operation used the CPU while it waited")
RULE(CONTRACT_INTERRUPTIBLE, "contract.interruptible",
     "the operation waits in D: no signal reaches it")
RULE(CONTRACT_ENDS, "contract.ends", "the operation did not end in time after the release",
     .timed = true)
RULE(CONTRACT_KILLABLE, "contract.killable", "the operation did not end on SIGKILL while it waited",
     .timed = true)
RULE(CONTRACT_ERRNO, "contract.errno", "the operation returned a wrong result")
RULE(CONTRACT_GRANTED, "contract.granted",
     "a pin that must be granted was not: its call never returned")
RULE(CONTRACT_REFUSED, "contract.refused", "a pin that must be refused was not")
RULE(CONTRACT_NOWAIT, "contract.nowait", "the operation blocked although it must not",
     .timed = true)
RULE(CONTRACT_SIGBUS, "contract.sigbus",
     "a page was poisoned and a process that maps it got no SIGBUS")
RULE(PROGRAM_EXIT, "program.exit", "a program of the user's said that something is wrong")
RULE(CONTENT_FILE, "content.file", "the file holds bytes that it must not hold")
RULE(CONTENT_MAP, "content.map", "a mapping shows bytes that it must not show")
RULE(CONTENT_PIN, "content.pin", "the pin's holder saw bytes that it must not see")
RULE(CONTENT_DMA, "content.dma", "DMA wrote outside its target")
RULE(BLOCK_FREED, "block.freed", "a block was free space while a page on it was held")
RULE(FLUSH_MISSING, "flush.missing",
     "a page stored to through a mapping was not flushed by the fsync")
RULE(SPLAT, "splat", "the kernel log holds a report")
RULE(LIVENESS_HANG, "liveness.hang", "the case did not end and the guest gave no answer",
     .timed = true)
RULE(GUEST_PANIC, "guest.panic", "the kernel panicked")
RULE(GUEST_DIED, "guest.died", "the guest ended by itself: triple fault or reboot")
RULE(LEDGER_REFCOUNT, "ledger.refcount",
     "a page's refcount does not match its known mappings and references")
RULE(LEDGER_PINS, "ledger.pins", "a page's pin count does not match the pins held")
RULE(LEDGER_MAPCOUNT, "ledger.mapcount", "a page's mapcount does not match the entries that map it")
RULE(LEDGER_MAPPING, "ledger.mapping", "a mapped page has no mapping, or another file's")
RULE(LEDGER_INDEX, "ledger.index", "a page has the index of another page of its file")
RULE(LEDGER_SHARE, "ledger.share", "a shared page has fewer owners than files that map it")
RULE(LEDGER_ORDER, "ledger.order", "a page is in a folio of the wrong order")
RULE(LEDGER_IDLE, "ledger.idle", "a page is held or owned after the filesystem is gone")
RULE(RESIDUE_UMOUNT, "residue.umount", "the filesystem could not be unmounted afterwards")
RULE(RESIDUE_FSCK, "residue.fsck", "fsck found the filesystem damaged afterwards")
RULE(RESIDUE_MOUNT, "residue.mount", "the filesystem could not be mounted again afterwards")
RULE(RESIDUE_PROCESS, "residue.process", "a process of the case is left")
RULE(RESIDUE_DEVICE, "residue.device", "the device stayed busy after the filesystem was unmounted")
