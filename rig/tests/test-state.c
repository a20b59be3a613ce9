/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ./daxrig refuses folders that another user made, owns, can write or replace, and says why.
 * Run from the top of the tree; rows with a second user need root.
 */
#include "tests/daxrig.h"

#include <sys/stat.h>

#include "guests/geometry.h"
#include "host/leftover.h"
#include "host/paths.h"
#include "host/private-dir.h"
#include "tests/scratch.h"

#define OTHER "65534"
#define RECORD "mkdir -m 700 s s/run s/run/1-1; "

static char dir[] = "/tmp/daxrig-test-XXXXXX";

struct row {
	const char *label;
	const char *state;  /* below the new folder that the script runs in */
	const char *script; /* a script with chown needs two users */
	const char *says;   /* part of the one line; NULL: the folder is fine */
};

static const struct row states[] = {
	{ "link", "s", "mkdir -m 700 real; ln -s real s", "/s': it is a link" },
	{ "another's", "s", "mkdir -m 700 s; chown " OTHER " s", "/s': it belongs to user " OTHER },
	{ "group", "s", "mkdir s; chmod 770 s", "/s': other users can write it" },
	{ "all, sticky", "s", "mkdir s; chmod 1777 s", "/s': other users can write it" },
	{ "no folder", "s", ">s", "cannot open folder" },
	{ "parent of all", "p/s", "mkdir p; chmod 777 p", "/p': other users can write it" },
	{ "parent of a group", "p/q/s", "mkdir -p p/q; chmod 770 p", "/p': other users can" },
	{ "another's parent", "p/s", "mkdir -m 700 p; chown " OTHER " p",
	  "/p': it belongs to user " OTHER },
	{ "another's link on the way", "way/s",
	  "mkdir -m 700 p; ln -s p way; chown -h " OTHER " way",
	  "/way': it belongs to user " OTHER },
	{ "way to all's folder", "way/s", "mkdir p; chmod 777 p; ln -s p way", "/p': other users" },
	{ "links in a circle", "way/s", "ln -s way way", "/way': Too many levels" },
	{ "run: link", "s", "mkdir -m 700 s real; ln -s ../real s/run", "/s/run': it is a link" },
	{ "run: another's", "s", "mkdir -m 700 s s/run; chown " OTHER " s/run",
	  "/s/run': it belongs to" },
	{ "run: group", "s", "mkdir -m 700 s; mkdir s/run; chmod 770 s/run",
	  "/s/run': other users" },
	{ "run's lock: link", "s", "mkdir -m 700 s s/run; ln -s ../../f s/run/lock",
	  "/run/lock': it is a link" },
	{ "run's lock: two names", "s", "mkdir -m 700 s s/run; >f; ln f s/run/lock",
	  "/run/lock': it has 2 hard links" },
	{ "run's lock: fifo", "s", "mkdir -m 700 s s/run; mkfifo -m 600 s/run/lock",
	  "/run/lock': it is not a regular file" },
	{ "record: link", "s", "mkdir -m 700 s s/run real; ln -s ../../real s/run/1-1",
	  "/1-1': it is a link" },
	{ "record: another's", "s", RECORD "chown " OTHER " s/run/1-1", "/1-1': it belongs to" },
	{ "record: group", "s", RECORD "chmod 770 s/run/1-1", "/1-1': other users" },
	{ "lock: link", "s", RECORD ">f; ln -s ../../../f s/run/1-1/lock",
	  "/1-1/lock': it is a link" },
	{ "lock: another's", "s", RECORD ">s/run/1-1/lock; chown " OTHER " s/run/1-1/lock",
	  "/1-1/lock': it belongs to" },
	{ "list: link", "s", RECORD ">f; ln -s ../../../f s/run/1-1/list",
	  "/1-1/list': it is a link" },
	{ "list: two names", "s", RECORD ">f; ln f s/run/1-1/list",
	  "/1-1/list': it has 2 hard links" },
	{ "list: another's", "s", RECORD ">s/run/1-1/list; chown " OTHER " s/run/1-1/list",
	  "/1-1/list': it belongs to" },
	{ "list: group", "s", RECORD ">s/run/1-1/list; chmod 660 s/run/1-1/list",
	  "/list': other users" },
	{ "list: folder", "s", RECORD "mkdir s/run/1-1/list", "cannot read" },
	{ "missing", "s", "", NULL },
	{ "missing with parents", "a/b/s", "", NULL },
	{ "sticky parent", "p/s", "mkdir p; chmod 1777 p", NULL },
	{ "sticky parent of a group", "p/s", "mkdir p; chmod 1770 p", NULL },
	{ "own link on the way", "way//s/", "mkdir -m 700 p; ln -s p way", NULL },
	{ "dead record without a list", "s", RECORD, NULL },
};

