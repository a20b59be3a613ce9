// SPDX-License-Identifier: GPL-2.0-only
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <ctype.h>
#include <string.h>
#include <cmocka.h>

#include "reports/record/verdict.h"

struct step {
	char status; /* o f s e, of a test of a selftest O F S E; 0 ends the list */
	const char *rule;
};

#define OK                                                                                         \
	{                                                                                          \
		'o', NULL                                                                          \
	}
#define SKIP                                                                                       \
	{                                                                                          \
		's', NULL                                                                          \
	}
#define ERROR                                                                                      \
	{                                                                                          \
		'e', NULL                                                                          \
	}
#define FAIL(rule)                                                                                 \
	{                                                                                          \
		'f', rule                                                                          \
	}
#define NONE                                                                                       \
	{                                                                                          \
		0, NULL                                                                            \
	}

/* In the good case, the guest is fine, one step is ok, DAX is wanted and proven, the end came. */
static const struct {
	const char *what;
	struct step steps[5];
	const char *splat; /* title; '!' before it: fatal */
	const char *error; /* of the rig */
	enum guest_end end;
	bool no_end, no_dax, not_wanted, flood, killed;
	enum splat_class cls;  /* of the splat */
	uint64_t still, guest; /* seconds the host stood still, and the case took by the guest */
	uint64_t starved;      /* of 100 ns */
	struct {
		enum oracle oracle;
		enum sight sight;
	} sees;	    /* all other oracles saw all */
	bool blind; /* nobody asks the oracles what they saw */
	enum verdict verdict;
	const char *reason; /* its beginning; NULL: no reason */
	size_t findings;
} cases[] = {
	{ "all is well", { OK }, .verdict = VERDICT_PASS },
	{ "a hang on a busy host",
	  { OK },
	  .end = GUEST_END_SILENT,
	  .no_end = true,
	  .starved = 51,
	  .verdict = VERDICT_ERROR,
	  .findings = 1,
	  .reason = "liveness.hang, but the guest waited for a processor of the host for" },
	{ "a hang on an idle host",
	  { OK },
	  .end = GUEST_END_SILENT,
	  .no_end = true,
	  .starved = 50,
	  .verdict = VERDICT_FAIL,
	  .findings = 1,
	  .reason = "liveness.hang:" },
	{ "wrong bytes on a busy host",
	  { OK, { 'f', "content.file" } },
	  .starved = 99,
	  .verdict = VERDICT_FAIL,
	  .findings = 1,
	  .reason = "content.file at line 2:" },
	{ "no end in time on a busy host",
	  { OK, { 'f', "contract.ends" } },
	  .starved = 99,
	  .verdict = VERDICT_ERROR,
	  .findings = 1,
	  .reason = "contract.ends, but" },
	{ "a splat on a busy host",
	  { OK },
	  .splat = "BUG in x",
	  .end = GUEST_END_SILENT,
	  .starved = 99,
	  .no_end = true,
	  .verdict = VERDICT_FAIL,
	  .findings = 2,
	  .reason = "splat:" },
	{ "the console ended",
	  { OK },
	  .sees = { ORACLE_LOG, SIGHT_CUT },
	  .verdict = VERDICT_ERROR,
	  .reason = "not all was seen: log: why" },
	{ "the console ended in a skip",
	  { OK, SKIP },
	  .sees = { ORACLE_LOG, SIGHT_CUT },
	  .verdict = VERDICT_ERROR,
	  .reason = "not all was seen: log: why" },
	{ "the console ended after a fail",
	  { FAIL("contract.waits") },
	  .sees = { ORACLE_LOG, SIGHT_CUT },
	  .verdict = VERDICT_FAIL,
	  .findings = 1,
	  .reason = "contract.waits" },
	{ "the trace ended",
	  { OK },
	  .sees = { ORACLE_FLUSH, SIGHT_CUT },
	  .verdict = VERDICT_ERROR,
	  .reason = "not all was seen: flush: why" },
	{ "the trace ended in a skip",
	  { OK, SKIP },
	  .sees = { ORACLE_FLUSH, SIGHT_CUT },
	  .verdict = VERDICT_SKIP,
	  .reason = "line 2: why" },
	{ "the ledger said nothing",
	  { OK },
	  .sees = { ORACLE_LEDGER, SIGHT_NONE },
	  .verdict = VERDICT_ERROR,
	  .reason = "not all was seen: ledger: no report at the end" },
	{ "the kernel has no ledger",
	  { OK },
	  .sees = { ORACLE_LEDGER, SIGHT_LACKING },
	  .verdict = VERDICT_PASS },
	{ "a self-test left the ledger out",
	  { OK },
	  .sees = { ORACLE_BLOCKS, SIGHT_OFF },
	  .verdict = VERDICT_PASS },
	{ "nobody asks the oracles", { OK }, .blind = true, .verdict = VERDICT_PASS },
	{ "no end in time while the host stood still",
	  { OK, FAIL("contract.ends") },
	  .still = 9,
	  .verdict = VERDICT_ERROR,
	  .findings = 1,
	  .reason = "contract.ends, but daxrig or QEMU stood still for 9.0 s" },
	{ "an operation blocks while the host stands still",
	  { OK, FAIL("contract.nowait") },
	  .still = 1,
	  .verdict = VERDICT_ERROR,
	  .findings = 1,
	  .reason = "contract.nowait, but" },
	{ "no end on SIGKILL",
	  { OK, FAIL("contract.killable") },
	  .still = 1,
	  .verdict = VERDICT_ERROR,
	  .findings = 1,
	  .reason = "contract.killable, but" },
	{ "wrong bytes while the host stands still",
	  { OK, FAIL("content.file") },
	  .still = 9,
	  .verdict = VERDICT_FAIL,
	  .findings = 1,
	  .reason = "content.file" },
	{ "a pass while the host stands still", { OK }, .still = 9, .verdict = VERDICT_PASS },
	{ "a lockup while the host stands still",
	  { OK },
	  .splat = "BUG: soft lockup",
	  .still = 9,
	  .cls = SPLAT_LOCKUP,
	  .verdict = VERDICT_ERROR,
	  .findings = 1,
	  .reason = "splat, but" },
	{ "a lockup",
	  { OK },
	  .splat = "BUG: soft lockup",
	  .cls = SPLAT_LOCKUP,
	  .verdict = VERDICT_FAIL,
	  .findings = 1,
	  .reason = "splat" },
	{ "a warning while the host stands still",
	  { OK, FAIL("contract.ends") },
	  .still = 9,
	  .splat = "WARNING in f",
	  .verdict = VERDICT_FAIL,
	  .findings = 2,
	  .reason = "contract.ends" },
	{ "a panic while the host stands still",
	  { OK, FAIL("contract.ends") },
	  .still = 9,
	  .end = GUEST_END_PANIC,
	  .verdict = VERDICT_FAIL,
	  .findings = 2,
	  .reason = "contract.ends" },
	{ "no end in time, and the clocks diverge",
	  { OK, FAIL("contract.ends") },
	  .guest = 99,
	  .verdict = VERDICT_ERROR,
	  .findings = 1,
	  .reason =
		  "contract.ends, but by the guest's clock the case took 99.0 s, by the host's 10" },
	{ "no end in time, the clocks agree",
	  { OK, FAIL("contract.ends") },
	  .guest = 11,
	  .verdict = VERDICT_FAIL,
	  .findings = 1,
	  .reason = "contract.ends" },
	{ "a skip", { OK, SKIP }, .verdict = VERDICT_SKIP, .reason = "line 2: why" },
	{ "a skip before any file was made",
	  { SKIP },
	  .no_dax = true,
	  .verdict = VERDICT_SKIP,
	  .reason = "line 1: why" },
	{ "a failed step",
	  { OK, FAIL("contract.waits") },
	  .verdict = VERDICT_FAIL,
	  .reason = "contract.waits at line 2: expected want, found why",
	  .findings = 1 },
	{ "two failed steps",
	  { FAIL("content.pin"), FAIL("contract.waits") },
	  .verdict = VERDICT_FAIL,
	  .reason = "content.pin at line 1",
	  .findings = 2 },
	{ "DMA in a foreign block is worse than the findings before it",
	  { FAIL("content.pin"), FAIL("content.dma") },
	  .verdict = VERDICT_FAIL,
	  .reason = "content.dma at line 2",
	  .findings = 2 },
	{ "a fail after a skip",
	  { SKIP, FAIL("residue.fsck") },
	  .verdict = VERDICT_FAIL,
	  .reason = "residue.fsck",
	  .findings = 1 },
	{ "a splat under a case that went well",
	  { OK },
	  .splat = "WARNING in f",
	  .verdict = VERDICT_FAIL,
	  .reason = "splat: expected nothing in the kernel log, found WARNING in f",
	  .findings = 1 },
	{ "a splat and a skip",
	  { SKIP },
	  .splat = "WARNING in f",
	  .verdict = VERDICT_FAIL,
	  .reason = "splat",
	  .findings = 1 },
	{ "a step and a splat",
	  { FAIL("contract.ends") },
	  .splat = "WARNING in f",
	  .verdict = VERDICT_FAIL,
	  .reason = "contract.ends",
	  .findings = 2 },
	{ "a panic",
	  { OK },
	  .end = GUEST_END_PANIC,
	  .no_end = true,
	  .verdict = VERDICT_FAIL,
	  .reason = "guest.panic",
	  .findings = 1 },
	{ "a panic on the console",
	  { OK },
	  .splat = "!kernel BUG in f",
	  .end = GUEST_END_LINK,
	  .no_end = true,
	  .verdict = VERDICT_FAIL,
	  .reason = "splat",
	  .findings = 2 },
	{ "a guest that went silent",
	  { OK },
	  .end = GUEST_END_SILENT,
	  .no_end = true,
	  .verdict = VERDICT_FAIL,
	  .reason = "liveness.hang",
	  .findings = 1 },
	{ "a guest silent before the first step",
	  { NONE },
	  .end = GUEST_END_SILENT,
	  .no_end = true,
	  .no_dax = true,
	  .verdict = VERDICT_FAIL,
	  .reason = "liveness.hang",
	  .findings = 1 },
	{ "a guest that rebooted",
	  { OK },
	  .end = GUEST_END_DIED,
	  .no_end = true,
	  .verdict = VERDICT_FAIL,
	  .reason = "guest.died",
	  .findings = 1 },
	{ "a fail, then QEMU was killed",
	  { FAIL("contract.waits") },
	  .end = GUEST_END_KILLED,
	  .no_end = true,
	  .verdict = VERDICT_FAIL,
	  .reason = "contract.waits",
	  .findings = 1 },
	{ "a fail, then the link broke",
	  { FAIL("contract.waits") },
	  .end = GUEST_END_LINK,
	  .no_end = true,
	  .verdict = VERDICT_FAIL,
	  .reason = "contract.waits",
	  .findings = 1 },
	{ "a fail, then a step error",
	  { FAIL("contract.waits"), ERROR },
	  .verdict = VERDICT_FAIL,
	  .reason = "contract.waits",
	  .findings = 1 },
	{ "a step error, then a fail",
	  { ERROR, FAIL("contract.waits") },
	  .verdict = VERDICT_ERROR,
	  .reason = "line 1: why",
	  .findings = 1 },
	{ "a step error, then a fail and a splat",
	  { ERROR, FAIL("contract.waits") },
	  .splat = "WARNING in f",
	  .verdict = VERDICT_FAIL,
	  .reason = "splat",
	  .findings = 2 },
	{ "a step error, then silence",
	  { ERROR },
	  .end = GUEST_END_SILENT,
	  .no_end = true,
	  .verdict = VERDICT_ERROR,
	  .reason = "line 1: why",
	  .findings = 1 },
	{ "a step error and a skip",
	  { ERROR, SKIP },
	  .verdict = VERDICT_ERROR,
	  .reason = "line 1: why" },
	{ "a step error and a splat",
	  { ERROR },
	  .splat = "WARNING in f",
	  .verdict = VERDICT_FAIL,
	  .reason = "splat",
	  .findings = 1 },
	{ "the rig failed under a fail",
	  { FAIL("contract.waits") },
	  .error = "no gdb stub",
	  .verdict = VERDICT_ERROR,
	  .reason = "no gdb stub",
	  .findings = 1 },
	{ "the rig failed under a splat",
	  { OK },
	  .splat = "WARNING in f",
	  .error = "vcpu left stopped",
	  .verdict = VERDICT_ERROR,
	  .reason = "vcpu left stopped",
	  .findings = 1 },
	{ "the rig failed under silence",
	  { OK },
	  .end = GUEST_END_SILENT,
	  .error = "vcpu left stopped",
	  .verdict = VERDICT_ERROR,
	  .reason = "vcpu left stopped",
	  .findings = 1 },
	{ "an oops kills the program of the case",
	  { OK },
	  .splat = "BUG: in f",
	  .killed = true,
	  .verdict = VERDICT_FAIL,
	  .reason = "splat",
	  .findings = 1 },
	{ "an oops kills it before a file was proven to be DAX",
	  { OK },
	  .splat = "BUG: in f",
	  .killed = true,
	  .no_dax = true,
	  .verdict = VERDICT_FAIL,
	  .reason = "splat",
	  .findings = 1 },
	{ "an unknown killer ends the program of the case",
	  { FAIL("contract.waits") },
	  .killed = true,
	  .verdict = VERDICT_ERROR,
	  .reason = "the case died from signal 9",
	  .findings = 1 },
	{ "no guest",
	  { NONE },
	  .end = GUEST_END_ABSENT,
	  .no_end = true,
	  .verdict = VERDICT_ERROR,
	  .reason = "no guest came up" },
	{ "QEMU was killed",
	  { OK },
	  .end = GUEST_END_KILLED,
	  .no_end = true,
	  .verdict = VERDICT_ERROR,
	  .reason = "the guest was killed from outside" },
	{ "the link broke",
	  { OK },
	  .end = GUEST_END_LINK,
	  .verdict = VERDICT_ERROR,
	  .reason = "the link to the guest broke" },
	{ "no step", { NONE }, .verdict = VERDICT_ERROR, .reason = "the guest reported no step" },
	{ "no end",
	  { OK },
	  .no_end = true,
	  .verdict = VERDICT_ERROR,
	  .reason = "the guest did not report" },
	{ "a skip without an end",
	  { SKIP },
	  .no_end = true,
	  .verdict = VERDICT_ERROR,
	  .reason = "the guest did not report" },
	{ "DAX not proven",
	  { OK },
	  .no_dax = true,
	  .verdict = VERDICT_ERROR,
	  .reason = "no file was proven to be DAX" },
	{ "DAX not wanted", { OK }, .no_dax = true, .not_wanted = true, .verdict = VERDICT_PASS },
	{ "a fail without DAX",
	  { FAIL("contract.waits") },
	  .no_dax = true,
	  .verdict = VERDICT_ERROR,
	  .reason = "line 1: contract.waits, but no file",
	  .findings = 1 },
	{ "a fail and a splat without DAX",
	  { FAIL("contract.waits") },
	  .no_dax = true,
	  .splat = "WARNING in f",
	  .verdict = VERDICT_FAIL,
	  .reason = "splat",
	  .findings = 2 },
	{ "a fail where DAX is not wanted",
	  { FAIL("contract.refused") },
	  .no_dax = true,
	  .not_wanted = true,
	  .verdict = VERDICT_FAIL,
	  .reason = "contract.refused",
	  .findings = 1 },
	{ "an unknown rule",
	  { FAIL("contract.\033[2J") },
	  .verdict = VERDICT_ERROR,
	  .reason = "line 1: the guest named an unknown rule 'contract.\\x1b[2J'" },
	{ "a fail without a rule",
	  { FAIL(NULL) },
	  .verdict = VERDICT_ERROR,
	  .reason = "line 1: the guest named an unknown rule ''" },
	{ "tests of a selftest: a skip and an error of one are told by its step",
	  { { 'S', NULL }, { 'E', NULL }, { 'O', NULL }, OK },
	  .verdict = VERDICT_PASS },
	{ "a test fails, and its step could not be judged",
	  { { 'E', NULL }, { 'F', "program.exit" }, ERROR },
	  .verdict = VERDICT_FAIL,
	  .reason = "program.exit at line 2",
	  .findings = 1 },
	{ "a test that fails by an unknown rule",
	  { { 'F', "x" }, OK },
	  .verdict = VERDICT_ERROR,
	  .reason = "line 1: the guest named an unknown rule 'x'" },
	{ "a flood of steps",
	  { OK },
	  .flood = true,
	  .verdict = VERDICT_ERROR,
	  .reason = "the guest reported more than is kept" },
};

