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
	VERDICT_ERROR, /* the rig or the host is at fault: says nothing of the kernel */
};

/* "pass", "fail", "skip", "error" */
const char *verdict_name(enum verdict verdict);

/* One step as the guest reported it. Strings may be anything, or NULL. */
struct case_step {
	unsigned int line; /* of the scenario, from 1; 0: none */
	enum step_status status;
	char *step; /* the words of the step */
	char *rule; /* with STEP_FAIL; may be an unknown one */
	char *expected;
	char *found; /* with the others: the reason */
	char *detail;
	unsigned int error; /* errno; 0: none */
	uint64_t ns;
};

/* A reason for a verdict; strings may be NULL except rule. */
struct finding {
	char *rule;
	unsigned int line;
	char *step;
	char *expected;
	char *found;
	char *detail;
};

/* The name of evidence whose text is an oracle that did not see all, and why. */
#define EVIDENCE_LOST "lost"

/* A piece of evidence: in a file of the run folder, or at hand. */
struct case_evidence {
	char *name;
	char *path; /* relative to the run folder; NULL: see text */
	char *text;
};

/* How the guest was when the case was over. */
enum guest_end {
	GUEST_END_FINE,	  /* it answered to the end */
	GUEST_END_PANIC,  /* the kernel panicked */
	GUEST_END_SILENT, /* no answer in time: the case or the kernel hangs */
	GUEST_END_DIED,	  /* QEMU ended by itself: triple fault, reboot */
	GUEST_END_KILLED, /* QEMU was killed from outside */
	GUEST_END_LINK,	  /* the link broke or carried garbage while the guest lived */
	GUEST_END_ABSENT, /* no guest came up for the case */
};

/* "fine", "panic", "silent", "died", "killed", "link", "absent" */
const char *guest_end_name(enum guest_end end);

/* Where a case's time went; a phase it did not have is 0. */
struct case_timing {
	uint64_t queue_ns;  /* from when the first case could begin until a worker took it */
	uint64_t fork_ns;   /* until a guest of its own answered: forked, or booted */
	uint64_t settle_ns; /* until its first step: filesystem made and mounted */
	uint64_t steps_ns;
	uint64_t oracles_ns;  /* looks at log, bytes and filesystem behind the steps */
	uint64_t teardown_ns; /* until the guest was gone */
};

/* Which guest a case ran on, as that said itself: forks of one must not be the same. */
struct case_guest {
	unsigned int number; /* of the guest in its run, from 1; 0: none */
	char host[65];	     /* its name, any bytes; "": it did not say */
	char random[17];     /* bytes it drew first, in hex */
	int64_t clock_ms;    /* its clock less the host's */
};

/* An oracle's word on what it saw. */
struct case_sight {
	enum sight sight;
	char *why; /* NULL: nothing to say */
};

struct case_record {
	char *name;
	char *scenario;	   /* its text */
	char *fs;	   /* "xfs", "ext4"; NULL: none */
	bool wants_dax;	   /* a pass needs dax_proven */
	bool dax_proven;   /* statx said so of a file in the guest */
	bool wants_sights; /* a pass needs the word of every oracle */
	bool end_seen;	   /* the agent reported the case's end */
	enum guest_end guest_end;
	char *guest_reason;  /* words about guest_end; NULL: none */
	uint64_t started_ns; /* since the run began */
	uint64_t duration_ns;
	bool killed; /* its program got a SIGKILL that nobody of the rig sent: guest_reason */
	uint64_t starved_ns; /* of it, the guest was ready and the host had no processor for it */
	uint64_t still_ns;   /* meanwhile the rig or QEMU stood still, stopped or frozen */
	uint64_t guest_ns, host_ns; /* what its end came after, by the two clocks; 0: no end */
	uint64_t window_ms;	    /* an operation at work for longer blocks; 0: not measured */
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
	char **errors; /* what the rig itself could not do */
	size_t error_count;
	size_t dropped;	   /* steps, splats, evidence and errors past CASE_*_MAX */
	size_t text_bytes; /* of steps and evidence, bounded by CASE_TEXT_MAX */

