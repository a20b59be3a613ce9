/* SPDX-License-Identifier: GPL-2.0-only */
/* What a confined process can still do. Some rows need root. */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "host/confine.h"

static char folder[] = "/tmp/daxrig-test-confine-XXXXXX";

/* In the child: tries something, and exits with 0 if it succeeds. */
static void write_to(off_t end)
{
	_cleanup_free_ char *path = xasprintf("%s/file", folder);
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	_exit(fd >= 0 && pwrite(fd, "x", 1, end - 1) == 1 ? 0 : 1);
}

static void write_little(void)
{
	write_to((off_t)CONFINE_FILE_MAX);
}
static void write_much(void)
{
	write_to((off_t)CONFINE_FILE_MAX + 1);
}
static void become_root(void)
{
	_exit(setuid(0) || seteuid(0) ? 1 : 0);
}
static void change_owner(void)
{
	_exit(chown(folder, 0, 0) ? 1 : 0);
}
static void has_bound(void)
{
	_exit(prctl(PR_CAPBSET_READ, 0) == 1 ? 0 : 1);
}
static void may_gain(void)
{
	_exit(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 ? 1 : 0);
}
static void raise_bound(void)
{
	const struct rlimit more = { RLIM_INFINITY, RLIM_INFINITY };

	_exit(setrlimit(RLIMIT_FSIZE, &more) ? 1 : 0);
}

static const struct {
	const char *what;
	void (*act)(void);
	int signal; /* that kills it; 0: none */
	bool done;  /* it succeeds */
	bool root;  /* the row needs root */
} acts[] = {
	{ "a file as long as allowed", write_little, 0, true, false },
	{ "a longer one", write_much, SIGXFSZ, false, false },
	{ "the bound taken away", raise_bound, 0, false, false },
	{ "privileges by exec", may_gain, 0, false, false },
	{ "root again", become_root, 0, false, true },
	{ "a file's owner changed", change_owner, 0, false, true },
	{ "a capability by exec", has_bound, 0, false, true },
};

static void test_acts(void **state)
{
	struct confine_user user;

	(void)state;
	assert_null(confine_user(&user));
	assert_int_equal(user.other, geteuid() == 0);
	for (size_t i = 0; i < ARRAY_SIZE(acts); i++) {
		int status;
		pid_t pid;

		if (acts[i].root && geteuid())
			continue;
		assert_int_equal(chown(folder, user.other ? user.uid : geteuid(), (gid_t)-1), 0);
		pid = fork();
		if (pid == 0) {
			if (confine_self(&user))
				_exit(2);
			acts[i].act();
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
		if (acts[i].signal ? !WIFSIGNALED(status) || WTERMSIG(status) != acts[i].signal :
				     !WIFEXITED(status) || WEXITSTATUS(status) != !acts[i].done)
			fail_msg("%s: status %#x", acts[i].what, (unsigned int)status);
	}
}

static int setup(void **state)
{
	(void)state;
	return mkdtemp(folder) ? 0 : -1;
}

static int teardown(void **state)
{
	_cleanup_free_ char *path = xasprintf("%s/file", folder);

	(void)state;
	unlink(path);
	return rmdir(folder);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_acts),
	};

	return cmocka_run_group_tests_name("confine", tests, setup, teardown);
}
