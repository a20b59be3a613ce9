/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The scenario language: a case is a short program of steps. The text is parsed
 * by the host, to refuse a bad one before a guest is started, and again by the
 * agent, which runs it. Pure.
 *
 * A line is a comment (from '#'), a header or a step; words are separated by
 * blanks. Sizes take K, M, G. Headers come before the first step:
 *
 *   fs      NAME ...              the filesystems to run it on, as in "xfs ext4"; by
 *                                 default all that support the steps
 *   room    SIZE                  leave only so much free space, so that a freed
 *                                 block is soon allocated to another file
 *   each    VAR WORD ...          one case for each WORD; $VAR stands for it below
 *   mount   OPTIONS               mount with these, too; a "dax=" among them is the only one
 *   with    PATH SHA256           a file that the host brings: what 'program' runs
 *
 * Steps:
 *
 *   file    NAME SIZE written|fallocated|hole
 *   file    NAME SIZE clone|copy OTHER    shares the extents of OTHER | copies its bytes
 *   map     NAME FILE OFF LEN shared|private r|rw [pmd] [sync]    FILE may be "devdax";
 *                                         pmd: aligned for 2 MiB entries; a touch of a whole
 *                                         one that gets no such entry is an error;
 *                                         sync: MAP_SYNC; without it the case is skipped
 *   touch   MAP[+OFF] LEN read|write
 *   touch   PIN[+OFF] LEN write           one RDMA WRITE through a rdma-odp pin of the program
 *   pin     NAME KIND MAP[+OFF] LEN [process] [refused ERRNO]
 *                                         process: taken by a child forked for it, which
 *                                         keeps the (shared) mapping and no other
 *   unpin   PIN [kill|exit]               kill, exit: its process gets SIGKILL, or exits,
 *                                         with the pin in hand
 *   unmap   MAP
 *   close   FILE | open FILE
 *   start   NAME [process] OPERATION      in a thread or process of its own
 *   expect  NAME blocks
 *   expect  NAME completes [within MS]
 *   expect  NAME fails ERRNO | killed
 *   wait    NAME                          until it ends, whatever its result
 *   settle  NAME                          until it ends or blocks
 *   signal  NAME SIGNAL                   as in "TERM"; its handler has no SA_RESTART
 *   check   FILE|MAP|PIN [OFF LEN] [zero] the bytes are as the program made them, or zero;
 *                                         one transfer reads a part of a rdma-odp pin
 *   check   FILE size SIZE
 *   sync | fsync FILE | remount | fsck
 *   mkfs                                  the next filesystem of the device: made, mounted, and
 *                                         files of its own written; no file is left. While a
 *                                         started umount has not come back, nothing is made
 *   OPERATION [fails ERRNO]               inline (workloads/ops/operation.h)
 *   repeat  N                             runs the steps up to its end N times;
 *   end                                   blocks do not nest. After a failed step,
 *                                         the block ends with that round
 *   storm   FILE MS [workers N] [cpus one|all] [unstick] [ops OP ...]
 *                         [pins KIND ...]
 *                                         for MS ms, N threads pin, touch and change all of
 *                                         FILE (storm/storm.h); its size must be a multiple
 *                                         of 2M for each worker, and nothing else may hold it.
 *                                         unstick: if a wait outlasts all pins, drop the page
 *                                         table entries to end it, and only count it.
 *                                         Defaults: 4 workers, cpus all, ops punch zero
 *                                         write falloc, pins vmsplice. The evidence has
 *                                         storm.scn, which repeats what the storm found
 *
 *   program [kselftest] [user UID] [within MS] PATH [WORD ...]
 *                                         runs it in the folder "program" of the filesystem,
 *                                         which is mounted at /mnt/dax, and kills it after MS ms
 *                                         (60000), with all that it started. Exit status 4 is a
 *                                         skip, another one but 0 a finding. "\xNN" in a word is
 *                                         a byte. It may change any file: nothing of the
 *                                         scenario's may exist then.
 *                                         kselftest: it is one of the kernel's own tests:
 *                                         /tmp is a folder of the filesystem, too, each result
 *                                         in its KTAP is one of the case, and it must end
 *
 * A block must remove all it defines before it ends (unpin, unmap, unlink, wait for its
 * end), and the names are free again; it must not remove anything made before it.
 */
#ifndef WORKLOADS_SCENARIO_H
#define WORKLOADS_SCENARIO_H

#include "base/buf.h"
#include "base/err.h"
#include "workloads/ops/operation.h"
#include "wire/filesystem/filesystem.h"
#include "workloads/lang/pin-info.h"
#include "workloads/storm/storm.h"

