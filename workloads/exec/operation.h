/* SPDX-License-Identifier: GPL-2.0-only */
/* An operation of a case: its target, how the program runs it, and the effects of its end. */
#ifndef WORKLOADS_EXEC_OPERATION_H
#define WORKLOADS_EXEC_OPERATION_H

#include "workloads/exec/exec.h"

/*
 * target.c: fills @t with the target of @c, its files open. *@data has the bytes of a write
 * or store, of generation *@gen, or space for those of a read; the caller frees it. False
 * with @o filled.
 */
bool exec_target(struct exec *x, const struct op_call *c, struct op_target *t, unsigned int *gen,
		 void **data, struct outcome *o);
/* @c ended with @result; @raced: another operation changed the same pages meanwhile. */
void exec_ended(struct exec *x, const struct op_call *c, unsigned int gen, int result, bool raced);
/*
 * Whether @c may end with @result although it earns success: a filesystem may refuse to dedupe
 * equal ranges, if one of them was never written.
 */
bool exec_may_refuse(struct exec *x, const struct op_call *c, int result);
/* If @c is a read: checks the bytes in @data, that it read; the file must not have changed. */
void exec_read_check(struct exec *x, const struct op_call *c, const void *data, struct outcome *o);

/* Measures x->window_ms. */
void exec_measure_window(struct exec *x, struct outcome *o);

/*
 * operation.c: an operation in the main thread of the program. If it does not return
 * within the grace, another thread reports it, and the case stops there.
 */
void exec_operation(struct exec *x, const struct step *st, struct outcome *o);

/* effects.c */
/* An operation succeeded; @gen is the generation of a write's bytes. */
void exec_apply(struct exec *x, const struct op_call *c, unsigned int gen);

#endif
