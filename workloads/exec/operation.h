/* SPDX-License-Identifier: GPL-2.0-only */
/* An operation of a case: what it works on, in the program itself, what its end changes. */
#ifndef WORKLOADS_EXEC_OPERATION_H
#define WORKLOADS_EXEC_OPERATION_H

#include "workloads/exec/exec.h"

/*
 * target.c: what @c works on, its files open: @t, and the bytes of a write or store with
 * their generation, or room for those of a read. *@data is the caller's to free(). False
 * with @o filled.
 */
bool exec_target(struct exec *x, const struct op_call *c, struct op_target *t, unsigned int *gen,
		 void **data, struct outcome *o);
/* It ended so; @raced: meanwhile another one changed the same pages. */
void exec_ended(struct exec *x, const struct op_call *c, unsigned int gen, int result, bool raced);
/* If @c is a read: @data is what it got, and nothing has changed the file since. */
void exec_read_check(struct exec *x, const struct op_call *c, const void *data, struct outcome *o);

/* Measures x->window_ms. */
void exec_measure_window(struct exec *x, struct outcome *o);

/*
 * operation.c: an operation in the program's own thread. One that does not return
 * within the grace is reported from another thread, and the case stands still.
 */
void exec_operation(struct exec *x, const struct step *st, struct outcome *o);

/* effects.c */
/* An operation succeeded; @gen is the generation of a write's bytes. */
void exec_apply(struct exec *x, const struct op_call *c, unsigned int gen);

#endif
