/* SPDX-License-Identifier: GPL-2.0-only */
/* Waits for rounds of a pin's traffic; a thread plays the device. */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <time.h>

#include <cmocka.h>

#include "workloads/pins/pin.h"

#define SOON 20000000ull /* ns between two rounds */
#define NEVER 20000000000ull

static bool fault_now;

static int fault(struct pin *p, char *buf, size_t size)
{
	(void)p;
	snprintf(buf, size, "a fault");
	return __atomic_load_n(&fault_now, __ATOMIC_ACQUIRE) ? -EIO : 0;
}

static const struct pin_kind kind = { .name = "test", .fault = fault };

struct device {
	struct pin *pin;
	unsigned int rounds; /* that it makes before a fault */
};

static void *run_device(void *arg)
{
	const struct timespec soon = { .tv_nsec = SOON };
	const struct device *d = arg;

	for (unsigned int i = 0; i < d->rounds; i++) {
		nanosleep(&soon, NULL);
		__atomic_add_fetch(&d->pin->rounds, 1, __ATOMIC_RELEASE);
		pin_beat(d->pin);
	}
	nanosleep(&soon, NULL);
	__atomic_store_n(&fault_now, true, __ATOMIC_RELEASE);
	pin_beat(d->pin);
	return NULL;
}

static const struct {
	unsigned int made, wanted;
	uint64_t limit;	   /* ns */
	unsigned int seen; /* rounds at the end of the wait, at least */
	uint64_t least;	   /* ns of the wait, at least */
} rows[] = {
	{ 3, 0, NEVER, 0, 0 },		 { 3, 1, NEVER, 1, SOON },
	{ 3, 3, NEVER, 3, 3 * SOON },	 { 2, 3, NEVER, 2, 3 * SOON }, /* the fault ends the wait */
	{ 0, 1, SOON / 2, 0, SOON / 2 },			       /* the deadline ends it */
};

static void test_waits(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct pin pin = { .kind = &kind, .rounds = UINT64_MAX };
		struct device device = { .pin = &pin, .rounds = rows[i].made };
		uint64_t start = now_ns(), took, seen;
		pthread_t thread;

		fault_now = false;
		pthread_create(&thread, NULL, run_device, &device);
		pin_wait_rounds(&pin, UINT64_MAX, rows[i].wanted, start + rows[i].limit);
		took = now_ns() - start;
		seen = __atomic_load_n(&pin.rounds, __ATOMIC_ACQUIRE) + 1;
		pthread_join(thread, NULL);
		if (seen < rows[i].seen || took < rows[i].least || took >= NEVER)
			fail_msg("row %zu: %llu rounds after %llu us", i, (unsigned long long)seen,
				 (unsigned long long)took / 1000);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_waits) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
