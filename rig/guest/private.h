/* SPDX-License-Identifier: GPL-2.0-only */
/* Shared by the files of this folder: guest.c waits and boots, case.c runs one case. */
#ifndef RIG_GUEST_PRIVATE_H
#define RIG_GUEST_PRIVATE_H

#include "guest/guest.h"

enum guest_event {
	GUEST_FRAME, /* *f holds one */
	GUEST_SIDE,  /* side_fd is readable */
	GUEST_MARK,  /* the console showed the mark it was told to look for */
	GUEST_QUIET, /* the console showed something, and then nothing for a while */
	GUEST_TIMEOUT,
	GUEST_GONE,   /* QEMU ended or the channel closed: see virt_domain_is_gone() */
	GUEST_BROKEN, /* the channel failed or a frame is damaged: *err says how */
	GUEST_CANCELLED,
};

/*
 * now_ns() less the time @g's QEMU was seen stopped. A guest's time limits are measured by
 * this clock.
 */
uint64_t guest_now(const struct guest *g);

/* Waits for the next event until guest_now() reaches @deadline. Sets *@err for GUEST_BROKEN. */
enum guest_event guest_wait(struct guest *g, uint64_t deadline, struct frame *f, struct err **err);

/* welcome.c: sends the guest the time and its identity; does not wait for the answer. */
struct err *guest_welcome(struct guest *g) __must_check;

/* True when @f is that answer; then g->who holds it. */
bool guest_take_who(struct guest *g, const struct frame *f);

/*
 * files.c: sends the files and links of @files, before a case begins; returns when the last ones
 * are queued.
 */
struct err *guest_send_files(struct guest *g, const struct pack *files) __must_check;

/* How much the ledger calls of one case may cost. */
struct ledger_budget guest_ledger_budget(const struct guest *g);

/*
 * ledger.c: compares the expectations in the MSG_CALL @f, named @call, with the kernel's
 * struct pages. Fills the MSG_REPLY; when it cannot compare, the reply says why. Returns
 * false when the @budget of the case did not allow the call.
 */
bool guest_ledger(struct guest *g, struct ledger_budget *budget, const char *call,
		  const struct frame *f, struct buf *reply);

/* The same for LEDGER_HELD_CALL, which a case makes while its programs run for @ms. */
struct ledger_budget guest_held_budget(const struct guest *g, uint64_t ms);
bool guest_ledger_held(struct guest *g, struct ledger_budget *budget, const struct frame *f,
		       struct buf *reply);

/* Adds what the struct page of @pfn says to @out; for a person. */
struct err *guest_page(struct guest *g, uint64_t pfn, struct buf *out) __must_check;

/*
 * vmcore.c: writes the guest's memory to the existing file @path, which is removed when that
 * fails. The guest stands still meanwhile. ERR_CANCELLED as elsewhere.
 */
struct err *guest_vmcore(struct guest *g, const char *path) __must_check;

/* @ms multiplied by the factor measured for this host and accelerator. */
uint64_t guest_ms(const struct guest *g, uint64_t ms);

#endif
