/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A storm: several concurrent workers, each with a range of one file that no other worker
 * changes, so that the model knows every byte of it whatever the others do. A worker runs
 * rounds: store, pin, operation, unpin, check. From time to time all of them stop, and the
 * leader checks the whole file, and moves all of it. The seed alone decides what each does,
 * but not how they interleave. Pure.
 */
#ifndef WORKLOADS_STORM_STORM_H
#define WORKLOADS_STORM_STORM_H

#include "base/buf.h"
#include "workloads/ops/operation.h"
#include "workloads/lang/pin-info.h"

#define STORM_WORKERS_MAX 8u
#define STORM_WORKERS 4u	       /* the default */
#define STORM_LEADER STORM_WORKERS_MAX /* the leader's number as a worker */
#define STORM_RANGE (2u << 20)	       /* bytes; a worker has one of them, or several */
#define STORM_MS_MAX (24u * 3600 * 1000)
#define STORM_PINS_DEFAULT "vmsplice"

/* The arguments of a storm step. */
struct storm_spec {
	uint64_t ms;
	unsigned int workers;
	bool one_cpu;
	bool unstick;	   /* ends waits that only a page table entry prolongs */
	unsigned int pins; /* bit N: the kind pin_infos[N] */
	unsigned int ops;  /* of storm_op_bit() */
};

#define STORM_OPS_ALL UINT32_MAX

/* The bit of a pin or an operation; 0 when a storm cannot use it. */
unsigned int storm_pin_bit(const char *name);
unsigned int storm_op_bit(const char *name);
/* A set of enum filesystem_feature: what its workers and its leader need. */
unsigned int storm_needs(const struct storm_spec *spec);

/* The random sequence of one worker or of the leader. */
struct storm_seq {
	uint64_t state;
	uint64_t base, len; /* its range in the file, bytes; the leader's is the whole file */
	unsigned int pins, ops, workers;
};

void storm_seq_init(struct storm_seq *q, const struct storm_spec *spec, uint64_t size,
		    uint64_t seed, unsigned int worker);

/* One round. Offsets are bytes in the file, inside the range of the worker. */
struct storm_round {
	uint64_t off, len;	    /* the store at the beginning */
	const struct pin_info *pin; /* NULL: none; its whole pages were stored to before */
	uint64_t pin_off, pin_len;
	const struct operation *op; /* NULL: none */
	uint64_t op_off, op_len;
	bool look;	      /* checks the bytes that the pin sees */
	bool again;	      /* stores to the pinned pages again */
	bool read;	      /* read(2) at the end */
	unsigned int hold_us; /* from the start of the operation to the release of the pin */
};

void storm_next(struct storm_seq *q, struct storm_round *r);

/* Whether the operation changes a page that the round pins. */
bool storm_meets(const struct storm_round *r);

/*
 * Whether the operation must wait for that pin. An operation on less than a page, which
 * frees none, need not: ext4 of 6.1 does it in place, see the scenario zero-within-page.
 */
bool storm_must_wait(const struct storm_round *r);

/* What the leader does while all workers stop, after its check of everything. */
struct storm_turn {
	const struct operation *op; /* collapse, insert, truncate; NULL: nothing */
	uint64_t off, len;	    /* collapse, insert */
	uint64_t size;		    /* truncate */
	unsigned int pins;	    /* bit N: it first pins pages in the range of worker N */
	uint64_t pin_off[STORM_WORKERS_MAX], pin_len;
	unsigned int first; /* the worker whose pin is released first; then upwards, modulo */
	bool sync;	    /* fsync before the check */
	unsigned int hold_us;
};

void storm_turn(struct storm_seq *q, struct storm_turn *t);

/* Whether the operation of @t changes a page that is pinned for worker @n. */
bool storm_turn_meets(const struct storm_turn *t, unsigned int n);

enum storm_act {
	STORM_TOUCH,
	STORM_PIN,
	STORM_UNPIN,
	STORM_START,
	STORM_DONE, /* an operation ended */
	STORM_CHECK,
};

struct storm_event {
	uint64_t ns; /* monotonic */
	enum storm_act act;
	unsigned int worker; /* or STORM_LEADER */
	unsigned int round;  /* of this worker */
	unsigned int id;     /* of the pin or operation, the same at its end */
	uint64_t off, len;   /* truncate: off is the size */
	const struct pin_info *pin;
	const struct operation *op;
	int result; /* of an operation that ended: 0 or -errno */
};

#define STORM_LOG_MAX 2000u

/* The last STORM_LOG_MAX events, in the order they were added. */
struct storm_log {
	struct storm_event v[STORM_LOG_MAX];
	uint64_t n; /* number of all events; the last is v[(n - 1) % STORM_LOG_MAX] */
};

void storm_log_add(struct storm_log *log, const struct storm_event *e);

/* Event @i of those in the log, 0 is the oldest; NULL after the last. */
const struct storm_event *storm_log_at(const struct storm_log *log, uint64_t i);

/* Appends a line for each event, with seconds since @from_ns; only the last @max bytes. */
void storm_log_text(const struct storm_log *log, uint64_t from_ns, size_t max, struct buf *out);

struct storm_file {
	const char *name;
	uint64_t size; /* bytes */
	unsigned int workers;
	bool unstick; /* the storm had it: touch nothing while an operation waits */
};

/* Even workers map their range with 2 MiB entries where they can. */
static inline bool storm_is_pmd(unsigned int worker)
{
	return worker % 2 == 0;
}

/*
 * Appends a scenario that repeats the end of @log on @file, in complete rounds and in order.
 * But an operation ends only when the last pin is released, and no new pin comes before, as
 * the operation would wait for it, too. model_parse() accepts it. @title is its first line.
 */
void storm_replay(const struct storm_log *log, const struct storm_file *file, const char *title,
		  struct buf *out);

#endif
