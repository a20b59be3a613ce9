/* SPDX-License-Identifier: GPL-2.0-only */
/* The tests of a selftest of the kernel: each result in its KTAP is one of the case. */
#ifndef WORKLOADS_EXEC_PROGRAM_TESTS_H
#define WORKLOADS_EXEC_PROGRAM_TESTS_H

#include "base/ktap.h"
#include "workloads/exec/exec.h"

/* Sends a MSG_STEP with TAG_NUMBER for each result. */
void program_tests_send(const struct exec *x, const struct step *st, const struct ktap *k);

/*
 * Sets @o, the outcome of the program itself, which ended with @status, neither a skip nor
 * killed: OK also when it failed because its tests did, as those say so.
 */
void program_tests_judge(const struct ktap *k, int status, struct outcome *o);

#endif
