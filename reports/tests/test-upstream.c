// SPDX-License-Identifier: GPL-2.0-only
/* The mail about a case: goldens, what it says of what is not known, its form whatever it gets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/rule.h"
#include "reports/record/contract.h"
#include "reports/tests/mail-rules.h"
#include "reports/tests/render-sample.h"

#define BEGINS "Subject: ["

static const char prose[] =
	"A processor is busy for as long as somebody holds the page, and nobody can\n"
	"kill the process (`contract.killable`).\n"
	"\n"
	"From 6.12 on `xfs_mmaplock_two_inodes_and_break_dax_layout()` does `goto again`.\n";

static const char program[] = "#include <stdio.h>\n"
			      "\n"
			      "int main(void)\n"
			      "{\n"
			      "\tprintf(\"ok 1\\n\");\n"
			      "\treturn 0;\n"
			      "}\n";

static char *render(const struct render_run *run, struct case_record *rec)
{
	size_t len;
	char *text = sample_render(&renderer_upstream, run, &rec, 1, &len);

	if (*text && mail_broken(text, BEGINS))
		fail_msg("%s: %s", mail_broken(text, BEGINS), text);
	return text;
}

static void must_have(const char *text, const char *what)
{
	if (!strstr(text, what))
		fail_msg("'%s' is not in\n%s", what, text);
}

static void must_lack(const char *text, const char *what)
{
	if (strstr(text, what))
		fail_msg("'%s' is in\n%s", what, text);
}

static struct known_finding finding(void)
{
	return (struct known_finding){
		.name = TEXT("clone-killed"),
		.title = TEXT("A reflink that must wait spins and ignores SIGKILL"),
		.severity = SEVERITY_HANG,
		.live = TEXT("6.1,6.12"),
		.tries = TEXT("6.12, 6.1: 10 of 10 each"),
		.fixed = TEXT("7.4 by 0123456789ab"),
		.prose = TEXT(prose),
	};
}

/* A case of which all is known. */
static void test_known(void **state)
{
	struct upstream_count counts[] = { { TEXT("on 6.12.117+deb12-amd64"), 6, 6 },
					   { TEXT("on 6.1.0-57-amd64"), 4, 5 } };
	const struct upstream more = {
		.kernel_version = "6.12.117-1",
		.options = "CONFIG_XFS_FS=m, CONFIG_FS_DAX=y, CONFIG_FS_DAX_PMD=y, "
			   "CONFIG_PREEMPT_DYNAMIC=y",
		.mkfs = "mkfs.xfs -f -m reflink=1,rmapbt=1 /dev/pmem0",
		.mount = "mount -t xfs -o dax=always /dev/pmem0 /mnt",
		.network = "soft-RoCE (rxe) on an interface of type dummy, MTU 9000",
		.caveat = "To hold the page by RDMA, a debugger took FOLL_LONGTERM out.",
		.trace = "'t': state R in 0\n    | dax_busy_page (fs/dax.c:400)\n"
			 "[<0>] dax_layout_busy_page_range+0x2a2/0x320 (fs/dax.c:722)\n",
		.counts = counts,
		.nr_counts = 2,
		.unheld = { TEXT("on 6.12.117+deb12-amd64 with nobody holding a page"), 0, 5 },
		.good = "aaaaaaaaaaaa xfs: before (2025-03-01)",
		.bad = "bbbbbbbbbbbb xfs: spin (2025-03-02)",
		.commit = "bbbbbbbbbbbb (\"xfs: spin\")",
		.program = program,
	};
	struct known_finding known = finding();
	_cleanup_free_ char *text = NULL;
	struct sample s;

	(void)state;
	sample_init(&s);
	s.known.findings = &known;
	s.run.upstream = &more;
	for (size_t i = 0; i < s.cases[1]->finding_count; i++)
		s.cases[1]->findings[i].known = xstrdup("clone-killed");
	s.cases[1]->fs = xstrdup("xfs");
	text = render(&s.run, s.cases[1]);
	sample_golden("upstream-known.txt", text);
	must_have(text, "Subject: [REGRESSION] xfs, dax: A reflink that must wait spins");
	must_have(text, "Fixes:    bbbbbbbbbbbb (\"xfs: spin\")\n");
	must_have(text, "failed    0 of 5 tries, on 6.12.117+deb12-amd64 with nobody holding");
	must_have(text, "not tried the same without DAX\n");
	/* what only daxrig's users know by that name */
	must_lack(text, "contract.");
	must_lack(text, "security@");
	sample_deinit(&s);
}

