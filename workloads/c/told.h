/* SPDX-License-Identifier: GPL-2.0-only */
/* A program while it is written: what its parts say, and the model that knows the bytes. */
#ifndef WORKLOADS_C_TOLD_H
#define WORKLOADS_C_TOLD_H

#include "workloads/c/c.h"
#include "workloads/lang/scenario.h"
#include "workloads/model/model.h"

#define TOLD_WORDS_MAX 128u

/* Words in order, each once. */
struct told_words {
	char *v[TOLD_WORDS_MAX];
	unsigned int n;
};

struct told {
	const char *suffix; /* of the names of variables and functions: one for each case */
	const char *name;   /* of the case */
	const char *text;
	const struct scenario *s;
	struct model m;
	/* of all cases of the program; named: the helpers that the program itself uses */
	struct told_words includes, used, named, files, left_out, needs, libs;
	struct told_words first; /* lines before the steps of this case */
	struct buf parts;	 /* helpers */
	struct buf globals;	 /* variables */
	struct buf calls;	 /* what threads and children do */
	struct buf before_body;	 /* what the steps need */
	struct buf body;	 /* the steps */
	char title[160];	 /* of the scenario */
	unsigned int fs;	 /* a set: filesystem_bit() */
	const char *checker;	 /* the part that compares: of a file, mapping or pin */
	unsigned int tabs;
	unsigned int gens[SCENARIO_STEPS_MAX]; /* of each step that writes: the generation */
	/* in a block: the round, and of each file, by origin, its generations before and a round */
	bool in_block;
	unsigned int round, before[TOLD_WORDS_MAX], each[TOLD_WORDS_MAX];
	bool closed[TOLD_WORDS_MAX];	/* files, by place in files */
	bool rest[TOLD_WORDS_MAX];	/* its size is known to the program alone */
	bool settled[MODEL_THINGS_MAX]; /* operations: seen by a settle */
	bool signalled[MODEL_THINGS_MAX];
	bool far[MODEL_THINGS_MAX];	 /* pins: a child holds it */
	bool unmapped[MODEL_THINGS_MAX]; /* pins: their mapping is gone */
	bool unmounted;	   /* an operation unmounts the filesystem, and it was not mounted since */
	bool unbound;	   /* an operation takes its device away */
	bool timed;	   /* time limits are needed */
	char ring[16][96]; /* for short texts in use by one line */
	unsigned int at;
};

/* The place of @word, which is added when it is new. */
unsigned int told_word(struct told_words *w, const char *word);
void told_words_deinit(struct told_words *w);

/* Appends a line to the body. */
void told_line(struct told *t, const char *fmt, ...) __printf(2, 3);
/* Appends a line to the variables, unless it is there already. */
void told_global(struct told *t, const char *fmt, ...) __printf(2, 3);
/* Adds the part @name, and those that it uses. */
void told_use(struct told *t, const char *name);

/* A short text, valid until sixteen others were made. */
const char *told_short(struct told *t, const char *fmt, ...) __printf(2, 3);
/* A size, as in "64 * K"; the variable part of a name, as in "fd_a". */
const char *told_size(struct told *t, uint64_t bytes);
const char *told_id(struct told *t, const char *name);
/* The same of a file, by origin: all cases of a program share these. */
const char *told_file_id(struct told *t, unsigned int origin);
/* An address in a mapping, as in "map_m + 2 * M". */
const char *told_at(struct told *t, const char *map, uint64_t off);

/*
 * Adds the function "static @head_NAME@body", as in @head "long call", for the thing that @st
 * names, and returns its name; one with another body gets another name.
 */
const char *told_function(struct told *t, const struct step *st, const char *head,
			  const char *body);
/*
 * Adds the function by which a child keeps only @map and @files (NULL: none), and returns its
 * name.
 */
const char *told_only(struct told *t, const struct step *st, const char *map,
		      char *const files[OP_FILES_MAX]);

