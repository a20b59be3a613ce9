/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The text of a scenario while lines are added to it or taken away. Each change is tried on the
 * parser and the model: what they refuse is not made. Pure.
 */
#ifndef RIG_WORSEN_DRAFT_H
#define RIG_WORSEN_DRAFT_H

#include "workloads/lang/scenario.h"

#define DRAFT_THINGS_MAX 64

struct draft {
	char **lines; /* without newlines */
	size_t n;
	struct scenario *s; /* of the lines, as written: the model's steps have derived set */
	size_t at;	    /* the next line goes before this one */
	char *why;	    /* why the last change was refused; NULL: none was */
};

/* What exists at a place: the steps that made it. */
struct draft_living {
	const struct step *files[DRAFT_THINGS_MAX], *maps[DRAFT_THINGS_MAX],
		*pins[DRAFT_THINGS_MAX];
	size_t nr_files, nr_maps, nr_pins;
};

/* ERR_USAGE: @text is no scenario. draft_deinit() it in any case. */
struct err *draft_init(struct draft *d, const char *name, const char *text) __must_check;
void draft_deinit(struct draft *d);

/* All lines, with newlines; free() it. */
char *draft_text(const struct draft *d);

/* Adds a line at d->at, which moves on. False, and nothing is changed: it was refused. */
bool draft_add(struct draft *d, const char *fmt, ...) __printf(2, 3);

/* Replaces the @n lines from @first by those of @text, "" for none. False as above. */
bool draft_replace(struct draft *d, size_t first, size_t n, const char *text);

/* For callers that refuse a change themselves: returns false. */
bool draft_refuse(struct draft *d, const char *why);

/* The words of line @i that are @from become @to; unchecked: draft_settle() follows. */
void draft_change_word(struct draft *d, size_t i, const char *from, const char *to);
/* Checks what was changed; false: it is refused, and the draft can only be freed. */
bool draft_settle(struct draft *d);

/* The place where pages are still held: before the first unpin, or else before the first unmap. */
size_t draft_held(const struct draft *d);

/* The place after all that happens; in a block, before what it made is unlinked. */
size_t draft_end(const struct draft *d);

/* The first line after the headers. */
size_t draft_body(const struct draft *d);

/* What exists before line @place; steps are valid until the next change. */
void draft_living(const struct draft *d, size_t place, struct draft_living *out);

#endif