static bool precious(void)
{
	_cleanup_free_ char *file = xasprintf("%s/precious/file", dir);

	return path_exists(file);
}

/* Checks for one line and exit status 3, before anything is fetched, tried or made. */
static void refused(const char *label, const char *says)
{
	struct daxrig d = start("run xfs/refused/uring");
	const char *text;

	finish(&d);
	text = buf_str(&d.text);
	if (d.status != 3 || !strstr(text, says) || strchr(text, '\n') != text + d.text.len - 1)
		fail_msg("%s: exit status %d: %s", label, d.status, text);
	assert_true(precious());
	buf_deinit(&d.text);
}

static void accepted(const char *label, const char *state)
{
	_cleanup_err_ struct err *err = NULL;
	struct leftover *l;
	struct stat st;

	err = leftover_begin(state, &l, NULL);
	if (err)
		fail_msg("%s: %s", label, err->message);
	leftover_end(l);
	assert_int_equal(stat(state, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
}

static void test_states(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(states); i++) {
		const struct row *r = &states[i];
		_cleanup_free_ char *path = xasprintf("%s/%s", dir, r->state);

		if (strstr(r->script, "chown") && geteuid())
			continue;
		shell_anew(dir, r->script);
		setenv("DAXRIG_STATE", path, 1);
		if (r->says)
			refused(r->label, r->says);
		else
			accepted(r->label, path);
	}
}

static const struct {
	const char *variable, *script, *says;
} stores[] = {
	{ "DAXRIG_CACHE", "mkdir c; chmod 775 c", "/c': other users can write it" },
	{ "DAXRIG_CACHE", "mkdir c; chmod 1777 c", "/c': other users can write it" },
	{ "DAXRIG_CACHE", "mkdir c; chown " OTHER " c", "/c': it belongs to user " OTHER },
	{ "DAXRIG_CACHE", "mkdir d; ln -s d c; chown -h " OTHER " c", "/c': it belongs to" },
	{ "DAXRIG_DATA", "mkdir c; chmod 777 c", "/c': other users can write it" },
	{ "DAXRIG_DATA", "mkdir c; chown " OTHER " c", "/c': it belongs to user " OTHER },
	{ "DAXRIG_DATA", "mkdir c; chmod 2775 c", NULL },
	{ "DAXRIG_CACHE", "mkdir d; ln -s d c", NULL },
	{ "DAXRIG_CACHE", "", NULL },
};

static void test_stores(void **state)
{
	_cleanup_free_ char *path = xasprintf("%s/c", dir);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(stores); i++) {
		struct paths p;

		if (strstr(stores[i].script, "chown") && geteuid())
			continue;
		shell_anew(dir, stores[i].script);
		setenv(stores[i].variable, path, 1);
		if (stores[i].says) {
			refused(stores[i].script, stores[i].says);
		} else {
			assert_null(paths_init(&p));
			paths_deinit(&p);
		}
		unsetenv(stores[i].variable);
	}
}

static const struct {
	const char *own, *session, *state_home, *home;
	const char *expect; /* below dir; NULL: refused */
} places[] = {
	{ "own", "session", "xdg", "home", "own" },
	{ NULL, "session", "xdg", "home", "session/daxrig" },
	{ NULL, "open", "xdg", "home", "xdg/daxrig" },
	{ NULL, "link", "xdg", "home", "xdg/daxrig" },
	{ NULL, "missing", NULL, "home", "home/.local/state/daxrig" },
	{ NULL, NULL, NULL, "home", "home/.local/state/daxrig" },
	{ NULL, "another", NULL, "home", "home/.local/state/daxrig" },
	{ NULL, NULL, NULL, NULL, NULL },
	{ NULL, "session", NULL, NULL, NULL }, /* no place for the cache */
};

static void set_place(const char *variable, const char *value)
{
	_cleanup_free_ char *path = value ? xasprintf("%s/%s", dir, value) : NULL;

	if (path)
		setenv(variable, path, 1);
	else
		unsetenv(variable);
}

