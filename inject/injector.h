/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Injectors: what changes a running kernel from outside when a case calls for it. One
 * struct and one file each; injector.c has the registry.
 *
 *	injections_init(); { injection_find(); injection_call(); }*; injections_deinit()
 */
#ifndef INJECT_INJECTOR_H
#define INJECT_INJECTOR_H

#include "base/err.h"
#include "wire/msg.h"

enum injector_id {
	INJECTOR_GATE,
	INJECTOR_NULL, /* does nothing: tests the frame */
	INJECTORS,
};

/* A line of the guest's /proc/kallsyms. */
struct injector_symbol {
	char name[128];
	uint64_t addr, size; /* bytes */
};

#define INJECTOR_SYMBOLS_MAX 32

/* What an injector is told of a guest; borrowed, it copies what it keeps. */
struct injector_guest {
	const char *gdb; /* socket of QEMU's gdbstub; NULL: it cannot be reached */
	struct injector_symbol symbols[INJECTOR_SYMBOLS_MAX];
	size_t nr_symbols;
	unsigned int kernel_major, kernel_minor;
};

struct injector {
	const char *name;
	bool needs_gdb;
	enum sabotage
		sabotage; /* the self-test in which its calls do nothing; SABOTAGE_NONE: there is none */
	const char *const *calls; /* the names a case calls it by; NULL-terminated */

	/* An error says why it cannot be used on this guest; its calls will answer with it. */
	struct err *(*create)(const struct injector_guest *guest, void **self);
	/* calls[@call] */
	struct err *(*call)(void *self, size_t call);
	/* To be polled for reading, -1: not now; and what to do then. Both or neither. */
	int (*fd)(const void *self);
	struct err *(*service)(void *self);
	void (*destroy)(void *self);
};

/* By enum injector_id. */
extern const struct injector *const injectors[INJECTORS];

/*
 * The names of /proc/kallsyms that each wants, by enum injector_id: what the guest's agent looks
 * for and struct injector_guest has. Pure, in symbols.c; each list, and the list of them, ends
 * with NULL.
 */
extern const char *const *const injector_symbols[INJECTORS + 1];

/* One injector on one guest. */
struct injection {
	const struct injector *injector;
	void *self;
	char *lacks; /* why there is no self; NULL: there is one */
};

void injections_init(struct injection v[INJECTORS], const struct injector_guest *guest);
void injections_deinit(struct injection v[INJECTORS]);

/* The one that is called by @name, and with *@call which of its calls; NULL: no injector is. */
struct injection *injection_find(struct injection v[INJECTORS], const char *name, size_t *call);

/* Under @sabotage, the self-test that leaves this injector out, nothing happens. */
struct err *injection_call(struct injection *in, enum sabotage sabotage, size_t call) __must_check;

int injection_fd(const struct injection *in);

/* Nothing happens while injection_fd() is -1. */
struct err *injection_service(struct injection *in) __must_check;

extern const struct injector injector_gate, injector_null;

#endif
