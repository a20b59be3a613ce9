/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The words of a C source, and which of them are the bodies of functions. It knows no types and
 * expands no macros: comments and preprocessor lines are left out, and so is the body of every
 * macro. Of "#if ... #else ... #endif" the code of both branches is there. Pure.
 */
#ifndef GUESTS_C_TOKENS_H
#define GUESTS_C_TOKENS_H

#include "base/util.h"

enum c_kind {
	C_WORD, /* an identifier or a keyword */
	C_NUMBER,
	C_STRING, /* or a character */
	C_SIGN,	  /* "<=", "(", "->": the longest that C has */
};

struct c_token {
	enum c_kind kind;
	size_t at, len; /* bytes in the text */
	size_t pair; /* of ( [ { and ) ] }: the token that it belongs to; else, or without, itself */
	unsigned int line; /* from 1 */
};

/* A function: its tokens are first to last, the braces of its body. */
struct c_function {
	char *name;
	size_t head; /* its first token, before type and name */
	size_t args; /* the parenthesis before its parameters */
	size_t first, last;
};

struct c_source {
	const char *text; /* borrowed */
	struct c_token *v;
	size_t n;
	struct c_function *functions;
	size_t nr_functions;
};

/*
 * Reads @text, which must outlive @out; c_source_deinit() @out. A function is what the kernel's
 * style makes one: its braces stand alone at the beginning of a line.
 */
void c_source_read(const char *text, struct c_source *out);
void c_source_deinit(struct c_source *s);

/* Is token @i of @s exactly @word? False past the end. */
bool c_is(const struct c_source *s, size_t i, const char *word);

/* Is token @i of @s an identifier or a keyword? False past the end. */
bool c_is_word(const struct c_source *s, size_t i);

/* The text of token @i; free() it. */
char *c_text(const struct c_source *s, size_t i);

#endif
