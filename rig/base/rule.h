/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How a step came out, and what a kernel can be found guilty of. In a message, a record and a
 * known list a rule is a name, and that may be one that this daxrig does not have. Pure.
 */
#ifndef BASE_RULE_H
#define BASE_RULE_H

#include <stdbool.h>

enum step_status {
	STEP_OK,
	STEP_FAIL,  /* the kernel broke a rule */
	STEP_SKIP,  /* this kernel or filesystem lacks something */
	STEP_ERROR, /* the rig or the scenario is at fault */
};

/* "ok", "fail", "skip", "error"; static. */
const char *step_status_name(enum step_status status);

enum rule {
	RULE_CONTRACT_WAITS,
	RULE_CONTRACT_SLEEPS,
	RULE_CONTRACT_INTERRUPTIBLE,
	RULE_CONTRACT_ENDS,
	RULE_CONTRACT_KILLABLE,
	RULE_CONTRACT_ERRNO,
	RULE_CONTRACT_GRANTED,
	RULE_CONTRACT_REFUSED,
	RULE_CONTRACT_NOWAIT,
	RULE_CONTRACT_SIGBUS,
	RULE_CONTENT_FILE,
	RULE_CONTENT_MAP,
	RULE_CONTENT_PIN,
	RULE_CONTENT_DMA,
	RULE_BLOCK_FREED,
	RULE_FLUSH_MISSING,
	RULE_SPLAT,
	RULE_LIVENESS_HANG,
	RULE_GUEST_PANIC,
	RULE_GUEST_DIED,
	RULE_LEDGER_REFCOUNT,
	RULE_LEDGER_PINS,
	RULE_LEDGER_MAPCOUNT,
	RULE_LEDGER_MAPPING,
	RULE_LEDGER_INDEX,
	RULE_LEDGER_SHARE,
	RULE_LEDGER_ORDER,
	RULE_LEDGER_IDLE,
	RULE_RESIDUE_UMOUNT,
	RULE_RESIDUE_FSCK,
	RULE_RESIDUE_MOUNT,
	RULE_RESIDUE_PROCESS,
	RULE_RESIDUE_DEVICE,
	RULES,
};

struct rule_info {
	const char *name;    /* "contract.waits" */
	const char *meaning; /* one line */
	bool timed; /* something did not end in time: a host that stood still does that, too */
};

extern const struct rule_info rules[RULES];

/* The rule of that name; false when there is none. */
bool rule_find(const char *name, enum rule *out);

/* @name, which may be any, is @rule's. */
bool rule_is(const char *name, enum rule rule);

#endif
