/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The part of the oracle of freed blocks that judges programs of the user's: it looks at the
 * struct pages of the whole namespace, because nobody says what the program holds.
 */
#ifndef WORKLOADS_ORACLES_FREED_PROGRAM_H
#define WORKLOADS_ORACLES_FREED_PROGRAM_H

#include "workloads/oracles/oracle.h"

/* Events of the oracle; the first finding is the only one. */
void freed_program_beside(struct exec *x, const struct beside *b, struct outcome *o);
void freed_program_unmounted(struct exec *x, struct outcome *o);

/* freed-blocks.c: a look at the free blocks that failed by @errnum. */
enum sight freed_blocks_sight(int errnum);
/* Makes a small change and commits it: some filesystems free blocks at the journal's commit. */
void freed_blocks_commit(const struct exec *x);

#endif