#define SCENARIO_MAX (64u << 10) /* bytes of text */
#define SCENARIO_STEPS_MAX 512u
#define SCENARIO_LINE_MAX 512u
#define SCENARIO_WORDS_MAX 32u
#define SCENARIO_ROUNDS_MAX 1000000u
#define SCENARIO_BYTES_MAX (4ull << 30) /* of any size, offset or length */
#define PROGRAM_MS 60000u
#define PROGRAM_MS_MAX (24u * 3600 * 1000)
#define PROGRAM_UID_MAX 65535u
#define PROGRAM_MOUNTPOINT "/mnt/dax"

enum step_verb {
	STEP_FILE,
	STEP_MAP,
	STEP_TOUCH,
	STEP_PIN,
	STEP_UNPIN,
	STEP_UNMAP,
	STEP_CLOSE,
	STEP_OPEN,
	STEP_START,
	STEP_EXPECT,
	STEP_WAIT,
	STEP_SETTLE,
	STEP_SIGNAL,
	STEP_CHECK,
	STEP_SYNC,
	STEP_FSYNC,
	STEP_REMOUNT,
	STEP_FSCK,
	STEP_MKFS,
	STEP_OPERATION,
	STEP_REPEAT,
	STEP_END,
	STEP_STORM,
	STEP_PROGRAM,
};

enum file_kind { FILE_WRITTEN, FILE_FALLOCATED, FILE_HOLE, FILE_CLONE, FILE_COPY };

enum expectation { EXPECT_BLOCKS, EXPECT_COMPLETES, EXPECT_FAILS, EXPECT_KILLED };

/* How a pin ends. */
enum unpin_how { UNPIN_RELEASE, UNPIN_KILL, UNPIN_EXIT };

/* What a name stands for at some point of the program. */
enum thing { THING_NONE, THING_FILE, THING_MAP, THING_PIN, THING_TASK };

/* A step; the verb decides which members are used. It owns its strings. */
struct step {
	enum step_verb verb;
	unsigned int line; /* from 1 */
	char *text;	   /* the line as written, without comment */
	char *name;	   /* the name it defines or acts on */
	char *other;	   /* file: OTHER; map: FILE; touch, pin: MAP or PIN */
	enum thing thing;  /* check: the kind of name; touch: the kind of other */
	uint64_t off, len; /* bytes; len 0 in a check: all bytes */
	enum file_kind file;
	bool fill_rest;			  /* file: SIZE was "rest" */
	bool shared, writable, pmd, sync; /* map; touch: writable = write */
	const struct pin_info *pin;
	enum expectation expect;
	uint64_t within_ms; /* 0: the default */
	int errnum;	    /* expected errno, 0: success */
	int signo;
	bool process;	    /* start, pin: in a process of its own */
	enum unpin_how how; /* unpin */
	bool derived;	    /* model_derive() added it */
	bool check_zero, check_size;
	unsigned int rounds;	/* repeat: at least 1 */
	unsigned int block_end; /* repeat: index of its end */
	struct storm_spec storm;
	char **argv;	     /* program: NULL after the last */
	unsigned int uid;    /* program */
	bool kselftest;	     /* program: its output is KTAP, and /tmp is on DAX */
	struct op_call call; /* start, operation */
};

struct scenario {
	char *title;	    /* the first comment line, "" without one */
	unsigned int fs;    /* a set: filesystem_bit() */
	unsigned int needs; /* a set of enum filesystem_feature that the steps need */
	uint64_t room;	    /* free bytes to leave, 0: all free space */
	char *mount;	    /* options to mount with, NULL: none */
	struct step *steps;
	unsigned int nr_steps;
};

/*
 * Parses @text (@len untrusted bytes). @origin names it in errors, which
 * are ERR_USAGE and read "ORIGIN:LINE:COLUMN: expected ..., found ...".
 * The caller must have expanded its variables (scenario_expand()) and frees *@out.
 */
struct err *scenario_parse(const char *origin, const char *text, size_t len, struct scenario **out)
	__must_check;
void scenario_free(struct scenario *s);

/*
 * Milliseconds that the blocks, storms and programs of @s may take beyond the time of an
 * ordinary case, on a machine of the usual speed; 0 without any.
 */
uint64_t scenario_blocks_ms(const struct scenario *s);

/* One way to fill the `each` variables of a scenario. */
struct scenario_variant {
	char *label; /* the values joined by '/', "" when there are none */
	char *text;  /* expanded; line numbers stay the same */
};

struct scenario_variants {
	struct scenario_variant *v;
	size_t n;
};

/* Expands the `each` lines of @text; the caller calls _deinit() on @out. */
struct err *scenario_expand(const char *origin, const char *text, size_t len,
			    struct scenario_variants *out) __must_check;
void scenario_variants_deinit(struct scenario_variants *variants);

/*
 * A word of a program's line: program_word_escape() appends it as the line has it,
 * program_word() reads that; NULL: it is malformed. free() the result.
 */
void program_word_escape(struct buf *out, const char *word);
char *program_word(const char *escaped);

#endif
