/* SPDX-License-Identifier: GPL-2.0-only */
/* The record of one case, and the judgment over it. Pure. */
#ifndef REPORTS_VERDICT_H
#define REPORTS_VERDICT_H

#include "base/buf.h"
#include "base/rule.h"
#include "base/sight.h"
#include "reports/splat/splat.h"

enum verdict {
	VERDICT_PASS,
	VERDICT_FAIL,  /* the kernel broke a rule */
	VERDICT_SKIP,  /* this kernel, filesystem or device lacks something */
	VERDICT_ERROR, /* the rig or the host is at fault: no statement about the kernel */
};

/* "pass", "fail", "skip", "error" */
const char *verdict_name(enum verdict verdict);

/* One step as the guest reported it. Strings may be anything, or NULL. */
struct case_step {
	unsigned int line; /* of the scenario, from 1; 0: none */
	enum step_status status;
	unsigned int test; /* among those of a selftest that the step ran, from 1; 0: the step */
	char *step;	   /* the text of the step */
	char *rule;	   /* with STEP_FAIL; may be unknown */
	char *expected;
	char *found; /* with any other status: the reason */
	char *detail;
	unsigned int error; /* errno; 0: none */
	uint64_t ns;
};

/* A reason of a verdict; strings may be NULL except rule. */
struct finding {
	char *rule;
	unsigned int line;
	char *step;
	char *expected;
	char *found;
	char *detail;
	char *known; /* the name of the known finding it is: known_mark(); NULL: none */
};

/* The name of evidence whose text names an oracle that did not see all, and why. */
#define EVIDENCE_LOST "lost"

/* A piece of evidence: in a file of the run folder, or as text. */
struct case_evidence {
	char *name;
	char *path; /* relative to the run folder; NULL: see text */
	char *text;
};

/* The state of the guest at the end of the case. */
enum guest_end {
	GUEST_END_FINE,	  /* it answered until the end */
	GUEST_END_PANIC,  /* the kernel panicked */
	GUEST_END_SILENT, /* no answer in time: the case or the kernel hangs */
	GUEST_END_DIED,	  /* QEMU ended by itself: triple fault, reboot */
	GUEST_END_KILLED, /* QEMU was killed from outside */
	GUEST_END_LINK,	  /* the link broke or carried garbage while the guest lived */
	GUEST_END_ABSENT, /* no guest came up for the case */
};

/* "fine", "panic", "silent", "died", "killed", "link", "absent" */
const char *guest_end_name(enum guest_end end);

/* The time of each phase of a case; 0: it did not have that phase. */
struct case_timing {
	uint64_t queue_ns;  /* from when the first case could begin until a worker took it */
	uint64_t fork_ns;   /* until a guest of its own answered: forked, or booted */
	uint64_t settle_ns; /* until its first step: filesystem made and mounted */
	uint64_t steps_ns;
	uint64_t oracles_ns;  /* checks of log, bytes and filesystem after the steps */
	uint64_t teardown_ns; /* until the guest was gone */
};

/* The guest of a case, as it identified itself: forks of one guest must differ. */
struct case_guest {
	unsigned int number; /* of the guest in its run, from 1; 0: none */
	char host[65];	     /* its host name, any bytes; "": not known */
	char random[17];     /* its first random bytes, in hex */
	int64_t clock_ms;    /* its clock minus that of the host */
};

/* What an oracle reported about how much it saw. */
struct case_sight {
	enum sight sight;
	char *why; /* NULL: no reason */
};

struct case_record {
	char *name;
	char *scenario;	   /* its text */
	char *fs;	   /* "xfs", "ext4"; NULL: none */
	bool wants_dax;	   /* a pass needs dax_proven */
	bool dax_proven;   /* statx() showed DAX for a file in the guest */
	bool wants_sights; /* a pass needs a report of every oracle */
	bool end_seen;	   /* the agent reported the case's end */
	enum guest_end guest_end;
	char *guest_reason;  /* explains guest_end; NULL: none */
	uint64_t started_ns; /* since the run began */
	uint64_t duration_ns;
	bool killed; /* its program got a SIGKILL that the rig did not send: see guest_reason */
	uint64_t starved_ns; /* part of duration_ns in which the guest waited for a host CPU */
	uint64_t still_ns;   /* part in which the rig or QEMU was stopped or frozen */
	uint64_t guest_ns, host_ns; /* time until its end, by the two clocks; 0: no end */
	uint64_t window_ms;	    /* an operation that takes longer blocks; 0: not measured */
	struct case_timing timing;
	uint64_t seed;
	struct case_guest guest;

