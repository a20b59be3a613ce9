/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The operations that are fired at pinned files: names, arguments and what the
 * contract says of each. Pure: shared by the scenario language, the planner and
 * the guest, where inject/ops/ carries them out.
 */
#ifndef INJECT_MUTATOR_H
#define INJECT_MUTATOR_H

#include "wire/filesystem/filesystem.h"

#define MUTATOR_FILES_MAX 2
#define MUTATOR_ARGS_MAX 5

/* What an operation does about a page in its range that somebody holds. */
enum mutator_wait {
	WAIT_MUST, /* does not return before the last holder lets go */
	WAIT_MAY,
	WAIT_NEVER, /* completes while the page is held */
};

enum mutator_trait {
	MUTATOR_LAST_CLOSE = 1 << 0, /* takes the file's last descriptor with it */
	MUTATOR_NO_FILE = 1 << 1,    /* acts on the whole filesystem */
	MUTATOR_OPTIONAL = 1 << 2,   /* a kernel may lack it: then the case is skipped */
	MUTATOR_SPOILS = 1 << 3,     /* nothing else may run in the guest afterwards */
};

struct mutator {
	const char *name; /* as in a scenario: "punch" */
	/*
	 * One letter an argument: f file, m mapping, o offset, l length, s size. "folfo"
	 * is FILE OFFSET LENGTH FILE OFFSET; with two files the first is the source. An
	 * offset behind a mapping is one in the mapping.
	 */
	const char *args;
	/*
	 * For a page of the file it changes (the destination where there are two).
	 * truncate waits only when it shrinks.
	 */
	enum mutator_wait wait;
	unsigned int traits;
	unsigned int needs; /* enum filesystem_feature */
	const char *summary;
};

/* Ends with a NULL name. */
extern const struct mutator mutators[];

/* NULL when there is none of that name. */
const struct mutator *mutator_find(const char *name);

/* One call of a mutator. Offsets, lengths and sizes are bytes. */
struct mutator_call {
	const struct mutator *mutator;
	char *file[MUTATOR_FILES_MAX]; /* names in the scenario; owned; of a mapping: its own */
	char *map;		       /* name of a mapping; owned */
	uint64_t off[MUTATOR_FILES_MAX];
	uint64_t len;
	uint64_t size;
};

void mutator_call_deinit(struct mutator_call *call);

#endif
