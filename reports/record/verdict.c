// SPDX-License-Identifier: GPL-2.0-only
#include "reports/record/verdict.h"

#include <string.h>

#define REASON_MAX 400 /* bytes of a text from the guest in the reason */

const char *verdict_name(enum verdict verdict)
{
	static const char *const names[] = {
		[VERDICT_PASS] = "pass",
		[VERDICT_FAIL] = "fail",
		[VERDICT_SKIP] = "skip",
		[VERDICT_ERROR] = "error",
	};

	return names[verdict];
}

const char *guest_end_name(enum guest_end end)
{
	static const char *const names[] = {
		[GUEST_END_FINE] = "fine",     [GUEST_END_PANIC] = "panic",
		[GUEST_END_SILENT] = "silent", [GUEST_END_DIED] = "died",
		[GUEST_END_KILLED] = "killed", [GUEST_END_LINK] = "link",
		[GUEST_END_ABSENT] = "absent",
	};

	return names[end];
}

static char *copy(const char *s)
{
	return s ? xstrdup(s) : NULL;
}

/* Which rule the step broke; false when it did not fail, or by an unknown one. */
static bool broken_rule(const struct case_step *s, enum rule *out)
{
	return s->status == STEP_FAIL && s->rule && rule_find(s->rule, out);
}

/* The status of a step; a fail by an unknown rule is an error. */
static enum step_status status_of(const struct case_step *s)
{
	enum rule rule;

	return s->status == STEP_FAIL && !broken_rule(s, &rule) ? STEP_ERROR : s->status;
}

/* The first step of that status; NULL when there is none. Of tests only the fails count. */
static const struct case_step *first_step(const struct case_record *rec, enum step_status status)
{
	for (size_t i = 0; i < rec->step_count; i++)
		if (status_of(&rec->steps[i]) == status &&
		    (!rec->steps[i].test || rec->steps[i].status == STEP_FAIL))
			return &rec->steps[i];
	return NULL;
}

static struct finding *add_finding(struct case_record *rec, enum rule rule)
{
	struct finding *f;

	rec->findings = xrealloc(rec->findings, rec->finding_count + 1, sizeof(*f));
	f = &rec->findings[rec->finding_count++];
	*f = (struct finding){ .rule = xstrdup(rules[rule].name) };
	return f;
}

static void find_steps(struct case_record *rec)
{
	for (size_t i = 0; i < rec->step_count; i++) {
		const struct case_step *s = &rec->steps[i];
		struct finding *f;
		enum rule rule;

		if (!broken_rule(s, &rule))
			continue;
		f = add_finding(rec, rule);
		f->line = s->line;
		f->step = copy(s->step);
		f->expected = copy(s->expected);
		f->found = copy(s->found);
		f->detail = copy(s->detail);
	}
}

/* True when the kernel itself reported a bug: a splat or a panic. */
static bool find_kernel(struct case_record *rec)
{
	bool panic = rec->guest_end == GUEST_END_PANIC;

	for (size_t i = 0; i < rec->splat_count; i++) {
		const struct splat *s = rec->splats[i];
		struct finding *f = add_finding(rec, RULE_SPLAT);

		f->expected = xstrdup("nothing in the kernel log");
		f->found = xstrdup(s->title);
		f->detail = xstrdup(s->excerpt);
		panic |= s->panicked;
	}
	if (panic) {
		struct finding *f = add_finding(rec, RULE_GUEST_PANIC);

		f->expected = xstrdup("a kernel that lives");
		f->found = xstrdup("the kernel panicked");
		f->detail = copy(rec->guest_reason);
	}
	return panic || rec->splat_count;
}

/* True when the guest was lost by a fault of the kernel. */
static bool find_loss(struct case_record *rec)
{
	struct finding *f;

	if (rec->guest_end == GUEST_END_SILENT) {
		f = add_finding(rec, RULE_LIVENESS_HANG);
		f->expected = xstrdup("an end in time");
		f->found = xstrdup("no answer in time");
	} else if (rec->guest_end == GUEST_END_DIED) {
		f = add_finding(rec, RULE_GUEST_DIED);
		f->expected = xstrdup("a guest that lives");
		f->found = xstrdup("the guest ended by itself");
	} else {
		return false;
	}
	f->detail = copy(rec->guest_reason);
	return true;
}

