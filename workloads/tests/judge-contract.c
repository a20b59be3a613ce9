/* SPDX-License-Identifier: GPL-2.0-only */
/* Whether operations wait, sleep, end, and end as they must. */
#include "workloads/tests/judge-rows.h"

#include <errno.h>

#define FILE_A "file a 64K written\nmap m a 0 64K shared rw\n"
#define FILE_AP FILE_A "pin p vmsplice m+16K 16K\n"
#define PUNCH FILE_AP "start t punch a 16K 16K\nunpin p\ncheck a\n"
#define PUNCH_PROCESS FILE_AP "start t process punch a 16K 16K\n"
#define INTERRUPTED FILE_AP "start t punch a 16K 16K\nsignal t TERM\nunpin p\ncheck a\n"
#define KILLED PUNCH_PROCESS "signal t KILL\nexpect t killed\nunpin p\n"
#define ELSEWHERE FILE_AP "start t punch a 32K 16K\nunpin p\ncheck a\n"
#define WRITE FILE_AP "start t write a 32K 4K\nunpin p\ncheck a\n"
#define ROUNDS FILE_A "repeat 3\npin p vmsplice m 4K\nstart t punch a 0 4K\nunpin p\nend\n"
#define UNBIND FILE_AP "unmap m\nstart t unbind\nunpin p\nwait t\n"
#define REFUSED FILE_A "pin p uring m 4K refused EOPNOTSUPP\n"

