/* SPDX-License-Identifier: GPL-2.0-only */
/* Between guest.c (waiting, booting) and guest-case.c (one case). */
#ifndef RIG_GUEST_PRIVATE_H
#define RIG_GUEST_PRIVATE_H

#include "guest/guest.h"

enum guest_event {
	GUEST_FRAME, /* *f holds one */
	GUEST_MARK,  /* the console showed the mark it was told to look for */
	GUEST_QUIET, /* the console said something and then nothing for a while */
	GUEST_TIMEOUT,
	GUEST_GONE,   /* QEMU ended, or the channel did: see virt_domain_state() */
	GUEST_BROKEN, /* the channel carries garbage: *err says what */
	GUEST_CANCELLED,
};

/*
 * now_ns() less the time in which @g's QEMU was seen stopped: what limits of a guest are held
 * against.
 */
uint64_t guest_now(const struct guest *g);

/* Waits for the next event until guest_now() reaches @deadline. @err: for BROKEN. */
enum guest_event guest_wait(struct guest *g, uint64_t deadline, struct frame *f, struct err **err);

/* guest-welcome.c: tells the guest the time and who it is; its answer comes when it comes. */
struct err *guest_welcome(struct guest *g) __must_check;

/* True when @f was that answer; it is in g->who then. */
bool guest_take_who(struct guest *g, const struct frame *f);

/* What the calls of a case for its ledger may cost. */
struct ledger_budget guest_ledger_budget(const struct guest *g);

/*
 * guest-ledger.c: holds what the agent tells by the MSG_CALL @f, named @call, against the
 * kernel's struct pages; fills the MSG_REPLY, which says why when it cannot. False: the
 * @budget of the case did not allow it.
 */
bool guest_ledger(struct guest *g, struct ledger_budget *budget, const char *call,
		  const struct frame *f, struct buf *reply);

/* Milliseconds scaled by what was measured of this host and accelerator. */
uint64_t guest_ms(const struct guest *g, uint64_t ms);

#endif
