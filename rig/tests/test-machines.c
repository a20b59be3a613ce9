// SPDX-License-Identifier: GPL-2.0-only
/*
 * A plan on more than one machine: shards that are merged are what one run of the whole gives,
 * and a connection that ends in the middle costs no case.
 */
#include "tests/daxrig.h"

#include <sched.h>
#include <sys/mount.h>

#include "reports/record/run-json.h"

#define LIBVIRTD "/usr/sbin/libvirtd"
#define CASES "xfs/4k/vmsplice/mapped/@(punch|truncate-up|zero|falloc)"

static char dir[] = "/tmp/machines-XXXXXX";

/* Of the folder @name of the test's own, which has one run. */
static void read_run(const char *name, struct run_summary *s)
{
	_cleanup_free_ char *find = xasprintf("ls -d %s/%s/runs/2*/run.json", dir, name);
	_cleanup_buf_ struct buf path = BUF_INIT;
	struct err *err = run_program((const char *const[]){ "sh", "-c", find, NULL }, 10000,
				      &path);

	if (!err) {
		path.data[strcspn(path.data, "\n")] = '\0';
		err = run_json_read(path.data, s);
	}
	if (err)
		fail_msg("%s", err->message);
}

static void test_shards(void **state)
{
	struct run_summary whole, merged;

	(void)state;
	for (int i = 1; i <= 4; i++) {
		_cleanup_free_ char *shard = i > 3 ? xstrdup("") : xasprintf("--shard %d/3 ", i);
		_cleanup_free_ char *line = xasprintf("run --jobs 1 --plan quick --match " CASES
						      " %s--out %s/%s",
						      shard, dir, i > 3 ? "whole" : "shards");

		check(line, 0, "the record of this run");
	}
	{
		_cleanup_free_ char *line = xasprintf("merge --from %s/shards --out %s/merged", dir,
						      dir);

		check(line, 0, "merged 4 cases of 3 shards;;/merged/runs/2");
	}
	read_run("whole", &whole);
	read_run("merged", &merged);
	assert_string_equal(merged.plan_text, whole.plan_text);
	assert_int_equal(merged.case_count, whole.case_count);
	for (size_t i = 0; i < whole.case_count; i++) {
		assert_string_equal(merged.cases[i]->name, whole.cases[i]->name);
		assert_string_equal(merged.cases[i]->scenario, whole.cases[i]->scenario);
		assert_int_equal(merged.cases[i]->verdict, whole.cases[i]->verdict);
		assert_int_equal(merged.cases[i]->evidence_count, whole.cases[i]->evidence_count);
	}
	run_summary_deinit(&whole);
	run_summary_deinit(&merged);
}

/* A daemon that finds its files where only it looks, so that it meets no other of the machine. */
static const char script[] =
	"set -e\n"
	"for d in run lib cache log; do mkdir -p /var/$d/libvirt; mount -t tmpfs none /var/$d/libvirt; done\n"
	"mkdir -p /etc/libvirt; mount -t tmpfs none /etc/libvirt\n"
	"cat >/etc/libvirt/qemu.conf <<'END'\n"
	"stdio_handler = \"file\"\n"
	"cgroup_controllers = []\n"
	"security_driver = \"none\"\n"
	"dynamic_ownership = 0\n"
	"remember_owner = 0\n"
	"namespaces = []\n"
	"user = \"+0\"\n"
	"group = \"+0\"\n"
	"END\n"
	"printf 'unix_sock_dir = \"%s\"\\nauth_unix_rw = \"none\"\\n' $1 >$1/libvirtd.conf\n"
	"exec " LIBVIRTD " -f $1/libvirtd.conf -p $1/pid\n";

static pid_t start_libvirtd(void)
{
	_cleanup_free_ char *log = xasprintf("%s/libvirtd.log", dir);
	pid_t pid = fork();

	if (pid)
		return pid;
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    !freopen(log, "w", stdout) || dup2(1, 2) < 0)
		_exit(126);
	execl("/bin/sh", "sh", "-c", script, "sh", dir, NULL);
	_exit(127);
}

