/* SPDX-License-Identifier: GPL-2.0-only */
/* All oracles and their rules; test-oracles checks that each rule belongs to exactly one. */
#include "workloads/oracles/oracle.h"

extern const struct oracle_ops oracle_ledger, oracle_flush, oracle_blocks, oracle_entries;

/* The host judges the kernel log. */
static const struct oracle_ops oracle_log = { .rules = RULE_BIT(RULE_SPLAT) };

const struct oracle_ops *const oracles[ORACLES] = {
	[ORACLE_LOG] = &oracle_log,	    [ORACLE_LEDGER] = &oracle_ledger,
	[ORACLE_FLUSH] = &oracle_flush,	    [ORACLE_BLOCKS] = &oracle_blocks,
	[ORACLE_ENTRIES] = &oracle_entries,
};

const uint64_t frame_rules =
	/* for steps */
	RULE_BITS(RULE_CONTRACT_WAITS, RULE_CONTENT_DMA) |
	/* for the guest, as the host sees it */
	RULE_BITS(RULE_LIVENESS_HANG, RULE_GUEST_DIED) |
	/* for what the case leaves behind */
	RULE_BITS(RULE_RESIDUE_UMOUNT, RULE_RESIDUE_DEVICE);