static void add_step(struct case_record *rec, char c, const char *rule)
{
	char status = (char)tolower(c);

	case_record_add_step(rec, &(struct case_step){
					  .line = (unsigned int)rec->step_count + 1,
					  .test = c != status,
					  .status = status == 'o' ? STEP_OK :
						    status == 'f' ? STEP_FAIL :
						    status == 's' ? STEP_SKIP :
								    STEP_ERROR,
					  .step = (char *)"punch a 0 4K",
					  .rule = (char *)rule,
					  .expected = (char *)"want",
					  .found = (char *)"why",
				  });
}

static struct case_record *build(size_t i)
{
	struct case_record *rec = case_record_create("a/b");

	for (const struct step *s = cases[i].steps; s->status; s++)
		add_step(rec, s->status, s->rule);
	for (size_t n = 0; cases[i].flood && n <= CASE_STEPS_MAX; n++)
		add_step(rec, 'o', NULL);
	if (cases[i].splat) {
		struct splat *s = xcalloc(1, sizeof(*s));

		s->cls = cases[i].cls;
		s->panicked = cases[i].splat[0] == '!';
		s->title = xstrdup(cases[i].splat + s->panicked);
		s->excerpt = xstrdup("");
		case_record_add_splat(rec, s);
	}
	if (cases[i].error)
		case_record_add_error(rec, "%s", cases[i].error);
	rec->guest_end = cases[i].end;
	rec->duration_ns = 100;
	rec->starved_ns = cases[i].starved;
	rec->still_ns = cases[i].still * 1000000000;
	rec->guest_ns = cases[i].guest * 1000000000;
	rec->host_ns = rec->guest_ns ? 10000000000 : 0;
	rec->end_seen = !cases[i].no_end;
	rec->killed = cases[i].killed;
	if (rec->killed)
		rec->guest_reason = xstrdup("the case died from signal 9");
	rec->dax_proven = !cases[i].no_dax;
	rec->wants_dax = !cases[i].not_wanted;
	rec->wants_sights = !cases[i].blind;
	for (enum oracle o = 0; o < ORACLES && !cases[i].blind; o++) {
		bool all = o != cases[i].sees.oracle ||
			   (!cases[i].sees.oracle && !cases[i].sees.sight);

		case_record_see(rec, o, SIGHT_NONE, NULL);
		case_record_see(rec, o, all ? SIGHT_WHOLE : cases[i].sees.sight, "why");
	}
	return rec;
}