/* Finds the QEMU that has the path @folder in its arguments. */
static void see_path(pid_t pid, void *arg)
{
	struct qemu_search *s = arg;
	_cleanup_free_ char *path = xasprintf("/proc/%d/cmdline", pid);
	_cleanup_buf_ struct buf words = BUF_INIT;

	err_free(file_read(path, 1 << 20, &words));
	if (words.len && memmem(words.data, words.len, s->folder, strlen(s->folder)))
		s->found = pid;
}

/* Waits until the second connection of @d has a guest; 0: none comes. */
static pid_t await_guest(const struct daxrig *d)
{
	_cleanup_free_ char *socket = xasprintf("%s/gdb-1,", d->folder);

	for (int i = 0; i < 1200; i++) {
		struct qemu_search s = { .folder = socket };

		proc_for_each(see_path, &s);
		if (s.found)
			return s.found;
		nanosleep(&(struct timespec){ 0, 100000000 }, NULL);
	}
	return 0;
}

/* A zombie has ended, too: it is its parent's, and the daemon was that. */
static bool has_ended(pid_t pid)
{
	struct proc_stat st;

	for (int i = 0; i < 100; i++) {
		if (!proc_stat_read(pid, &st) || st.state == 'Z')
			return true;
		nanosleep(&(struct timespec){ 0, 100000000 }, NULL);
	}
	return false;
}

/* The daemon of the second connection is killed while a guest of it runs a case. */
static void test_lost(void **state)
{
	_cleanup_free_ char *socket = xasprintf("%s/libvirt-sock", dir);
	_cleanup_free_ char *line = xasprintf(
		"run --jobs 1 --connect qemu:///embed "
		"--connect qemu+unix:///system?socket=%s --out %s/lost " CASES,
		socket, dir);
	struct run_summary s;
	struct daxrig d;
	pid_t libvirtd, guest;

	(void)state;
	if (access(LIBVIRTD, X_OK)) {
		print_message("skipped: '" LIBVIRTD "' is not installed; "
			      "rig/install-packages.sh rig/tests/packages.list does it\n");
		skip();
	}
	if (geteuid()) {
		print_message("skipped: only root gives a daemon folders of its own\n");
		skip();
	}
	libvirtd = start_libvirtd();
	for (int i = 0; i < 300 && access(socket, F_OK); i++)
		nanosleep(&(struct timespec){ 0, 100000000 }, NULL);
	d = start(line);
	guest = await_guest(&d);
	kill(libvirtd, SIGKILL);
	waitpid(libvirtd, NULL, 0);
	finish(&d);
	assert_true(guest > 0);
	must(&d, 0,
	     "lost the connection to 'qemu+unix:///system;;its cases go to the others;;"
	     "ok 4 ;;# Totals: pass:4 fail:0 skip:0 error:0");
	read_run("lost", &s);
	assert_true(s.complete);
	assert_int_equal(s.case_count, 4);
	/* the daemon's QEMU outlived it, but not the run */
	assert_true(has_ended(guest));
	run_summary_deinit(&s);
	buf_deinit(&d.text);
	/* alone, it is an error, and no case is judged */
	line[strlen("run --jobs 1 ")] = '\0';
	{
		_cleanup_free_ char *again = xasprintf(
			"%s--connect qemu+unix:///system?socket=%s " CASES, line, socket);

		check(again, 3, "cannot connect to libvirt at 'qemu+unix:///system");
	}
}

static void test_words(void **state)
{
	(void)state;
	check("run --connect test:///default --connect test:///default", 2,
	      "--connect 'test:///default' is given twice");
	check("run --connect qemu:///embed --connect qemu:///embed", 2,
	      "--connect 'qemu:///embed' is given twice");
}

static int make_dir(void **state)
{
	(void)state;
	return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
	(void)state;
	err_free(tree_remove(dir));
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_shards),
		cmocka_unit_test(test_lost),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
