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
/* @p's own process is killed, or exits, with the pin in hand. */
void exec_pin_end(struct exec *x, struct exec_pin *p, bool killed, struct outcome *o);
void exec_pin_check(struct exec *x, const struct step *st, struct outcome *o);
/* Lets every DMA engine write all of its lanes once more. */
void exec_dma_settle(struct exec *x);
/* Names of living pins that hold pages, for a message; "" when there are none. */
const char *exec_holders(struct exec *x, char *buf, size_t size);
/* A DMA fault noticed meanwhile. */
void exec_pins_fault(struct exec *x, struct outcome *o);

/*
 * odp.c: what sees pages and holds none. The plan says what it is to try with each
 * page, before its take(), look() and release(); then what came of that is judged, and the
 * bytes at @data, all of the range, unless it is NULL.
 */
enum plan_for { PLAN_TAKE, PLAN_LOOK, PLAN_RELEASE };

bool exec_on_demand(const struct exec_pin *p);
void exec_on_demand_plan(struct exec *x, struct exec_pin *p, enum plan_for why);
void exec_on_demand_judge(struct exec *x, struct exec_pin *p, const void *data, struct outcome *o);
/* A look at a part of it, or new bytes of what is mapped there, by one transfer. */
void exec_on_demand_part(struct exec *x, struct exec_pin *p, uint64_t off, uint64_t len,
			 struct outcome *o);
void exec_on_demand_write(struct exec *x, struct exec_pin *p, uint64_t off, uint64_t len,
			  struct outcome *o);
void exec_on_demand_end(struct exec_pin *p);

#endif
