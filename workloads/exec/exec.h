/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The interpreter's state while it runs one case in the guest. Each of its parts has a header;
 * interp.c joins them. Oracles listen to it: see oracles/oracle.h.
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
#define EXEC_WINDOW_FILE EXEC_MOUNTPOINT "/window" /* window.c's own */

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
	void *reserved;		/* the address space it lies in */
	size_t reserved_len;
	uint64_t off, len;
	bool shared, writable, pmd;
	struct model_map *m;
};

struct exec_pin {
	unsigned int traits; /* enum pin_trait */
	bool live;
	struct exec_file *file;	      /* NULL: not on a file's pages */
	uint64_t off;		      /* in the file */
	struct model_pin *m;	      /* once it was granted */
	const struct model_map *seen; /* of odp.c: what lies there by the plan, or NULL */
	struct pin pin;		      /* the last: why ends it */
};

/* Shared with the process that carries the operation out. */
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
	unsigned int gen; /* their generation */
	struct task_shared *shared;
	int event_fd; /* counts: entered, done */
	pthread_t thread;
	pid_t pid; /* of the process, 0 for a thread */
	int pid_fd;
	const struct exec_task *behind; /* on the same file, had not ended when it began */
	bool started, dead, joined, applied;
	bool signalled;
	bool spins;		 /* seen at work within a layout wait, again and again */
	char state;		 /* when it was last looked at: 'S', 'D', ... */
	char elsewhere[128];	 /* asleep, but in no layout wait that is known; "": it was not */
	uint64_t waits_since_ns; /* when it was seen to wait, 0: it was not */
	bool need_not;		 /* and it need not have: it may end at any time */
	bool let_go;		 /* a pin went since then, before it ended */
};

/* Looks after what the program's own thread is in; see operation.c. */
struct watch {
	bool there;
	pthread_t thread;
	int wake;	/* eventfd */
	bool asleep;	/* it waits for wake; atomic */
	uint64_t call;	/* the number of the one that runs, 0: none, WATCH_TAKEN; atomic */
	uint64_t calls; /* so far */
	const struct step *step;
	const char *name;
};

#define WATCH_TAKEN UINT64_MAX

struct block;

/* How many things of each kind there are. */
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
	unsigned int files_made, pins_made; /* in all, those of rounds gone by too */
	bool mounted;
	bool spoiled;	      /* nothing else may run in this guest */
	bool unbound;	      /* the device is gone; the filesystem may be mounted still */
	uint64_t window_ms;   /* an operation that has not returned by then blocks */
	uint64_t grace_ms;    /* it ends so soon after the last holder let go */
	uint64_t released_ns; /* before the last pin was let go */
	uint64_t step_ns;     /* when the step began */
	struct block *block;  /* the one that runs */
	struct watch watch;
	void *oracle[ORACLES]; /* what each keeps of the case; NULL at first */
	bool lost[ORACLES];    /* said so */
	void *last;	       /* what a pin saw last */
	size_t last_size;
	char fault[256]; /* of setup or teardown */
};

/* --self-test splat-only: what the oracles cost is seen without them. */
static inline bool exec_looks(const struct exec *x)
{
	return x->ctx->sabotage != SABOTAGE_SPLAT_ONLY;
}

/* interp.c: runs one step, or reports it; one that hangs stands still in there. */
void exec_step(struct exec *x, const struct step *st, struct outcome *o);
void exec_report(struct exec *x, const struct step *st, struct outcome *o, uint64_t ns);
/* A part of the teardown is over: what it found is told, and hides nothing of the next. */
void exec_part_over(struct exec *x, struct outcome *o);

#endif
