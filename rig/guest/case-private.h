/* SPDX-License-Identifier: GPL-2.0-only */
/* One case on a running guest: between guest-case.c (its course) and guest-heard.c. */
#ifndef RIG_GUEST_CASE_PRIVATE_H
#define RIG_GUEST_CASE_PRIVATE_H

#include "guest/private.h"

/* In ms: an agent that was told to end the case has done so by then. */
#define CASE_AGENT_MS 6000

struct running {
	struct guest *g;
	const struct plan_case *c;
	enum sabotage sabotage;
	struct rundir_case *dir;
	struct case_record *rec;
	uint64_t console_from;
	uint64_t sent_ns;  /* when the case was sent */
	uint64_t limit_ms; /* that the agent gives the case */
	uint64_t deadline;
	uint64_t oops_ms; /* that is left of it once a task was killed */
	struct ledger_budget ledger;
	bool torn_down; /* the interpreter reported its last step */
	bool aborting;	/* the agent was told to end the case */
	bool timed_out; /* because it took too long */
};

/* Tells the agent to end the case, once. */
struct err *case_abort(struct running *r) __must_check;

/* Puts down what the agent says; @over at the end of the case. ERR_INFRA: it is nonsense. */
struct err *case_take_frame(struct running *r, const struct frame *f, bool *over) __must_check;

/* A file of the case's folder, as evidence. That it cannot be written is noted. */
void case_save_file(struct running *r, const char *name, const void *data, size_t len);

#endif
