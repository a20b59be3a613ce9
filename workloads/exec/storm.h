/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A running storm. storm.c: the step and the leader; storm-worker.c: the rounds;
 * storm-act.c: the single acts of both; storm-op.c: operations in threads of their own;
 * storm-turn.c: what the leader does while all workers stop.
 */
#ifndef WORKLOADS_EXEC_STORM_H
#define WORKLOADS_EXEC_STORM_H

#include "workloads/exec/files.h"
#include "workloads/exec/maps.h"
#include "workloads/exec/pins.h"

struct storm;

/* An operation, and the thread that runs it. */
struct storm_op {
	struct op_call call;
	struct op_target target;
	void *data;		    /* bytes of a write */
	unsigned int gen;	    /* generation of data */
	unsigned int id;	    /* for the log */
	bool wanted, entered, done; /* under the lock */
	bool applied;		    /* the expected bytes have its effect */
	int result;
	uint64_t entered_ns, done_ns;
	pthread_t thread;
	pid_t tid;
};

struct storm_worker {
	struct storm *s;
	unsigned int number; /* or STORM_LEADER */
	unsigned int round;
	struct storm_seq seq;
	struct shadow bytes; /* the bytes that its range must have, from 0; not for the leader */
	uint64_t off, len;   /* of the range, in the file */
	struct exec_map *map;
	struct exec_pin *pin;	/* its pin in struct exec */
	unsigned int pin_event; /* id of the pin in the log */
	unsigned int looked_id; /* id of its pin at the last look of the ledger */
	void *seen;		/* len bytes: those read by a check or a pin */
	struct storm_op op;
	struct outcome o;
	pthread_cond_t moved; /* its operation was entered or is done */
	pthread_t thread;
	pid_t tid;
	bool started, stands; /* stands: it has stopped; under the lock */
};

struct storm {
	struct exec *x;
	const struct step *st;
	struct exec_file *f;
	struct storm_worker w[STORM_WORKERS_MAX + 1]; /* the last: the leader */
	unsigned int n;				      /* workers */
	uint64_t start_ns;
	pthread_mutex_t lock; /* for all below */
	pthread_mutex_t gate; /* only one worker at a time takes a long-term pin */
	pthread_cond_t turn;  /* pause, stop or calm changed, or a worker stopped */
	bool pause, stop;
	bool stuck;	     /* an operation does not end */
	bool tainted;	     /* the kernel was tainted during the storm */
	uint64_t taint;	     /* before the storm */
	unsigned int parked; /* workers that have stopped */
	unsigned int calm;   /* workers that ask for no new pins, so that their wait ends */
	unsigned int live;   /* pins that are held */
	uint64_t idle_ns;    /* since when live is 0 */
	unsigned int ids, pins, ops, looks, unstuck;
	struct storm_worker *finder;  /* the first with a finding in its outcome, or NULL */
	struct storm_worker *culprit; /* the one whose operation does not end */
	struct storm_log log;	      /* up to the finding */
};

/* storm-act.c. False: w->o has the failure. */
bool storm_store(struct storm_worker *w, uint64_t off, uint64_t len);
bool storm_pin(struct storm_worker *w, const struct pin_info *kind, uint64_t off, uint64_t len);
bool storm_look(struct storm_worker *w);
bool storm_unpin(struct storm_worker *w);
/* Applies the worker's operation, which is done, to the expected bytes. */
void storm_apply(struct storm_worker *w);
bool storm_check(struct storm_worker *w, uint64_t off, uint64_t len, bool read);

void storm_note(struct storm_worker *w, struct storm_event e);
/* Reports w->o, if it is the first finding, as that of the step, and stops the storm. */
void storm_tell(struct storm_worker *w);

/* storm-op.c */
bool storm_op_init(struct storm_worker *w);
void storm_op_deinit(struct storm_worker *w);
void storm_op_begin(struct storm_worker *w, const struct operation *m, uint64_t off, uint64_t len,
		    uint64_t size);
/* Waits until the operation is done, or @us after it was entered; not without an operation. */
void storm_op_linger(struct storm_worker *w, unsigned int us);
bool storm_op_is_done(struct storm_worker *w);
/* Waits for its end; false: it does not end, or failed, and w->o has that. */
bool storm_op_end(struct storm_worker *w);
/* Judges that it has not returned before @released_ns, when @holder released its pin. */
bool storm_op_waited(struct storm_worker *w, const struct storm_worker *holder,
		     uint64_t released_ns);

/* storm-worker.c */
void *storm_worker_thread(void *arg);

/* storm-turn.c, while all workers stop. False: w->o of the leader or of a worker says why. */
bool storm_look_at_all(struct storm *s);
bool storm_move_all(struct storm *s, const struct storm_turn *t);
/* The kernel's taint flags; a splat changes them. */
uint64_t storm_taint(void);

/* storm.c: the storm step; see storm/storm.h. */
void exec_storm(struct exec *x, const struct step *st, struct outcome *o);

#endif
