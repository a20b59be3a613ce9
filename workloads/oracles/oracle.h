/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Oracles: each listens to what a case does and judges the kernel by what it sees of that.
 * exec/ tells all of them at once, by oracles_tell(), and knows none.
 */
#ifndef WORKLOADS_ORACLES_ORACLE_H
#define WORKLOADS_ORACLES_ORACLE_H

#include "workloads/exec/exec.h"

#define RULE_BIT(rule) (1ull << (rule))
#define RULE_BITS(first, last) ((2ull << (last)) - (1ull << (first)))
_Static_assert(RULES <= 64, "the rules are bits of a word");

/*
 * One oracle; of the events NULL are those that it has no use for. What it keeps of the case
 * is x->oracle[]. @o gets what is found, after what is in there already.
 */
struct oracle_ops {
	uint64_t rules; /* RULE_BIT() of those that it judges by, and nobody else */

	/* Once in a guest, before its first case. */
	void (*prepare)(struct exec *x);

	/* [@off, @off + @len) of @f is about to be stored to through a shared mapping. */
	void (*storing)(struct exec *x, struct exec_file *f, uint64_t off, uint64_t len);
	/* Nobody knows what such a store, or what else was there, has left in it. */
	void (*spoiled)(struct exec *x, struct exec_file *f, uint64_t off, uint64_t len);
	/* @c, no store, has ended, whatever came of it. */
	void (*changed)(struct exec *x, const struct op_call *c);
	/* @f (NULL: every file) was flushed by @how, "the fsync". */
	void (*flushed)(struct exec *x, struct exec_file *f, const char *how, struct outcome *o);
	/* The case is done with @f: another one may take its place in x->files. */
	void (*gone)(struct exec *x, struct exec_file *f);

	/* Around step @st, which touches @m. */
	void (*touching)(struct exec *x, const struct exec_map *m, const struct step *st);
	void (*touched)(struct exec *x, const struct exec_map *m, const struct step *st,
			struct outcome *o);

	/* @p was granted. */
	void (*pinned)(struct exec *x, struct exec_pin *p);
	/* @p stands still: it was looked through, or is about to be let go. */
	void (*standing)(struct exec *x, struct exec_pin *p, struct outcome *o);

	/* After @st, which @o is of. Of a repeat block: after one that hangs, and at its end. */
	void (*step)(struct exec *x, const struct step *st, struct outcome *o);
	/* In the midst of a step, while nothing of the program runs. */
	void (*rest)(struct exec *x, struct outcome *o);
	/* What does not end sleeps in a layout wait; all else is at rest. */
	void (*hang)(struct exec *x, struct outcome *o);

	/* For the last time; nothing is held. */
	void (*unmounted)(struct exec *x, struct outcome *o);
	/* The case is over. */
	void (*end)(struct exec *x);
};

/* By enum oracle, all of them. Each is a file of its own, but for the log: that is the host's. */
extern const struct oracle_ops *const oracles[ORACLES];

/* RULE_BIT() of what exec/, or the host, judges by. */
extern const uint64_t frame_rules;

/* To all that listen, in their order: nobody does under --self-test splat-only. */
#define oracles_tell(x, event, ...)                                                                \
	do {                                                                                       \
		for (enum oracle i_ = 0; exec_looks(x) && i_ < ORACLES; i_++)                      \
			if (oracles[i_]->event)                                                    \
				oracles[i_]->event(x, ##__VA_ARGS__);                              \
	} while (0)

/* The case is over: told to all, and those that did not say that they saw less saw it whole. */
void oracles_end(struct exec *x);

/* Has it in the record of the case that @oracle does not see all, SIGHT_LACKING or _CUT. */
void oracle_lost(struct exec *x, enum oracle oracle, enum sight sight, const char *why, ...)
	__printf(4, 5);

#endif
