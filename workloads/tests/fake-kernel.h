/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A kernel for the interpreter (workloads/exec) on the host: it keeps the contract, except for
 * one fault. Files are real ones in a temporary folder. Functions that the linker puts before
 * the real ones (--wrap in build.mk) replace what the host lacks: a DAX mount, pins, a trace.
 * fake-ops.c has operations, tasks and signals; fake-fs.c mount, check and trace; fake-pins.c
 * pins and the ledger.
 */
#ifndef WORKLOADS_TESTS_FAKE_KERNEL_H
#define WORKLOADS_TESTS_FAKE_KERNEL_H

#include "base/buf.h"

/* What an operation does before its effect. */
enum fake_way {
	WAY_WAITS, /* sleeps while anything is held; a signal ends that with EINTR */
	WAY_AT_ONCE,
	WAY_SPINS,	/* as WAITS, but on the CPU */
	WAY_WORKS,	/* as SPINS for fake.works windows, then as WAITS */
	WAY_EARLY,	/* as WAITS, but only until the program looks through a pin */
	WAY_FOREVER,	/* sleeps, and never ends */
	WAY_DIES,	/* its process dies at once */
	WAY_INTERRUPTS, /* the waiting program gets a signal, as when a page goes bad */
	WAY_DIES_LATER, /* its process dies once nothing is held */
	WAY_FORKS,	/* ends at once, and leaves a child */
};

/* The effect of a signal on an operation that WAITS. */
enum fake_signal {
	SIGNAL_ENDS,	 /* EINTR, without an effect */
	SIGNAL_TOO_LATE, /* EINTR, with all of its effect */
	SIGNAL_FREES,	 /* it succeeds */
};

/* Wrong bytes. */
enum fake_bytes_kind { BYTES_RIGHT, BYTES_PATTERN, BYTES_ZERO, BYTES_CUT, BYTES_GONE };

struct fake_bytes {
	enum fake_bytes_kind kind;
	const char *file;	  /* NULL: the bytes that are read */
	uint64_t off, len;	  /* their place; CUT: off is the new size */
	unsigned int origin, gen; /* see pattern.h */
	uint64_t src;		  /* the place that they name */
};

/* A field that is 0 is no fault. */
struct fake {
	/* of the operation of that name; all others succeed at once */
	const char *op;
	enum fake_way way;
	unsigned int works; /* windows */
	int errnum;	    /* its result */
	bool undone;	    /* it has no effect, whatever its result */
	bool deaf;	    /* no signal, not even SIGKILL, has an effect on it */
	enum fake_signal signal;
	const char *place;	  /* where it sleeps, in /proc/PID/wchan */
	const char *stack;	  /* a function on its stack */
	unsigned int cpu_percent; /* that it uses meanwhile, as the kernel counts */
	char state;		  /* as the kernel shows it; 0: the true one */
	bool no_signal;		  /* those who map a poisoned page get no signal */
	struct fake_bytes harm;	  /* after it; op NULL: after an RDMA WRITE to a part */

	/* of pins */
	struct fake_bytes look, last; /* the bytes that they show; that they saw last */
	int fault;		      /* errno of their traffic, after a look */
	bool not_asked;		      /* the call that may be refused is not made */
	bool stale;		      /* a pin on demand shows the bytes of the beginning */
	unsigned int refuses;	      /* accesses to it, of PIN_READ and PIN_WRITE */
	bool only_later;	      /* but not the first accesses */
	bool alive;		      /* they show what their mapping shows now */
	bool lacking;		      /* the guest has no pin for vmsplice */
	bool spins;		      /* the call for vmsplice does not return */
	int denial;		      /* errno of the call for vmsplice */
	int unreached;		      /* errno of the first traffic through a pin that is granted */
	int refusal;		      /* of uring, 0: EOPNOTSUPP, -1: it is granted */

	bool falls_back; /* each fault, to 4 KiB */

	unsigned int sabotage; /* enum sabotage, of the program */

	/* of the filesystem */
	const char *fs; /* its name; NULL: xfs */
	bool no_dax, no_dax_again;
	bool served;				/* the guest had cases before: nothing is mounted */
	unsigned int mounts;			/* so far */
	int umount, mount, device, fsync, read; /* errno of these calls */
	bool no_mkfs;				/* no filesystem can be made */
	bool dirty;				/* fsck finds an error */
	const char *complaint;			/* that it prints; NULL: "bad magic number" */
	uint64_t unflushed, unflushed_pages;	/* that fsync, sync and umount leave out */
	uint64_t cut, cut_pages;		/* of these too little is flushed */
	bool flush_untold;			/* the kernel flushes nothing of what it tells */
	bool no_kprobes;			/* nor can it be asked how much */
	bool trace_lost;			/* the trace buffer overflowed */
	bool trace_ends;			/* it shows nothing more, not even a mark */
	bool freed;				/* every block is free space */
	unsigned int freed_later;		/* but not for so many first queries */
	int no_fsmap;				/* errno of GETFSMAP */

	/* of the ledger: the answer, ledger_times times, after ledger_fine good ones */
	const char *ledger, *ledger_idle;
	unsigned int ledger_times, ledger_fine;
	unsigned int held;	  /* references of a page that is held, whoever asks; 0: none is */
	const char *held_lost;	  /* why it is not known which are held */
	bool ledger_lacks;	  /* the answer is that the kernel cannot have a ledger */
	unsigned int ledger_page; /* only for this page of the device; 0: any */
	bool pagemap_grows;	  /* each scan of the page tables sees one page more */
	bool pagemap_scattered;	  /* only every second page is mapped */
};

extern struct fake fake;

/*
 * Runs @text as a case in this process, which runs nothing else, under the kernel @fake;
 * reports go to @link. Grace and window are in ms. The files are in the folder @dir.
 */
void fake_run(const char *text, const char *dir, int link, uint64_t grace_ms);

/* For the files of the fake kernel. */
#define FAKE_PMEM "/dev/fake-pmem"
#define FAKE_WINDOW_MS 20

/* In memory that all processes of the case share. */
struct fake_shared {
	unsigned int held;    /* pins that hold pages; a futex */
	unsigned int looked;  /* the program looked through a pin; a futex */
	int early_tid;	      /* the task that ends then; 0: none */
	unsigned int samples; /* looks at the state of a task so far */
};

extern struct fake_shared *fake_shared;

void fake_fs_init(const char *dir);
/* Writes @b to the file that it names. */
void fake_fs_harm(const struct fake_bytes *b);
/* Writes @b over the @len bytes at @data. */
void fake_bytes_put(const struct fake_bytes *b, void *data, size_t len);
void fake_wake(unsigned int *word);

#endif
