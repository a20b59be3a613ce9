/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The coverage of a run. Modules lie elsewhere in each template, so the run's folder gets for
 * each filesystem FS that it uses
 *
 *	coverage/FS.bits	what ran in all forks: see base/code-map.h
 *	coverage/FS.names	which function is where: lines of /proc/kallsyms
 *
 * and, if it is kept for each case,
 *
 *	coverage/each/N	what the case N of the plan, from 1, ran: reports/coverage/each.h
 */
#ifndef RIG_RUN_COVERAGE_PRIVATE_H
#define RIG_RUN_COVERAGE_PRIVATE_H

#include "run/private.h"

/*
 * Opens the files, after the templates are there. Does nothing unless the run wants coverage.
 * ERR_USAGE: coverage cannot be taken here, and the message says why; if the run does without
 * in that case, it notes the reason instead.
 */
struct err *run_coverage_open(struct run *r) __must_check;

/*
 * Why it cannot be taken with KVM, with a connection that is not daxrig's own, or with guests that
 * boot; NULL: it can. Pure.
 */
const char *run_coverage_refused(bool kvm, bool other, bool boots);

/*
 * Before a guest starts: if each case has a map of its own, makes it in *@own, whose bits the caller
 * closes; else leaves it alone.
 */
struct err *run_coverage_begin(const struct run *r, struct fork_coverage *own) __must_check;

/* After the case at @place ran: keeps what the map @bits has, alone and among all. Any thread. */
struct err *run_coverage_keep(struct run *r, int bits, size_t place) __must_check;

void run_coverage_close(struct run *r);

#endif
