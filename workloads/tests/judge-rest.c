/* SPDX-License-Identifier: GPL-2.0-only */
/* Cases of the flush oracle, of residue and of the ledger. */
#include "workloads/tests/judge-rows.h"

#include <errno.h>

#include "workloads/model/pattern.h"

#define FILE_A "file a 64K written\nmap m a 0 64K shared rw\n"
#define STORED FILE_A "touch m 64K write\n"
#define LARGE "file a 4M fallocated\nmap m a 0 4M shared rw pmd\n"
#define UNMAPPED FILE_A "unmap m\n"

/* The finding for page 5 of 'a' alone, at line @l, by @how. */
#define ONE_PAGE(l, how)                                                                           \
	"fail\n" l " flush.missing: page 0x5 of file 'a' (inode #) is flushed "                    \
	"by " how                                                                                  \
	" | no dax_writeback_one covers it since it was stored to (1 such page in the file)"
#define PINNED(pin) FILE_A "pin p " pin " m+16K 16K\n"
#define FREED(line, pin)                                                                           \
	"fail\n" line " block.freed: the blocks of a held page belong to a file | "                \
	"16384 bytes at 0x4000 of the device, beneath 'p' (" pin "), are free"
#define UMOUNT                                                                                     \
	PINNED("vmsplice")                                                                         \
	"unmap m\nstart t umount\nsettle t\nunpin p\n"                                             \
	"expect t completes\n"
#define MKFS PINNED("vmsplice") "unmap m\nstart t umount\nsettle t\nmkfs\ncheck p\nunpin p\n"
#define UNSEEN "error\nnot all was seen: "
#define LEDGER_PINS "ledger.pins\n0 pins\n1 pin\npage, expected, found\n"

