/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The interpreter's state while it runs one case in the guest. Its parts: fs.c (the
 * filesystem), files.c, maps.c, holds.c (pins), ondemand.c (those that hold nothing),
 * target.c (what operations work on), operation.c (in the program itself), tasks.c, sample.c
 * and expect.c (started ones), effects.c (what an operation does when it ends), window.c (how
 * long things take), outcome.c, round.c and block.c (repeat), bare.c, the oracles flush.c,
 * freed.c (with fsmap.c), ledger.c and residue.c, and interp.c, which joins them.
 */
#ifndef WORKLOADS_EXEC_EXEC_H
#define WORKLOADS_EXEC_EXEC_H

#include <pthread.h>

#include "base/rule.h"
#include "base/sight.h"
#include "workloads/ops/operation.h"
#include "wire/agent.h"
#include "workloads/pins/pin.h"
#include "workloads/model/derive.h"
#include "workloads/model/model.h"

#define EXEC_THINGS_MAX 64
#define EXEC_MOUNTPOINT "/mnt/case"
#define EXEC_WINDOW_FILE EXEC_MOUNTPOINT "/window" /* window.c's own */
#define EXEC_EXTENTS_MAX 8

struct exec_file {
	const char *name;
	char path[128];
	int fd; /* -1 when closed */
	struct model_file *m;
	struct shadow dirty; /* of flush-trace.h: stored to and not flushed since */
	uint64_t ino;	     /* 0 until it was asked for */
	dev_t dev;
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

/* Bytes of the filesystem's device. */
struct extent {
	uint64_t at, len;
};

struct exec_pin {
	unsigned int traits; /* enum pin_trait */
	bool live;
	struct exec_file *file;	      /* NULL: not on a file's pages */
	uint64_t off;		      /* in the file */
	struct model_pin *m;	      /* once it was granted */
	const struct model_map *seen; /* of ondemand.c: what lies there by the plan, or NULL */
	struct extent extents[EXEC_EXTENTS_MAX]; /* of freed.c: the blocks it stands on */
	unsigned int nr_extents;
	dev_t dev;	/* of the filesystem they are in */
	struct pin pin; /* the last: why ends it */
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
	struct flush *flush;  /* NULL before the first store through a mapping */
	struct watch watch;
	bool lost[ORACLES];    /* said so */
	struct ledger *ledger; /* of ledger.c, NULL at first */
	void *last;	       /* what a pin saw last */
	size_t last_size;
	char fault[256]; /* of setup or teardown */
};

/* What came of one step. */
struct outcome {
	enum step_status status;
	enum rule rule; /* with STEP_FAIL */
	char expected[256];
	char found[512];
	struct buf detail;
	int errnum;
	bool hung; /* something does not end: the case stands still from here */
};

/* --self-test splat-only: what the oracles cost is seen without them. */
static inline bool exec_looks(const struct exec *x)
{
	return x->ctx->sabotage != SABOTAGE_SPLAT_ONLY;
}

/* As nothing had happened yet; the detail's memory is kept. */
void outcome_reset(struct outcome *o);
void outcome_fail(struct outcome *o, enum rule rule, const char *expected, const char *found, ...)
	__printf(4, 5);
void outcome_skip(struct outcome *o, const char *found, ...) __printf(2, 3);
void outcome_error(struct outcome *o, const char *found, ...) __printf(2, 3);
/*
 * Has it in the record of the case that @oracle does not see all, SIGHT_LACKING or _CUT.
 * exec_seen(): the case ends, and those that nothing was said of saw all.
 */
void exec_lost(struct exec *x, enum oracle oracle, enum sight sight, const char *why, ...)
	__printf(4, 5);
void exec_seen(struct exec *x);

/*
 * fs.c: mkfs and mount with dax=always; the same if need be, and the proof by statx.
 * exec_fs_mount_again() opens the files that are not gone; exec_fsck() wants no mount;
 * exec_fs_stale() fills the part of the disk that files come to lie in with ORIGIN_STALE.
 */
void exec_fs_stale(const struct exec *x, struct outcome *o);
void exec_fs_make(struct exec *x, struct outcome *o);
void exec_fs_setup(struct exec *x, struct outcome *o);
void exec_fs_mount_again(struct exec *x, struct outcome *o);
void exec_fsck(struct exec *x, struct outcome *o);
void exec_fs_remount(struct exec *x, struct outcome *o);
void exec_fs_check(struct exec *x, struct outcome *o);
/* False with x->fault set when it cannot be unmounted. */
bool exec_fs_unmount(struct exec *x);

/* xfs-exchange.c: EXCHANGE_RANGE is allowed, or not, on the filesystem, which is unmounted. */
void exec_xfs_exchange(const struct exec *x, bool on);
bool exec_wants_exchange(const struct exec *x);

/*
 * residue.c: umount, fsck, mount, the bytes of every file that is left. @whole: the
 * steps came to their end; @checked: fsck was the last, and it mounted again. True when all is
 * unmounted in the end.
 */
bool exec_residue(struct exec *x, bool whole, bool checked, struct outcome *o);

/* files.c */
struct exec_file *exec_file(struct exec *x, const char *name);
void exec_file_create(struct exec *x, const struct step *st, struct outcome *o);
bool exec_file_open(struct exec_file *f);
void exec_file_close(struct exec_file *f);
void exec_file_sync(struct exec *x, const struct step *st, struct outcome *o);
void exec_file_check(struct exec *x, const struct step *st, struct outcome *o);
/* All of @f, if it is there, open and its bytes are known. */
void exec_file_check_whole(struct exec *x, const struct exec_file *f, struct outcome *o);
/* Judges bytes against @want (or zeroes) and fills @o. */
void exec_compare(struct exec *x, const struct shadow *want, uint64_t off, const void *data,
		  size_t len, bool zero, const char *what, enum rule rule, struct outcome *o);

/* maps.c */
struct exec_map *exec_map(struct exec *x, const char *name);
void exec_map_create(struct exec *x, const struct step *st, struct outcome *o);
void exec_map_touch(struct exec *x, const struct step *st, struct outcome *o);
void exec_map_check(struct exec *x, const struct step *st, struct outcome *o);
void exec_map_drop(struct exec *x, struct exec_map *m);
/* From here on the next one works, and what stands outside of it counts poisoned pages. */
void exec_map_guard(void);
/* memcpy(), false when the kernel answered with SIGBUS. Callable from any thread. */
bool exec_map_copy(void *dst, const void *src, size_t len);
unsigned int exec_poisoned(void);

/*
 * flush.c: the trace instance is made, once a guest: 0 or -errno. [off, off + len) of
 * @f is about to be stored to through a shared mapping; @c ran, whatever came of it;
 * @f (NULL: every file) was flushed by @how ("the fsync"). What cannot be told is forgotten.
 */
int exec_flush_prepare(void);
void exec_flush_store(struct exec *x, struct exec_file *f, uint64_t off, uint64_t len);
void exec_flush_forget(struct exec_file *f, uint64_t off, uint64_t len);
void exec_flush_changed(struct exec *x, const struct op_call *c);
void exec_flush_check(struct exec *x, struct exec_file *f, const char *how, struct outcome *o);
/* The case ends: lost unless a mark that is set now is the last that the trace shows. */
void exec_flush_end(struct exec *x);

/* holds.c */
struct exec_pin *exec_pin(struct exec *x, const char *name);
void exec_pin_take(struct exec *x, const struct step *st, struct outcome *o);
/* A skip, or an error, when this guest cannot take the pin of @st at all. */
void exec_pin_lacking(struct exec *x, const struct step *st, struct outcome *o);
void exec_pin_release(struct exec *x, struct exec_pin *p, struct outcome *o);
/* @p's own process is killed, or exits, with the pin in hand. */
void exec_pin_end(struct exec *x, struct exec_pin *p, bool killed, struct outcome *o);
void exec_pin_check(struct exec *x, const struct step *st, struct outcome *o);
/* Lets every DMA engine write all of its lanes once more. */
void exec_dma_settle(struct exec *x);
/* Names of living pins that hold pages, for a message; "" when there are none. */
const char *exec_holders(struct exec *x, char *buf, size_t size);
/* A DMA fault noticed meanwhile. */
void exec_pins_fault(struct exec *x, struct outcome *o);

/*
 * ondemand.c: what sees pages and holds none. The plan says what it is to try with each
 * page, before its take(), look() and release(); then what came of that is judged, and the
 * bytes at @data, all of the range, unless it is NULL.
 */
enum plan_for { PLAN_TAKE, PLAN_LOOK, PLAN_RELEASE };

bool exec_on_demand(const struct exec_pin *p);
void exec_on_demand_plan(struct exec *x, struct exec_pin *p, enum plan_for why);
void exec_on_demand_judge(struct exec *x, struct exec_pin *p, const void *data, struct outcome *o);
/* A look at a part of it, or new bytes of what is mapped there, by one transfer. */
void exec_on_demand_part(struct exec *x, struct exec_pin *p, uint64_t off, uint64_t len,
			 struct outcome *o);
void exec_on_demand_write(struct exec *x, struct exec_pin *p, uint64_t off, uint64_t len,
			  struct outcome *o);
void exec_on_demand_end(struct exec_pin *p);

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

/* In a forked child: all descriptors but these @n, all mappings but @map (or NULL), go. */
void exec_keep_only(struct exec *x, const int *keep, size_t n, const struct exec_map *map);
/* Makes a skip of @o when an operation ended with what its kernel lacks. */
void exec_tasks_lacking(const struct exec *x, struct outcome *o);
void exec_lacking(const struct op_call *c, int result, struct outcome *o);

/*
 * target.c: what @c works on, its files open: @t, and the bytes of a write or store with
 * their generation, or room for those of a read. *@data is the caller's to free(). False
 * with @o filled.
 */
bool exec_target(struct exec *x, const struct op_call *c, struct op_target *t, unsigned int *gen,
		 void **data, struct outcome *o);
/* It ended so; @raced: meanwhile another one changed the same pages. */
void exec_ended(struct exec *x, const struct op_call *c, unsigned int gen, int result, bool raced);
/* If @c is a read: @data is what it got, and nothing has changed the file since. */
void exec_read_check(struct exec *x, const struct op_call *c, const void *data, struct outcome *o);
/* Whether one may be at work, and has not just been seen to rest. */
bool exec_tasks_busy(const struct exec *x);
/* An operation that has not ended and changes @f (NULL: any file). */
struct exec_task *exec_task_pending(struct exec *x, const struct exec_file *f);
/* Applies what ended since the last look. */
void exec_tasks_settle(struct exec *x);
/* Waits up to the grace for all to end; the first that does not, or NULL. */
struct exec_task *exec_tasks_end(struct exec *x);
/* Measures x->window_ms. */
void exec_measure_window(struct exec *x, struct outcome *o);

/*
 * operation.c: an operation in the program's own thread. One that does not return
 * within the grace is reported from another thread, and the case stands still.
 */
void exec_operation(struct exec *x, const struct step *st, struct outcome *o);

/* sample.c */

/* A layout wait, which holds no lock that this program needs. */
struct task_sample;
bool exec_waits_for_layout(const struct task_sample *s);

/*
 * Of @t: it is over; it slept a window through; it used the CPU: it may have honest work to
 * do before it comes to wait.
 */
enum sampled { SAMPLED_OVER, SAMPLED_RESTS, SAMPLED_BUSY };

/*
 * Looks until it is over, rests or surely does not, up to the grace; *@certain: it rests,
 * or is at work, where layout waits do. @o->found says where and how; @t->spins is set.
 */
enum sampled exec_sample(struct exec *x, struct exec_task *t, bool *certain, struct outcome *o);

/*
 * Milliseconds in which a signal has to end @t. It ends a wait at once; what was seen to
 * spin in one is given as long as it was looked at for that.
 */
uint64_t exec_signal_ms(const struct exec *x, const struct exec_task *t);

/* expect.c: @name, which thread @tid of @pid is in, has not ended after @ms. */
void exec_judge_stuck(struct exec *x, const char *name, pid_t pid, pid_t tid, uint64_t ms,
		      struct outcome *o);
/* @t, which waits, got the signal of @st: it ends by that also where it need not wait. */
void exec_judge_signalled(struct exec *x, struct exec_task *t, const struct step *st,
			  struct outcome *o);
/* All has ended: of what slept elsewhere nobody can say whether it waited for a page. */
void exec_judge_elsewhere(const struct exec *x, struct outcome *o);
/* It ended with @result, 0 or -errno. */
void exec_judge_result(const char *name, int result, int expected_errno, struct outcome *o);

/* interp.c: runs one step, or reports it; one that hangs stands still in there. */
void exec_step(struct exec *x, const struct step *st, struct outcome *o);
void exec_report(struct exec *x, const struct step *st, struct outcome *o, uint64_t ns);
/* A part of the teardown is over: what it found is told, and hides nothing of the next. */
void exec_part_over(struct exec *x, struct outcome *o);

/* round.c: what a round made, behind @from, is gone; its places are free again. */
void exec_mark(const struct exec *x, struct mark *out);
void exec_round_end(struct exec *x, struct mark *from, unsigned int round, struct outcome *o);

/*
 * block.c: runs the block that begins with step @repeat and reports each of its lines
 * once, in order, with the time of all rounds. A step that fails ends it with that
 * round. False when the case ends there: a skip or an error.
 */
bool exec_block(struct exec *x, unsigned int repeat);
/* Reports the lines before @st of the block that runs; @st ends the block. */
void exec_block_before(struct exec *x, const struct step *st, struct outcome *o);

/* bare.c: the block as a plain loop of system calls that nobody judges. */
void exec_bare(struct exec *x, unsigned int repeat, struct outcome *o);

/* storm.c, with storm-*.c and storm.h: all at once; see storm/storm.h. */
void exec_storm(struct exec *x, const struct step *st, struct outcome *o);

/* effects.c */
/* An operation succeeded; @gen is the generation of a write's bytes. */
void exec_apply(struct exec *x, const struct op_call *c, unsigned int gen);

#endif