static void test_judge(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct case_record *rec = build(i);
		const char *want = cases[i].reason;
		bool same;

		case_record_judge(rec);
		case_record_judge(rec); /* again is fine */
		same = want ? rec->reason && !strncmp(rec->reason, want, strlen(want)) :
			      !rec->reason;
		if (!same || rec->verdict != cases[i].verdict)
			print_error("%s: %s: %s\n", cases[i].what, verdict_name(rec->verdict),
				    rec->reason ? rec->reason : "(none)");
		assert_int_equal(rec->verdict, cases[i].verdict);
		assert_true(same);
		assert_int_equal(rec->finding_count, cases[i].findings);
		case_record_destroy(rec);
	}
}

/* Each rule fires, by a step that names it. */
static void test_rules(void **state)
{
	enum rule none;

	(void)state;
	for (enum rule i = 0; i < RULES; i++) {
		struct case_record *rec = case_record_create("x");
		enum rule found;

		assert_non_null(rules[i].name);
		assert_true(strlen(rules[i].meaning) > 10);
		assert_null(strchr(rules[i].meaning, '\n'));
		assert_true(rule_find(rules[i].name, &found));
		assert_int_equal(found, i);
		rec->guest_end = GUEST_END_FINE;
		rec->end_seen = true;
		add_step(rec, 'f', rules[i].name);
		case_record_judge(rec);
		assert_int_equal(rec->verdict, VERDICT_FAIL);
		assert_string_equal(rec->findings[0].rule, rules[i].name);
		assert_memory_equal(rec->reason, rules[i].name, strlen(rules[i].name));
		case_record_destroy(rec);
	}
	assert_false(rule_find("contract", &none));
	assert_false(rule_find("", &none));
}

