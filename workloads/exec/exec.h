/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The state of the interpreter while it runs one case in the guest. Each of its parts has a
 * header; interp.c joins them. It sends events to the oracles: see oracles/oracle.h.
 */
#ifndef WORKLOADS_EXEC_EXEC_H
#define WORKLOADS_EXEC_EXEC_H

#include <pthread.h>

#include "base/sight.h"
#include "workloads/ops/operation.h"
#include "wire/agent.h"
#include "workloads/exec/outcome.h"
#include "workloads/pins/pin.h"
#include "workloads/model/derive.h"
#include "workloads/model/model.h"

#define EXEC_THINGS_MAX 64
#define EXEC_MOUNTPOINT "/mnt/case"
#define EXEC_WINDOW_FILE EXEC_MOUNTPOINT "/window" /* for window.c */

struct exec_file {
	const char *name;
	char path[128];
	int fd; /* -1 when closed */
	struct model_file *m;
};

struct exec_map {
	const char *name;
	struct exec_file *file; /* NULL: device-DAX */
	uint8_t *addr;		/* NULL when unmapped */
	void *reserved;		/* the reserved address range that contains it */
	size_t reserved_len;
	uint64_t off, len;
	bool shared, writable, pmd;
	struct model_map *m;
};

struct exec_pin {
	unsigned int traits; /* enum pin_trait */
	bool live;
	struct exec_file *file;	      /* NULL: on no file */
	uint64_t off;		      /* in the file */
	struct model_pin *m;	      /* set when it is granted */
	const struct model_map *seen; /* for odp.c: the mapping that the pin sees, or NULL */
	struct pin pin;		      /* must be the last member: its why is not cleared */
};

/* Shared with the process that runs the operation. */
struct task_shared {
	int result; /* 0 or -errno, valid once done */
	bool entered, done;
	pid_t tid;
	uint64_t entered_ns, done_ns;
};

struct exec_task {
	const char *name;
	const struct step *step;
	struct op_target target;
	void *data;	  /* bytes of a write, or NULL */
	unsigned int gen; /* generation of data */
	struct task_shared *shared;
	int event_fd; /* counts the events entered and done */
	pthread_t thread;
	pid_t pid; /* of the process, 0 for a thread */
	int pid_fd;
	const struct exec_task *behind; /* on the same file, not ended when this one began */
	bool started, dead, joined, applied;
	bool signalled;
	bool spins;		 /* samples found it running within a layout wait */
	char state;		 /* in the last sample: 'S', 'D', ... */
	char elsewhere[128];	 /* where it slept, if in no known layout wait; "": it did not */
	uint64_t waits_since_ns; /* when a sample first found it waiting, 0: none did */
	bool need_not;		 /* it need not wait, and may end at any time */
	bool let_go;		 /* a pin was released since then, before it ended */
};

/* Watches the operation of the program's main thread; see operation.c. */
struct watch {
	bool there;
	pthread_t thread;
	int wake;	/* eventfd */
	bool asleep;	/* the watching thread waits for wake; atomic */
	uint64_t call;	/* the number of the running call, 0: none, or WATCH_TAKEN; atomic */
	uint64_t calls; /* number of calls so far */
	const struct step *step;
	const char *name;
};

#define WATCH_TAKEN UINT64_MAX

struct block;

/* The number of things of each kind. */
struct mark {
	unsigned int files, maps, pins, tasks;
};

struct exec {
	const struct case_ctx *ctx;
	const struct scenario *s;
	struct model model; /* what the kernel is compared with */
	struct exec_file files[EXEC_THINGS_MAX];
	struct exec_map maps[EXEC_THINGS_MAX];
	struct exec_pin pins[EXEC_THINGS_MAX];
	struct exec_task tasks[EXEC_THINGS_MAX];
	unsigned int nr_files, nr_maps, nr_pins, nr_tasks;
	unsigned int files_made, pins_made; /* totals, with those of earlier rounds */
	bool mounted;
	bool spoiled;	      /* nothing else may run in this guest */
	bool unbound;	      /* the device was unbound; the filesystem may still be mounted */
	uint64_t window_ms;   /* an operation that has not returned by then blocks */
	uint64_t grace_ms;    /* an operation must end within it after the last release */
	uint64_t released_ns; /* just before the last release of a pin */
	uint64_t step_ns;     /* when the step began */
	struct block *block;  /* the running repeat block, or NULL */
	struct watch watch;
	void *oracle[ORACLES]; /* the state of each oracle; NULL at first */
	bool lost[ORACLES];    /* oracle_lost() was called */
	void *last;	       /* buffer for the last bytes that a pin saw */
	size_t last_size;
};

/* False under --self-test splat-only, which measures the cost of the oracles. */
static inline bool exec_looks(const struct exec *x)
{
	return x->ctx->sabotage != SABOTAGE_SPLAT_ONLY;
}

/* interp.c: run one step; report it. exec_report() does not return for a step that hangs. */
void exec_step(struct exec *x, const struct step *st, struct outcome *o);
void exec_report(struct exec *x, const struct step *st, struct outcome *o, uint64_t ns);
/* Reports what a part of the teardown found, and resets @o for the next part. */
void exec_part_over(struct exec *x, struct outcome *o);

#endif
