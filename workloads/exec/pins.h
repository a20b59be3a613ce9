/* SPDX-License-Identifier: GPL-2.0-only */
/* The pins of a case. */
#ifndef WORKLOADS_EXEC_PINS_H
#define WORKLOADS_EXEC_PINS_H

#include "workloads/exec/exec.h"

/* pins.c */
struct exec_pin *exec_pin(struct exec *x, const char *name);
void exec_pin_take(struct exec *x, const struct step *st, struct outcome *o);
/* A skip, or an error, when this guest cannot take the pin of @st at all. */
void exec_pin_lacking(struct exec *x, const struct step *st, struct outcome *o);
void exec_pin_release(struct exec *x, struct exec_pin *p, struct outcome *o);
/* Kills the process of @p, or lets it exit, while it holds the pin. */
void exec_pin_end(struct exec *x, struct exec_pin *p, bool killed, struct outcome *o);
void exec_pin_check(struct exec *x, const struct step *st, struct outcome *o);
/* Lets every DMA engine write all of its lanes once more. */
void exec_dma_settle(struct exec *x);
/* The names of the pins that hold pages now, for a message; "" when there are none. */
const char *exec_holders(struct exec *x, char *buf, size_t size);
/* Fails @o if a pin has had a DMA fault. */
void exec_pins_fault(struct exec *x, struct outcome *o);

/*
 * odp.c: pins that see pages and hold none. _plan() sets the accesses that take(), look()
 * or release() will try on each page; _judge() then judges which the kernel granted, and
 * the bytes in @data, those of the whole range, unless it is NULL.
 */
enum plan_for { PLAN_TAKE, PLAN_LOOK, PLAN_RELEASE };

bool exec_on_demand(const struct exec_pin *p);
void exec_on_demand_plan(struct exec *x, struct exec_pin *p, enum plan_for why);
void exec_on_demand_judge(struct exec *x, struct exec_pin *p, const void *data, struct outcome *o);
/* Reads a part of the range and checks it, or writes new bytes to it, by one transfer. */
void exec_on_demand_part(struct exec *x, struct exec_pin *p, uint64_t off, uint64_t len,
			 struct outcome *o);
void exec_on_demand_write(struct exec *x, struct exec_pin *p, uint64_t off, uint64_t len,
			  struct outcome *o);
void exec_on_demand_end(struct exec_pin *p);

#endif
