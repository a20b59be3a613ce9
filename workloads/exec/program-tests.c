/* SPDX-License-Identifier: GPL-2.0-only */
#include "workloads/exec/program-tests.h"

void program_tests_send(const struct exec *x, const struct step *st, const struct ktap *k)
{
	for (size_t i = 0; i < k->n; i++) {
		const struct ktap_result *r = &k->v[i];
		_cleanup_buf_ struct buf msg = BUF_INIT;

		msg_put_u64(&msg, TAG_LINE, st->line);
		msg_put_u64(&msg, TAG_STATUS, r->status);
		msg_put_u64(&msg, TAG_NUMBER, i + 1);
		msg_put_str(&msg, TAG_FOUND, r->name);
		if (r->status == STEP_FAIL) {
			msg_put_str(&msg, TAG_RULE, rules[RULE_PROGRAM_EXIT].name);
			msg_put_str(&msg, TAG_EXPECTED, "the kernel's own test passes");
		}
		if (*r->notes)
			msg_put_str(&msg, TAG_DETAIL, r->notes);
		case_send(x->ctx, MSG_STEP, &msg);
	}
}

void program_tests_judge(const struct ktap *k, int status, struct outcome *o)
{
	static const char expected[] = "every test of the program has a result";
	const struct ktap_result *skip = ktap_first(k, STEP_SKIP),
				 *error = ktap_first(k, STEP_ERROR);
	_cleanup_buf_ struct buf why = BUF_INIT;
	const char *said;

	if (ktap_lacks(k, &why)) {
		said = buf_str(&why);
		if (status)
			outcome_fail(o, RULE_PROGRAM_EXIT, expected, "exit status %d, %s", status,
				     said);
		else
			outcome_error(o, "the program ended well, but its output has %s", said);
	} else if (error) {
		outcome_error(o, "%zu of %zu tests could not run, first '%s'",
			      k->by_status[STEP_ERROR], k->n, error->name);
	} else if (status && !k->by_status[STEP_FAIL]) {
		outcome_fail(o, RULE_PROGRAM_EXIT, "the program ends with exit status 0",
			     "exit status %d, but none of its %zu tests failed", status, k->n);
	} else if (!k->by_status[STEP_OK] && !k->by_status[STEP_FAIL]) {
		outcome_skip(o, "no test ran%s%s%s", skip ? ": '" : "", skip ? skip->name : "",
			     skip ? "'" : "");
	}
}
