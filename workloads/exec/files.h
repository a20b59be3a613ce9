/* SPDX-License-Identifier: GPL-2.0-only */
/* The files of a case. */
#ifndef WORKLOADS_EXEC_FILES_H
#define WORKLOADS_EXEC_FILES_H

#include "workloads/exec/exec.h"

/* files.c */
struct exec_file *exec_file(struct exec *x, const char *name);
void exec_file_create(struct exec *x, const struct step *st, struct outcome *o);
bool exec_file_open(struct exec_file *f);
void exec_file_close(struct exec_file *f);
void exec_file_sync(struct exec *x, const struct step *st, struct outcome *o);
void exec_file_check(struct exec *x, const struct step *st, struct outcome *o);
/* Checks all of @f, if it exists, is open and its bytes are known. */
void exec_file_check_whole(struct exec *x, const struct exec_file *f, struct outcome *o);
/* Compares @data with @want at @off (@zero: with zeroes); a difference fails @o by @rule. */
void exec_compare(struct exec *x, const struct shadow *want, uint64_t off, const void *data,
		  size_t len, bool zero, const char *what, enum rule rule, struct outcome *o);

#endif
