/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A storm: several workers at once, each at home in a range of one file that nobody else
 * changes, so that what its bytes must be is known to the byte whatever the others do. A
 * worker goes through rounds: store, pin, operation, unpin, check. Now and then all of them
 * stand still, and the leader looks at the whole file, and moves all of it. What each does
 * follows from the seed alone; how they meet does not. Pure.
 */
#ifndef WORKLOADS_STORM_STORM_H
#define WORKLOADS_STORM_STORM_H

#include "base/buf.h"
#include "workloads/ops/operation.h"
#include "workloads/lang/pin-info.h"

#define STORM_WORKERS_MAX 8u
#define STORM_WORKERS 4u	       /* when nothing else is said */
#define STORM_LEADER STORM_WORKERS_MAX /* as the number of a worker */
#define STORM_RANGE (2u << 20)	       /* bytes; a worker has one of them, or several */
#define STORM_MS_MAX (24u * 3600 * 1000)
#define STORM_PINS_DEFAULT "vmsplice"

/* What a scenario's step asks for. */
struct storm_spec {
	uint64_t ms;
	unsigned int workers;
	bool one_cpu;
	bool unstick;	   /* ends waits that nothing but an entry in a page table keeps */
	unsigned int pins; /* bit N: the kind pin_infos[N] */
	unsigned int ops;  /* of storm_op_bit() */
};

#define STORM_OPS_ALL UINT32_MAX

/* The bit of a kind that a storm can take, of an operation that its workers can begin, or 0. */
unsigned int storm_pin_bit(const char *name);
unsigned int storm_op_bit(const char *name);
/* enum filesystem_feature: what its workers and its leader do. */
unsigned int storm_needs(const struct storm_spec *spec);

/* One worker's, or the leader's, future. */
struct storm_seq {
	uint64_t state;
	uint64_t base, len; /* its range in the file, bytes; of the leader: all of it */
	unsigned int pins, ops, workers;
};

void storm_seq_init(struct storm_seq *q, const struct storm_spec *spec, uint64_t size,
		    uint64_t seed, unsigned int worker);

/* Offsets are bytes in the file, in the range of the worker. */
struct storm_round {
	uint64_t off, len;	    /* stored to before all else */
	const struct pin_info *pin; /* NULL: none; whole pages, stored to before */
	uint64_t pin_off, pin_len;
	const struct operation *op; /* NULL: none */
	uint64_t op_off, op_len;
	bool look;	      /* at what the pin shows */
	bool again;	      /* stores to what is pinned once more */
	bool read;	      /* read(2) at the end */
	unsigned int hold_us; /* so long the pin stands after the operation began */
};

void storm_next(struct storm_seq *q, struct storm_round *r);

/* Whether the operation changes a page that the round pins. */
bool storm_meets(const struct storm_round *r);

/*
 * Whether it has to wait for the pin, too. What holds no whole page, and so frees none, is
 * spared here, as 6.1's ext4 does that in place: see the scenario zero-within-page.
 */
bool storm_must_wait(const struct storm_round *r);

/* What the leader does while all stand still, behind its look at everything. */
struct storm_turn {
	const struct operation *op; /* collapse, insert, truncate; NULL: nothing */
	uint64_t off, len;	    /* collapse, insert */
	uint64_t size;		    /* truncate */
	unsigned int pins;	    /* bit N: it pins a place in worker N's range before */
	uint64_t pin_off[STORM_WORKERS_MAX], pin_len;
	unsigned int first; /* the worker whose pin goes first; then up, around */
	bool sync;	    /* fsync before it looks */
	unsigned int hold_us;
};

void storm_turn(struct storm_seq *q, struct storm_turn *t);

/* Whether @t's operation changes a page that is pinned for worker @n. */
bool storm_turn_meets(const struct storm_turn *t, unsigned int n);

enum storm_act {
	STORM_TOUCH,
	STORM_PIN,
	STORM_UNPIN,
	STORM_START,
	STORM_DONE, /* an operation */
	STORM_CHECK,
};

struct storm_event {
	uint64_t ns; /* monotonic */
	enum storm_act act;
	unsigned int worker; /* or STORM_LEADER */
	unsigned int round;  /* of this worker */
	unsigned int id;     /* pin, operation: which; the same when it goes, ends */
	uint64_t off, len;   /* truncate: off is the size */
	const struct pin_info *pin;
	const struct operation *op;
	int result; /* of an operation that ended: 0 or -errno */
};

#define STORM_LOG_MAX 2000u

/* The last STORM_LOG_MAX events, in the order they were added. */
struct storm_log {
	struct storm_event v[STORM_LOG_MAX];
	uint64_t n; /* in all: the last is v[(n - 1) % STORM_LOG_MAX] */
};

void storm_log_add(struct storm_log *log, const struct storm_event *e);

/* Number @i of those that are left, from 0, the oldest; NULL behind the last. */
const struct storm_event *storm_log_at(const struct storm_log *log, uint64_t i);

/* A line for each, the times in seconds since @from_ns; at most @max bytes, the last ones. */
void storm_log_text(const struct storm_log *log, uint64_t from_ns, size_t max, struct buf *out);

struct storm_file {
	const char *name;
	uint64_t size; /* bytes */
	unsigned int workers;
	bool unstick; /* the storm did: nothing is touched while somebody waits */
};

/* Even workers map their range with 2 MiB entries where they can. */
static inline bool storm_is_pmd(unsigned int worker)
{
	return worker % 2 == 0;
}

/*
 * A scenario that does again what the end of @log holds, on a file of that name: whole
 * rounds, in their order, but that an operation is over when the last pin goes, and no pin
 * comes in between that would hold it up longer. model_parse() takes it. @title: its first
 * line.
 */
void storm_replay(const struct storm_log *log, const struct storm_file *file, const char *title,
		  struct buf *out);

#endif
