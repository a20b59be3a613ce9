/* SPDX-License-Identifier: GPL-2.0-only */
/* One case on a running guest; shared by case.c (its course) and messages.c only. */
#ifndef RIG_GUEST_CASE_PRIVATE_H
#define RIG_GUEST_CASE_PRIVATE_H

#include "guest/private.h"

/* The ms an agent needs at most to end a case after case_abort(). */
#define CASE_AGENT_MS 6000

struct running {
	struct guest *g;
	const struct plan_case *c;
	enum sabotage sabotage;
	struct rundir_case *dir;
	struct case_record *rec;
	uint64_t console_from;
	uint64_t sent_ns;  /* when the case was sent */
	uint64_t limit_ms; /* the time the agent gives the case */
	uint64_t deadline;
	uint64_t oops_ms; /* the time left after the kernel killed a task */
	struct ledger_budget ledger, held_pages;
	bool torn_down; /* the interpreter reported its last step */
	bool aborting;	/* the agent was told to end the case */
	bool timed_out; /* the case reached the deadline */
	bool hung;	/* the last step does not end */
	bool found;	/* something was found that the user wants to see */
	bool held;	/* the case stood still once */
};

/* Tells the agent to end the case, once. */
struct err *case_abort(struct running *r) __must_check;

/* Handles the agent's message @f; sets @over at the end of the case. ERR_INFRA: it is malformed. */
struct err *case_take_frame(struct running *r, const struct frame *f, bool *over) __must_check;

/* Saves evidence as a file in the case's folder. A failure is noted in the record. */
void case_save_file(struct running *r, const char *name, const void *data, size_t len);

/* Takes the splats that the console shows by now; @all: also one whose report is not complete. */
void case_take_splats(struct running *r, bool all);

/*
 * Answers the HOLD_CALL @f, at once or when a person lets the case go on. Sets @over as
 * case_take_frame(), which it calls meanwhile.
 */
struct err *case_hold(struct running *r, const struct frame *f, bool *over) __must_check;

/*
 * stand.c: lets people look into the guest until one of them lets the case go on. @why ends the
 * line that says so; @dead: the guest runs no programs any more. Sets @over as case_hold().
 */
struct err *case_stand_still(struct running *r, const char *why, bool dead, bool *over)
	__must_check;

/* case_hold() for a guest that answers no more: @why. It is about to be ended. */
struct err *case_hold_dead(struct running *r, const char *why) __must_check;

#endif
