/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The interpreter's state while it runs one case in the guest. Its parts: fs.c (the
 * filesystem), files.c, maps.c, holds.c (pins), tasks.c and expect.c (started
 * operations), effects.c and blocks.c (what an operation does to the expected bytes),
 * window.c (how long things take), outcome.c, and interp.c, which joins them.
 */
#ifndef WORKLOADS_EXEC_EXEC_H
#define WORKLOADS_EXEC_EXEC_H

#include <pthread.h>

#include "inject/ops/ops.h"
#include "wire/agent.h"
#include "workloads/pins/pin.h"
#include "workloads/scenario.h"
#include "workloads/shadow.h"

#define EXEC_THINGS_MAX 64
#define EXEC_MOUNTPOINT "/mnt/case"

struct exec_file {
	const char *name;
	char path[128];
	int fd;			/* -1 when closed */
	unsigned int origin;	/* of pattern.h, 1.. */
	unsigned int gen;	/* last generation written */
	bool gone;		/* unlinked, or the filesystem is */
	struct shadow shadow;
	struct shadow blocks;	/* PIECE_DATA: gen is the allocation, src the place in it */
};

struct exec_map {
	const char *name;
	struct exec_file *file;	/* NULL: device-DAX */
	uint8_t *addr;		/* NULL when unmapped */
	uint64_t off, len;
	bool shared, writable;
	struct shadow overlay;	/* private: what was written, PIECE_BELOW elsewhere */
};

struct exec_pin {
	struct pin pin;
	bool live;
	struct exec_file *file;	/* NULL: not on a file's pages */
	uint64_t off;		/* in the file */
	bool attached;		/* its pages still are the file's */
	struct shadow own;	/* what it must see once it is not attached */
};

/* Shared with the process that carries the operation out. */
struct task_shared {
	int result;		/* 0 or -errno, valid once done */
	bool entered, done;
	pid_t tid;
	uint64_t entered_ns, done_ns;
};

struct exec_task {
	const char *name;
	const struct step *step;
	struct op_target target;
	void *data;		/* bytes of a write, or NULL */
	unsigned int gen;	/* their generation */
	struct task_shared *shared;
	int event_fd;		/* counts: entered, done */
	pthread_t thread;
	pid_t pid;		/* of the process, 0 for a thread */
	int pid_fd;
	bool started, dead, joined, applied;
	bool signalled;
	uint64_t waits_since_ns;	/* when it was seen to wait, 0: it was not */
};

struct exec {
	const struct case_ctx *ctx;
	const struct scenario *s;
	struct exec_file files[EXEC_THINGS_MAX];
	struct exec_map maps[EXEC_THINGS_MAX];
	struct exec_pin pins[EXEC_THINGS_MAX];
	struct exec_task tasks[EXEC_THINGS_MAX];
	unsigned int nr_files, nr_maps, nr_pins, nr_tasks;
	unsigned int allocations;
	bool mounted;
	uint64_t window_ms;	/* an operation that has not returned by then blocks */
	uint64_t grace_ms;	/* it ends so soon after the last holder let go */
	uint64_t released_ns;	/* before the last pin was let go */
	char fault[256];	/* of setup or teardown */
};

/* What came of one step. */
struct outcome {
	enum step_status status;
	const char *rule;
	char expected[256];
	char found[512];
	struct buf detail;
	int errnum;
	bool hung;	/* something does not end: the case stands still from here */
};

void outcome_fail(struct outcome *o, const char *rule, const char *expected,
		  const char *found, ...) __printf(4, 5);
void outcome_skip(struct outcome *o, const char *found, ...) __printf(2, 3);
void outcome_error(struct outcome *o, const char *found, ...) __printf(2, 3);

/* fs.c: mkfs and mount with dax=always; the same if need be, and the proof by statx. */
void exec_fs_make(struct exec *x, struct outcome *o);
void exec_fs_setup(struct exec *x, struct outcome *o);
void exec_fs_mount(struct exec *x, struct outcome *o);
void exec_fs_remount(struct exec *x, struct outcome *o);
void exec_fs_check(struct exec *x, struct outcome *o);
/* False with x->fault set when it cannot be unmounted. */
bool exec_fs_unmount(struct exec *x);

