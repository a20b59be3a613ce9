// SPDX-License-Identifier: GPL-2.0-only
#include "reports/render/render.h"

#include <string.h>

#define NAME_BYTES 200
#define TEXT_BYTES 400
#define DETAIL_LINES 24
#define FINDINGS_SHOWN 8

/* A description ends at a '#', so it must not contain one, nor blanks at its ends. */
static void add_name(struct buf *b, const char *name)
{
	_cleanup_buf_ struct buf esc = BUF_INIT;
	const char *p;

	buf_add_escaped(&esc, name, strlen(name), NAME_BYTES);
	p = buf_str(&esc);
	p += strspn(p, " ");
	if (!*p)
		p = "unnamed";
	for (; *p; p++)
		buf_addc(b, *p == '#' || (*p == ' ' && strspn(p, " ") == strlen(p)) ? '_' : *p);
}

static void add_text(struct buf *b, const char *s)
{
	buf_add_escaped(b, s, strlen(s), TEXT_BYTES);
}

/* "# <label>: <text>"; nothing for NULL or "". */
static void add_field(struct buf *b, const char *label, const char *text)
{
	if (!text || !*text)
		return;
	buf_addf(b, "#   %s: ", label);
	add_text(b, text);
	buf_addc(b, '\n');
}

/* A text of several lines, one "# " line each. */
static void add_lines(struct buf *b, const char *text)
{
	size_t n = 0;

	for (; text && *text; n++) {
		size_t len = strcspn(text, "\n");

		if (n == DETAIL_LINES) {
			buf_adds(b, "#     ...\n");
			return;
		}
		buf_adds(b, "#     ");
		buf_add_escaped(b, text, len, TEXT_BYTES);
		buf_addc(b, '\n');
		text += len + (text[len] == '\n');
	}
}

/* The rule of a record may be any text: "Subtest: x" would begin a test of its own. */
static void add_finding(struct buf *b, const struct finding *f)
{
	enum rule rule;

	if (rule_find(f->rule, &rule))
		buf_addf(b, "# %s: %s\n", f->rule, rules[rule].meaning);
	else
		add_field(b, "unknown rule", f->rule);
	if (f->step) {
		buf_addf(b, "#   line %u: ", f->line);
		add_text(b, f->step);
		buf_addc(b, '\n');
	}
	add_field(b, "expected", f->expected);
	add_field(b, "found", f->found);
	add_lines(b, f->detail);
}

/* For a pass, too: a lost oracle makes it weaker than others. */
static void add_lost(struct buf *b, const struct case_record *rec)
{
	for (size_t i = 0; i < rec->evidence_count; i++)
		if (strcmp(rec->evidence[i].name, EVIDENCE_LOST) == 0)
			add_field(b, "oracle lost", rec->evidence[i].text);
}

static void add_diagnostics(struct buf *b, const struct case_record *rec)
{
	add_lost(b, rec);
	if (rec->verdict != VERDICT_FAIL && rec->verdict != VERDICT_ERROR)
		return;
	add_field(b, rec->verdict == VERDICT_FAIL ? "failed" : "error", rec->reason);
	for (size_t i = 0; i < MIN(rec->finding_count, FINDINGS_SHOWN); i++)
		add_finding(b, &rec->findings[i]);
	if (rec->finding_count > FINDINGS_SHOWN)
		buf_addf(b, "# and %zu more findings\n", rec->finding_count - FINDINGS_SHOWN);
	for (size_t i = 0; i < MIN(rec->error_count, FINDINGS_SHOWN); i++)
		add_field(b, "rig", rec->errors[i]);
	for (size_t i = 0; i < MIN(rec->evidence_count, FINDINGS_SHOWN); i++)
		add_field(b, "evidence", rec->evidence[i].path);
}