static const struct judge_row rows[] = {
	/* no fault: nothing is found */
	{ "all is flushed",
	  STORED "fsync a\ntouch m 4K write\nsync\ntouch m 4K write\nunmap m\n"
		 "remount\ncheck a\nfsck\n",
	  { .op = NULL },
	  .want = "pass" },
	{ "a trace that lost events is neither a fail nor a pass",
	  STORED "fsync a\n",
	  { .unflushed_pages = 16, .trace_lost = true },
	  .want = UNSEEN "flush: the trace buffer overflowed" },
	{ "the trace ends before the case does",
	  STORED "fsync a\n",
	  { .trace_ends = true },
	  .want = UNSEEN "flush: the trace does not show the mark of the case's end" },
	{ "a finding before the end of the trace stands",
	  STORED "fsync a\n",
	  { .unflushed = 5, .unflushed_pages = 1, .trace_ends = true },
	  .want = ONE_PAGE("4", "the fsync") },
	{ "a page that a truncate removed need not be flushed",
	  STORED "punch a 20K 4K\nfsync a\n",
	  { .unflushed = 5, .unflushed_pages = 1 },
	  .want = "pass" },
	{ "a reference does not last",
	  FILE_A "touch m 4K write\n",
	  { .ledger = LEDGER_PINS, .ledger_times = 2 },
	  .want = "pass" },

	{ "a page of a large mapping falls back",
	  LARGE "touch m 4K write\n",
	  { .falls_back = true },
	  .want = "pass" },

	{ "a large mapping gets small entries",
	  LARGE "touch m+2M 2M read\n",
	  { .falls_back = true },
	  .want = "error\nline 3: 'm' got no 2 MiB entry: the fault fell back to 4 KiB" },
	{ "fsync flushes nothing",
	  STORED "fsync a\n",
	  { .unflushed_pages = 16 },
	  .want = "fail\n4 flush.missing: page 0 of file 'a' (inode #) is flushed by the fsync | "
		  "no dax_writeback_one covers it since it was stored to (16 such pages in the "
		  "file)" },
	{ "fsync leaves a page that a device wrote",
	  FILE_A "pin p rdma-odp m+16K 16K\n"
		 "touch p 8K write\nfsync a\n",
	  { .unflushed = 5, .unflushed_pages = 1 },
	  .want = ONE_PAGE("5", "the fsync") },
	{ "fsync leaves a page",
	  STORED "fsync a\n",
	  { .unflushed = 5, .unflushed_pages = 1 },
	  .want = ONE_PAGE("4", "the fsync") },
	{ "fsync flushes a part of a page",
	  STORED "fsync a\n",
	  { .cut = 5, .cut_pages = 1 },
	  .want = "fail\n4 flush.missing: page 0x5 of file 'a' (inode #) is flushed by the fsync | "
		  "dax_flush() got 0 of the 0x1000 bytes of an entry that it is in (1 such page in "
		  "the file)" },
	{ "fsync tells of what it does not flush",
	  STORED "fsync a\n",
	  { .flush_untold = true },
	  .want = "fail\n4 flush.missing: page 0 of file 'a' (inode #) is flushed by the fsync | "
		  "dax_flush() got 0 of the 0x1000 bytes of an entry that it is in (16 such pages "
		  "in the file)" },
	{ "it cannot be known how much an fsync flushes",
	  STORED "fsync a\n",
	  { .flush_untold = true, .no_kprobes = true },
	  .want = "pass",
	  .lost = "flush: this kernel does not tell how much it flushes: kprobe_events: ENOENT" },
	{ "sync leaves a page",
	  STORED "sync\n",
	  { .unflushed = 5, .unflushed_pages = 1 },
	  .want = ONE_PAGE("4", "the sync") },
	{ "umount leaves a page",
	  STORED "unmap m\nremount\n",
	  { .unflushed = 5, .unflushed_pages = 1 },
	  .want = ONE_PAGE("5", "the umount") },
	{ "the last umount leaves a page",
	  STORED,
	  { .unflushed = 5, .unflushed_pages = 1 },
	  .want = ONE_PAGE("0", "the umount") },

	{ "the umount fails",
	  UNMAPPED "remount\n",
	  { .umount = EBUSY },
	  .want = "fail\n4 residue.umount: umount succeeds | umount: EBUSY\n"
		  "0 residue.umount: umount succeeds | umount: EBUSY" },
	{ "the umount before fsck fails",
	  UNMAPPED "fsck\n",
	  { .umount = EBUSY },
	  .want = "fail\n4 residue.umount: umount succeeds | umount: EBUSY\n"
		  "0 residue.umount: umount succeeds | umount: EBUSY" },
	{ "the umount leaves a page, and the device is busy",
	  STORED,
	  { .unflushed = 5, .unflushed_pages = 1, .device = EBUSY },
	  .want = ONE_PAGE(
		  "0",
		  "the umount") "\n"
				"0 residue.device: the device is free once it is unmounted | exclusive open of '" FAKE_PMEM
				"': EBUSY" },
	{ "the last umount fails",
	  FILE_A,
	  { .umount = EBUSY },
	  .want = "fail\n0 residue.umount: umount succeeds | umount: EBUSY" },
	{ "a damaged filesystem",
	  UNMAPPED "fsck\n",
	  { .dirty = true },
	  .want = "fail\n4 residue.fsck: the filesystem is clean | bad magic number" },
	{ "the words of xfs_repair for a damaged filesystem",
	  UNMAPPED "fsck\n",
	  { .dirty = true,
	    .complaint = "Phase 1 - find\n        - agno = 0\nMissing reference\n"
			 "Phase 7 - verify\nmore\n" },
	  .want = "fail\n4 residue.fsck: the filesystem is clean | Missing reference" },
	{ "fsck prints only the names of its phases",
	  UNMAPPED "fsck\n",
	  { .fs = "ext4", .dirty = true, .complaint = "e2fsck 1.47\nPass 1: Checking inodes\n" },
	  .want = "fail\n4 residue.fsck: the filesystem is clean | 'e2fsck' exited with 1: "
		  "bad magic number" },
	{ "a filesystem without optional features",
	  UNMAPPED "remount\nfsck\n",
	  { .fs = "null" },
	  .want = "pass" },
	{ "fsck prints a phase of another filesystem's fsck",
	  UNMAPPED "fsck\n",
	  { .fs = "null", .dirty = true, .complaint = "Phase 1\n" },
	  .want = "fail\n4 residue.fsck: the filesystem is clean | Phase 1" },
	{ "the last fsck finds damage",
	  FILE_A,
	  { .dirty = true },
	  .want = "fail\n0 residue.fsck: the filesystem is clean | bad magic number" },
	{ "the remount fails",
	  UNMAPPED "remount\n",
	  { .mount = EUCLEAN },
	  .want = "fail\n4 residue.mount: the filesystem can be mounted again | mount of xfs: "
		  "EUCLEAN\n0 residue.mount: the filesystem can be mounted again | mount of xfs: "
		  "EUCLEAN" },
	{ "the last mount fails",
	  FILE_A,
	  { .mount = EUCLEAN },
	  .want = "fail\n0 residue.mount: the filesystem can be mounted again | mount of xfs: "
		  "EUCLEAN" },
	{ "no DAX after the remount",
	  UNMAPPED "remount\n",
	  { .no_dax_again = true },
	  .want = "fail\n4 residue.mount: the filesystem can be mounted again, with DAX | "
		  "files are not DAX: statx reports no STATX_ATTR_DAX\n0 residue.mount: the filesystem can "
		  "be mounted again, with DAX | files are not DAX: statx reports no STATX_ATTR_DAX" },
	{ "no DAX after the last mount",
	  FILE_A,
	  { .no_dax_again = true },
	  .want = "fail\n0 residue.mount: the filesystem can be mounted again, with DAX | "
		  "files are not DAX: statx reports no STATX_ATTR_DAX" },
	{ "a process still runs",
	  FILE_A "punch a 0 4K\n",
	  { .op = "punch", .way = WAY_FORKS },
	  .want = "fail\n0 residue.process: no process of the case is left | a process that it "
		  "started still runs" },
	{ "the device is not free",
	  FILE_A,
	  { .device = EBUSY },
	  .want = "fail\n0 residue.device: the device is free once it is unmounted | exclusive "
		  "open of '" FAKE_PMEM "': EBUSY" },

	{ "a block is freed under a pin",
	  PINNED("vmsplice") "unpin p\n",
	  { .freed = true },
	  .want = FREED("4", "vmsplice") },
	{ "a block is freed after the unlink",
	  PINNED("vmsplice") "unmap m\nstart t unlink a\n"
			     "settle t\nunpin p\n",
	  { .freed = true, .freed_later = 2 },
	  .want = FREED("7", "vmsplice") },
	{ "the look at the unpin sees a freed block",
	  PINNED("rdma") "check p\nunpin p\n",
	  { .freed = true },
	  .want = FREED("4", "rdma") },
	{ "the look during an optional wait sees a freed block",
	  PINNED("rdma") "start t punch a 32K 16K\n"
			 "settle t\ncheck p\nunpin p\n",
	  { .op = "punch", .freed = true },
	  .want = FREED("6", "rdma") },
	{ "the look at the end of the holder sees a freed block",
	  FILE_A "pin p vmsplice m+16K 16K process\nunpin p kill\n",
	  { .freed = true },
	  .want = FREED("4", "vmsplice") },
	{ "the look at the end of the case sees a freed block",
	  PINNED("vmsplice"),
	  { .freed = true },
	  .want = FREED("0", "vmsplice") },
	{ "an umount waits for a pin", UMOUNT, { .op = "umount" }, .want = "pass" },
	{ "an umount does not wait, and the device is free",
	  UMOUNT,
	  { .op = NULL },
	  .want = "fail\n7 block.freed: the blocks of a held page belong to a file | umount came "
		  "back, and the device beneath 'p' (vmsplice) is free" },
	{ "an umount does not wait, but the device is busy: nobody else gets it",
	  UMOUNT,
	  { .device = EBUSY },
	  .want = "fail\n0 residue.device: the device is free once it is unmounted | exclusive "
		  "open of '" FAKE_PMEM "': EBUSY" },
	{ "while an umount waits, no other filesystem is made",
	  MKFS,
	  { .op = "umount", .no_mkfs = true },
	  .want = "pass" },
	{ "the next filesystem shows through a pin",
	  PINNED("rdma") "unmap m\nstart t umount\nsettle t\nmkfs\ncheck p\nunpin p\n",
	  { .look = { BYTES_PATTERN, NULL, 0, 4096, ORIGIN_NEXT, 0, 0 } },
	  .want = "fail\n8 content.pin: file 'a' offset 0x4000 generation 1 | pin 'p' offset 0 holds "
		  "the next filesystem's file offset 0 generation 0 (4096 bytes differ)" },
	{ "the next filesystem is made while the device is busy",
	  UNMAPPED "mkfs\n",
	  { .device = EBUSY },
	  .want = "fail\n4 residue.device: the device is free once it is unmounted | exclusive open of '" FAKE_PMEM
		  "': EBUSY\n0 residue.device: the device is free once it is unmounted | exclusive open of '" FAKE_PMEM
		  "': EBUSY" },
	{ "the umount before the next filesystem fails",
	  UNMAPPED "mkfs\n",
	  { .umount = EBUSY },
	  .want = "fail\n4 residue.umount: umount succeeds | umount: EBUSY\n"
		  "0 residue.umount: umount succeeds | umount: EBUSY" },
	{ "files of the next filesystem",
	  UNMAPPED "mkfs\nfile b 4K written\nremount\ncheck b\n",
	  { .op = NULL },
	  .want = "pass" },
	{ "an umount need not wait for the zero page",
	  "file a 64K hole\nmap m a 0 64K shared r\n"
	  "pin p vmsplice m 16K\nunmap m\nstart t umount\nunpin p\n",
	  { .op = NULL },
	  .want = "pass" },
	{ "a private copy has no block",
	  "file a 64K written\nmap m a 0 64K private rw\n"
	  "touch m+16K 16K write\npin p vmsplice m+16K 16K\nunpin p\n",
	  { .freed = true },
	  .want = "pass" },
	{ "the zero page has no block",
	  "file a 64K hole\nmap m a 0 64K shared r\n"
	  "pin p vmsplice m+16K 16K\nunpin p\n",
	  { .freed = true },
	  .want = "pass" },
	{ "the filesystem has no GETFSMAP",
	  PINNED("vmsplice") "unpin p\n",
	  { .freed = true, .no_fsmap = EOPNOTSUPP },
	  .want = "pass",
	  .lost = "blocks: GETFSMAP: EOPNOTSUPP" },
	{ "GETFSMAP fails",
	  PINNED("vmsplice") "unpin p\n",
	  { .freed = true, .no_fsmap = EIO },
	  .want = UNSEEN "blocks: GETFSMAP: EIO" },

	/* the host has the rules of the ledger; the program only passes on its answer */
	{ "a pin too many",
	  FILE_A "touch m 4K write\n",
	  { .ledger = LEDGER_PINS, .ledger_times = 3 },
	  .want = "fail\n3 ledger.pins: 0 pins | 1 pin" },
	{ "a pin too many during an optional wait",
	  PINNED("vmsplice") "start t punch a 32K 16K\n"
			     "settle t\nunpin p\n",
	  { .op = "punch", .ledger = LEDGER_PINS, .ledger_fine = 1, .ledger_times = 3 },
	  .want = "fail\n5 ledger.pins: 0 pins | 1 pin" },
	{ "the ledger checks pages that a check is the first to map",
	  FILE_A "check m\n",
	  { .ledger = LEDGER_PINS, .ledger_times = 3 },
	  .want = "fail\n3 ledger.pins: 0 pins | 1 pin" },
	{ "the ledger checks pages that a check maps besides",
	  FILE_A "touch m 4K write\ncheck m\n",
	  { .ledger = LEDGER_PINS, .ledger_times = 3, .ledger_fine = 1, .pagemap_grows = true },
	  .want = "fail\n4 ledger.pins: 0 pins | 1 pin" },
	{ "a check maps only the pages that it compares",
	  FILE_A "touch m 4K write\ncheck m\n",
	  { .ledger = LEDGER_PINS, .ledger_times = 3, .ledger_fine = 1 },
	  .want = "pass" },
	{ "a check by read(2) maps nothing",
	  FILE_A "check a\n",
	  { .ledger = LEDGER_PINS, .ledger_times = 3 },
	  .want = "pass" },
	{ "the ledger checks the page after a pin",
	  PINNED("vmsplice") "unpin p\n",
	  { .ledger = LEDGER_PINS, .ledger_times = 3, .ledger_page = 5 },
	  .want = "fail\n3 ledger.pins: 0 pins | 1 pin" },
	{ "the ledger does not check the second page after a pin",
	  PINNED("vmsplice") "unpin p\n",
	  { .ledger = LEDGER_PINS, .ledger_times = 3, .ledger_page = 6 },
	  .want = "pass" },
	{ "a page is not idle",
	  FILE_A,
	  { .ledger_idle = "ledger.idle\nidle\n1 reference\ntable\n", .ledger_times = 3 },
	  .want = "fail\n0 ledger.idle: idle | 1 reference" },
	{ "the last of the ranges in the first of several calls",
	  FILE_A "touch m 4K write\n",
	  { .ledger = LEDGER_PINS,
	    .ledger_times = 3,
	    .pagemap_scattered = true,
	    .ledger_page = 510 },
	  .want = "fail\n3 ledger.pins: 0 pins | 1 pin" },
	{ "the first of the ranges in the second of several calls",
	  FILE_A "touch m 4K write\n",
	  { .ledger = LEDGER_PINS,
	    .ledger_times = 3,
	    .pagemap_scattered = true,
	    .ledger_page = 512 },
	  .want = "fail\n3 ledger.pins: 0 pins | 1 pin" },
	{ "the kernel has no ledger",
	  FILE_A "touch m 4K write\n",
	  { .ledger = "no struct page here\n", .ledger_times = 1, .ledger_lacks = true },
	  .want = "pass",
	  .lost = "ledger: no struct page here" },
	{ "the ledger fails",
	  FILE_A "touch m 4K write\n",
	  { .ledger = "QEMU does not save\n", .ledger_times = 1 },
	  .want = UNSEEN "ledger: QEMU does not save*" },
	{ "the last look of the ledger fails",
	  FILE_A "touch m 4K write\n",
	  { .ledger_idle = "QEMU does not save\n", .ledger_times = 1 },
	  .want = UNSEEN "ledger: QEMU does not save*" },

	/* faults that are not the kernel's */
	{ "a case with a dedupe fills the disk again, in spite of earlier cases",
	  "file a 64K hole\nfile b 64K copy a\ndedupe a 0 16K b 0\n",
	  { .served = true, .device = EBUSY },
	  .want = "error\nline 0: cannot write to '" FAKE_PMEM "': Device or resource busy" },
	{ "a case that does not look beneath the files does not fill the disk again",
	  FILE_A,
	  { .served = true, .device = EBUSY },
	  .want = "fail\n0 residue.device: the device is free once it is unmounted | exclusive "
		  "open of '" FAKE_PMEM "': EBUSY" },
	{ "no DAX",
	  FILE_A,
	  { .no_dax = true },
	  .want = "error\nline 0: files are not DAX: statx reports no STATX_ATTR_DAX" },
};

const struct judge_table judge_rest = { rows, ARRAY_SIZE(rows) };
