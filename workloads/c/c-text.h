/* SPDX-License-Identifier: GPL-2.0-only */
/* How an operation or a pin is told in C by `daxrig show --c`: a part of its own row. Pure. */
#ifndef WORKLOADS_C_TEXT_H
#define WORKLOADS_C_TEXT_H

#include <stdbool.h>

struct c_text {
	/*
	 * An operation: an expression that is not 0, with errno, when it fails. $f and $g stand for
	 * the descriptors of its files, $F for the name of the first, $o and $p for the offsets, $l
	 * for the length, $s for the size, $m for the address in the mapping, $d for new bytes.
	 */
	const char *call;
	const char *part;  /* of workloads/c/parts, with what the call needs; NULL: nothing */
	const char *first; /* a line before all steps: "need_mount();"; NULL: nothing */
	const char *needs; /* a line for the top of the program; NULL: nothing */
	const char *no;	   /* instead of all this: why it cannot be told */
};

/* A pin of type `struct TYPE`; each function takes its address first. */
struct c_pin {
	const char *part;  /* defines the type, TYPE_take() and char *TYPE_release() */
	const char *type;  /* NULL: it holds nothing, and no code is needed */
	const char *look;  /* the part with char *TYPE_look(); NULL: its bytes cannot be seen */
	const char *ask;   /* instead of part: with long TYPE_ask(), which the kernel must refuse */
	const char *needs; /* a line for the top of the program; NULL: nothing */
	const char *libs;  /* "-libverbs": what the program is linked with; NULL: nothing */
	const char *no;	   /* instead of all this: why it cannot be told */
	bool numbered;	   /* TYPE_take() also takes a number, another one for each pin */
	bool access; /* TYPE_take() also takes whether the mapping can be written to, at the end */
};

#endif
