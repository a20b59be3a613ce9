/* SPDX-License-Identifier: GPL-2.0-only */
/* Blocks that are repeated. */
#ifndef WORKLOADS_EXEC_REPEAT_H
#define WORKLOADS_EXEC_REPEAT_H

#include "workloads/exec/exec.h"

/* repeat-round.c: what a round made, behind @from, is gone; its places are free again. */
void exec_mark(const struct exec *x, struct mark *out);
void exec_round_end(struct exec *x, struct mark *from, unsigned int round, struct outcome *o);

/*
 * repeat.c: runs the block that begins with step @repeat and reports each of its lines
 * once, in order, with the time of all rounds. A step that fails ends it with that
 * round. False when the case ends there: a skip or an error.
 */
bool exec_block(struct exec *x, unsigned int repeat);
/* Reports the lines before @st of the block that runs; @st ends the block. */
void exec_block_before(struct exec *x, const struct step *st, struct outcome *o);

/* bare.c: the block as a plain loop of system calls that nobody judges. */
void exec_bare(struct exec *x, unsigned int repeat, struct outcome *o);

#endif
