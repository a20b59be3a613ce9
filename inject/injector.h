/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Injectors change a running kernel from outside when a case asks for it. Each is one
 * struct and one file; injector.c has the registry, and inject/symbols.c the kernel
 * symbols that the guest must report.
 *
 *	injections_init(); { injection_find(); injection_call(); }*; injections_deinit()
 */
#ifndef INJECT_INJECTOR_H
#define INJECT_INJECTOR_H

#include "base/err.h"
#include "wire/msg.h"

enum injector_id {
	INJECTOR_GATE,
	INJECTOR_NULL, /* does nothing; tests the frame */
	INJECTORS,
};

/* A line of the guest's /proc/kallsyms. */
struct injector_symbol {
	char name[128];
	uint64_t addr, size; /* bytes */
};

#define INJECTOR_SYMBOLS_MAX 32

/* What an injector gets to know of a guest; it must copy what it keeps. */
struct injector_guest {
	const char *gdb; /* socket of QEMU's gdbstub; NULL: there is none */
	struct injector_symbol symbols[INJECTOR_SYMBOLS_MAX];
	size_t nr_symbols;
	unsigned int kernel_major, kernel_minor;
};

struct injector {
	const char *name;
	bool needs_gdb;
	enum sabotage sabotage;	    /* the self-test that disables its calls; or SABOTAGE_NONE */
	const char *const *symbols; /* a list in injector_symbols[]; NULL: it needs none */
	const char *const *calls;   /* the names of its calls; NULL-terminated */

	/* An error says why it cannot be used on this guest; all its calls return that. */
	struct err *(*create)(const struct injector_guest *guest, void **self);
	/* Does calls[@call]. */
	struct err *(*call)(void *self, size_t call);
	/* A descriptor to poll for reading (-1: not now), and its handler. Both or neither. */
	int (*fd)(const void *self);
	struct err *(*service)(void *self);
	void (*destroy)(void *self);
};

/* By enum injector_id. */
extern const struct injector *const injectors[INJECTORS];

/* One injector on one guest. */
struct injection {
	const struct injector *injector;
	void *self;
	char *lacks; /* why create() failed; NULL: it did not */
};

void injections_init(struct injection v[INJECTORS], const struct injector_guest *guest);
void injections_deinit(struct injection v[INJECTORS]);

/* The injection that has the call @name, and in *@call its index; NULL: none has it. */
struct injection *injection_find(struct injection v[INJECTORS], const char *name, size_t *call);

/* Does nothing if @sabotage is the self-test that disables this injector. */
struct err *injection_call(struct injection *in, enum sabotage sabotage, size_t call) __must_check;

int injection_fd(const struct injection *in);

/* Does nothing while injection_fd() is -1. */
struct err *injection_service(struct injection *in) __must_check;

extern const struct injector injector_gate, injector_null;

#endif
