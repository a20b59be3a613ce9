/* SPDX-License-Identifier: GPL-2.0-only */
#include "reports/record/contract.h"

#include <stddef.h>

#include "base/rule.h"

#define BREAK_LAYOUT                                                                               \
	"the waits in TASK_INTERRUPTIBLE of xfs_break_dax_layouts() and ext4_break_layouts(), "    \
	"since 6.15 of dax_break_layout() in fs/dax.c"
#define BUSY_PAGE "dax_layout_busy_page_range() in fs/dax.c"
#define COUNTS "page_ref_count(), page_mapcount() and " PINS
#define DAX_RST "Documentation/filesystems/dax.rst"
#define ENTRIES "fs/dax.c, where entries are inserted, associated and disassociated"
#define NOT_GIVEN                                                                                  \
	"A block of a DAX file is not given away while somebody holds a page of it: DMA would go " \
	"on into another file."
#define PINS "Documentation/core-api/pin_user_pages.rst"
#define SAME_BYTES                                                                                 \
	"The pages of a DAX file are its blocks: file, mappings and DMA see the same bytes, and "  \
	"only those that were written."
#define WHOLE "A filesystem can be unmounted, checked and mounted again whatever a program did."

static const struct contract contracts[RULES] = {
	[RULE_CONTRACT_WAITS] = { "What takes blocks from a DAX file (truncate, hole punch, "
				  "reflink, the last close of an unlinked file) waits until "
				  "nobody holds a page of them.",
				  BUSY_PAGE },
	[RULE_CONTRACT_SLEEPS] = { "Whoever waits for a busy page sleeps.", BREAK_LAYOUT },
	[RULE_CONTRACT_INTERRUPTIBLE] = { "A signal ends the wait for a busy page.", BREAK_LAYOUT },
	[RULE_CONTRACT_ENDS] = { "The wait for a busy page ends when its last reference is "
				 "dropped.",
				 "wake_up_var() in mm/memremap.c" },
	[RULE_CONTRACT_KILLABLE] = { "SIGKILL ends the wait for a busy page.", BREAK_LAYOUT },
	[RULE_CONTRACT_ERRNO] = { "A system call returns what its manual page says.",
				  "truncate(2), fallocate(2), ioctl_ficlonerange(2), "
				  "ioctl_fideduperange(2), signal(7)" },
	[RULE_CONTRACT_GRANTED] = { "A page of a DAX mapping can be held without FOLL_LONGTERM, "
				    "and of device-DAX with it.",
				    PINS },
	[RULE_CONTRACT_REFUSED] = { "A page of a DAX file is not pinned with FOLL_LONGTERM.",
				    PINS ", the note of case 2" },
	[RULE_CONTRACT_NOWAIT] = { "Only what takes blocks from a file waits for its busy pages.",
				   "the callers of " BUSY_PAGE },
	[RULE_CONTRACT_SIGBUS] = { "A process that maps a poisoned page of a DAX file gets SIGBUS.",
				   "mf_dax_kill_procs() in mm/memory-failure.c; MADV_HWPOISON in "
				   "madvise(2)" },
	[RULE_PROGRAM_EXIT] = { "The program itself says what must hold.", NULL },
	[RULE_CONTENT_FILE] = { SAME_BYTES, DAX_RST },
	[RULE_CONTENT_MAP] = { SAME_BYTES, DAX_RST },
	[RULE_CONTENT_PIN] = { SAME_BYTES, DAX_RST },
	[RULE_CONTENT_DMA] = { NOT_GIVEN, BUSY_PAGE "; " PINS },
	[RULE_BLOCK_FREED] = { NOT_GIVEN, BUSY_PAGE "; " PINS },
	[RULE_FLUSH_MISSING] = { "An fsync flushes every page that was stored to through a "
				 "mapping.",
				 "dax_writeback_mapping_range() in fs/dax.c: \"required by data "
				 "integrity operations to ensure file data is on persistent "
				 "storage\"" },
	[RULE_SPLAT] = { "No system call that a program may make leads to a report in the kernel "
			 "log.",
			 "include/asm-generic/bug.h" },
	[RULE_LIVENESS_HANG] = { "No program makes the kernel stop answering.", NULL },
	[RULE_GUEST_PANIC] = { "No program makes the kernel panic.", NULL },
	[RULE_GUEST_DIED] = { "No program makes the machine reboot.", NULL },
	[RULE_LEDGER_REFCOUNT] = { "The reference count of a page is the sum of its known "
				   "references.",
				   COUNTS },
	[RULE_LEDGER_PINS] = { "Each FOLL_PIN counts GUP_PIN_COUNTING_BIAS in a page.", PINS },
	[RULE_LEDGER_MAPCOUNT] = { "The map count of a page is the number of entries that map it.",
				   COUNTS },
	[RULE_LEDGER_MAPPING] = { "A mapped page belongs to the file that maps it.", ENTRIES },
	[RULE_LEDGER_INDEX] = { "A page has the index at which its file has it.", ENTRIES },
	[RULE_LEDGER_SHARE] = { "The share count of a page is the number of files that map it.",
				ENTRIES },
	[RULE_LEDGER_ORDER] = { "A page is in a folio of the size of the entry that maps it.",
				ENTRIES },
	[RULE_LEDGER_IDLE] = { "When nobody maps or holds a page any more, it is idle: the "
			       "reference count is 1 (0 since 6.15), and it belongs to no file.",
			       BUSY_PAGE },
	[RULE_RESIDUE_UMOUNT] = { WHOLE, NULL },
	[RULE_RESIDUE_FSCK] = { WHOLE, NULL },
	[RULE_RESIDUE_MOUNT] = { WHOLE, NULL },
	[RULE_RESIDUE_PROCESS] = { "A process that gets SIGKILL ends.", "signal(7)" },
	[RULE_RESIDUE_DEVICE] = { "An unmounted device is not in use.", NULL },
};

struct contract rule_contract(const char *name)
{
	enum rule rule;

	return rule_find(name, &rule) ? contracts[rule] : (struct contract){ 0 };
}
