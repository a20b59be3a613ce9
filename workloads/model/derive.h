/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a scenario need not say: the model plays it and adds, behind the step that makes
 * it true, what the contract then demands:
 *
 *   start t OP     expect t blocks     when a page in its range is held
 *                  expect t completes  when nothing lets it wait
 *                  settle t            when it may do either
 *   unpin p        expect t completes  (or fails EBADE, fails EFAULT) for what then has no
 *                                      reason left; or wait t when it may have been over
 *                                      before, with another result
 *                  expect t blocks     for what another pin still holds up
 *   signal t SIG   expect t fails EINTR, or killed, when it was waiting
 *
 * A scenario that says so itself is believed where the contract demands the same, and
 * refused where not: a verdict must not blame a kernel for what it may do. Pure.
 */
#ifndef WORKLOADS_MODEL_DERIVE_H
#define WORKLOADS_MODEL_DERIVE_H

#include "workloads/lang/scenario.h"

/*
 * Adds steps to @s, with the line of the step they follow and derived set. ERR_USAGE,
 * "ORIGIN:LINE: what contradicts what", when the scenario cannot be right; @s is then
 * to be freed only.
 */
struct err *model_derive(const char *origin, struct scenario *s) __must_check;

/* scenario_parse() and model_derive(): what is to be run. */
struct err *model_parse(const char *origin, const char *text, size_t len, struct scenario **out)
	__must_check;

#endif
