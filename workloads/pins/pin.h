/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ways to hold a page, as the interpreter in the guest drives them: one file
 * and one registered struct each.
 */
#ifndef WORKLOADS_PINS_PIN_H
#define WORKLOADS_PINS_PIN_H

#include <pthread.h>

#include "base/buf.h"
#include "wire/agent.h"
#include "workloads/lang/pin-info.h"

struct pin_kind;
struct holder;

/* One page of a range that a pin sees and does not hold. */
struct pin_page {
	uint8_t todo, done; /* enum pin_access: what to try, what was granted */
	uint8_t expected;   /* of the interpreter */
};

enum pin_access {
	PIN_READ = 1 << 0,
	PIN_WRITE = 1 << 1, /* back what was read */
	PIN_STRAY = 1 << 2, /* bytes of the pin's own: nobody grants that */
};

struct pin {
	const struct pin_kind *kind;
	const struct case_ctx *ctx;
	const char *name;     /* as in the scenario */
	unsigned int id;      /* 0..126, unique in the case */
	uint8_t *addr;	      /* start of the range, in this process */
	size_t len;	      /* bytes */
	bool readonly;	      /* the mapping is not writable */
	unsigned int dma_gen; /* last generation that was written in all lanes; atomic */
	uint64_t rounds;      /* whole rounds of traffic so far; atomic */
	unsigned int beat;    /* changes with each round and when traffic ends; a futex */
	/* those the range touches, in memory that a holder shares; NULL for what holds its
	   pages */
	struct pin_page *pages;
	bool asked; /* the call that may be refused was made */
	void *priv;
	/* of process.c; NULL and 0 when this process holds it */
	struct holder *holder;
	struct pin *far; /* the holder's own, whose traffic it is */
	pid_t pid;
	bool stuck;    /* the holder does not answer */
	pid_t spins;   /* take() failed: this thread uses the CPU in the call and does not
				   come back; 0: none */
	char why[256]; /* after a failure: what, in one line */
};

struct pin_kind {
	const char *name; /* of a struct pin_info */

	/*
	 * Why this guest cannot do it at all (a skip), or NULL. @buf is for the text.
	 * Every kind has this function.
	 */
	const char *(*missing)(const struct case_ctx *ctx, char *buf, size_t size);

	/*
	 * Takes the reference. 0, or -errno of the call that the kernel refused with
	 * @p->why set; nothing is held then.
	 */
	int (*take)(struct pin *p);

	/*
	 * Reads what the pin's own way sees now into @out (p->len bytes): the pipe's
	 * content, an RDMA READ. The pin still stands afterwards. NULL when it
	 * cannot be looked at while it stands.
	 * What holds no pages does what @p->pages say; that a page is refused is no error,
	 * and leaves it zero in @out. So does release().
	 */
	int (*look)(struct pin *p, void *out);

	/*
	 * Of what holds no pages: reads @len bytes at @off of the range into @out, or writes
	 * @data there, by one transfer, however it lies to pages. 0, -EFAULT when it is refused,
	 * others with @p->why. NULL for kinds that hold pages.
	 */
	int (*look_at)(struct pin *p, size_t off, size_t len, void *out);
	int (*write_at)(struct pin *p, size_t off, size_t len, const void *data);

	/*
	 * Ends DMA after one more full round (write, then read back), so that
	 * @p->dma_gen is what every lane holds, and drops the reference.
	 * @last (p->len bytes): what the pin saw last. 0, or -errno with @p->why
	 * when the traffic failed on the way, the reference dropped all the same.
	 */
	int (*release)(struct pin *p, void *last);

	/*
	 * A DMA fault seen so far while the pin stands, as -errno with a line in @buf:
	 * -EILSEQ for bytes read back that nothing explains, -EFAULT for a refused access,
	 * others for the transport; 0 when there is none. Callable from any thread. A
	 * kind without traffic has no such function.
	 */
	int (*fault)(struct pin *p, char *buf, size_t size);

	/* In a forked child: what the program keeps at hand is not the child's. May be NULL. */
	void (*forked)(void);
};

/* The registry; ends with NULL. */
extern const struct pin_kind *const pin_kinds[];

const struct pin_kind *pin_kind_find(const char *name);

/* For the kinds themselves. */

/* Sets @p->why; returns -@errnum. */
int pin_fail(struct pin *p, int errnum, const char *fmt, ...) __printf(3, 4);

/*
 * pthread_create() with every signal blocked in the new thread, so that a signal
 * step meets the thread it was meant for. 0 or -errno.
 */
int pin_thread_create(pthread_t *thread, void *(*fn)(void *), void *arg);

/*
 * process.c: as @p->kind->take(), in a child forked for it. There @forked(@arg, fd) comes
 * first: it drops what the child must not keep, the socket @fd it must. @p->kind becomes
 * one that asks the child, until its release() or this end: the child is killed, or exits,
 * with the pin in hand, and is reaped. 0 or -errno, -ETIMEDOUT with @p->stuck when the
 * child does not answer or end.
 */
int pin_process_take(struct pin *p, void (*forked)(void *arg, int fd), void *arg);
int pin_process_end(struct pin *p, bool killed);

/* beat.c. */

/* Whole rounds of traffic so far, wherever it is made. */
uint64_t pin_rounds(const struct pin *p);

/* A round is over, or no more will come: wakes who waits for one. */
void pin_beat(struct pin *p);

/*
 * For the interpreter. Waits until pin_rounds(), asked before as @from, has grown by @n,
 * a fault has ended the traffic or now_ns() reaches @deadline.
 */
void pin_wait_rounds(struct pin *p, uint64_t from, unsigned int n, uint64_t deadline);

#endif