/* files.c */
struct exec_file *exec_file(struct exec *x, const char *name);
void exec_file_create(struct exec *x, const struct step *st, struct outcome *o);
bool exec_file_open(struct exec_file *f);
void exec_file_close(struct exec_file *f);
void exec_file_sync(struct exec *x, const struct step *st, struct outcome *o);
void exec_file_check(struct exec *x, const struct step *st, struct outcome *o);
/* Judges bytes against @want (or zeroes) and fills @o. */
void exec_compare(struct exec *x, const struct shadow *want, uint64_t off, const void *data,
		  size_t len, bool zero, const char *what, const char *rule,
		  struct outcome *o);

/* maps.c */
struct exec_map *exec_map(struct exec *x, const char *name);
void exec_map_create(struct exec *x, const struct step *st, struct outcome *o);
void exec_map_touch(struct exec *x, const struct step *st, struct outcome *o);
void exec_map_check(struct exec *x, const struct step *st, struct outcome *o);
/* What @m must show now. Deinit @out. */
void exec_map_expected(struct exec *x, const struct exec_map *m, struct shadow *out);
void exec_map_drop(struct exec_map *m);

/* holds.c */
struct exec_pin *exec_pin(struct exec *x, const char *name);
void exec_pin_take(struct exec *x, const struct step *st, struct outcome *o);
void exec_pin_release(struct exec *x, struct exec_pin *p, struct outcome *o);
void exec_pin_check(struct exec *x, const struct step *st, struct outcome *o);
/* Lets every DMA engine write all of its lanes once more. */
void exec_dma_settle(struct exec *x);
/* Names of living pins that hold pages, for a message; "" when there are none. */
const char *exec_holders(struct exec *x, char *buf, size_t size);
/* A DMA fault noticed meanwhile. */
void exec_pins_fault(struct exec *x, struct outcome *o);

/* tasks.c */
struct exec_task *exec_task(struct exec *x, const char *name);
pid_t exec_task_pid(const struct exec_task *t);
bool exec_task_done(const struct exec_task *t);
/* Waits until @deadline of now_ns() for its next event, for its end; false: in vain. */
bool exec_task_event(struct exec_task *t, uint64_t deadline);
bool exec_task_over(struct exec_task *t, uint64_t deadline);
void exec_task_join(struct exec_task *t);
void exec_task_start(struct exec *x, const struct step *st, struct outcome *o);
void exec_task_expect(struct exec *x, const struct step *st, struct outcome *o);
/* Until it rests or is over, whichever is first. */
void exec_task_settle(struct exec *x, const struct step *st, struct outcome *o);
void exec_task_wait(struct exec *x, const struct step *st, struct outcome *o);
void exec_task_signal(struct exec *x, const struct step *st, struct outcome *o);
void exec_operation(struct exec *x, const struct step *st, struct outcome *o);
/* An operation that has not ended and changes @f (NULL: any file). */
struct exec_task *exec_task_pending(struct exec *x, const struct exec_file *f);
/* Applies what ended since the last look. */
void exec_tasks_settle(struct exec *x);
/* Waits up to the grace for all to end; the first that does not, or NULL. */
struct exec_task *exec_tasks_end(struct exec *x);
/* Measures x->window_ms. */
void exec_measure_window(struct exec *x, struct outcome *o);

/* effects.c */
/* What @f must read as now, DMA lanes of standing pins included. Deinit @out. */
void exec_file_expected(struct exec *x, const struct exec_file *f, struct shadow *out);
void exec_pin_expected(struct exec *x, const struct exec_pin *p, struct shadow *out);
/* The pages stop being the file's: pins on them keep what they saw. */
void exec_detach_pins(struct exec *x, struct exec_file *f, uint64_t off, uint64_t len);
/* An operation succeeded; @gen is the generation of a write's bytes. */
void exec_apply(struct exec *x, const struct mutator_call *c, unsigned int gen);
/* Bytes were stored at [off, off + len) of @f with generation @gen. */
void exec_apply_store(struct exec *x, struct exec_file *f, uint64_t off, uint64_t len,
		      unsigned int gen);
/* The pin let go: what its device wrote last stays in the file. */
void exec_apply_release(struct exec *x, struct exec_pin *p);

/* blocks.c: new blocks for the pages of a range; for those that are shared or holes. */
void exec_blocks_new(struct exec *x, struct exec_file *f, uint64_t off, uint64_t len);
void exec_blocks_write(struct exec *x, struct exec_file *f, uint64_t off, uint64_t len);

#endif
