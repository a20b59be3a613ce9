/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A storm while it runs. storm.c: the step, and the leader; storm-worker.c: the rounds;
 * storm-act.c: what both do, one thing each; storm-op.c: operations in threads of their own;
 * storm-turn.c: what the leader does with all workers at rest.
 */
#ifndef WORKLOADS_EXEC_STORM_H
#define WORKLOADS_EXEC_STORM_H

#include "workloads/exec/files.h"
#include "workloads/exec/maps.h"
#include "workloads/exec/pins.h"

struct storm;

/* An operation, carried out by a thread that is there for it. */
struct storm_op {
	struct op_call call;
	struct op_target target;
	void *data;		    /* bytes of a write */
	unsigned int gen;	    /* theirs */
	unsigned int id;	    /* for the log */
	bool wanted, entered, done; /* under the lock */
	bool applied;		    /* the bytes are known to be as it left them */
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
	struct shadow bytes; /* what its range must show, from 0; not of the leader */
	uint64_t off, len;   /* of the range, in the file */
	struct exec_map *map;
	struct exec_pin *pin;	/* its place in struct exec */
	unsigned int pin_event; /* the pin's id in the log */
	unsigned int looked_id; /* of the pin that the ledger saw there last */
	void *seen;		/* len bytes: what a check or a pin showed */
	struct storm_op op;
	struct outcome o;
	pthread_cond_t moved; /* its operation did */
	pthread_t thread;
	pid_t tid;
	bool started, stands; /* stands: still, under the lock */
};

struct storm {
	struct exec *x;
	const struct step *st;
	struct exec_file *f;
	struct storm_worker w[STORM_WORKERS_MAX + 1]; /* the last: the leader */
	unsigned int n;				      /* workers */
	uint64_t start_ns;
	pthread_mutex_t lock; /* for all below */
	pthread_mutex_t gate; /* one long-term pin at a time is asked for */
	pthread_cond_t turn;  /* pause, stop or calm changed, or a worker stood still */
	bool pause, stop;
	bool stuck;	     /* what was found does not end */
	bool tainted;	     /* the kernel said something */
	uint64_t taint;	     /* before the storm */
	unsigned int parked; /* workers that stand still */
	unsigned int calm;   /* workers that want no new pins, so that their wait ends */
	unsigned int live;   /* pins */
	uint64_t idle_ns;    /* since there are none */
	unsigned int ids, pins, ops, looks, unstuck;
	struct storm_worker *finder;  /* of what is in its outcome; NULL: nothing so far */
	struct storm_worker *culprit; /* whose operation does not end */
	struct storm_log log;	      /* up to then */
};

/* storm-act.c. They return false when w->o says why. */
bool storm_store(struct storm_worker *w, uint64_t off, uint64_t len);
bool storm_pin(struct storm_worker *w, const struct pin_info *kind, uint64_t off, uint64_t len);
bool storm_look(struct storm_worker *w);
bool storm_unpin(struct storm_worker *w);
/* Its operation is done: so are the bytes. */
void storm_apply(struct storm_worker *w);
bool storm_check(struct storm_worker *w, uint64_t off, uint64_t len, bool read);
/* The bytes of [off, off + len) of the file are now as @p says: its off, len are not read. */
void storm_set(struct storm_worker *w, uint64_t off, uint64_t len, const struct piece *p);
void storm_note(struct storm_worker *w, struct storm_event e);
/* w->o goes to the step, if it is the first, and everybody stops. */
void storm_tell(struct storm_worker *w);

/* storm-op.c */
bool storm_op_init(struct storm_worker *w);
void storm_op_deinit(struct storm_worker *w);
void storm_op_begin(struct storm_worker *w, const struct operation *m, uint64_t off, uint64_t len,
		    uint64_t size);
/* Until it is done, or @us have passed since it was entered; at once without one. */
void storm_op_linger(struct storm_worker *w, unsigned int us);
bool storm_op_is_done(struct storm_worker *w);
/* For its end; false: it does not, or failed, as w->o says. */
bool storm_op_end(struct storm_worker *w);
/* It must not have returned before @released_ns, when @holder let go. */
bool storm_op_waited(struct storm_worker *w, const struct storm_worker *holder,
		     uint64_t released_ns);

/* storm-worker.c */
void *storm_worker_thread(void *arg);

/* storm-turn.c: all stand still. False: w->o of the leader, or of a worker, says why. */
bool storm_look_at_all(struct storm *s);
bool storm_move_all(struct storm *s, const struct storm_turn *t);
/* What the kernel says of itself; it changes with a splat. */
uint64_t storm_taint(void);

/* storm.c: all at once; see storm/storm.h. */
void exec_storm(struct exec *x, const struct step *st, struct outcome *o);

#endif