static void add_result(struct buf *b, size_t number, const char *name, enum verdict verdict,
		       const char *reason)
{
	bool ok = verdict == VERDICT_PASS || verdict == VERDICT_SKIP;

	buf_addf(b, "%s %zu ", ok ? "ok" : "not ok", number);
	add_name(b, name);
	if (verdict == VERDICT_SKIP || verdict == VERDICT_ERROR) {
		buf_adds(b, verdict == VERDICT_SKIP ? " # SKIP" : " # ERROR");
		if (reason && *reason) {
			buf_addc(b, ' ');
			add_text(b, reason);
		}
	}
	buf_addc(b, '\n');
}

/*
 * The kernel's kunit_parser stops at a line that holds one of these, wherever in it, and
 * evidence quotes consoles. Each has a ':'.
 */
static const char *const enders[] = {
	"reboot: System halted",
	"Kernel panic - not syncing: VFS:",
	"List of all partitions:",
};

static const char *next_ender(const char *s)
{
	const char *first = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(enders); i++) {
		const char *at = strstr(s, enders[i]);

		if (at && (!first || at < first))
			first = at;
	}
	return first;
}

/* Prints @b with the first ':' of each ender escaped. */
static void put(struct render *r, const struct buf *b)
{
	const char *s = buf_str(b), *at;

	while ((at = next_ender(s)) != NULL) {
		at = strchr(at, ':');
		fprintf(r->out, "%.*s\\x3a", (int)(at - s), s);
		s = at + 1;
	}
	fputs(s, r->out);
}

static void ktap_start(struct render *r)
{
	fprintf(r->out, "KTAP version 1\n1..%zu\n", r->run->planned);
}

/*
 * The tests of a selftest of the kernel, as nested KTAP. Their own numbers may be missing or
 * twice: they are numbered anew.
 */
static void add_tests(struct buf *b, const struct case_record *rec)
{
	static const enum verdict verdicts[] = { VERDICT_PASS, VERDICT_FAIL, VERDICT_SKIP,
						 VERDICT_ERROR };
	size_t planned = case_record_tests(rec, NULL), n = 0;

	if (!planned)
		return;
	buf_addf(b, "  KTAP version 1\n  1..%zu\n", planned);
	for (size_t i = 0; i < rec->step_count; i++) {
		const struct case_step *s = &rec->steps[i];

		if (!s->test)
			continue;
		buf_adds(b, "  ");
		add_result(b, ++n, s->found ? s->found : "", verdicts[s->status], NULL);
	}
}

/*
 * The diagnostics come before the result, as KTAP assigns them to the result that follows.
 *
 *	ok N name			pass
 *	not ok N name			fail
 *	ok N name # SKIP reason		skip
 *	not ok N name # ERROR reason	error
 */
static void ktap_one(struct render *r, const struct case_record *rec)
{
	_cleanup_buf_ struct buf b = BUF_INIT;

	add_tests(&b, rec);
	add_diagnostics(&b, rec);
	add_result(&b, r->nr_cases, rec->name, rec->verdict, rec->reason);
	put(r, &b);
}

/* A planned case that did not run is an error. The totals are those of kselftest.h. */
static void ktap_end(struct render *r, const char *reason)
{
	size_t errors = r->counts[VERDICT_ERROR];
	_cleanup_buf_ struct buf b = BUF_INIT;

	for (size_t n = r->nr_cases; n < r->run->planned; n++, errors++)
		add_result(&b, n + 1, "not-run", VERDICT_ERROR,
			   reason && *reason ? reason : "the run did not end");
	buf_addf(&b, "# Totals: pass:%zu fail:%zu xfail:0 xpass:0 skip:%zu error:%zu\n",
		 r->counts[VERDICT_PASS], r->counts[VERDICT_FAIL], r->counts[VERDICT_SKIP], errors);
	put(r, &b);
}

const struct renderer renderer_ktap = {
	.name = "ktap",
	.summary = "KTAP version 1, Documentation/dev-tools/ktap.rst",
	.start = ktap_start,
	.one = ktap_one,
	.end = ktap_end,
};
