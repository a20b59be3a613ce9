/* SPDX-License-Identifier: GPL-2.0-only */
/* A storm under a kernel that lies: where it is seen is chance, that it is seen is not. */
#include "workloads/tests/judge-rows.h"

#include <errno.h>

#define STORM_OF(ms) "file a 2M written\nstorm a " ms " workers 1 ops punch pins vmsplice\n"
/* It ends with what it finds; the rest of the time is for a machine that is busy. */
#define STORM STORM_OF("6000")

static const struct judge_row rows[] = {
	{ "a kernel that keeps the contract",
	  STORM_OF("300"),
	  { .alive = true, .op = "punch" },
	  .want = "pass" },
	{ "a punch does not wait",
	  STORM,
	  { .alive = true, .op = "punch", .way = WAY_AT_ONCE },
	  .want = "fail\n2 contract.waits: *",
	  .or_want = "fail\n2 content.pin: *holds zeroes*" },
	{ "a punch never ends",
	  STORM,
	  { .alive = true, .op = "punch", .way = WAY_FOREVER },
	  .to_the_end = true,
	  .want = "fail\n2 contract.ends: *" },
	{ "a punch fails",
	  STORM,
	  { .alive = true, .op = "punch", .errnum = EIO, .undone = true },
	  .want = "fail\n2 contract.errno: *" },
	{ "a punch does nothing",
	  STORM,
	  { .alive = true, .op = "punch", .undone = true },
	  .want = "fail\n2 content.*: *" },
	{ "a pin shows other bytes",
	  STORM,
	  { .alive = true, .op = "punch", .look = { BYTES_PATTERN, NULL, 8, 8, 3, 7, 0x8000 } },
	  .want = "fail\n2 content.pin: *" },
	{ "DMA of a stranger",
	  STORM,
	  { .alive = true, .op = "punch", .look = { BYTES_PATTERN, NULL, 8, 8, 200, 7, 0x8000 } },
	  .want = "fail\n2 content.dma: *" },
	{ "a pin too many",
	  STORM,
	  { .alive = true,
	    .op = "punch",
	    .ledger = "ledger.pins\n0 pins\n1 pin\ntable\n",
	    .ledger_times = 9 },
	  .want = "fail\n2 ledger.pins: *" },
};

const struct judge_table judge_storm = { rows, ARRAY_SIZE(rows) };