static void judge(struct case_record *rec, enum verdict verdict, const char *fmt, ...)
	__printf(3, 4);

static void judge(struct case_record *rec, enum verdict verdict, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	free(rec->reason);
	rec->reason = xvasprintf(fmt, ap);
	va_end(ap);
	rec->verdict = verdict;
}

static char *escaped(const char *s)
{
	struct buf b = BUF_INIT;

	if (s)
		buf_add_escaped(&b, s, strlen(s), REASON_MAX);
	return buf_take(&b);
}

/* Names the fail by finding @i, or by the first one when @i is out of range. */
static void judge_fail(struct case_record *rec, size_t i)
{
	const struct finding *f = &rec->findings[i < rec->finding_count ? i : 0];
	_cleanup_free_ char *found = escaped(f->found);
	_cleanup_free_ char *expected = escaped(f->expected);
	_cleanup_free_ char *at = f->line ? xasprintf(" at line %u", f->line) : xstrdup("");

	judge(rec, VERDICT_FAIL, "%s%s: expected %s, found %s", f->rule, at,
	      *expected ? expected : "otherwise", *found ? found : "nothing said");
}

/* The finding that names the fail: stray DMA is worse than any earlier finding. */
static size_t worst(const struct case_record *rec)
{
	for (size_t i = 0; i < rec->finding_count; i++)
		if (rule_is(rec->findings[i].rule, RULE_CONTENT_DMA))
			return i;
	return 0;
}

/* A kernel report that depends on time: a lockup, a stall or a hung task. */
static bool is_timed_splat(const struct splat *s)
{
	return s->cls == SPLAT_HUNG_TASK || s->cls == SPLAT_LOCKUP || s->cls == SPLAT_RCU_STALL;
}

/* Whether the fail is only that something did not end in time. */
static bool is_timed(const struct case_record *rec)
{
	enum rule rule;

	if (rec->guest_end == GUEST_END_PANIC || rec->guest_end == GUEST_END_DIED)
		return false;
	for (size_t i = 0; i < rec->splat_count; i++)
		if (!is_timed_splat(rec->splats[i]) || rec->splats[i]->panicked)
			return false;
	return rec->finding_count && rule_find(rec->findings[worst(rec)].rule, &rule) &&
	       (rules[rule].timed || (rec->splat_count && rule == RULE_SPLAT));
}

/* The difference of the clocks of guest and host during the case that makes it an error. */
#define CLOCKS_APART_NS 2000000000ull

static bool clocks_differ(const struct case_record *rec)
{
	uint64_t most = MAX(rec->guest_ns, rec->host_ns), least = MIN(rec->guest_ns, rec->host_ns);

	return least && most - least > CLOCKS_APART_NS && most - least > most / 4;
}

/* Why the host may have caused that something did not end in time; NULL: it did not. */
static char *host_fault(const struct case_record *rec)
{
	if (rec->still_ns)
		return xasprintf("daxrig or QEMU stood still for %.1f s: was it stopped, or its "
				 "cgroup frozen?",
				 (double)rec->still_ns / 1e9);
	if (rec->starved_ns * 2 > rec->duration_ns)
		return xasprintf("the guest waited for a processor of the host for %.1f s of "
				 "%.1f s: give it fewer --jobs",
				 (double)rec->starved_ns / 1e9, (double)rec->duration_ns / 1e9);
	if (clocks_differ(rec))
		return xasprintf("by the guest's clock the case took %.1f s, by the host's %.1f s",
				 (double)rec->guest_ns / 1e9, (double)rec->host_ns / 1e9);
	return NULL;
}

static void judge_step(struct case_record *rec, enum verdict verdict, const struct case_step *s)
{
	_cleanup_free_ char *found = escaped(s->found);
	_cleanup_free_ char *rule = escaped(s->rule);

	if (s->status == STEP_FAIL)
		judge(rec, verdict, "line %u: the guest named an unknown rule '%s'", s->line, rule);
	else
		judge(rec, verdict, "line %u: %s", s->line, *found ? found : "no reason given");
}

