/* SPDX-License-Identifier: GPL-2.0-only */
/* A child holds pins, of a kind that needs no device: its answers, and its end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "workloads/pins/pin.h"

#define LEN 64

/* What the kind does in the child. */
static int take_ret;
static bool take_dies;
static bool take_spins;
static bool was_forked; /* in the child */

static int fake_take(struct pin *p)
{
	p->asked = true;
	if (take_dies)
		raise(SIGKILL);
	if (take_ret)
		snprintf(p->why, sizeof(p->why), "refused");
	p->spins = take_spins ? getpid() : 0;
	p->rounds = was_forked ? 7 : 0;
	return take_ret;
}

static int fake_look(struct pin *p, void *out)
{
	memset(out, 'l', p->len);
	memcpy(out, &(pid_t){ getpid() }, sizeof(pid_t));
	p->dma_gen = 3;
	return 0;
}

static int fake_release(struct pin *p, void *last)
{
	memset(last, 'r', p->len);
	p->dma_gen = 4;
	return 0;
}

static int fake_fault(struct pin *p, char *buf, size_t size)
{
	(void)p;
	snprintf(buf, size, "a bad byte");
	return -EILSEQ;
}

static void fake_forked(void)
{
	was_forked = true;
}

static const struct pin_kind fake = {
	.name = "fake",
	.take = fake_take,
	.look = fake_look,
	.release = fake_release,
	.fault = fake_fault,
	.forked = fake_forked,
};

/* In the guest, kinds.c has this. */
const struct pin_kind *const pin_kinds[] = { &fake, NULL };

static void forked(void *arg, int fd)
{
	(void)fd;
	*(bool *)arg = true; /* the child's copy */
}

static const struct case_ctx ctx = { .grace_ms = 100 };

static int take(struct pin *p)
{
	static bool seen;
	int ret;

	*p = (struct pin){ .kind = &fake, .ctx = &ctx, .name = "p", .len = LEN };
	ret = pin_process_take(p, forked, &seen);
	assert_false(seen || was_forked);
	return ret;
}

static void nobody_is_left(const struct pin *p)
{
	assert_ptr_equal(p->kind, &fake);
	assert_null(p->holder);
	assert_int_equal(p->pid, 0);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
}

static void test_answers(void **state)
{
	char bytes[LEN], text[64];
	struct pin p;
	pid_t pid;

	(void)state;
	assert_int_equal(take(&p), 0);
	assert_true(p.asked && p.pid > 0);
	assert_string_equal(p.kind->name, "fake");
	assert_int_equal(pin_rounds(&p), 7);
	assert_int_equal(p.kind->look(&p, bytes), 0);
	memcpy(&pid, bytes, sizeof(pid));
	assert_int_equal(pid, p.pid);
	assert_int_equal(bytes[LEN - 1], 'l');
	assert_int_equal(p.dma_gen, 3);
	assert_int_equal(p.kind->fault(&p, text, sizeof(text)), -EILSEQ);
	assert_string_equal(text, "a bad byte");
	assert_int_equal(p.kind->release(&p, bytes), 0);
	assert_int_equal(bytes[0], 'r');
	assert_int_equal(p.dma_gen, 4);
	nobody_is_left(&p);
}

static void test_ends(void **state)
{
	struct pin p;

	(void)state;
	for (int killed = 0; killed < 2; killed++) {
		assert_int_equal(take(&p), 0);
		assert_int_equal(pin_process_end(&p, killed), 0);
		nobody_is_left(&p);
	}
}

static void test_failures(void **state)
{
	char bytes[LEN];
	struct pin p;

	(void)state;
	take_ret = -EOPNOTSUPP;
	assert_int_equal(take(&p), -EOPNOTSUPP);
	assert_true(p.asked);
	assert_string_equal(p.why, "refused");
	nobody_is_left(&p);

	/* the caller can look at its stack */
	take_spins = true;
	assert_int_equal(take(&p), -EOPNOTSUPP);
	assert_true(p.pid > 0 && p.spins == p.pid);
	assert_int_equal(kill(p.pid, 0), 0);
	assert_int_equal(pin_process_end(&p, true), 0);
	nobody_is_left(&p);
	take_spins = false;
	take_ret = 0;

	take_dies = true;
	assert_int_equal(take(&p), -EPIPE);
	nobody_is_left(&p);
	take_dies = false;

	assert_int_equal(take(&p), 0);
	kill(p.pid, SIGKILL);
	assert_int_equal(p.kind->release(&p, bytes), -EPIPE);
	nobody_is_left(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_ends),
		cmocka_unit_test(test_failures),
	};

	return cmocka_run_group_tests_name("pin-process", tests, NULL, NULL);
}
