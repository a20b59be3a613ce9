/* SPDX-License-Identifier: GPL-2.0-only */
/* The repeat blocks. */
#ifndef WORKLOADS_EXEC_REPEAT_H
#define WORKLOADS_EXEC_REPEAT_H

#include "workloads/exec/exec.h"

/* repeat-round.c: removes the things that a round made after @from and frees their places. */
void exec_mark(const struct exec *x, struct mark *out);
void exec_round_end(struct exec *x, struct mark *from, unsigned int round, struct outcome *o);

/*
 * repeat.c: runs the block that begins with step @repeat and reports each of its lines
 * once, in order, with the time of all rounds. After a failed step the block ends with
 * that round. False when the case ends there, by a skip or an error.
 */
bool exec_block(struct exec *x, unsigned int repeat);
/* Reports the lines of the running block before @st, which ends the block. */
void exec_block_before(struct exec *x, const struct step *st, struct outcome *o);

/* bare.c: runs the block as a plain loop of system calls without any check. */
void exec_bare(struct exec *x, unsigned int repeat, struct outcome *o);

#endif