static void judge_no_ground(struct case_record *rec)
{
	_cleanup_free_ char *why = escaped(rec->error_count ? rec->errors[0] : rec->guest_reason);

	judge(rec, VERDICT_ERROR, "%s", *why ? why : "no guest came up");
}

/* The first oracle in [@from, @to) that did not see all of the case. */
static const struct case_sight *unseen(const struct case_record *rec, enum oracle from,
				       enum oracle to)
{
	for (enum oracle i = from; i < to && rec->wants_sights; i++)
		if (rec->sights[i].sight == SIGHT_NONE || rec->sights[i].sight == SIGHT_CUT)
			return &rec->sights[i];
	return NULL;
}

static void judge_unseen(struct case_record *rec, const struct case_sight *s)
{
	_cleanup_free_ char *why = escaped(s->why);

	judge(rec, VERDICT_ERROR, "not all was seen: %s: %s",
	      oracle_name((enum oracle)(s - rec->sights)), *why ? why : "no report at the end");
}

/* Judges a case without any finding: is there enough evidence for a pass? */
static void judge_rest(struct case_record *rec)
{
	const struct case_step *skip = first_step(rec, STEP_SKIP);
	const struct case_step *error = first_step(rec, STEP_ERROR);
	const struct case_sight *log = unseen(rec, ORACLE_LOG, ORACLE_LOG + 1);
	const struct case_sight *any = unseen(rec, ORACLE_LOG, ORACLES);
	_cleanup_free_ char *why = escaped(rec->guest_reason);

	if (error)
		judge_step(rec, VERDICT_ERROR, error);
	else if (rec->guest_end != GUEST_END_FINE)
		judge(rec, VERDICT_ERROR, "%s%s%s",
		      rec->guest_end == GUEST_END_KILLED ? "the guest was killed from outside" :
							   "the link to the guest broke",
		      *why ? ": " : "", why);
	else if (rec->dropped)
		judge(rec, VERDICT_ERROR, "the guest reported more than is kept");
	else if (!rec->step_count)
		judge(rec, VERDICT_ERROR, "the guest reported no step");
	else if (!rec->end_seen)
		judge(rec, VERDICT_ERROR, "the guest did not report the end of the case");
	else if (log)
		judge_unseen(rec, log);
	else if (skip)
		judge_step(rec, VERDICT_SKIP, skip);
	else if (rec->wants_dax && !rec->dax_proven)
		judge(rec, VERDICT_ERROR, "no file was proven to be DAX");
	else if (any)
		judge_unseen(rec, any);
	else {
		rec->verdict = VERDICT_PASS;
		free(rec->reason);
		rec->reason = NULL;
	}
}

void case_record_judge(struct case_record *rec)
{
	const struct case_step *fail, *error;
	size_t steps;
	bool kernel, lost;
	_cleanup_free_ char *host = NULL;

	case_record_drop_findings(rec);
	find_steps(rec);
	steps = rec->finding_count;
	kernel = find_kernel(rec);
	lost = find_loss(rec);
	host = is_timed(rec) ? host_fault(rec) : NULL;
	kernel = kernel && !host;
	fail = first_step(rec, STEP_FAIL);
	error = first_step(rec, STEP_ERROR);

	/* a task that oopses in the kernel is killed: the report says why */
	if (rec->error_count || rec->guest_end == GUEST_END_ABSENT || (rec->killed && !kernel))
		judge_no_ground(rec);
	else if (error && (fail ? error < fail : kernel || lost))
		kernel ? judge_fail(rec, steps) : judge_step(rec, VERDICT_ERROR, error);
	else if (fail && rec->wants_dax && !rec->dax_proven)
		kernel ? judge_fail(rec, steps) :
			 judge(rec, VERDICT_ERROR, "line %u: %s, but no file was proven to be DAX",
			       fail->line, fail->rule);
	else if (host)
		judge(rec, VERDICT_ERROR, "%s, but %s", rec->findings[worst(rec)].rule, host);
	else if (fail || kernel || lost)
		judge_fail(rec, worst(rec));
	else
		judge_rest(rec);
}
