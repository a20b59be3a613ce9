/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Runs on a real kernel when QEMU is killed, templates are damaged or the disk is full. The
 * first test fills a cache of its own, and the others use copies of it. Run from the top of
 * the tree.
 */
#include "tests/daxrig.h"

#include <sys/file.h>

#define BASE "build/tests/faults"
#define OUT BASE "/out"
#define RUN "run --jobs 1 --out " OUT " "
#define CASE "xfs/refused/uring"
#define DAMAGED "a template is damaged; making it again: "
#define COLD "guests are booted, which is slow: "
/* Bytes: more than a boot prints, fewer than the state of the devices has. */
#define STATE_PART (160u << 10)

static char *cache;

static void shell(const char *fmt, ...)
{
	const char *argv[] = { "sh", "-ec", NULL, NULL };
	_cleanup_free_ char *script = NULL;
	_cleanup_buf_ struct buf out = BUF_INIT;
	struct err *err;
	va_list ap;

	va_start(ap, fmt);
	argv[2] = script = xvasprintf(fmt, ap);
	va_end(ap);
	err = run_program(argv, 60000, &out);
	if (err)
		fail_msg("%s: %s\n%s", script, err->message, buf_str(&out));
}

/* The one path that @pattern, below the cache, matches within 60 s; free() it. */
static char *await_path(const char *fmt, ...)
{
	const struct timespec nap = { .tv_nsec = 20000000 };
	_cleanup_free_ char *pattern = NULL, *whole = NULL;
	glob_t found;
	va_list ap;

	va_start(ap, fmt);
	pattern = xvasprintf(fmt, ap);
	va_end(ap);
	whole = xasprintf("%s/%s", cache, pattern);
	for (int i = 0; i < 3000; i++) {
		int ret = glob(whole, 0, NULL, &found);
		char *path = ret ? NULL : xstrdup(found.gl_pathv[0]);

		globfree(&found);
		if (path)
			return path;
		nanosleep(&nap, NULL);
	}
	fail_msg("'%s' is not there", whole);
	return NULL;
}

static size_t count(const char *text, const char *what)
{
	size_t n = 0;

	for (const char *p = text; (p = strstr(p, what)) != NULL; p++)
		n++;
	return n;
}

/* The output of @d and its record contain @what once. */
static void noted(const struct daxrig *d, const char *what)
{
	_cleanup_buf_ struct buf json = BUF_INIT;
	const char *notes;

	assert_null(file_read(OUT "/runs/latest/run.json", OUTPUT_MAX, &json));
	notes = strstr(buf_str(&json), "\"notes\"");
	assert_non_null(notes);
	if (count(buf_str(&d->text), what) != 1 || count(notes, what) != 1)
		fail_msg("'%s': said %zu times, noted %zu times:\n%s\n%s", what,
			 count(buf_str(&d->text), what), count(notes, what), buf_str(&d->text),
			 notes);
}

/* The cache has no half-made template, no lock is held, and none is without a template. */
static void cache_in_order(void)
{
	_cleanup_free_ char *locks = xasprintf("%s/templates/*.lock", cache);
	_cleanup_free_ char *making = xasprintf("%s/templates/making-*", cache);
	glob_t found;

	assert_int_equal(glob(making, 0, NULL, &found), GLOB_NOMATCH);
	globfree(&found);
	if (glob(locks, 0, NULL, &found))
		found.gl_pathc = 0;
	for (size_t i = 0; i < found.gl_pathc; i++) {
		const char *path = found.gl_pathv[i];
		_cleanup_free_ char *folder = xstrndup(path, strlen(path) - strlen(".lock"));
		_cleanup_close_ int fd = open(path, O_RDWR | O_CLOEXEC);

		assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0);
		if (!path_exists(folder))
			fail_msg("'%s' is left over", path);
	}
	globfree(&found);
}

/* Waits for the end of @d, whose QEMU was killed or is gone, and checks it. */
static void end(struct daxrig *d, pid_t qemu, int status, const char *wanted)
{
	finish(d);
	must(d, status, wanted);
	nothing_left(d, qemu);
	cache_in_order();
}

/* Restores the first template, then damages it by the shell line @hurt. */
static void restore(const char *hurt)
{
	shell("cd '%s' && rm -rf templates && cp -a --sparse=always kept templates && "
	      "cd templates/*[0-9a-f] && %s",
	      cache, hurt);
}

/* Both start with an empty cache; one makes the template and the other uses it. */
static void test_two_at_once(void **state)
{
	struct daxrig a = start(RUN CASE), b = start("run --jobs 1 --out " BASE "/other " CASE);
	glob_t found;

	(void)state;
	finish(&a);
	finish(&b);
	must(&a, 0, "ok 1 " CASE "\n");
	must(&b, 0, "ok 1 " CASE "\n");
	assert_int_equal(count(buf_str(&a.text), "made a template") +
				 count(buf_str(&b.text), "made a template"),
			 1);
	cache_in_order();
	free(await_path("templates/*/complete"));
	{
		_cleanup_free_ char *all = xasprintf("%s/templates/*/complete", cache);

		assert_int_equal(glob(all, 0, NULL, &found), 0);
		assert_int_equal(found.gl_pathc, 1);
		globfree(&found);
	}
	shell("cp -a --sparse=always '%s/templates' '%s/kept'", cache, cache);
	buf_deinit(&a.text);
	buf_deinit(&b.text);
}