	/* by case_record_judge() */
	enum verdict verdict;
	char *reason;		  /* one line; NULL only with a pass */
	struct finding *findings; /* the first names the fail; all are kept */
	size_t finding_count;
};

/* A guest can send without end: what comes past these is counted and dropped. */
#define CASE_STEPS_MAX 10000
#define CASE_SPLATS_MAX 256
#define CASE_EVIDENCE_MAX 256
#define CASE_ERRORS_MAX 64
#define CASE_LINE_MAX 4096	/* bytes of a one-line text */
#define CASE_DETAIL_MAX 65536	/* bytes of a detail or a piece of evidence */
#define CASE_TEXT_MAX (4 << 20) /* bytes of all texts; a little more is possible */

struct case_record *case_record_create(const char *name) __must_check;

/* NULL is fine. */
void case_record_destroy(struct case_record *rec);

/* Copies @step and its strings, cut to CASE_LINE_MAX and CASE_DETAIL_MAX. */
void case_record_add_step(struct case_record *rec, const struct case_step *step);

/* Takes @splat. */
void case_record_add_splat(struct case_record *rec, struct splat *splat);

/* Copies; one of @path and @text may be NULL. */
void case_record_add_evidence(struct case_record *rec, const char *name, const char *path,
			      const char *text);

/*
 * @oracle's word; of several the one that says less holds, of two the same the first.
 * @why is copied, and kept as evidence where it did not see all. Ignored out of range.
 */
void case_record_see(struct case_record *rec, enum oracle oracle, enum sight sight,
		     const char *why);

/* Something of the rig or the host went wrong during the case: see below. */
void case_record_add_error(struct case_record *rec, const char *fmt, ...) __printf(2, 3);

/*
 * Adds duration_ns, once, to the phases of its timing, as the steps tell: of those without
 * a line the first is the setup, the second letting go, and then comes the look at what is
 * left. What no step tells of is the teardown's, or, where the case did not come to its
 * end, that of the phase it was in.
 */
void case_record_add_timing(struct case_record *rec);

/* Forgets what case_record_judge() found. */
void case_record_drop_findings(struct case_record *rec);

/*
 * Cuts a judged record so that it takes less than RUN_JSON_CASE_MAX in run.json: of all
 * lists the first that there is room for stay, the verdict and its reason are left alone.
 * Evidence named "record" says so, and that all is in the file @path (NULL: in none).
 */
void case_record_trim(struct case_record *rec, const char *path);

/*
 * Sets verdict, reason and findings from the rest; again is fine after more came in.
 * The first of these that holds:
 *
 * 1. error: no guest came up, or the rig itself failed (case_record_add_error). What
 *    the kernel did under a broken rig may be the rig's doing.
 * 2. fail: a splat or a panic, but for a report that is timed (4). The kernel's own words stand whatever the steps did.
 * 3. error: a step error stands before the first failed step, or before the guest was
 *    lost: the rest stumbled over it. Or a step failed, the case wants DAX and DAX was
 *    not proven: without DAX the contract says nothing.
 * 4. fail: a failed step, a guest that went silent or ended by itself. A step error
 *    behind the first failed step does not take it back: a broken contract makes the
 *    rest stumble. Neither does a QEMU killed or a link broken later. But error, when what
 *    names the fail is that something did not end in time (rule.timed, or a report of a lockup,
 *    a stall or a hung task), and the host let the guest wait for a processor for half of the
 *    case or longer, or the rig or QEMU stood still, or the clocks of guest and host differ.
 * 5. error: QEMU killed from outside, a broken link, something dropped, no step
 *    reported, no end.
 * 6. error: the case wants sights and the log was not seen to its end.
 * 7. skip: a step was skipped.
 * 8. error: the case wants DAX and it was not proven, or wants sights and an oracle broke
 *    off or said nothing. One that the kernel does not allow, said so, costs no verdict.
 * 9. pass.
 *
 * Findings are kept under every verdict. A rule that is not known makes its
 * step an error: it came from the guest.
 */
void case_record_judge(struct case_record *rec);

#endif
