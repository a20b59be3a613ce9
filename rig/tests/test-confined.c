/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Looks at the QEMUs of real runs: what could a guest that breaks out of QEMU, or floods its
 * console, do to the host? Run from the top of the tree.
 */
#include "tests/daxrig.h"

#include <pwd.h>

#include "host/confine.h"

#define OUT "build/tests/confined-out"

/* A line of /proc/PID/status or limits, its words from the second on; free() it. */
static char *words_of(const char *text, const char *key)
{
	const char *line = strstr(text, key);

	assert_non_null(line);
	line += strlen(key);
	line += strspn(line, " \t");
	return xstrndup(line, strcspn(line, "\n"));
}

static void is(const char *text, const char *key, const char *wanted)
{
	_cleanup_free_ char *words = words_of(text, key);

	if (strncmp(words, wanted, strlen(wanted)) != 0)
		fail_msg("%s %s, not %s", key, words, wanted);
}

static void look_at_status(pid_t qemu, bool own_user)
{
	static const char *const none[] = { "CapInh:", "CapPrm:", "CapEff:", "CapAmb:" };
	_cleanup_free_ char *path = xasprintf("/proc/%d/status", qemu);
	const struct passwd *user = getpwnam(CONFINE_USER);
	_cleanup_buf_ struct buf text = BUF_INIT;
	_cleanup_free_ char *ids = NULL, *gids = NULL;

	assert_null(file_read(path, 65536, &text));
	for (size_t i = 0; i < ARRAY_SIZE(none); i++)
		is(buf_str(&text), none[i], "0000000000000000");
	is(buf_str(&text), "NoNewPrivs:", "1");
	if (geteuid() != 0)
		return;
	is(buf_str(&text), "CapBnd:", "0000000000000000");
	if (!own_user)
		return;
	assert_non_null(user);
	ids = xasprintf("%u\t%u\t%u\t%u", user->pw_uid, user->pw_uid, user->pw_uid, user->pw_uid);
	gids = xasprintf("%u\t%u\t%u\t%u", user->pw_gid, user->pw_gid, user->pw_gid, user->pw_gid);
	is(buf_str(&text), "Uid:", ids);
	is(buf_str(&text), "Gid:", gids);
}

static void look_at_limits(pid_t qemu)
{
	_cleanup_free_ char *path = xasprintf("/proc/%d/limits", qemu);
	_cleanup_free_ char *bytes = xasprintf("%llu", CONFINE_FILE_MAX);
	_cleanup_buf_ struct buf text = BUF_INIT;

	assert_null(file_read(path, 65536, &text));
	is(buf_str(&text), "Max file size", bytes);
	is(buf_str(&text), "Max core file size", "0");
}

/* Waits for a guest; one of libvirt's is bounded once it runs. */
static pid_t await_qemu(struct daxrig *d)
{
	const struct timespec nap = { .tv_nsec = 20000000 };
	_cleanup_free_ char *bytes = xasprintf("%llu", CONFINE_FILE_MAX), *limits = NULL;
	pid_t qemu = 0;

	for (int i = 0; i < 500 && !qemu; i++) {
		qemu = qemu_of(d);
		nanosleep(&nap, NULL);
	}
	assert_true(qemu > 0);
	limits = xasprintf("/proc/%d/limits", qemu);
	assert_true(file_shows(limits, bytes));
	return qemu;
}

static void look_during(const char *line, bool own_user)
{
	struct daxrig d = start(line);
	pid_t qemu;

	assert_true(hear(&d, "ok 1 "));
	qemu = await_qemu(&d);
	look_at_status(qemu, own_user);
	look_at_limits(qemu);
	kill(d.pid, SIGINT);
	finish(&d);
	nothing_left(&d, qemu);
	buf_deinit(&d.text);
}

static void test_forked(void **state)
{
	(void)state;
	look_during("run --jobs 1 --out " OUT " --match xfs/4k/vmsplice/*", true);
}

static void test_booted(void **state)
{
	(void)state;
	look_during("run --jobs 1 --no-fork --out " OUT " --match xfs/4k/vmsplice/*", false);
}

/* The console's file is full before the case ends: an error, and no verdict on the kernel. */
static void test_flood(void **state)
{
	struct daxrig d = start("run --jobs 1 --self-test no-unpin --out " OUT
				" xfs/punch-waits/vmsplice");
	pid_t qemu;

	(void)state;
	assert_true(hear(&d, "1..1"));
	qemu = await_qemu(&d);
	limit_qemu(qemu, RLIMIT_FSIZE, 1);
	finish(&d);
	must(&d, 3, "not ok 1 xfs/punch-waits/vmsplice # ERROR");
	nothing_left(&d, qemu);
	buf_deinit(&d.text);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_forked),
		cmocka_unit_test(test_flood),
		cmocka_unit_test(test_booted),
	};

	return cmocka_run_group_tests_name("confined", tests, NULL, NULL);
}