/* A killed QEMU is no verdict on the kernel, and the next case gets a new QEMU. */
static void test_fork_killed(void **state)
{
	static const char slow[] = "fs xfs\nfile a rest written\ncheck a\ncheck a\n";
	char *console;
	struct daxrig d;
	pid_t qemu;

	(void)state;
	restore(":");
	assert_null(file_write_atomic(BASE "/slow.scn", slow, strlen(slow)));
	d = start(RUN BASE "/slow.scn " CASE " xfs/refused/rdma-plain");
	assert_true(hear(&d, "1..3"));
	console = run_file(&d, OUT, "guests/console-1.log");
	assert_true(file_shows(console, "case xfs/slow begins"));
	free(console);
	qemu = qemu_of(&d);
	assert_true(qemu > 0);
	kill(qemu, SIGKILL);
	end(&d, qemu, 3,
	    "not ok 1 xfs/slow # ERROR;;QEMU was killed;;ok 2 " CASE "\n;;"
	    "ok 3 xfs/refused/rdma-plain\n;;# Totals: pass:2 fail:0 xfail:0 xpass:0 skip:0 error:1");
	assert_null(strstr(buf_str(&d.text), DAMAGED));
	buf_deinit(&d.text);
}

static void test_damaged(void **state)
{
	struct daxrig d;

	(void)state;
	/* one byte that is not zero; the digest covers holes too */
	restore("printf '\\252' | dd of=ram bs=1 seek=1048576 conv=notrunc status=none");
	d = start(RUN CASE);
	finish(&d);
	must(&d, 0, "/ram' was changed;;made a template: a guest booted;;ok 1 " CASE "\n");
	noted(&d, DAMAGED);
	cache_in_order();
	buf_deinit(&d.text);
	d = start(RUN CASE);
	finish(&d);
	must(&d, 0, "ok 1 " CASE "\n");
	assert_null(strstr(buf_str(&d.text), DAMAGED));
	assert_null(strstr(buf_str(&d.text), "made a template"));
	buf_deinit(&d.text);
}

/* Starts a run that makes its template; returns when *@qemu has begun to boot. */
static struct daxrig start_making(pid_t *qemu)
{
	struct daxrig d = start(RUN CASE);
	_cleanup_free_ char *console = await_path("templates/making-%d-*/console", d.pid);

	assert_true(file_shows(console, "Linux version"));
	*qemu = qemu_of(&d);
	assert_true(*qemu > 0);
	return d;
}

static void test_boot_killed(void **state)
{
	struct daxrig d;
	pid_t qemu;

	(void)state;
	restore(": >state");
	d = start_making(&qemu);
	kill(qemu, SIGKILL);
	end(&d, qemu, 0,
	    "/state' is not a file of;;QEMU was killed while it booted;;"
	    "ok 1 " CASE "\n");
	noted(&d, DAMAGED);
	noted(&d, COLD);
	buf_deinit(&d.text);
}

/*
 * QEMU writes the state within milliseconds, too fast to kill it in time. So a limit on the
 * size of its files kills it, also by a signal, when it has written a part of the state.
 */
static void test_state_killed(void **state)
{
	struct daxrig d;
	pid_t qemu;

	(void)state;
	restore("truncate -s -1 ram");
	d = start_making(&qemu);
	limit_qemu(qemu, RLIMIT_FSIZE, STATE_PART);
	end(&d, qemu, 0,
	    "/ram' is not a file of;;cannot write the guest's state;;"
	    "ok 1 " CASE "\n");
	noted(&d, DAMAGED);
	noted(&d, COLD);
	buf_deinit(&d.text);
}

/* Runs @then with a small filesystem for the templates, in a mount namespace. */
static struct daxrig with_little_room(const char *then)
{
	_cleanup_free_ char *script = xasprintf("mount -t tmpfs -o size=64m none '%s/templates' && "
						"exec %s",
						cache, then);
	char *argv[] = {
		(char *)"unshare", (char *)"-m", (char *)"sh", (char *)"-c", script, NULL
	};
	struct daxrig d = start_argv(argv);

	finish(&d);
	return d;
}

static bool can_mount(void)
{
	struct daxrig d = with_little_room("true");

	if (d.status)
		print_message("no small filesystem can be mounted: %s\n", buf_str(&d.text));
	buf_deinit(&d.text);
	return !d.status;
}

static void test_no_room(void **state)
{
	struct daxrig d;

	(void)state;
	if (!can_mount())
		skip(); /* does not return: allocate nothing before it */
	d = with_little_room("./daxrig " RUN CASE);
	must(&d, 0, "1G free;;ok 1 " CASE "\n");
	noted(&d, COLD);
	cache_in_order();
	buf_deinit(&d.text);
}

static int prepare(void **state)
{
	_cleanup_free_ char *cwd = getcwd(NULL, 0);

	(void)state;
	cache = xasprintf("%s/" BASE "/cache", cwd);
	err_free(tree_remove(BASE));
	if (dir_create(OUT) || dir_create(cache))
		return -1;
	return setenv("DAXRIG_CACHE", cache, 1);
}

/* Templates are large. */
static int clean_up(void **state)
{
	(void)state;
	err_free(tree_remove(cache));
	free(cache);
	return 0;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_two_at_once),  cmocka_unit_test(test_fork_killed),
		cmocka_unit_test(test_damaged),	     cmocka_unit_test(test_boot_killed),
		cmocka_unit_test(test_state_killed), cmocka_unit_test(test_no_room),
	};

	return cmocka_run_group_tests_name("faults", tests, prepare, clean_up);
}
