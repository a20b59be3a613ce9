/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Holds the kernel's books against the program's: the host reads the struct pages from
 * outside. Only while nothing of the program runs; a waiting operation does not.
 */
#ifndef WORKLOADS_EXEC_LEDGER_H
#define WORKLOADS_EXEC_LEDGER_H

struct exec;
struct outcome;
struct step;

/*
 * Behind @st, which @o is of: the pages that were mapped or pinned so far are held as
 * they must be. A step that failed otherwise gets what is wrong into its detail.
 */
void exec_ledger_step(struct exec *x, const struct step *st, struct outcome *o);

/*
 * The same where the caller knows that nothing runs: in the midst of a step; and of what
 * does not end, which sleeps in a layout wait: does somebody hold what it waits for?
 */
void exec_ledger_look(struct exec *x, struct outcome *o);
void exec_ledger_hang(struct exec *x, struct outcome *o);

/* The filesystem is unmounted, nothing is held: so is every page of the namespace. */
void exec_ledger_end(struct exec *x, struct outcome *o);

#endif
