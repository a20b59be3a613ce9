/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef WORKLOADS_EXEC_PROGRAM_H
#define WORKLOADS_EXEC_PROGRAM_H

#include "workloads/exec/exec.h"

/*
 * Runs a program of the user's to its end, or until its time is over; then nothing of what it
 * started is left, or the outcome is hung. Its output becomes the evidence "program.log".
 */
void exec_program(struct exec *x, const struct step *st, struct outcome *o);

#endif
