/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The operations that are fired at pinned files. One is a row with all that daxrig knows of
 * it: how it is written, what the contract (KERNEL.md section 2) says of it, how the guest
 * carries it out, what it does to the files of the model, to pages that wait for an fsync,
 * and how the matrix calls it. test-operations demands every field of every row.
 *
 * run() is called in the guest alone; all else is pure.
 */
#ifndef WORKLOADS_OPS_OPERATION_H
#define WORKLOADS_OPS_OPERATION_H

#include "base/util.h"
#include "wire/filesystem/filesystem.h"
#include "workloads/c/c-text.h"

#define OP_FILES_MAX 2

struct model;
struct model_file;
struct operation;

/* What an operation does about a page in its range that somebody holds. */
enum op_wait {
	OP_WAIT_UNSET,
	WAIT_MUST, /* does not return before the last holder lets go */
	WAIT_MAY,
	WAIT_NEVER, /* completes while the page is held */
};

enum op_trait {
	OP_LAST_CLOSE = 1 << 0, /* takes the file's last descriptor with it */
	OP_NO_FILE = 1 << 1,	/* acts on the whole filesystem */
	OP_OPTIONAL = 1 << 2,	/* a kernel may lack it: then the case is skipped */
	OP_SPOILS = 1 << 3,	/* nothing else may run in the guest afterwards */
	OP_NEW_BYTES = 1 << 4,	/* takes bytes of a new generation: by the file, or the mapping */
	OP_READS = 1 << 5,	/* fills memory with the file's bytes */
	OP_FAULTS = 1 << 6,	/* a page fault: takes the mapping's lock alone */
	OP_BOTH_FILES = 1 << 7, /* changes the first file, too */
	OP_COMPARES = 1 << 8,	/* compares bytes, also with what lies beneath unwritten extents */
	OP_POISONS = 1 << 9,	/* who maps the page gets SIGBUS at once */
	OP_UNMOUNTS = 1 << 10,	/* of every file the last close */
	OP_UNBINDS = 1 << 11,	/* takes the device away beneath the filesystem */
	OP_ANYWHERE = 1 << 12,	/* needs nothing that a filesystem may lack */
	OP_REFUSES = 1 << 13,	/* it may fail, also instead of waiting, and then changes nothing */
};

/* What it does to pages of a file that were stored to and not flushed since. */
enum op_flush {
	OP_FLUSH_UNSET,
	OP_FLUSH_NOTHING,   /* all of them wait as before */
	OP_FLUSH_RANGE,	    /* those in its range may be gone; so on */
	OP_FLUSH_FROM,	    /* from its offset on */
	OP_FLUSH_FROM_SIZE, /* from its size on */
	OP_FLUSH_ALL,
};

/* How far a case of the matrix reaches. */
enum op_reach {
	REACH_RANGE,	/* a range of the file */
	REACH_UP,	/* from an offset to the end */
	REACH_FILE,	/* the whole file */
	REACH_PAST_END, /* nothing below the end */
	REACH_FILESYSTEM,
};

enum op_case_trait {
	CASE_BLOCKS = 1 << 0,	 /* takes whole blocks */
	CASE_KEEPS = 1 << 1,	 /* the file keeps the pinned pages: they stay visible */
	CASE_MAPS = 1 << 2,	 /* goes through a mapping of its own, q */
	CASE_INLINE = 1 << 3,	 /* is no operation that can be started */
	CASE_BELOW_END = 1 << 4, /* its range must not reach the end of the file */
};

/*
 * A row of the matrix. In call stands for: $f the file, $o offset, $l length, $r both, $c
 * where it cuts, $u the grown size; b is the second file.
 */
struct op_case {
	const char *name;
	const char *summary;
	const char *call;
	enum op_wait wait; /* while a page in its range is pinned */
	enum op_reach reach;
	unsigned int traits; /* enum op_case_trait */
	const char *other;   /* the second file: "written" or "copy a"; NULL: none */
};

/* One call of an operation. Offsets, lengths and sizes are bytes. */
struct op_call {
	const struct operation *op;
	char *file[OP_FILES_MAX]; /* names in the scenario; owned; of a mapping: its own */
	char *map;		  /* name of a mapping; owned */
	uint64_t off[OP_FILES_MAX];
	uint64_t len;
	uint64_t size;
};

void op_call_deinit(struct op_call *call);