static void test_places(void **state)
{
	(void)state;
	shell_anew(dir, "mkdir -m 700 session another; mkdir -m 755 open; ln -s session link; "
			"[ $(id -u) != 0 ] && chmod 755 another || chown " OTHER " another");
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		_cleanup_err_ struct err *err = NULL;
		struct paths p = { 0 };

		set_place("DAXRIG_STATE", places[i].own);
		set_place("XDG_RUNTIME_DIR", places[i].session);
		set_place("XDG_STATE_HOME", places[i].state_home);
		set_place("HOME", places[i].home);
		err = paths_init(&p);
		if (!places[i].expect) {
			assert_non_null(err);
			refused("no home", "HOME is not set");
			continue;
		}
		assert_null(err);
		assert_string_equal(p.state + strlen(dir) + 1, places[i].expect);
		paths_deinit(&p);
	}
}

/* Runs @script in a child before it makes its folders, as a user who knew their names. */
static void plant(const char *label, const char *where, const char *script)
{
	_cleanup_free_ char *text = NULL, *state = xasprintf("%s/s", dir), *path = NULL;
	const char *argv[] = { "sh", "-ec", NULL, NULL };
	_cleanup_buf_ struct buf out = BUF_INIT;
	struct proc_stat self;
	struct leftover *l;
	struct err *err;
	struct stat st;

	if (!proc_stat_read(getpid(), &self))
		_exit(1);
	path = xasprintf("%s/daxrig-%d-%llu", where, getpid(), (unsigned long long)self.start);
	argv[2] = text = xasprintf("P='%s'; T='%s/precious'; %s", path, dir, script);
	if (run_program(argv, 10000, &out))
		_exit(2);
	err = leftover_begin(state, &l, NULL);
	if (!err || !strstr(err->message, "File exists")) {
		fprintf(stderr, "%s: %s\n", label, err ? err->message : "used");
		_exit(3);
	}
	/* another's folder stays; a plain file and a link are not folders */
	if (lstat(path, &st) && strcmp(label, "folder"))
		_exit(4);
	unlink(path);
	rmdir(path);
	_exit(0);
}

static const struct {
	const char *label, *script;
} planted[] = {
	{ "link", "ln -s $T $P" },
	{ "file", ">$P" },
	{ "folder", "mkdir -m 700 $P" },
	{ "another's", "mkdir -m 777 $P; chown " OTHER " $P" },
};

static void test_planted(void **state)
{
	static const char *const where[] = { "/tmp", "/dev/shm" };
	int status;

	(void)state;
	shell_anew(dir, "");
	for (size_t i = 0; i < 2 * ARRAY_SIZE(planted); i++) {
		pid_t pid;

		if (strstr(planted[i / 2].script, "chown") && geteuid())
			continue;
		pid = fork();
		if (!pid)
			plant(planted[i / 2].label, where[i % 2], planted[i / 2].script);
		waitpid(pid, &status, 0);
		if (status)
			fail_msg("%s in %s: %d", planted[i / 2].label, where[i % 2], status);
		assert_true(precious());
	}
}

static void test_planted_nvdimm(void **state)
{
	_cleanup_free_ char *link = xasprintf("%s/link", dir), *file = xasprintf("%s/f", dir);
	_cleanup_free_ char *target = xasprintf("%s/target", dir);
	struct stat st;

	(void)state;
	shell_anew(dir, "ln -s target link; echo text >f; chmod 666 f");
	err_free(nvdimm_create(link, 4096));
	assert_false(path_exists(target));
	err_free(nvdimm_create(file, 4096));
	assert_int_equal(stat(file, &st), 0);
	assert_int_equal(st.st_size, 5);
}

static int set_up(void **state)
{
	char data[sizeof(dir) + 8];

	(void)state;
	if (!mkdtemp(dir))
		return -1;
	snprintf(data, sizeof(data), "%s/data", dir);
	unsetenv("DAXRIG_CACHE");
	return setenv("DAXRIG_DATA", data, 1);
}

static int tear_down(void **state)
{
	(void)state;
	err_free(tree_remove(dir));
	return 0;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_states),	cmocka_unit_test(test_stores),
		cmocka_unit_test(test_planted), cmocka_unit_test(test_planted_nvdimm),
		cmocka_unit_test(test_places), /* last: it moves the home folder */
	};

	return cmocka_run_group_tests_name("state", tests, set_up, tear_down);
}
