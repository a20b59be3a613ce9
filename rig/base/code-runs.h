/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What one guest ran of the code, small enough to keep for each case: the lengths of the runs of
 * clear and set bits of a map (base/code-map.h) in turn, 7 bits a byte, the low ones first; the
 * high bit says that more follow.
 */
#ifndef BASE_CODE_RUNS_H
#define BASE_CODE_RUNS_H

#include "base/buf.h"
#include "base/err.h"

/* Appends the runs of the map, an open file of CODE_MAP_BYTES called @path; holes are skipped. */
struct err *code_runs_read(int map, const char *path, struct buf *out) __must_check;

/*
 * Sets the bits of @data in @map, CODE_MAP_BYTES of memory. Returns false when @data ends within a
 * number or goes beyond the map; what came before is set. Pure.
 */
bool code_runs_add(const void *data, size_t len, uint8_t *map);

#endif
