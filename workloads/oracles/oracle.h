/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Oracles: each gets the events of a case and judges the kernel by them. exec/ sends each
 * event to all of them by oracles_tell(); it names no oracle.
 */
#ifndef WORKLOADS_ORACLES_ORACLE_H
#define WORKLOADS_ORACLES_ORACLE_H

#include "workloads/exec/exec.h"

#define RULE_BIT(rule) (1ull << (rule))
#define RULE_BITS(first, last) ((2ull << (last)) - (1ull << (first)))
_Static_assert(RULES <= 64, "the rules are bits of a word");

/* A program of the user's, while the case runs it. */
struct beside {
	pid_t keeper; /* the program's processes descend from this one */
	uint64_t start_ns;
	enum beside_when {
		BESIDE_RUNS,  /* every 100 ms or so */
		BESIDE_ENDED, /* it ended, or its time is over; processes that it left still run */
		BESIDE_GONE,  /* all its processes are dead */
	} when;
};

/*
 * One oracle; an event that it does not need is NULL. Its state of the case is in
 * x->oracle[]. It appends what it finds to @o, which may have findings already.
 */
struct oracle_ops {
	uint64_t rules; /* RULE_BIT() of the rules that only this oracle judges by */

	/* Called once in a guest, before its first case. */
	void (*prepare)(struct exec *x);

	/* Before a store to [@off, @off + @len) of @f through a shared mapping. */
	void (*storing)(struct exec *x, struct exec_file *f, uint64_t off, uint64_t len);
	/* Such a store, or another write, left unknown bytes in the range. */
	void (*spoiled)(struct exec *x, struct exec_file *f, uint64_t off, uint64_t len);
	/* @c, which is not a store, has ended, with any result. */
	void (*changed)(struct exec *x, const struct op_call *c);
	/* @how, such as "the fsync", has flushed @f (NULL: every file). */
	void (*flushed)(struct exec *x, struct exec_file *f, const char *how, struct outcome *o);
	/* The case no longer uses @f: another file may get its place in x->files. */
	void (*gone)(struct exec *x, struct exec_file *f);

	/* Before and after step @st, which touches @m. */
	void (*touching)(struct exec *x, const struct exec_map *m, const struct step *st);
	void (*touched)(struct exec *x, const struct exec_map *m, const struct step *st,
			struct outcome *o);

	/* The kernel granted @p. */
	void (*pinned)(struct exec *x, struct exec_pin *p);
	/* @p is still held: after a read through it, or before its release. */
	void (*standing)(struct exec *x, struct exec_pin *p, struct outcome *o);

	/*
	 * After @st, whose outcome is @o. In a repeat block only after a step that hangs, and
	 * at the end of the block.
	 */
	void (*step)(struct exec *x, const struct step *st, struct outcome *o);
	/* Within a step, while no task of the program runs. */
	void (*rest)(struct exec *x, struct outcome *o);
	/* The operation that does not end sleeps in a layout wait; no other task runs. */
	void (*hang)(struct exec *x, struct outcome *o);

	/* Again and again beside a program of the user's, and after it. */
	void (*beside)(struct exec *x, const struct beside *b, struct outcome *o);

	/* After the last umount; nothing is held. */
	void (*unmounted)(struct exec *x, struct outcome *o);
	/* The case is over. */
	void (*end)(struct exec *x);
};

/* All oracles, by enum oracle; one file each. The log's entry is empty: the host judges it. */
extern const struct oracle_ops *const oracles[ORACLES];

/* RULE_BIT() of the rules that exec/ or the host judges by. */
extern const uint64_t frame_rules;

/* Sends @event to all oracles, in order; to none under --self-test splat-only. */
#define oracles_tell(x, event, ...)                                                                \
	do {                                                                                       \
		for (enum oracle i_ = 0; exec_looks(x) && i_ < ORACLES; i_++)                      \
			if (oracles[i_]->event)                                                    \
				oracles[i_]->event(x, ##__VA_ARGS__);                              \
	} while (0)

/* Ends the case for all oracles, and reports for each whether it saw all of the case. */
void oracles_end(struct exec *x);

/* Records that @oracle does not see all of the case: @sight is SIGHT_LACKING or SIGHT_CUT. */
void oracle_lost(struct exec *x, enum oracle oracle, enum sight sight, const char *why, ...)
	__printf(4, 5);

#endif
