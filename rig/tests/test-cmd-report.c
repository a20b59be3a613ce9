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
	       "fail     splat in 2 cases, first xfs/one\n"
	       "         found WARNING in f\n"
	       "         again: daxrig run xfs/one\n"
	       "error    1 case, first xfs/four: r4\n"
	       "1 finding of 7.2 in 2 cases, compared with no list of known ones; "
	       "1 error of the rig or the host",
	       "");
	expect(REPORT((char *)"--as", (char *)"cases", run), 0,
	       "fail     xfs/one: r1\nfail     xfs/two: r2\nerror    xfs/four: r4\n", "");
	/* with one it decides */
	expect(REPORT((char *)"--as", (char *)"brief", known, both, run), 0,
	       "known        2  f-warns\n2 cases show 1 known finding of 7.2, nothing new; 1 error",
	       "");
}

static const char marked[] =
	"{\"format\":1,\"known_list\":\"%s\",\"kernel\":{\"release\":\"6.1.0\",\"spec\":\"deb:6.1\"},"
	"\"end\":\"interrupted\",\"plan\":{\"cases\":4},\"cases\":["
	"{\"name\":\"xfs/one~1\",\"verdict\":\"fail\",\"reason\":\"r\",\"findings\":["
	"{\"rule\":\"splat\",\"found\":\"f\",\"known\":\"f-warns\"}]},"
	"{\"name\":\"xfs/two\",\"verdict\":\"fail\",\"reason\":\"r\",\"findings\":["
	"{\"rule\":\"splat\",\"found\":\"g\"}]}]}";

/* The marks of the run itself decide what is new; what did not run is an error in KTAP. */
static void test_marked(void **state)
{
	_cleanup_free_ char *text = xasprintf(marked, "/x/known.txt");
	_cleanup_free_ char *run = put("run.json", text);
	_cleanup_free_ char *alone_text = xasprintf(marked, "none");
	_cleanup_free_ char *alone = put("alone.json", alone_text);

	(void)state;
	expect(REPORT(run), 0,
	       "new      splat in 1 case, first xfs/two\n"
	       "         found g\n"
	       "         again: daxrig run --kernel deb:6.1 xfs/two\n"
	       "known        1  f-warns\n"
	       "1 new finding of 6.1 in 1 case; 1 case shows 1 known finding of 6.1; "
	       "2 of 4 cases ran\n",
	       "");
	expect(REPORT(alone), 0, "fail     splat in 1 case, first xfs/two\n", "");
	expect(REPORT((char *)"--as", (char *)"ktap", run), 0,
	       "1..4\n#   failed: r\n# splat: the kernel log holds a report\n#   found: f\n"
	       "not ok 1 xfs/one~1\n#   failed: r\n# splat: the kernel log holds a report\n"
	       "#   found: g\nnot ok 2 xfs/two\n"
	       "not ok 3 not-run # ERROR the run did not end\n"
	       "not ok 4 not-run # ERROR the run did not end\n"
	       "# Totals: pass:0 fail:2 xfail:0 xpass:0 skip:0 error:2\n",
	       "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known),
		cmocka_unit_test(test_marked),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
