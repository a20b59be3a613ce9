/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The scenario language: a case is a short program of steps. The text is parsed
 * by the host, to refuse a bad one before a guest is started, and again by the
 * agent, which runs it. Pure.
 *
 * A line is a comment (from '#'), a header or a step; words are separated by
 * blanks. Sizes take K, M, G. Headers come before the first step:
 *
 *   fs      NAME ...              where it makes sense, as in "xfs ext4"; all that can
 *                                 do what the steps ask for when left out
 *   room    SIZE                  leave only so much free space, so that a freed
 *                                 block is soon somebody else's
 *   each    VAR WORD ...          one case for each WORD; $VAR stands for it below
 *
 * Steps:
 *
 *   file    NAME SIZE written|fallocated|hole
 *   file    NAME SIZE clone|copy OTHER    shares OTHER's extents | has its bytes
 *   map     NAME FILE OFF LEN shared|private r|rw [pmd] [sync]    FILE may be "devdax";
 *                                         pmd: so that 2 MiB entries fit, and where a touch
 *                                         of a whole one gets none it is an error;
 *                                         sync: MAP_SYNC, a skip where there is none
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
 *   wait    NAME                          for its end, however it ends
 *   settle  NAME                          until it ended, or waits for something
 *   signal  NAME SIGNAL                   as in "TERM"; its handler has no SA_RESTART
 *   check   FILE|MAP|PIN [OFF LEN] [zero] bytes as the program made them; or zeroes; a part
 *                                         of a rdma-odp pin is read by one transfer
 *   check   FILE size SIZE
 *   sync | fsync FILE | remount | fsck
 *   OPERATION [fails ERRNO]               inline (workloads/ops/operation.h)
 *   repeat  N                             runs the steps up to its end N times;
 *   end                                   no block in another. A step that fails
 *                                         ends the block with that round
 *   storm   FILE MS [workers N] [cpus one|all] [unstick] [ops OP ...]
 *                         [pins KIND ...]
 *                                         so long many threads pin, touch and change FILE,
 *                                         all of it (storm/storm.h); its size is a multiple
 *                                         of 2M for each worker, and nobody else holds it.
 *                                         unstick: a wait that outlasts all pins is ended by
 *                                         dropping the page table entries, and only counted.
 *                                         4 workers, cpus all, ops punch zero write falloc,
 *                                         pins vmsplice; what it found
 *                                         can be run again: storm.scn among the evidence
 *
 * What a block defines is gone when it ends (unpinned, unmapped, unlinked, its end
 * awaited), and its name is free again; what was made before it must outlast it.
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
	STEP_OPERATION,
	STEP_REPEAT,
	STEP_END,
	STEP_STORM,
};

enum file_kind { FILE_WRITTEN, FILE_FALLOCATED, FILE_HOLE, FILE_CLONE, FILE_COPY };

enum expectation { EXPECT_BLOCKS, EXPECT_COMPLETES, EXPECT_FAILS, EXPECT_KILLED };

/* How a pin ends. */
enum unpin_how { UNPIN_RELEASE, UNPIN_KILL, UNPIN_EXIT };

/* What a name stands for at some point of the program. */
enum thing { THING_NONE, THING_FILE, THING_MAP, THING_PIN, THING_TASK };

/* A step; which members count is said by the verb. Strings belong to it. */
struct step {
	enum step_verb verb;
	unsigned int line; /* from 1 */
	char *text;	   /* the line as it stands, without comment */
	char *name;	   /* what it defines or acts on */
	char *other;	   /* file: OTHER; map: FILE; touch, pin: MAP or PIN */
	enum thing thing;  /* check: what name is; touch: what other is */
	uint64_t off, len; /* bytes; len 0 in a check: all of it */
	enum file_kind file;
	bool fill_rest;			  /* file: SIZE was "rest" */
	bool shared, writable, pmd, sync; /* map; touch: writable = write */
	const struct pin_info *pin;
	enum expectation expect;
	uint64_t within_ms; /* 0: the default */
	int errnum;	    /* expected errno, 0 when none is */
	int signo;
	bool process;	    /* start, pin: in a process of its own */
	enum unpin_how how; /* unpin */
	bool derived;	    /* model_derive() added it */
	bool check_zero, check_size;
	unsigned int rounds;	/* repeat: 1.. */
	unsigned int block_end; /* repeat: index of its end */
	struct storm_spec storm;
	struct op_call call; /* start, operation */
};

struct scenario {
	char *title;	    /* the first comment line, "" without one */
	unsigned int fs;    /* a set: filesystem_bit() */
	unsigned int needs; /* of enum filesystem_feature, what the steps ask for */
	uint64_t room;	    /* bytes, 0: all of it */
	struct step *steps;
	unsigned int nr_steps;
};

/*
 * Parses @text (@len bytes, may hold anything). @origin names it in errors, which
 * are ERR_USAGE and read "ORIGIN:LINE:COLUMN: expected ..., found ...".
 * Variables must have been expanded (scenario_expand()).
 */
struct err *scenario_parse(const char *origin, const char *text, size_t len, struct scenario **out)
	__must_check;
void scenario_free(struct scenario *s);

/*
 * Milliseconds that the blocks and storms of @s may need beyond what a case takes, on a machine of
 * the usual speed; 0 without one.
 */
uint64_t scenario_blocks_ms(const struct scenario *s);

/* One way to fill the `each` variables of a scenario. */
struct scenario_variant {
	char *label; /* the values joined by '/', "" when there are none */
	char *text;  /* expanded; the lines keep their numbers */
};

struct scenario_variants {
	struct scenario_variant *v;
	size_t n;
};

struct err *scenario_expand(const char *origin, const char *text, size_t len,
			    struct scenario_variants *out) __must_check;
void scenario_variants_deinit(struct scenario_variants *variants);

#endif