/* A case that did not run is no pass. */
static void test_fresh(void **state)
{
	struct case_record *rec = case_record_create("x");

	(void)state;
	assert_int_equal(rec->verdict, VERDICT_ERROR);
	case_record_judge(rec);
	assert_int_equal(rec->verdict, VERDICT_ERROR);
	case_record_destroy(rec);
}

/* The record bounds whatever a guest sends. */
static void test_bounds(void **state)
{
	struct case_record *rec = case_record_create("x");
	char *big = xcalloc(1, (1 << 20) + 1);

	(void)state;
	memset(big, 'x', 1 << 20);
	for (int i = 0; i < 1000; i++)
		case_record_add_step(rec, &(struct case_step){ .found = big, .detail = big });
	assert_int_equal(strlen(rec->steps[0].found), CASE_LINE_MAX);
	assert_in_range(strlen(rec->steps[0].detail), CASE_DETAIL_MAX - 64, CASE_DETAIL_MAX);
	assert_true(rec->text_bytes < CASE_TEXT_MAX + 2 * CASE_DETAIL_MAX);
	assert_true(rec->dropped > 0);
	case_record_destroy(rec);
	free(big);
}

static void check_ends(const char *text)
{
	assert_int_equal(strncmp(text, "head", 4), 0);
	assert_non_null(strstr(text, " bytes are missing here]\n"));
	assert_string_equal(text + strlen(text) - 4, "tail");
}

