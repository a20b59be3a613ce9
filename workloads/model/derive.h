/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Expectations that a scenario may leave out: the model plays the scenario and adds, after
 * each step, what the contract then demands:
 *
 *   start t OP     expect t blocks     when a page in its range is held
 *                  expect t completes  when it has nothing to wait for
 *                  settle t            when it may do either
 *   unpin p        expect t completes  (or fails EBADE, fails EFAULT) when t has nothing to
 *                                      wait for any more; or wait t when it may have ended
 *                                      before, with another result
 *                  expect t blocks     when another pin still makes t wait
 *   signal t SIG   expect t fails EINTR, or killed, when it was waiting
 *
 * A scenario may state these itself. It is refused when it demands more than the contract
 * does: a verdict must not blame a kernel for behaviour that the contract allows. Pure.
 */
#ifndef WORKLOADS_MODEL_DERIVE_H
#define WORKLOADS_MODEL_DERIVE_H

#include "workloads/lang/scenario.h"

/*
 * Adds steps to @s. An added step has the line of the step it follows, and derived is set.
 * ERR_USAGE, "ORIGIN:LINE: WHAT: WHY", when the scenario contradicts the contract; the
 * caller may then only free @s.
 */
struct err *model_derive(const char *origin, struct scenario *s) __must_check;

/* scenario_parse(), then model_derive(): the scenario that is run. The caller frees *@out. */
struct err *model_parse(const char *origin, const char *text, size_t len, struct scenario **out)
	__must_check;

#endif