/* One of which only the record is there. */
static void test_new(void **state)
{
	const struct upstream more = { .no_program = "'rdma': not written yet",
				       .words = "punch: fallocate PUNCH_HOLE\n" };
	_cleanup_free_ char *text = NULL, *alone = NULL;
	struct sample s;

	(void)state;
	sample_init(&s);
	alone = render(&s.run, s.cases[1]);
	s.run.upstream = &more;
	text = render(&s.run, s.cases[1]);
	sample_golden("upstream-new.txt", text);
	must_have(text, "Subject: [BUG] dax: the operation used the CPU while it waited\n");
	must_have(text, "not tried the same with nobody holding a page; the same without DAX\n");
	must_have(text, "There is no program in C: 'rdma': not written yet.");
	must_have(alone, "The steps, one a line:");
	sample_deinit(&s);
}

/* What may reach others' data is told first, by the finding or else by the rule. */
static void test_security(void **state)
{
	static const struct {
		enum severity of_finding;
		const char *rule;
		bool told;
		const char *unprivileged;
	} rows[] = {
		{ SEVERITY_WARNING, "splat", true, "as user 1000" },
		{ SEVERITY_ACCESS, "splat", true, "as user 1000" },
		{ SEVERITY_ACCESS, "splat", true, NULL },
		{ SEVERITY_LOSS, "splat", false, NULL },
		{ SEVERITY_WARNING, "block.freed", false, NULL },
		{ SEVERITY_UNSET, "block.freed", true, NULL },
		{ SEVERITY_UNSET, "content.dma", true, NULL },
		{ SEVERITY_UNSET, "contract.sleeps", false, NULL },
		{ SEVERITY_UNSET, "no.rule", false, NULL },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct known_finding known = finding();
		struct known list = { .findings = &known, .nr_findings = 1 };
		const struct render_run run = { .known = &list };
		struct case_record *rec = sample_case("xfs/a", VERDICT_FAIL, "r");
		_cleanup_free_ char *text = NULL;
		const char *body;

		known.severity = rows[i].of_finding;
		known.unprivileged = (char *)rows[i].unprivileged;
		sample_find(rec, "contract.errno", "x", NULL, "other");
		sample_find(rec, rows[i].rule, "f", NULL,
			    rows[i].of_finding ? "clone-killed" : NULL);
		text = render(&run, rec);
		body = strstr(text, "\n\n") + 2;
		if ((strncmp(body,
			     rows[i].unprivileged ? "To security@kernel.org first" :
						    "This must go to security@kernel.org first",
			     28) == 0) != rows[i].told)
			fail_msg("row %zu: %s", i, text);
		if (rows[i].unprivileged)
			must_have(text, "a\nuser without privilege can do it (as user 1000)");
		case_record_destroy(rec);
	}
}

/* A program that is too long, or too wide for a mail, is attached, whole and as it is. */
static void test_program(void **state)
{
	struct sample s;

	(void)state;
	sample_init(&s);
	for (int lines = 148; lines < 152; lines++) {
		_cleanup_buf_ struct buf b = BUF_INIT;
		struct upstream more = { 0 };
		_cleanup_free_ char *text = NULL;

		for (int i = 0; i < lines; i++)
			buf_addf(&b, "\tint x%d;\n", i);
		more.program = buf_str(&b);
		s.run.upstream = &more;
		text = render(&s.run, s.cases[1]);
		must_have(text, buf_str(&b));
		assert_int_equal(strstr(text, "multipart/mixed") != NULL, lines >= 150);
		assert_int_equal(strstr(text, "filename=\"reproduce.c\"") != NULL, lines >= 150);
	}
	for (int wide = 0; wide < 2; wide++) {
		_cleanup_free_ char *line = xasprintf("\t/* %*s */\n", 61 + wide, "x");
		struct upstream more = { .program = line };
		_cleanup_free_ char *text = NULL;

		s.run.upstream = &more;
		text = render(&s.run, s.cases[1]);
		must_have(text, line);
		assert_int_equal(strstr(text, "multipart/mixed") != NULL, wide);
	}
	sample_deinit(&s);
}

