/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A program of the user's as a case: what it is, how it is told as a scenario, and the files
 * that a guest needs to run it.
 */
#ifndef RIG_PROGRAM_H
#define RIG_PROGRAM_H

#include "guests/archive/pack.h"
#include "wire/filesystem/filesystem.h"

#define PROGRAM_LINE "program "	       /* a plan's line about a program begins so */
#define PROGRAM_WORDS_MAX 24	       /* of a command line, and so many --with */
#define PROGRAM_FILES_MAX (256u << 20) /* bytes, in all */

struct program {
	char *name;	 /* of its cases, after the filesystem's */
	unsigned int fs; /* a set: filesystem_bit() */
	char *mount;	 /* options to mount with, besides daxrig's; NULL: none */
	unsigned int uid;
	uint64_t ms;			    /* after which it is killed */
	bool kselftest;			    /* one of the kernel's own: see scenario.h */
	char *with[PROGRAM_WORDS_MAX + 1];  /* "FILE:PATH": more files, and where they go */
	char *words[PROGRAM_WORDS_MAX + 1]; /* the program's file on the host, its arguments */

	/* by program_make() */
	struct pack files; /* empty: not made yet */
	char *folder;	   /* what was compiled, or NULL */
	unsigned int refs;
};

/* For xfs, as root, for 60 s. Put it. */
struct program *program_create(void);
/* One more owner; the last one's program_put() frees it. */
struct program *program_get(struct program *p);
void program_put(struct program *p);

/*
 * A name for the cases of a program: @name, or that of the file @path, but what means something in
 * a name. free() it.
 */
char *program_name(const char *name);
char *program_name_of(const char *path);

/*
 * Sets one option: "fs", "mount", "user", "time" (seconds), "with" or "kselftest". ERR_USAGE: @name or @value
 * is wrong.
 */
struct err *program_set(struct program *p, const char *name, const char *value) __must_check;
/* Adds a word of the command line; the first is the file, and gives the program its name. */
struct err *program_add_word(struct program *p, const char *word) __must_check;

/*
 * Finds what the program needs, once: a source file (.c) is compiled, the libraries of an ELF
 * file and the interpreter of a script are found. Reads files, and runs cc and the dynamic
 * linker. ERR_USAGE: there is no such file, or it is none that a guest can run.
 */
struct err *program_make(struct program *p) __must_check;

/* The scenario; after program_make() it also says what the files are. free() it. */
char *program_text(const struct program *p);

/*
 * The line of a plan that runs the command @words; @keys are "KEY=VALUE " each, or "". The
 * program may be a path, or the name of a program of the host. ERR_USAGE: it is not there.
 */
struct err *program_line(const char *keys, char *const words[], int n, char **out) __must_check;

#endif
