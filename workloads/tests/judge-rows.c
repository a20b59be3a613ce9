/* SPDX-License-Identifier: GPL-2.0-only */
#include "workloads/tests/judge-rows.h"

#include <errno.h>

#define FILE_A "file a 64K written\nmap m a 0 64K shared rw\n"
#define FILE_AP FILE_A "pin p vmsplice m+16K 16K\n"
#define PUNCH FILE_AP "start t punch a 16K 16K\nunpin p\ncheck a\n"
#define PUNCH_PROCESS FILE_AP "start t process punch a 16K 16K\n"
#define INTERRUPTED FILE_AP "start t punch a 16K 16K\nsignal t TERM\nunpin p\ncheck a\n"
#define KILLED PUNCH_PROCESS "signal t KILL\nexpect t killed\nunpin p\n"
#define ELSEWHERE FILE_AP "start t punch a 32K 16K\nunpin p\ncheck a\n"
#define WRITE FILE_AP "start t write a 16K 4K\nunpin p\ncheck a\n"
#define TWO_FILES "file a 64K written\nfile b 64K written\nmap m a 0 64K shared rw\n"
#define TWO_FILES_P TWO_FILES "pin p vmsplice m 16K\n"
#define REFUSED FILE_A "pin p uring m 4K refused EOPNOTSUPP\n"
#define FLUSHED FILE_A "touch m 64K write\n"

