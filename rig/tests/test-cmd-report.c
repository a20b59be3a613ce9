// SPDX-License-Identifier: GPL-2.0-only
/* The command report on records: known findings, and its exit status. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/command.h"

#define REPORT(...)                                                                                \
	run_command(&cmd_report, NULL, (char *const[]){ __VA_ARGS__ __VA_OPT__(, ) NULL })

static const char record[] =
	"{\"format\":1,\"kernel\":{\"release\":\"7.2.13+deb14\"},\"cases\":["
	"{\"name\":\"xfs/one\",\"verdict\":\"fail\",\"reason\":\"r1\",\"findings\":["
	"{\"rule\":\"splat\",\"found\":\"WARNING in f\",\"detail\":\"a\\nb\"}]},"
	"{\"name\":\"xfs/two\",\"verdict\":\"fail\",\"reason\":\"r2\",\"findings\":["
	"{\"rule\":\"splat\",\"found\":\"WARNING in f\",\"detail\":null},"
	"{\"rule\":\"contract.waits\",\"found\":\"returned \\u001b[2J\"}]},"
	"{\"name\":\"xfs/three\",\"verdict\":\"pass\",\"findings\":[],\"evidence\":["
	"{\"name\":\"agent\",\"text\":\"a\"},{\"name\":\"lost\",\"text\":\"ledger: no BTF\"},"
	"{\"name\":\"lost\",\"text\":\"flush: no tracefs\"}]},"
	"{\"name\":\"xfs/four\",\"verdict\":\"%s\",\"reason\":\"r4\",\"findings\":[]}]}\n";

static void test_known(void **state)
{
	_cleanup_free_ char *text = xasprintf(record, "error"), *run = put("run.json", text);
	_cleanup_free_ char *clean_text = xasprintf(record, "pass");
	_cleanup_free_ char *clean = put("clean.json", clean_text);
	_cleanup_free_ char *f = put("f", "f-warns 7.2 splat xfs/* WARNING in f*\n");
	_cleanup_free_ char *both = put("both", "f-warns 7.2 splat xfs/* WARNING in f*\n"
						"early 7.2 contract.waits * *\n");
	_cleanup_free_ char *bad = put("bad", "f-warns 7.2 splat\n");
	char known[] = "--known";

	(void)state;
	expect(REPORT(known, f, run), 1,
	       "\n\nfail     xfs/two: contract.waits: found returned \\x1b[2J\n"
	       "error    xfs/four: r4\n"
	       "unknown  2\n"
	       "known    1: f-warns, first: xfs/one\n",
	       "");
	expect(REPORT(known, both, run), 1,
	       "\n\nerror    xfs/four: r4\nunknown  1\nknown    2: f-warns, first: xfs/one\n", "");
	expect(REPORT(known, both, clean), 0,
	       "\n\nunknown  0\nknown    2: f-warns, first: xfs/one\n", "");
	expect(REPORT(known, bad, clean), EXIT_USAGE, "", "/bad' line 1: expected a name, kernels");
	expect(REPORT(known, dir, clean), EXIT_USAGE, "", "/bad' line 1: no key of a finding 'f-");
	expect(REPORT(known, f, (char *)"--kinds", run), EXIT_USAGE, "", "give one");
	expect(REPORT(run), 0,
	       "lost     an oracle in 1 case, first xfs/three: ledger: no BTF; "
	       "flush: no tracefs\n",
	       "");
	/* without a list nothing is known, and failures in the record are no error */
	expect(REPORT(run), 0,
	       "fail     xfs/one: r1\nfail     xfs/two: r2\nerror    xfs/four: r4\n", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
