/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The interface between scenario.c, which parses the text as a whole, and the parsers of
 * single steps: scenario-steps.c, scenario-tasks.c, scenario-storm.c and scenario-blocks.c.
 */
#ifndef WORKLOADS_PARSER_H
#define WORKLOADS_PARSER_H

#include "workloads/lang/symbol-table.h"

struct parser {
	struct scenario *s;
	struct names names;
	struct line line;
	unsigned int block_line; /* line of the block's repeat */
	unsigned int block;	 /* index of the block's repeat, while names.in_block */
	bool unbound;		 /* the device was unbound from its driver */
	bool unmounted;		 /* no file can be made until the next remount */
};

/* Parses the line as a step and adds it to the scenario. */
struct err *parser_step(struct parser *p) __must_check;

/* Takes a new name for a @thing and stores it as the name of @st. */
struct err *parser_define(struct parser *p, struct step *st, enum thing thing, struct name **out)
	__must_check;

/* Takes the name of a @thing that exists; the step owns *@copy. */
struct err *parser_refer(struct parser *p, enum thing thing, char **copy, struct name **out)
	__must_check;

/* Takes the name of an errno. */
struct err *parser_errno(struct line *l, int *out) __must_check;

/* Takes the name of a pin. */
struct err *parser_pin(struct line *l, const struct pin_info **out) __must_check;

/* Parse the rest of a step, after its first word. */
struct err *step_start(struct parser *p, struct step *st) __must_check;
struct err *step_expect(struct parser *p, struct step *st) __must_check;
struct err *step_settle(struct parser *p, struct step *st) __must_check;
struct err *step_wait(struct parser *p, struct step *st) __must_check;
struct err *step_signal(struct parser *p, struct step *st) __must_check;
struct err *step_operation(struct parser *p, struct step *st) __must_check;
struct err *step_repeat(struct parser *p, struct step *st) __must_check;
struct err *step_end(struct parser *p, struct step *st) __must_check;
struct err *step_storm(struct parser *p, struct step *st) __must_check;
struct err *step_program(struct parser *p, struct step *st) __must_check;

#endif
