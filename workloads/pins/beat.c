/* SPDX-License-Identifier: GPL-2.0-only */
/* Waits for the traffic of a pin. */
#include <limits.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "workloads/pins/pin.h"

void pin_beat(struct pin *p)
{
	__atomic_add_fetch(&p->beat, 1, __ATOMIC_RELEASE);
	/* not FUTEX_PRIVATE: the waiter may be another process */
	syscall(SYS_futex, &p->beat, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

uint64_t pin_rounds(const struct pin *p)
{
	return __atomic_load_n(p->far ? &p->far->rounds : &p->rounds, __ATOMIC_ACQUIRE);
}

static bool faulted(struct pin *p)
{
	char line[256];

	return p->kind->fault && p->kind->fault(p, line, sizeof(line));
}

void pin_wait_rounds(struct pin *p, uint64_t from, unsigned int n, uint64_t deadline)
{
	const struct timespec end = { .tv_sec = (time_t)(deadline / 1000000000),
				      .tv_nsec = (long)(deadline % 1000000000) };

	unsigned int *word = p->far ? &p->far->beat : &p->beat;

	for (;;) {
		/* Read before the checks: FUTEX_WAIT then notices any change after them. */
		unsigned int beat = __atomic_load_n(word, __ATOMIC_ACQUIRE);

		if (pin_rounds(p) - from >= n || faulted(p) || now_ns() >= deadline)
			return;
		/* FUTEX_WAIT_BITSET takes an absolute time of CLOCK_MONOTONIC */
		syscall(SYS_futex, word, FUTEX_WAIT_BITSET, beat, &end, NULL,
			FUTEX_BITSET_MATCH_ANY);
	}
}
