/* SPDX-License-Identifier: GPL-2.0-only */
/* The rules by which mutations are found: a row each of mutation_rules. Pure. */
#ifndef GUESTS_MUTATION_RULES_H
#define GUESTS_MUTATION_RULES_H

#include "guests/mutate/c-tokens.h"
#include "guests/mutate/mutation.h"

/* A search in one function. */
struct mutation_search {
	const struct c_source *source;
	const struct c_function *function;
	const char *file;
	const struct mutation_rule *rule;
	struct mutation_list *out;
};

struct mutation_rule {
	const char *name; /* "negate" */
	const char *what; /* "a condition is negated" */
	void (*find)(const struct mutation_search *s);
};

extern const struct mutation_rule mutation_rules[]; /* ends with a NULL name */

/*
 * For rules: proposes to replace the tokens from @first to @last by @text, which it takes, with
 * blank lines after it for the newlines that it lacks. Proposes nothing if a preprocessor line
 * is between them.
 */
void mutation_propose(const struct mutation_search *s, size_t first, size_t last, char *text);

/* The text of the tokens from @first to @last; free() it. */
char *mutation_old(const struct mutation_search *s, size_t first, size_t last);

/* A parameter of a function, or a variable of its own. */
struct c_variable {
	size_t name;  /* token */
	char *type;   /* its words, "struct inode" */
	size_t stars; /* of a pointer; an array has one */
};

/* The variables of a function, in the order of their declarations. c_variables_deinit() it. */
struct c_variables {
	struct c_variable *v;
	size_t n;
};

void c_variables_find(const struct c_source *s, const struct c_function *f,
		      struct c_variables *out);
void c_variables_deinit(struct c_variables *v);

/* The variable that the word @i names, or NULL. */
const struct c_variable *c_variable_of(const struct c_variables *v, const struct c_source *s,
				       size_t i);

/* Does a statement begin at token @i? */
bool c_begins_statement(const struct c_source *s, size_t i);

/* Is token @i a keyword that may stand before a parenthesis or an operand? */
bool c_is_keyword(const struct c_source *s, size_t i);

/* Rules of rules-flow.c and rules-calls.c. */
void mutate_negate(const struct mutation_search *s);
void mutate_edge(const struct mutation_search *s);
void mutate_off_by_one(const struct mutation_search *s);
void mutate_swallow_error(const struct mutation_search *s);
void mutate_one_round(const struct mutation_search *s);
void mutate_no_call(const struct mutation_search *s);
void mutate_wrong_argument(const struct mutation_search *s);
void mutate_no_flag(const struct mutation_search *s);
void mutate_early_unlock(const struct mutation_search *s);

#endif
