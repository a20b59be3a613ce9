/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A kernel for the interpreter (workloads/exec) on the host: it keeps the contract, but for
 * one lie. Files are real ones in a temporary folder; what the host has not, a DAX mount,
 * pins, a trace, is made up by functions that the linker puts before the real ones
 * (--wrap in build.mk). fake-ops.c: operations, tasks and signals; fake-fs.c: mount,
 * check and trace; fake-pins.c: pins and the ledger.
 */
#ifndef WORKLOADS_TESTS_FAKE_KERNEL_H
#define WORKLOADS_TESTS_FAKE_KERNEL_H

#include "base/buf.h"

/* How an operation passes its time before it is done. */
enum fake_way {
	WAY_WAITS, /* asleep, while anything is held; a signal ends that with EINTR */
	WAY_AT_ONCE,
	WAY_SPINS,	/* as WAITS, but on the CPU */
	WAY_WORKS,	/* as SPINS for so many windows, then as WAITS */
	WAY_EARLY,	/* as WAITS, but only until somebody looks through a pin */
	WAY_FOREVER,	/* asleep */
	WAY_DIES,	/* its process does, at once */
	WAY_INTERRUPTS, /* the program gets a signal while it waits for it, as when a page goes bad */
	WAY_DIES_LATER, /* once nothing is held */
	WAY_FORKS,	/* at once, and a child is left behind */
};

/* What a signal does to one that WAITS. */
enum fake_signal {
	SIGNAL_ENDS,	 /* EINTR, nothing is done */
	SIGNAL_TOO_LATE, /* EINTR, yet all of it is done */
	SIGNAL_FREES,	 /* it is done and succeeds */
};

/* Bytes that are not as they must be. */
enum fake_bytes_kind { BYTES_RIGHT, BYTES_PATTERN, BYTES_ZERO, BYTES_CUT, BYTES_GONE };

struct fake_bytes {
	enum fake_bytes_kind kind;
	const char *file;	  /* NULL: what is looked at */
	uint64_t off, len;	  /* where they stand; CUT: the new size is off */
	unsigned int origin, gen; /* of pattern.h */
	uint64_t src;		  /* the place they are for */
};

/* What is zero is as it should be. */
struct fake {
	/* of the operation of that name; all others are done at once and well */
	const char *op;
	enum fake_way way;
	unsigned int works; /* windows */
	int errnum;	    /* what it ends with */
	bool undone;	    /* it has done nothing then, whatever it says */
	bool deaf;	    /* no signal, SIGKILL neither, has an effect on it */
	enum fake_signal signal;
	const char *place;	  /* where it sleeps, in /proc/PID/wchan */
	const char *stack;	  /* a function on its stack */
	unsigned int cpu_percent; /* that it uses meanwhile, as the kernel counts */
	char state;		  /* as the kernel tells it; 0: the true one */
	bool no_signal;		  /* who maps a poisoned page is not told */
	struct fake_bytes harm;	  /* behind it; op NULL: behind an RDMA WRITE to a part */

	/* of pins */
	struct fake_bytes look, last; /* what they show; what they saw last */
	int fault;		      /* errno of their traffic, once somebody looked */
	bool not_asked;		      /* the call that may be refused is not made */
	bool stale;		      /* what is seen on demand stays what it was */
	unsigned int refuses;	      /* accesses to it, of PIN_READ and PIN_WRITE */
	bool only_later;	      /* but not those of the first time */
	bool alive;		      /* they show what their mapping shows now */
	bool lacking;		      /* the guest has no pin for vmsplice */
	bool spins;		      /* the call for vmsplice does not come back */
	int denial;		      /* errno of the call for vmsplice */
	int refusal;		      /* of uring, 0: EOPNOTSUPP, -1: it is granted */

	bool falls_back; /* each fault, to 4 KiB */

	unsigned int sabotage; /* enum sabotage, of the program */

	/* of the filesystem */
	const char *fs; /* its name; NULL: xfs */
	bool no_dax, no_dax_again;
	bool served;				/* the guest, other cases: nothing is mounted */
	unsigned int mounts;			/* so far */
	int umount, mount, device, fsync, read; /* errno of theirs */
	bool dirty;				/* fsck finds it so */
	const char *complaint;			/* and says this; NULL: "bad magic number" */
	uint64_t unflushed, unflushed_pages;	/* what fsync, sync and umount leave out */
	bool trace_lost;			/* the trace buffer ran over */
	bool trace_ends;			/* it shows nothing more, no mark neither */
	bool freed;				/* every block is free space */
	unsigned int freed_later;		/* but not for those that ask first */
	int no_fsmap;				/* errno of GETFSMAP */

	/* of the ledger: the answer, so often, behind some that are fine */
	const char *ledger, *ledger_idle;
	unsigned int ledger_times, ledger_fine;
	bool ledger_lacks;	  /* the answer is that the kernel has not what it takes */
	unsigned int ledger_page; /* only where it is asked of, page of the device; 0: any */
	bool pagemap_grows;	  /* each scan of the page tables sees one page more */
	bool pagemap_scattered;	  /* every second page is mapped, none beside another */
};

extern struct fake fake;

/*
 * Runs @text as a case in this process, which is there for it alone, under the kernel
 * @fake is; reports go to @link. Grace and window in ms. Files lie in folder @dir.
 */
void fake_run(const char *text, const char *dir, int link, uint64_t grace_ms);

/* For the parts of it. */
#define FAKE_PMEM "/dev/fake-pmem"
#define FAKE_WINDOW_MS 20

/* In memory that all processes of the case share. */
struct fake_shared {
	unsigned int held;    /* pins that hold pages; a futex */
	unsigned int looked;  /* somebody looked through a pin; a futex */
	int early_tid;	      /* who is to end when that is so; 0: nobody */
	unsigned int samples; /* looks at the state of a task so far */
};

extern struct fake_shared *fake_shared;

void fake_fs_init(const char *dir);
/* Puts @b into the file it names. */
void fake_fs_harm(const struct fake_bytes *b);
/* Puts @b over the @len bytes at @data. */
void fake_bytes_put(const struct fake_bytes *b, void *data, size_t len);
void fake_wake(unsigned int *word);

#endif