/* What is cut keeps head and tail: the last lines of a trace are the panic. */
static void test_ends(void **state)
{
	struct case_record *rec = case_record_create("x");
	char *big = xcalloc(1, (1 << 20) + 1);

	(void)state;
	memset(big, 'x', 1 << 20);
	memcpy(big, "head", 4);
	memcpy(big + (1 << 20) - 4, "tail", 4);
	case_record_add_step(rec, &(struct case_step){ .status = STEP_FAIL,
						       .line = 1,
						       .rule = (char *)"contract.waits",
						       .detail = big });
	case_record_add_evidence(rec, "tasks", NULL, big);
	check_ends(rec->steps[0].detail);
	check_ends(rec->evidence[0].text);
	case_record_judge(rec);
	case_record_trim(rec, NULL);
	assert_true(strlen(rec->findings[0].detail) <= CASE_LINE_MAX);
	check_ends(rec->findings[0].detail);
	check_ends(rec->steps[0].detail);
	check_ends(rec->evidence[0].text);
	case_record_destroy(rec);
	free(big);
}

/* All of a case's time is somewhere, and nothing twice. */
static void test_timing(void **state)
{
	static const struct {
		const char *steps; /* the first letters of their words; _: a step without a line */
		bool end;
		struct case_timing want;
	} timings[] = {
		{ "_mcf__",
		  true,
		  { .settle_ns = 1, .steps_ns = 1, .oracles_ns = 3, .teardown_ns = 95 } },
		{ "___", true, { .settle_ns = 1, .oracles_ns = 1, .teardown_ns = 98 } },
		{ "_mm", false, { .settle_ns = 1, .steps_ns = 99 } },
		{ "_", false, { .settle_ns = 1, .steps_ns = 99 } },
		{ "", false, { .settle_ns = 100 } },
		{ "", true, { .teardown_ns = 100 } },
		{ "_mL_", true, { .settle_ns = 1, .steps_ns = 99 } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(timings); i++) {
		struct case_record *rec = case_record_create("a");

		rec->duration_ns = 100;
		rec->end_seen = timings[i].end;
		rec->timing.fork_ns = 7;
		rec->timing.teardown_ns = 5;
		for (const char *s = timings[i].steps; *s; s++)
			case_record_add_step(
				rec, &(struct case_step){ .line = *s != '_',
							  .ns = *s == 'L' ? UINT64_MAX : 1,
							  .step = (char *)(*s == 'c' ? "check a" :
									   *s == 'f' ? "fsck" :
										       "map") });
		case_record_add_timing(rec);
		assert_int_equal(rec->timing.fork_ns, 7);
		assert_int_equal(rec->timing.settle_ns, timings[i].want.settle_ns);
		assert_int_equal(rec->timing.steps_ns, timings[i].want.steps_ns);
		assert_int_equal(rec->timing.oracles_ns, timings[i].want.oracles_ns);
		assert_int_equal(rec->timing.teardown_ns, timings[i].want.teardown_ns + 5);
		case_record_destroy(rec);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_judge), cmocka_unit_test(test_rules),
		cmocka_unit_test(test_fresh), cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_ends),  cmocka_unit_test(test_timing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