struct err *told_refuse(const struct told *t, const struct step *st, const char *word,
			const char *why) __must_check;

/* Appends text of a scenario for a comment: on one line, and without the end of a comment. */
void told_comment(struct buf *out, const char *text, size_t len);

/* A program without a case; frees all it has. */
struct told *told_create(void);
void told_destroy(struct told *t);
/*
 * Tells a case, as c_program() describes it: its steps are in t->body, what they need before
 * them in t->before_body.
 */
struct err *told_case(struct told *t, const char *name, const char *text) __must_check;
/* Appends the lists of the comment at the top, the includes, the data and the functions. */
void told_lists(const struct told *t, unsigned int fs, struct buf *out);
void told_includes(struct told *t, struct buf *out);
void told_data(struct told *t, struct buf *out);

/* Writes all steps. */
struct err *told_all(struct told *t) __must_check;
/* Writes what a line of the scenario does. */
struct err *told_step(struct told *t, const struct step *st) __must_check;
/* Releases what is held, and checks all files. */
struct err *told_end(struct told *t) __must_check;

/* Steps on operations; the others are in steps.c. */
struct err *told_operation(struct told *t, const struct step *st) __must_check;
struct err *told_start(struct told *t, const struct step *st) __must_check;
struct err *told_expect(struct told *t, const struct step *st) __must_check;
struct err *told_wait(struct told *t, const struct step *st) __must_check;
struct err *told_settle(struct told *t, const struct step *st) __must_check;
struct err *told_signal(struct told *t, const struct step *st) __must_check;

/* Pins: in pin-steps.c. */
struct err *told_pin(struct told *t, const struct step *st) __must_check;
struct err *told_unpin(struct told *t, const struct step *st) __must_check;
/* Writes that @p is released, and what it showed at last. */
struct err *told_release(struct told *t, const struct step *st, struct model_pin *p) __must_check;
/* Puts the bytes that @p shows into the variable data. */
struct err *told_look(struct told *t, const struct step *st, const struct model_pin *p)
	__must_check;

/* The mount: in mount.c. The program must be able to unmount it. */
void told_mount(struct told *t);
/* All files are closed, for an unmount that comes next. */
void told_unmount(struct told *t);
/* All files are closed, and their mappings removed. */
void told_leave(struct told *t);
/* It is mounted again, and the files that are still there are opened. */
void told_mount_again(struct told *t);

/* Checks: in checks.c. */
struct err *told_check(struct told *t, const struct step *st) __must_check;
struct err *told_check_file(struct told *t, const struct step *st) __must_check;
/* All files whose bytes are certain. */
struct err *told_check_files(struct told *t, const struct step *st) __must_check;
/* The bytes of the variable data, which pin @p showed. */
struct err *told_held(struct told *t, const struct step *st, const struct model_pin *p,
		      uint64_t off, uint64_t len, bool zero) __must_check;
/* How a block's text marks a generation, until all rounds are known: an origin and a number. */
#define TOLD_GEN "\001%u %u\002"

/* Bytes as C text: "WROTE(FILE_a, 1, 0)": of the file @origin, those of @p from @off on. */
const char *told_wrote(struct told *t, unsigned int origin, unsigned int gen, uint64_t off);
const char *told_what(struct told *t, const struct piece *p, uint64_t off);
/* Whether the bytes of @next are the next ones after those of @p. */
bool told_goes_on(const struct piece *p, const struct piece *next);

/* A file's descriptor: it is opened when the program closed it. */
const char *told_fd(struct told *t, const char *file);
/* The generation of the bytes that @st writes to @f. */
unsigned int told_gen(struct told *t, const struct step *st, struct model_file *f);
/* An operation that may have ended or not, on a file of that name (NULL: any); or NULL. */
const struct model_op *told_unknown(const struct told *t, const char *file);
/* One that waits or is unknown; of those only one that may change bytes. */
const struct model_op *told_pending(const struct told *t, const char *file);
const struct model_op *told_changing(const struct told *t, const char *file);

#endif
