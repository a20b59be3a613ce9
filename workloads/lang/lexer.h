/* SPDX-License-Identifier: GPL-2.0-only */
/* Splits a scenario into lines and words, with their places. Pure. */
#ifndef WORKLOADS_WORDS_H
#define WORKLOADS_WORDS_H

#include "base/nearest.h"
#include "workloads/lang/scenario.h"

struct word {
	const char *s;	     /* NUL-terminated */
	unsigned int column; /* from 1 */
};

struct line {
	const char *origin;
	unsigned int number;		 /* from 1 */
	char text[SCENARIO_LINE_MAX];	 /* up to the comment, without trailing blanks */
	char comment[SCENARIO_LINE_MAX]; /* after '#', without blanks at both ends */
	char split[SCENARIO_LINE_MAX];	 /* the words point into it */
	struct word words[SCENARIO_WORDS_MAX];
	unsigned int n;	   /* words */
	unsigned int next; /* the first one not taken yet */
};

/* Reads the next line of [*pos, end) and moves *pos past it. */
struct err *line_read(struct line *l, const char *origin, unsigned int number, const char **pos,
		      const char *end) __must_check;

/* Returns "ORIGIN:LINE:COLUMN: expected WHAT, found 'word'" for the next word. */
struct err *line_expected(const struct line *l, const char *what) __must_check;

/* Returns "ORIGIN:LINE:COLUMN: <message>" for the word that was taken last. */
struct err *line_error(const struct line *l, const char *fmt, ...) __printf(2, 3) __must_check;

/* The same with the message of nearest_text(). */
struct err *line_unknown(const struct line *l, const struct nearest *n, const char *kind,
			 const char *otherwise) __must_check;

/* The next word, or NULL at the end of the line. */
const char *line_peek(const struct line *l);

/* Takes the next word if it is @word. */
bool line_take(struct line *l, const char *word);

/* Take the next word as a word, a name or a size (bytes); @what describes it in the error. */
struct err *line_word(struct line *l, const char *what, const char **out) __must_check;
struct err *line_name(struct line *l, const char *what, const char **out) __must_check;
struct err *line_size(struct line *l, const char *what, uint64_t *out) __must_check;

/* An error when words are left on the line. */
struct err *line_end(const struct line *l) __must_check;

#endif