static const struct judge_row rows[] = {
	/* the contract kept: nothing is found */
	{ "waits, then ends", PUNCH, { .op = "punch" }, .want = "pass" },
	{ "an operation elsewhere need not wait",
	  ELSEWHERE,
	  { .op = "punch", .way = WAY_AT_ONCE },
	  .want = "pass" },
	{ "and may", ELSEWHERE, { .op = "punch" }, .want = "pass" },
	{ "a signal ends the wait", INTERRUPTED, { .op = "punch" }, .want = "pass" },
	{ "SIGKILL does", KILLED, { .op = "punch" }, .want = "pass" },
	{ "a waiter may use a little CPU",
	  PUNCH,
	  { .op = "punch", .cpu_percent = 5 },
	  .want = "pass" },
	{ "a write completes", WRITE, { .op = NULL }, .want = "pass" },
	{ "a block of rounds", ROUNDS, { .op = "punch" }, .want = "pass" },
	{ "an unbind waits", UNBIND, { .op = "unbind" }, .want = "pass" },
	{ "an unbind is refused",
	  UNBIND,
	  { .op = "unbind", .way = WAY_AT_ONCE, .undone = true, .errnum = EBUSY },
	  .want = "pass" },
	{ "what must be refused is", REFUSED, { .op = NULL }, .want = "pass" },
	{ "who maps a bad page hears of it",
	  FILE_A "hwpoison m 0\n",
	  { .op = NULL },
	  .want = "pass" },

	{ "waits in D",
	  PUNCH,
	  { .op = "punch", .state = 'D' },
	  .want = "fail\n4 contract.interruptible: waits so that a signal reaches it | state D in "
		  "dax_break_layout_final, # ms CPU in # ms" },
	{ "waits in D where it need not wait",
	  ELSEWHERE,
	  { .op = "punch", .state = 'D' },
	  .want = "fail\n4 contract.interruptible: waits so that a signal reaches it | state D in "
		  "dax_break_layout_final, # ms CPU in # ms" },
	{ "returns while the pin stands",
	  PUNCH,
	  { .op = "punch", .way = WAY_AT_ONCE },
	  .want = "fail\n4 contract.waits: waits for the pages that are held | 't' returned "
		  "success after # ms, while 'p' (vmsplice) stood" },
	{ "returns an error instead",
	  FILE_AP "start t punch a 16K 16K\nexpect t blocks\nunpin p\nwait t\ncheck a\n",
	  { .op = "punch", .way = WAY_AT_ONCE, .errnum = EBUSY, .undone = true },
	  .want = "fail\n5 contract.waits: waits for the pages that are held | 't' returned "
		  "EBUSY after # ms, while 'p' (vmsplice) stood" },
	{ "ends before the pin is let go",
	  FILE_AP "start t punch a 16K 16K\ncheck p\nunpin p\ncheck a\n",
	  { .op = "punch", .way = WAY_EARLY },
	  .want = "fail\n6 contract.waits: waits until the pages are let go | 't' returned "
		  "success # ms after it was seen to wait, before any release" },
	{ "its process dies",
	  PUNCH_PROCESS "expect t blocks\nunpin p\nwait t\n",
	  { .op = "punch", .way = WAY_DIES },
	  .want = "fail\n5 contract.waits: waits | 't' died" },
	{ "is over before SIGKILL comes",
	  KILLED,
	  { .op = "punch", .way = WAY_AT_ONCE },
	  .want = "fail\n4 contract.waits: waits for the pages that are held | 't' returned "
		  "success after # ms, while 'p' (vmsplice) stood\n"
		  "6 contract.waits: killed while it waits | 't' had returned success before" },
	{ "returns in the first round",
	  ROUNDS,
	  { .op = "punch", .way = WAY_AT_ONCE },
	  .want = "fail\n5 contract.waits: waits for the pages that are held | round 1 of 3: "
		  "'t' returned success after # ms, while 'p' (vmsplice) stood" },
	{ "an unbind does not wait",
	  UNBIND,
	  { .op = "unbind", .way = WAY_AT_ONCE },
	  .want = "fail\n5 contract.waits: waits or refuses while pages are held | the device "
		  "was unbound after # ms, while 'p' (vmsplice) stood" },

	{ "spins",
	  PUNCH,
	  { .op = "punch", .way = WAY_SPINS },
	  .to_the_end = true,
	  .want = "fail\n4 contract.sleeps: sleeps while it waits | state R in 0, # ms CPU in "
		  "# ms" },
	{ "spins where it need not wait",
	  ELSEWHERE,
	  { .op = "punch", .way = WAY_SPINS },
	  .to_the_end = true,
	  .want = "fail\n4 contract.sleeps: sleeps while it waits | state R in 0, # ms CPU in "
		  "# ms" },
	{ "is awaited although a signal comes meanwhile",
	  FILE_A "start t punch a 32K 4K\n",
	  { .op = "punch", .way = WAY_INTERRUPTS },
	  .want = "pass" },
	{ "has work to do before it waits",
	  PUNCH,
	  { .op = "punch", .way = WAY_WORKS, .works = 2 },
	  .want = "pass" },
	{ "is at work in the wait",
	  PUNCH,
	  { .op = "punch", .way = WAY_WORKS, .works = 5, .stack = "dax_break_layout" },
	  .to_the_end = true,
	  .want = "fail\n4 contract.sleeps: sleeps while it waits | state R in 0, # ms CPU in "
		  "# ms" },
	{ "asks for a busy page again and again",
	  PUNCH,
	  { .op = "punch", .way = WAY_WORKS, .works = 5, .stack = "dax_layout_busy_page_range" },
	  .to_the_end = true,
	  .want = "fail\n4 contract.sleeps: sleeps while it waits | state R in 0, # ms CPU in "
		  "# ms" },
	{ "locks the two inodes again and again",
	  PUNCH,
	  { .op = "punch", .way = WAY_WORKS, .works = 5, .stack = "xfs_ilock2_io_mmap" },
	  .to_the_end = true,
	  .want = "fail\n4 contract.sleeps: sleeps while it waits | state R in 0, # ms CPU in "
		  "# ms" },
	{ "wakes up too often",
	  PUNCH,
	  { .op = "punch", .cpu_percent = 30 },
	  .to_the_end = true,
	  .want = "fail\n4 contract.sleeps: sleeps while it waits | state S in "
		  "dax_break_layout_final, # ms CPU in # ms" },
	{ "sleeps nobody knows where",
	  PUNCH,
	  { .op = "punch", .place = "io_schedule" },
	  .want = "error\nline 0: 't' slept, but in no layout wait that is known: state S in "
		  "io_schedule, # ms CPU in # ms" },
	{ "sleeps there for good",
	  PUNCH,
	  { .op = "punch", .way = WAY_FOREVER, .place = "io_schedule" },
	  .to_the_end = true,
	  .want = "fail\n5 contract.ends: ends once nothing is held | 't' still runs after # ms" },

	{ "a write waits",
	  WRITE,
	  { .op = "write" },
	  .to_the_end = true,
	  .want = "fail\n4 contract.nowait: completes | 't' still runs after # ms; held: 'p' "
		  "(vmsplice)" },
	{ "a write in the program's own thread",
	  FILE_AP "write a 32K 4K\nunpin p\n",
	  { .op = "write" },
	  .to_the_end = true,
	  .want = "fail\n4 contract.nowait: completes | 'write' still runs after # ms; held: "
		  "'p' (vmsplice)" },
	{ "nobody wakes it",
	  PUNCH,
	  { .op = "punch", .way = WAY_FOREVER },
	  .to_the_end = true,
	  .want = "fail\n5 contract.ends: ends once nothing is held | 't' still runs after # ms" },
	{ "never ends though nothing was held",
	  FILE_A "punch a 0 4K\n",
	  { .op = "punch", .way = WAY_FOREVER },
	  .to_the_end = true,
	  .want = "fail\n3 contract.ends: ends once nothing is held | 'punch' still runs after "
		  "# ms" },
	{ "nobody wakes it when the case is over",
	  FILE_AP "start t punch a 16K 16K\n",
	  { .op = "punch", .way = WAY_FOREVER },
	  .to_the_end = true,
	  .want = "fail\n0 contract.ends: ends once nothing is held | 't' still runs" },
	{ "SIGKILL has no effect",
	  KILLED,
	  { .op = "punch", .deaf = true },
	  .to_the_end = true,
	  .want = "fail\n6 contract.killable: ends on SIGKILL | 't' still lives after # ms" },
	{ "SIGKILL does not end a spin in the wait",
	  PUNCH_PROCESS "expect t blocks\n"
			"signal t KILL\nexpect t killed\nunpin p\n",
	  { .op = "punch", .way = WAY_SPINS, .stack = "dax_break_layout", .deaf = true },
	  .to_the_end = true,
	  .want = "fail\n5 contract.sleeps: sleeps while it waits | state R in 0, # ms CPU in "
		  "# ms\n7 contract.killable: ends on SIGKILL | 't' still lives after # ms" },

	{ "fails",
	  FILE_A "punch a 0 4K\n",
	  { .op = "punch", .errnum = EIO, .undone = true },
	  .want = "fail\n3 contract.errno: 'punch' ends with success | EIO" },
	{ "succeeds",
	  FILE_A "punch a 0 4K fails EINVAL\n",
	  { .op = NULL },
	  .want = "fail\n3 contract.errno: 'punch' ends with EINVAL | success" },
	{ "fails once nothing is held",
	  FILE_AP "start t punch a 16K 16K\nunpin p\n",
	  { .op = "punch", .errnum = EIO, .undone = true },
	  .want = "fail\n5 contract.errno: 't' ends with success | EIO" },
	{ "a signal makes it succeed",
	  INTERRUPTED,
	  { .op = "punch", .signal = SIGNAL_FREES },
	  .want = "fail\n5 contract.errno: 't' ends with EINTR | success" },
	{ "a signal has no effect",
	  INTERRUPTED,
	  { .op = "punch", .deaf = true },
	  .to_the_end = true,
	  .want = "fail\n5 contract.errno: 't' ends with EINTR | the signal did not end it "
		  "within # ms" },
	{ "nor on a spin in the wait",
	  INTERRUPTED,
	  { .op = "punch", .way = WAY_SPINS, .stack = "dax_break_layout", .deaf = true },
	  .to_the_end = true,
	  .want = "fail\n4 contract.sleeps: sleeps while it waits | state R in 0, # ms CPU in "
		  "# ms\n5 contract.errno: 't' ends with EINTR | the signal did not end it "
		  "within # ms" },
	{ "nor where it need not wait",
	  FILE_AP "start t punch a 32K 16K\nsettle t\n"
		  "signal t TERM\nunpin p\nwait t\ncheck a\n",
	  { .op = "punch", .deaf = true },
	  .to_the_end = true,
	  .want = "fail\n6 contract.errno: 't' ends with EINTR | the signal did not end it "
		  "within # ms" },
	{ "SIGKILL has none there",
	  FILE_AP "start t process punch a 32K 16K\nsettle t\n"
		  "signal t KILL\nunpin p\nwait t\n",
	  { .op = "punch", .deaf = true },
	  .to_the_end = true,
	  .want = "fail\n6 contract.killable: ends on SIGKILL | 't' still lives after # ms" },
	{ "its process dies at last",
	  PUNCH_PROCESS "unpin p\n",
	  { .op = "punch", .way = WAY_DIES_LATER },
	  .want = "fail\n5 contract.errno: 't' ends with success | it was killed" },
	{ "fsync fails",
	  FILE_A "fsync a\n",
	  { .fsync = EIO },
	  .want = "fail\n3 contract.errno: sync succeeds | EIO" },

	{ "there is no such pin here",
	  FILE_A "punch a 0 4K\npin p vmsplice m 4K\n",
	  { .op = "punch", .errnum = EIO, .undone = true, .lacking = true },
	  .want = "skip\nline 4: vmsplice: none here" },
	{ "a pin never comes",
	  FILE_AP,
	  { .spins = true },
	  .want = "fail\n3 contract.granted: the page is pinned | pin 'p' (vmsplice): the call uses "
		  "the CPU and does not come back" },
	{ "a pin is refused that must be granted",
	  FILE_AP,
	  { .denial = EFAULT },
	  .want = "fail\n3 contract.granted: the page is pinned | pin 'p' (vmsplice) was refused "
		  "with EFAULT" },
	{ "and nothing waits for it",
	  FILE_AP "start t punch a 16K 4K\nexpect t blocks\nunpin p\n",
	  { .denial = EFAULT },
	  .want = "fail\n3 contract.granted: the page is pinned | pin 'p' (vmsplice) was refused "
		  "with EFAULT" },
	{ "it is for want of memory",
	  FILE_AP,
	  { .denial = ENOMEM },
	  .want = "error\nline 3: pin 'p' (vmsplice) was not granted: ENOMEM: the call" },
	{ "it is before the call",
	  FILE_AP,
	  { .denial = EFAULT, .not_asked = true },
	  .want = "error\nline 3: pin 'p' (vmsplice) was not granted: EFAULT: the call" },
	{ "it is for pages that are poisoned",
	  FILE_A "hwpoison m 0\npin p vmsplice m 4K\n",
	  { .denial = EFAULT },
	  .want = "error\nline 4: pin 'p' (vmsplice) was not granted: EFAULT: the call" },
	{ "a pin is granted",
	  REFUSED,
	  { .refusal = -1 },
	  .want = "fail\n3 contract.refused: uring is refused with EOPNOTSUPP | it was granted" },
	{ "a pin is refused otherwise",
	  REFUSED,
	  { .refusal = EPERM },
	  .want = "fail\n3 contract.refused: uring is refused with EOPNOTSUPP | EPERM" },
	{ "a pin is not even asked for",
	  REFUSED,
	  { .not_asked = true },
	  .want = "error\nline 3: uring was not even asked for: EOPNOTSUPP: the call" },
	{ "who maps a bad page is not told",
	  FILE_A "hwpoison m 0\n",
	  { .no_signal = true },
	  .want = "fail\n3 contract.sigbus: SIGBUS to who maps a poisoned page | no signal came" },
};

const struct judge_table judge_contract = { rows, ARRAY_SIZE(rows) };