	struct case_step *steps;
	size_t step_count;
	struct splat **splats;
	size_t splat_count;
	struct case_evidence *evidence;
	size_t evidence_count;
	struct case_sight sights[ORACLES];
	char **errors; /* failures of the rig itself */
	size_t error_count;
	size_t dropped;	   /* steps, splats, evidence and errors past CASE_*_MAX */
	size_t text_bytes; /* of steps and evidence, bounded by CASE_TEXT_MAX */
	char *raw; /* its JSON, to be written again as it was read; NULL: made of the rest */

	/* by case_record_judge() */
	enum verdict verdict;
	char *reason;		  /* one line; NULL only with a pass */
	struct finding *findings; /* the first names the fail; all are kept */
	size_t finding_count;
};

/* A guest can send without end: beyond these limits things are counted and dropped. */
#define CASE_STEPS_MAX 10000
#define CASE_SPLATS_MAX 256
#define CASE_EVIDENCE_MAX 256
#define CASE_ERRORS_MAX 64
#define CASE_LINE_MAX 4096	/* bytes of a one-line text */
#define CASE_DETAIL_MAX 65536	/* bytes of a detail or a piece of evidence */
#define CASE_TEXT_MAX (4 << 20) /* bytes of all texts; a little more is possible */

struct case_record *case_record_create(const char *name) __must_check;

/* @rec may be NULL. */
void case_record_destroy(struct case_record *rec);

/*
 * Copies @step and its strings, cut to CASE_LINE_MAX and CASE_DETAIL_MAX; of a detail the
 * middle is cut out.
 */
void case_record_add_step(struct case_record *rec, const struct case_step *step);

/* Takes ownership of @splat. */
void case_record_add_splat(struct case_record *rec, struct splat *splat);

/* Copies its strings, the middle of a long text cut out; one of @path and @text may be NULL. */
void case_record_add_evidence(struct case_record *rec, const char *name, const char *path,
			      const char *text);

/*
 * Records how much @oracle saw. Of several reports the one that saw less counts, of equal
 * ones the first. Copies @why, and keeps it as evidence if the oracle did not see all.
 * Ignores values out of range.
 */
void case_record_see(struct case_record *rec, enum oracle oracle, enum sight sight,
		     const char *why);

/* Adds a failure of the rig or the host during the case: see case_record_judge(). */
void case_record_add_error(struct case_record *rec, const char *fmt, ...) __printf(2, 3);

/*
 * The number of tests of selftests in . @counts, which may be NULL, gets how many came out
 * how: added to what it has.
 */
size_t case_record_tests(const struct case_record *rec, size_t counts[STEP_ERROR + 1]);

/*
 * Divides duration_ns among the phases of its timing by the times of the steps; call it
 * once. Of the steps without a line, the first is the setup, the second releases all, and
 * the others check what is left. The remaining time is that of the teardown, or of the
 * current phase if the case did not end.
 */
void case_record_add_timing(struct case_record *rec);

/* Drops the findings of case_record_judge(). */
void case_record_drop_findings(struct case_record *rec);

/*
 * Cuts a judged record so that it takes less than RUN_JSON_CASE_MAX in run.json: keeps as
 * many of the first elements of each list as fit, and the verdict with its reason. Evidence
 * named "record" says so, and that the file @path has all (NULL: no file has).
 */
void case_record_trim(struct case_record *rec, const char *path);

/*
 * Sets verdict, reason and findings from the rest; may be called again after additions.
 * The first of these that applies:
 *
 * 1. error: no guest came up, or the rig itself failed (case_record_add_error). A broken
 *    rig may cause anything that the kernel did.
 * 2. fail: a splat or a panic, except a report that depends on time (see 4). The report of
 *    the kernel counts whatever the steps did.
 * 3. error: a step error came before the first failed step, or before the guest was lost,
 *    and may have caused that. Or a step failed, the case wants DAX and DAX was not proven:
 *    without DAX the contract does not apply.
 * 4. fail: a failed step, or a guest that went silent or ended by itself. A step error
 *    after the first failed step does not change that, as a broken contract may cause it;
 *    neither does a later kill of QEMU or a broken link. But error, when the fail is only
 *    that something did not end in time (rule.timed, or a report of a lockup, a stall or a
 *    hung task), and the guest waited for a host CPU for at least half of the case, or the
 *    rig or QEMU was stopped, or the clocks of guest and host differ.
 * 5. error: QEMU was killed from outside, the link broke, something was dropped, or no step
 *    or no end was reported.
 * 6. error: the case wants sights and the log was not read to its end.
 * 7. skip: a step was skipped.
 * 8. error: the case wants DAX and it was not proven, or wants sights and an oracle stopped
 *    or did not report. An oracle that reports that the kernel lacks its interface does not
 *    change the verdict.
 * 9. pass.
 *
 * A test of a selftest that fails is a failed step; the skip or error of one is not that of
 * its step, which says what they come to.
 *
 * Every verdict keeps its findings. An unknown rule, which only the guest can send, makes its
 * step an error.
 */
void case_record_judge(struct case_record *rec);

#endif