/* What a call works on; the caller keeps it alive until the call returns. */
struct op_target {
	int fd[OP_FILES_MAX]; /* open read-write; -1 where the call has no file */
	const char *path[OP_FILES_MAX];
	const char *mountpoint;
	const char *pmem; /* "/dev/pmem0" */
	const void *data; /* OP_NEW_BYTES: the bytes, call->len of them */
	void *into;	  /* OP_READS: room for call->len bytes */
	uint8_t *addr;	  /* where the call's range is mapped */
	/* memcpy(), false when the kernel answers with SIGBUS: load, store */
	bool (*copy)(void *dst, const void *src, size_t len);
};

struct operation {
	const char *name; /* as in a scenario: "punch" */
	/*
	 * One letter an argument: f file, m mapping, o offset, l length, s size. "folfo"
	 * is FILE OFFSET LENGTH FILE OFFSET; with two files the first is the source. An
	 * offset after a mapping is one in the mapping.
	 */
	const char *args;
	const char *summary;
	/*
	 * For a page of the file it changes (the destination where there are two).
	 * truncate waits only when it shrinks.
	 */
	enum op_wait wait;
	unsigned int traits; /* enum op_trait */
	unsigned int needs;  /* enum filesystem_feature */
	int lacking;	     /* OP_OPTIONAL: an errno beside ENOTTY, EOPNOTSUPP, ENOSYS */
	/* See op_run(). */
	int (*run)(const struct op_call *c, struct op_target *t);
	/* It succeeded; @gen is the generation of OP_NEW_BYTES. */
	void (*apply)(struct model *m, const struct op_call *c, unsigned int gen);
	/*
	 * Narrows or widens [*off, *off + *len) of @f, the arguments as they are, to the pages
	 * that it changes: those whose pins the contract speaks of.
	 */
	void (*range)(struct model *m, const struct op_call *c, const struct model_file *f,
		      uint64_t *off, uint64_t *len);
	/* What it earns with its arguments: 0, an errno or MODEL_EITHER. */
	int (*result)(struct model *m, const struct op_call *c);
	enum op_flush flush[OP_FILES_MAX]; /* of each file */
	const struct op_case *cases;	   /* ends with a NULL name; or NULL and */
	const char *no_cases;		   /* why the matrix has none */
	struct c_text c;		   /* how `daxrig show --c` tells it */
};

/* In the order of `daxrig list`; ends with NULL. */
extern const struct operation *const operations[];

/* The null operation: touches nothing, in no registry; for tests of the frame. */
extern const struct operation op_null;

/* Those that a storm draws from. */
extern const struct operation op_truncate, op_punch, op_zero, op_collapse, op_insert, op_falloc,
	op_write;

/* NULL when there is none of that name. */
const struct operation *operation_find(const char *name);

/*
 * Runs @call, in the guest, and returns 0 or -errno, as the kernel gave it. "unlink" closes
 * the descriptor in @t itself, as the last step before the kernel lets the inode go;
 * before "umount" the caller has closed all of them.
 *
 * A load or store that is answered with SIGBUS is -EFAULT; pages before it were stored
 * to. A read that ends early is -EIO.
 *
 * FIDEDUPERANGE on ranges that differ changes nothing and is -EBADE here: the
 * kernel reports it as FILE_DEDUPE_RANGE_DIFFERS, not as an errno.
 */
int op_run(const struct op_call *call, struct op_target *t);

/* Whether @result says that this kernel, or @fs as it was made, lacks the call. */
bool op_lacking(const struct op_call *call, const struct filesystem *fs, int result);

/*
 * Whether @result is a refusal of OP_REFUSES; any other error is one of the kernel's. EFAULT is one,
 * as sizes may differ after an operation whose end is not known: see XFS_IOC_SWAPEXT.
 */
bool op_refused(const struct op_call *call, int result);

/* For rows: the range is what the arguments say; from the offset to the end. */
void op_range_args(struct model *m, const struct op_call *c, const struct model_file *f,
		   uint64_t *off, uint64_t *len);
void op_range_up(struct model *m, const struct op_call *c, const struct model_file *f,
		 uint64_t *off, uint64_t *len);
/* For rows: it succeeds whatever its arguments; it changes no bytes. */
int op_succeeds(struct model *m, const struct op_call *c);
void op_changes_nothing(struct model *m, const struct op_call *c, unsigned int gen);

#endif