const struct judge_row judge_rows[] = {
	/* the contract kept: nothing is found */
	{ "waits, then ends", PUNCH, { .op = "punch" }, .want = "pass" },
	{ "an operation elsewhere need not wait", ELSEWHERE,
	  { .op = "punch", .way = WAY_AT_ONCE }, .want = "pass" },
	{ "and may", ELSEWHERE, { .op = "punch" }, .want = "pass" },
	{ "a signal ends the wait", INTERRUPTED, { .op = "punch" }, .want = "pass" },
	{ "SIGKILL does", KILLED, { .op = "punch" }, .want = "pass" },
	{ "a waiter may use a little CPU", PUNCH, { .op = "punch", .cpu_percent = 5 },
	  .want = "pass" },
	{ "a write completes", WRITE, { .op = NULL }, .want = "pass" },
	{ "what is refused", REFUSED, { .op = NULL }, .want = "pass" },
	{ "the bytes are as they were written",
	  TWO_FILES_P "read a 0 64K\ncheck a\ncheck b\ncheck m\ncheck p\nunpin p\n",
	  { .op = NULL }, .want = "pass" },
	{ "lanes of a device in its own page",
	  TWO_FILES "pin p rdma m 16K\ncheck a\ncheck m\ncheck p\nunpin p\ncheck a\ncheck b\n",
	  { .op = NULL }, .want = "pass" },
	{ "behind the end of a file is SIGBUS", FILE_A "truncate a 16K\ncheck a\ncheck m\n",
	  { .op = NULL }, .want = "pass" },
	{ "who maps a bad page hears of it", FILE_A "hwpoison m 0\n", { .op = NULL },
	  .want = "pass" },
	{ "all is flushed", FLUSHED "fsync a\ntouch m 4K write\nsync\ntouch m 4K write\nremount\n"
	  "check a\nfsck\n", { .op = NULL }, .want = "pass" },
	{ "what the trace lost is nobody's", FLUSHED "fsync a\n",
	  { .unflushed_pages = 16, .trace_lost = true }, .want = "pass" },
	{ "a block of rounds", FILE_A "repeat 3\npin p vmsplice m 4K\nstart t punch a 0 4K\n"
	  "unpin p\nend\ncheck a\n", { .op = "punch" }, .want = "pass" },
	{ "a count that passes by", FILE_A "touch m 4K write\n",
	  { .ledger = "ledger.pins\nno pin\n1 pin\ntable\n", .ledger_times = 2 },
	  .want = "pass" },

	/* contract.waits */
	{ "returns while the pin stands", PUNCH, { .op = "punch", .way = WAY_AT_ONCE },
	  .want = "fail\n4 contract.waits: waits for the pages that are held | 't' returned "
		  "success after # ms, while 'p' (vmsplice) stood" },
	{ "returns an error instead", FILE_AP "start t punch a 16K 16K\nexpect t blocks\n"
	  "unpin p\nwait t\ncheck a\n",
	  { .op = "punch", .way = WAY_AT_ONCE, .errnum = EBUSY, .undone = true },
	  .want = "fail\n5 contract.waits: waits for the pages that are held | 't' returned "
		  "EBUSY after # ms, while 'p' (vmsplice) stood" },
	{ "ends before the pin is let go", FILE_AP "start t punch a 16K 16K\ncheck p\nunpin p\n"
	  "check a\n", { .op = "punch", .way = WAY_EARLY },
	  .want = "fail\n6 contract.waits: waits until the pages are let go | 't' returned "
		  "success # ms after it was seen to wait, before any release" },
	{ "its process dies", PUNCH_PROCESS "expect t blocks\nunpin p\n",
	  { .op = "punch", .way = WAY_DIES },
	  .want = "fail\n5 contract.waits: waits | 't' died" },
	{ "is over before SIGKILL", KILLED, { .op = "punch", .way = WAY_AT_ONCE },
	  .want = "fail\n4 contract.waits: waits for the pages that are held | 't' returned "
		  "success after # ms, while 'p' (vmsplice) stood\n"
		  "6 contract.waits: killed while it waits | 't' had returned success before" },
	{ "returns in the first round", FILE_A "repeat 3\npin p vmsplice m 4K\n"
	  "start t punch a 0 4K\nunpin p\nend\ncheck a\n",
	  { .op = "punch", .way = WAY_AT_ONCE },
	  .want = "fail\n5 contract.waits: waits for the pages that are held | round 1 of 3: "
		  "'t' returned success after # ms, while 'p' (vmsplice) stood" },

	/* contract.sleeps */
	{ "spins", PUNCH, { .op = "punch", .way = WAY_SPINS }, .to_the_end = true,
	  .want = "fail\n4 contract.sleeps: sleeps while it waits | state R in 0, # ms CPU in "
		  "# ms" },
	{ "spins where it need not wait", ELSEWHERE, { .op = "punch", .way = WAY_SPINS },
	  .to_the_end = true,
	  .want = "fail\n4 contract.sleeps: sleeps while it waits | state R in 0, # ms CPU in "
		  "# ms" },
	{ "wakes up too often", PUNCH, { .op = "punch", .cpu_percent = 30 }, .to_the_end = true,
	  .want = "fail\n4 contract.sleeps: sleeps while it waits | state S in "
		  "dax_break_layout_final, # ms CPU in # ms" },
	{ "sleeps nobody knows where", PUNCH, { .op = "punch", .place = "io_schedule" },
	  .want = "error\nline 4: 't' sleeps, but in no layout wait that is known: state S in "
		  "io_schedule, # ms CPU in # ms" },

	/* contract.nowait, contract.ends, contract.killable */
	{ "a write waits", WRITE, { .op = "write" }, .to_the_end = true,
	  .want = "fail\n4 contract.nowait: completes | 't' still runs after # ms; held: 'p' "
		  "(vmsplice)" },
	{ "a write in the program itself", FILE_AP "write a 16K 4K\nunpin p\n",
	  { .op = "write" }, .to_the_end = true,
	  .want = "fail\n4 contract.nowait: completes | 'write' still runs after # ms; held: "
		  "'p' (vmsplice)" },
	{ "nobody wakes it", PUNCH, { .op = "punch", .way = WAY_FOREVER }, .to_the_end = true,
	  .want = "fail\n5 contract.ends: ends once nothing is held | 't' still runs after # ms" },
	{ "nor one that need not wait", FILE_A "punch a 0 4K\n",
	  { .op = "punch", .way = WAY_FOREVER }, .to_the_end = true,
	  .want = "fail\n3 contract.ends: ends once nothing is held | 'punch' still runs after "
		  "# ms" },
	{ "nobody wakes it when the case is over", FILE_AP "start t punch a 16K 16K\n",
	  { .op = "punch", .way = WAY_FOREVER }, .to_the_end = true,
	  .want = "fail\n0 contract.ends: ends once nothing is held | 't' still runs" },
	{ "SIGKILL has no effect", KILLED, { .op = "punch", .deaf = true }, .to_the_end = true,
	  .want = "fail\n6 contract.killable: ends on SIGKILL | 't' still lives after # ms" },

	/* contract.errno */
	{ "fails", FILE_A "punch a 0 4K\n", { .op = "punch", .errnum = EIO, .undone = true },
	  .want = "fail\n3 contract.errno: 'punch' ends with success | EIO" },
	{ "succeeds", FILE_A "punch a 0 4K fails EINVAL\n", { .op = NULL },
	  .want = "fail\n3 contract.errno: 'punch' ends with EINVAL | success" },
	{ "fails once nothing is held", FILE_AP "start t punch a 16K 16K\nunpin p\n",
	  { .op = "punch", .errnum = EIO, .undone = true },
	  .want = "fail\n5 contract.errno: 't' ends with success | EIO" },
	{ "gives another error to a signal", INTERRUPTED,
	  { .op = "punch", .signal = SIGNAL_FREES },
	  .want = "fail\n5 contract.errno: 't' ends with EINTR | success" },
	{ "hears no signal", INTERRUPTED, { .op = "punch", .deaf = true }, .to_the_end = true,
	  .want = "fail\n5 contract.errno: 't' ends with EINTR | ?" },
	{ "its process dies at last", PUNCH_PROCESS "unpin p\n",
	  { .op = "punch", .way = WAY_DIES_LATER },
	  .want = "fail\n5 contract.errno: 't' ends with success | it was killed" },
	{ "fsync fails", FLUSHED "fsync a\n", { .fsync = EIO },
	  .want = "fail\n4 contract.errno: sync succeeds | EIO" },

	/* contract.refused, contract.sigbus */
	{ "a pin is granted", REFUSED, { .refusal = -1 },
	  .want = "fail\n3 contract.refused: uring is refused with EOPNOTSUPP | it was granted" },
	{ "a pin is refused otherwise", REFUSED, { .refusal = EPERM },
	  .want = "fail\n3 contract.refused: uring is refused with EOPNOTSUPP | EPERM" },
	{ "a pin is not even asked for", REFUSED, { .not_asked = true },
	  .want = "error\nline 3: uring was not even asked for: EOPNOTSUPP: the call" },
	{ "who maps a bad page is not told", FILE_A "hwpoison m 0\n", { .no_signal = true },
	  .want = "fail\n3 contract.sigbus: SIGBUS to who maps a poisoned page | no signal came" },

	/* content.file */
	{ "a hole keeps its bytes", FILE_A "punch a 16K 16K\ncheck a\n",
	  { .op = "punch", .undone = true }, .want = "?" },
	{ "a signal came, all the same it is done", INTERRUPTED,
	  { .op = "punch", .signal = SIGNAL_TOO_LATE }, .want = "?" },
	{ "bytes of another file", TWO_FILES "punch a 0 4K\ncheck a\n",
	  { .op = "punch", .harm = { BYTES_PATTERN, "a", 0x2000, 4096, 2, 1, 0x3000 } },
	  .want = "?" },
	{ "bytes of before", FILE_A "write a 0 4K\ncheck a\n",
	  { .op = "write", .harm = { BYTES_PATTERN, "a", 0, 4096, 1, 1, 0 } }, .want = "?" },
	{ "another size", FILE_A "truncate a 16K\ncheck a\n", { .op = "truncate", .undone = true },
	  .want = "?" },
	{ "a part of the file is gone", FILE_A "punch a 0 4K\ncheck a 32K 32K\n",
	  { .op = "punch", .harm = { BYTES_CUT, "a", 36 << 10, 0, 0, 0, 0 } }, .want = "?" },
	{ "read fails", FILE_A "check a\n", { .read = EIO }, .want = "?" },
	{ "a read shows other bytes", FILE_A "punch a 0 4K\nread a 0 8K\n",
	  { .op = "punch", .undone = true }, .want = "?" },
	{ "a file is gone with a remount", FILE_A "unmap m\npunch a 0 4K\nremount\n",
	  { .op = "punch", .harm = { BYTES_GONE, "a", 0, 0, 0, 0, 0 } }, .want = "?" },
	{ "nobody looked, but for the end", FILE_A "punch a 0 4K\n",
	  { .op = "punch", .undone = true }, .want = "?" },

	/* content.map */
	{ "a mapping shows zeroes", FILE_A "punch a 0 4K\ncheck m\n",
	  { .op = "punch", .harm = { BYTES_ZERO, "a", 0x4000, 16, 0, 0, 0 } }, .want = "?" },
	{ "a page stays behind the end", FILE_A "truncate a 16K\ncheck m\n",
	  { .op = "truncate", .undone = true }, .want = "?" },
	{ "a page does not come", FILE_A "punch a 0 4K\ncheck m\n",
	  { .op = "punch", .harm = { BYTES_CUT, "a", 32 << 10, 0, 0, 0, 0 } }, .want = "?" },
	{ "nor to a store", FILE_A "punch a 0 4K\ntouch m+32K 4K write\n",
	  { .op = "punch", .harm = { BYTES_CUT, "a", 32 << 10, 0, 0, 0, 0 } }, .want = "?" },
	{ "nor to a load", FILE_A "punch a 0 4K\ntouch m+32K 4K read\n",
	  { .op = "punch", .harm = { BYTES_CUT, "a", 32 << 10, 0, 0, 0, 0 } }, .want = "?" },

	/* content.pin */
	{ "a pin shows another file", TWO_FILES_P "check p\nunpin p\n",
	  { .look = { BYTES_PATTERN, NULL, 4096, 4096, 2, 1, 0 } }, .want = "?" },
	{ "a pin shows zeroes", TWO_FILES_P "check p\nunpin p\n",
	  { .look = { BYTES_ZERO, NULL, 0, 8, 0, 0, 0 } }, .want = "?" },
	{ "a pin shows what came later", TWO_FILES_P "check p\nunpin p\n",
	  { .look = { BYTES_PATTERN, NULL, 0, 4096, 1, 2, 0 } }, .want = "?" },
	{ "a pin saw another file at last", TWO_FILES_P "unpin p\n",
	  { .last = { BYTES_PATTERN, NULL, 0, 16384, 2, 1, 0 } }, .want = "?" },
	{ "DMA reads what nobody wrote", FILE_A "pin p rdma m 16K\nstart t punch a 32K 4K\nunpin p\n",
	  { .op = "punch", .way = WAY_AT_ONCE, .fault = EILSEQ }, .want = "?" },
	{ "DMA is refused", FILE_A "pin p rdma m 16K\nstart t punch a 32K 4K\nunpin p\n",
	  { .op = "punch", .way = WAY_AT_ONCE, .fault = EFAULT }, .want = "?" },
	{ "a packet is lost", FILE_A "pin p rdma m 16K\nstart t punch a 32K 4K\nunpin p\n",
	  { .op = "punch", .way = WAY_AT_ONCE, .fault = ETIMEDOUT }, .want = "?" },

	/* content.dma */
	{ "DMA in another file", TWO_FILES "pin p rdma m 16K\nstart t punch a 32K 4K\nunpin p\n"
	  "check b\n", { .op = "punch", .way = WAY_AT_ONCE,
			 .harm = { BYTES_PATTERN, "b", 0x1fc0, 64, 128, 7, 0xfc0 } },
	  .want = "?" },
	{ "DMA in another place of the file",
	  TWO_FILES "pin p rdma m 16K\nstart t punch a 32K 4K\nunpin p\ncheck m\n",
	  { .op = "punch", .way = WAY_AT_ONCE,
	    .harm = { BYTES_PATTERN, "a", 0xbfc0, 64, 128, 7, 0xfc0 } }, .want = "?" },
	{ "DMA in the page of another pin",
	  FILE_A "pin q rdma m+32K 4K\npin p vmsplice m 16K\ncheck p\nunpin p\nunpin q\n",
	  { .look = { BYTES_PATTERN, NULL, 0xfc0, 64, 128, 7, 0xfc0 } }, .want = "?" },

	/* flush.missing */
	{ "fsync flushes nothing", FLUSHED "fsync a\n", { .unflushed_pages = 16 }, .want = "?" },
	{ "fsync leaves a page", FLUSHED "fsync a\n", { .unflushed = 5, .unflushed_pages = 1 },
	  .want = "?" },
	{ "sync leaves a page", FLUSHED "sync\n", { .unflushed = 5, .unflushed_pages = 1 },
	  .want = "?" },
	{ "umount leaves a page", FLUSHED "unmap m\nremount\n",
	  { .unflushed = 5, .unflushed_pages = 1 }, .want = "?" },

	/* residue */
	{ "no umount", FILE_A "unmap m\nremount\n", { .umount = EBUSY }, .want = "?" },
	{ "no umount for fsck", FILE_A "unmap m\nfsck\n", { .umount = EBUSY }, .want = "?" },
	{ "no umount at last", FILE_A, { .umount = EBUSY }, .want = "?" },
	{ "a damaged filesystem", FILE_A "unmap m\nfsck\n", { .dirty = true }, .want = "?" },
	{ "a damaged filesystem at last", FILE_A, { .dirty = true }, .want = "?" },
	{ "no mount again", FILE_A "unmap m\nremount\n", { .mount = EUCLEAN }, .want = "?" },
	{ "no mount at last", FILE_A, { .mount = EUCLEAN }, .want = "?" },
	{ "a process is left", FILE_A "punch a 0 4K\n", { .op = "punch", .way = WAY_FORKS },
	  .want = "?" },
	{ "the device is not free", FILE_A, { .device = EBUSY }, .want = "?" },

	/* the ledger, as far as it is the interpreter's */
	{ "a pin too many", FILE_A "touch m 4K write\n",
	  { .ledger = "ledger.pins\nno pin\n1 pin\ntable\n", .ledger_times = 3 }, .want = "?" },
	{ "a page is not idle", FILE_A,
	  { .ledger_idle = "ledger.idle\nidle\n1 reference\ntable\n", .ledger_times = 3 },
	  .want = "?" },

	/* what is not the kernel's */
	{ "no DAX", FILE_A, { .no_dax = true },
	  .want = "error\nline 0: files are not DAX: statx reports no STATX_ATTR_DAX" },
};
const size_t judge_rows_count = ARRAY_SIZE(judge_rows);
