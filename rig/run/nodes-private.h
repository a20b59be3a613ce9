/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The connections that the cases of a run go to. Each has workers of its own, which take the next
 * case when they are free. When a connection ends in the middle, its cases go back and the
 * others take them.
 */
#ifndef RIG_RUN_NODES_PRIVATE_H
#define RIG_RUN_NODES_PRIVATE_H

#include "run/private.h"

/*
 * Opens the connections besides r->host.virt, which r->base describes. All guests of a run
 * have one accelerator. Close them before r->host; fine also after an error.
 */
struct err *run_nodes_open(struct run *r) __must_check;
void run_nodes_close(struct run *r);

/* The connection of the worker @id. */
struct run_node *run_node_of(struct run *r, unsigned int id);

/* True when the connection has ended: what a guest of it did last says nothing. */
bool run_node_is_lost(const struct run_node *n);

/*
 * Takes the next case, SIZE_MAX: none is left for this node. Waits while cases of other nodes
 * run, which may come back. Each case that was taken is either over or given back.
 */
size_t run_node_take(struct run *r, const struct run_node *n);
void run_node_over(struct run *r);

/* After run_node_is_lost(): another node will take the case at @place. An error: none is left. */
struct err *run_node_give_back(struct run *r, struct run_node *n, size_t place) __must_check;

#endif
