/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The pins, as the interpreter in the guest uses them: one file and one registered
 * struct each.
 */
#ifndef WORKLOADS_PINS_PIN_H
#define WORKLOADS_PINS_PIN_H

#include <pthread.h>

#include "base/buf.h"
#include "wire/agent.h"
#include "workloads/lang/pin-info.h"

struct pin_kind;
struct holder;

/* One page of a pin that sees pages and holds none. */
struct pin_page {
	uint8_t todo, done; /* enum pin_access: what to try, what was granted */
	uint8_t expected;   /* for the interpreter */
};

enum pin_access {
	PIN_READ = 1 << 0,
	PIN_WRITE = 1 << 1, /* write back the bytes that were read */
	PIN_STRAY = 1 << 2, /* write bytes of the pin itself: the kernel must refuse it */
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
	uint64_t rounds;      /* complete rounds of traffic so far; atomic */
	unsigned int beat;    /* changes with each round and when traffic ends; a futex */
	/* the pages of the range, in memory shared with a holder; NULL for a pin that holds
	   its pages */
	struct pin_page *pages;
	bool asked;   /* the call that may be refused was made */
	bool granted; /* take() failed, but that call had succeeded: the first traffic failed */
	void *priv;
	/* of process.c; NULL and 0 when this process holds the pin */
	struct holder *holder;
	struct pin *far; /* the pin in the holder, which makes the traffic */
	pid_t pid;
	bool stuck;    /* the holder does not answer */
	pid_t spins;   /* take() failed: this thread spins in the call and does not
				   return; 0: none */
	char why[256]; /* after a failure: what failed, in one line */
};

struct pin_kind {
	const char *name; /* of its struct pin_info */

	/*
	 * Why this guest cannot take such a pin at all (the case is skipped), or NULL. The
	 * text may be in @buf. Every pin has this function.
	 */
	const char *(*missing)(const struct case_ctx *ctx, char *buf, size_t size);

	/*
	 * Takes the pin. 0, or -errno of the call that the kernel refused, with @p->why
	 * set; then nothing is held.
	 */
	int (*take)(struct pin *p);

	/*
	 * Reads the bytes that the pin sees now into @out (p->len bytes): the content of the
	 * pipe, an RDMA READ. The pin stays. NULL for a pin whose bytes cannot be read
	 * before its release.
	 * A pin that holds no pages makes the accesses of @p->pages, here and in release(); a
	 * refused page is no error and is zero in @out.
	 */
	int (*look)(struct pin *p, void *out);

	/*
	 * For a pin that holds no pages: reads @len bytes at @off of the range into @out, or
	 * writes @data there, by one transfer that need not be page-aligned. 0, -EFAULT when it
	 * is refused, other -errno with @p->why. NULL for a pin that holds pages.
	 */
	int (*look_at)(struct pin *p, size_t off, size_t len, void *out);
	int (*write_at)(struct pin *p, size_t off, size_t len, const void *data);

	/*
	 * Ends DMA after one more full round (write, then read back), so that every
	 * lane has generation @p->dma_gen, and releases the pin.
	 * @last (p->len bytes) gets the bytes that the pin saw last. 0, or -errno with
	 * @p->why when the traffic failed; the pin is released then, too.
	 */
	int (*release)(struct pin *p, void *last);

	/*
	 * The first DMA fault since the pin was taken, as -errno with a line in @buf:
	 * -EILSEQ for wrong bytes read back, -EFAULT for a refused access, others for the
	 * transport; 0 when there was none. Callable from any thread. NULL for a pin
	 * without traffic.
	 */
	int (*fault)(struct pin *p, char *buf, size_t size);

	/* Called in a forked child, to forget what the pin caches in the program. May be NULL. */
	void (*forked)(void);
};

/* The registry; ends with NULL. */
extern const struct pin_kind *const pin_kinds[];

const struct pin_kind *pin_kind_find(const char *name);

/* For the pins themselves. */

/* Sets @p->why; returns -@errnum. */
int pin_fail(struct pin *p, int errnum, const char *fmt, ...) __printf(3, 4);

/*
 * pthread_create() with every signal blocked in the new thread, so that a signal
 * step reaches the thread that it is meant for. 0 or -errno.
 */
int pin_thread_create(pthread_t *thread, void *(*fn)(void *), void *arg);

/*
 * process.c: @p->kind->take() in a child forked for it. The child first calls @forked(@arg,
 * fd), to drop all it must not keep; it must keep the socket @fd. @p->kind becomes a kind
 * that forwards to the child, until its release() or pin_process_end(): this kills the
 * child, or lets it exit, while it holds the pin, and reaps it. 0 or -errno; -ETIMEDOUT,
 * with @p->stuck, when the child does not answer or end.
 */
int pin_process_take(struct pin *p, void (*forked)(void *arg, int fd), void *arg);
int pin_process_end(struct pin *p, bool killed);

/* beat.c. */

/* The complete rounds of traffic so far, of this process or of the holder. */
uint64_t pin_rounds(const struct pin *p);

/* To be called after each round and when traffic ends: wakes pin_wait_rounds(). */
void pin_beat(struct pin *p);

/*
 * For the interpreter. Waits until pin_rounds() is at least @from + @n, a fault has ended
 * the traffic or now_ns() reaches @deadline.
 */
void pin_wait_rounds(struct pin *p, uint64_t from, unsigned int n, uint64_t deadline);

#endif