/* A title that is too long for a subject ends at a comma or the like, or else goes on. */
static void test_subject(void **state)
{
	static const struct {
		const char *title, *subject;
	} rows[] = {
		{ "short, it is", "short, it is" },
		{ "a truncate of a pinned file that nobody maps returns at once, and the blocks are lost",
		  "a truncate of a pinned file that nobody maps returns at once" },
		{ "pages that are read while write(2) ends their sharing are mapped by two: at a time",
		  "pages that are read while write(2) ends their sharing are mapped by two: at a time" },
		{ "no, this one is cut too early for anybody to know what it is about, or so it seems",
		  "no, this one is cut too early for anybody to know what it is about, or so it seems" },
	};
	struct known_finding known = finding();
	struct known list = { .findings = &known, .nr_findings = 1 };
	const struct render_run run = { .known = &list };
	struct case_record *rec = sample_case("xfs/a", VERDICT_FAIL, "r");

	(void)state;
	sample_find(rec, "splat", "f", NULL, "clone-killed");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *want = xasprintf("Subject: [BUG] dax: %s\n", rows[i].subject);
		_cleanup_free_ char *text = NULL;

		known.title = TEXT(rows[i].title);
		text = render(&run, rec);
		assert_int_equal(strncmp(text, want, strlen(want)), 0);
	}
	case_record_destroy(rec);
}

/* A case that did not fail is no mail. */
static void test_nothing(void **state)
{
	struct sample s;

	(void)state;
	sample_init(&s);
	for (size_t i = 0; i < SAMPLE_CASES; i++) {
		_cleanup_free_ char *text = render(&s.run, s.cases[i]);

		assert_int_equal(*text != '\0', s.cases[i]->verdict == VERDICT_FAIL);
	}
	sample_deinit(&s);
}

/* Each rule says what the kernel promises, in words that a mail can have. */
static void test_contracts(void **state)
{
	(void)state;
	assert_null(rule_contract("no.rule").text);
	for (size_t i = 0; i < RULES; i++) {
		struct contract c = rule_contract(rules[i].name);

		if (!c.text || !str_ends(c.text, ".") || strlen(c.text) < 20)
			fail_msg("%s has no contract in reports/record/contract.c", rules[i].name);
		for (const char *p = c.text; *p; p++)
			assert_true(*p >= ' ' && *p <= '~');
		assert_true(!c.source || strlen(c.source) > 5);
	}
}

/* Of two reports the one with a trace is shown, wherever it stands. */
static void test_traced(void **state)
{
	struct case_record *rec = case_record_create("xfs/x");
	struct splat *s;

	(void)state;
	for (int i = 0; i < 2; i++) {
		s = xcalloc(1, sizeof(*s));
		s->cls = i ? SPLAT_OOPS : SPLAT_FS;
		s->title = xstrdup(i ? "BUG in f" : "XFS: Corruption in g");
		s->excerpt = xstrdup(i ? "BUG\nCall Trace:\n f+0x1/0x2\n" : "XFS\n");
		case_record_add_splat(rec, s);
	}
	case_record_judge(rec);
	assert_int_equal(rec->finding_count, 2);
	assert_string_equal(upstream_traced(rec)->found, "BUG in f");
	assert_string_equal(upstream_finding(rec)->found, "XFS: Corruption in g");
	case_record_destroy(rec);
}

static void test_hostile(void **state)
{
	uint64_t seed = 99;
	struct hostile h;

	(void)state;
	hostile_init(&h);
	for (size_t i = 0; i < HOSTILE_CASES; i++) {
		_cleanup_free_ char *a = hostile_text(&seed, 3000), *text = NULL;
		struct upstream_count count = { a, SIZE_MAX, 1 };
		const struct upstream more = {
			.kernel_version = a,
			.options = a,
			.mkfs = a,
			.mount = a,
			.network = a,
			.caveat = a,
			.trace = a,
			.counts = &count,
			.nr_counts = 1,
			.unheld = count,
			.good = a,
			.bad = a,
			.commit = a,
			.no_program = a,
			.words = a,
		};

		h.run.upstream = i % 2 ? &more : NULL;
		h.cases[i]->verdict = VERDICT_FAIL;
		text = render(&h.run, h.cases[i]);
		assert_true(strlen(text) > 500 && strlen(text) < 100000);
	}
	hostile_deinit(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_known),	  cmocka_unit_test(test_new),
		cmocka_unit_test(test_security),  cmocka_unit_test(test_program),
		cmocka_unit_test(test_subject),	  cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_contracts), cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_traced),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
