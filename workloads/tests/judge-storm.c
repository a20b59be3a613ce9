/* SPDX-License-Identifier: GPL-2.0-only */
/* A storm under a kernel with one fault: only the place where it shows is up to chance. */
#include "workloads/tests/judge-rows.h"

#include <errno.h>

#define STORM_OF(ms) "file a 2M written\nstorm a " ms " workers 1 ops punch pins vmsplice\n"
/* The storm ends with its first finding; the rest of the time is for a busy machine. */
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
	{ "DMA of an unknown device",
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
