/* SPDX-License-Identifier: GPL-2.0-only */
/* The mappings of a case. */
#ifndef WORKLOADS_EXEC_MAPS_H
#define WORKLOADS_EXEC_MAPS_H

#include "workloads/exec/exec.h"

/* maps.c */
struct exec_map *exec_map(struct exec *x, const char *name);
void exec_map_create(struct exec *x, const struct step *st, struct outcome *o);
void exec_map_touch(struct exec *x, const struct step *st, struct outcome *o);
void exec_map_check(struct exec *x, const struct step *st, struct outcome *o);
void exec_map_drop(struct exec *x, struct exec_map *m);
/* Installs the SIGBUS handler: exec_map_copy() needs it; other SIGBUSes count poisoned pages. */
void exec_map_guard(void);
/* memcpy(); false when the kernel sent SIGBUS. Callable from any thread. */
bool exec_map_copy(void *dst, const void *src, size_t len);
unsigned int exec_poisoned(void);

#endif
