/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Programs of a user's on real guests: what passes, each way to fail, and that nothing of them is
 * left. Run from the top of the tree.
 */
#include "tests/daxrig.h"
#include "tests/scratch.h"

#define OUT "build/tests/out"

/* A number for its first argument: one program that does many things. */
static const char many[] =
	"#define _GNU_SOURCE\n#include <errno.h>\n#include <fcntl.h>\n#include <signal.h>\n"
	"#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n#include <sys/ioctl.h>\n"
	"#include <linux/fs.h>\n#include <sys/mman.h>\n#include <sys/mount.h>\n#include <sys/reboot.h>\n"
	"#include <sys/stat.h>\n#include <sys/uio.h>\n#include <unistd.h>\n"
	"static int dax(const char *path)\n"
	"{\n"
	"	struct statx st = { 0 };\n"
	"	int fd = open(path, O_RDWR | O_CREAT, 0644);\n"
	"	if (fd < 0 || statx(fd, \"\", AT_EMPTY_PATH, STATX_BASIC_STATS, &st))\n"
	"		return printf(\"not ok 1 %s: %s\\n\", path, strerror(errno)), -1;\n"
	"	if (!(st.stx_attributes & STATX_ATTR_DAX))\n"
	"		return printf(\"not ok 1 %s is not DAX\\n\", path), -1;\n"
	"	return fd;\n"
	"}\n"
	"int main(int argc, char **argv)\n"
	"{\n"
	"	int fd = dax(\"here\"), what = *argv[1] - '0', pipes[2];\n"
	"	setbuf(stdout, NULL);\n"
	"	if (fd < 0 || dax(\"/mnt/dax/there\") < 0)\n"
	"		return 1;\n"
	"	switch (what) {\n"
	"	case 0: return argc > 2 ? strcmp(argv[2], \"a b#$\\\\\") : 0;\n"
	"	case 1: puts(\"ok 1 one\\nnot ok 2 two\\nok 3 three\"); return 1;\n"
	"	case 2: raise(SIGSEGV); return 0;\n"
	"	case 3: puts(\"# SKIP no luck\"); return 4;\n"
	/* never ends, and forks: an orphan keeps a mapping */
	"	case 4: while (fork() >= 0 || 1) {\n"
	"			ftruncate(fd, 4096);\n"
	"			mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);\n"
	"			setsid(); sleep(1);\n"
	"		}\n"
	"	case 5: if (!fork()) pause(); return 0;\n"
	"	case 6: umount2(\"/mnt/case\", MNT_DETACH); return !reboot(RB_POWER_OFF);\n"
	"	case 7: return getuid() != 1000 || !setuid(0);\n"
	/*
	 * a clone over a page of the file with the higher inode, which this process holds: SIGKILL must
	 * end it, and does not on 6.1
	 */
	"	case 8: {\n"
	"		int other = dax(\"other\");\n"
	"		static char bytes[4096];\n"
	"		void *m;\n"
	"		struct iovec v = { .iov_len = 4096 };\n"
	"		pwrite(fd, bytes, 4096, 0); pwrite(other, bytes, 4096, 0);\n"
	"		m = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, other, 0);\n"
	"		*(volatile char *)m = 1;\n"
	"		v.iov_base = m;\n"
	"		if (pipe(pipes) || vmsplice(pipes[1], &v, 1, 0) != 4096) return 1;\n"
	"		return ioctl(other, FICLONE, fd) != 0;\n"
	"	}\n"
	/* unlinks a file whose pages are in a pipe: 6.1 frees the blocks; 'g' empties the pipe first */
	"	case 'f' - '0': case 'g' - '0': {\n"
	"		static char bytes[65536];\n"
	"		int victim = dax(\"victim\");\n"
	"		struct iovec v = { .iov_len = sizeof(bytes) };\n"
	"		if (pwrite(victim, bytes, sizeof(bytes), 0) != sizeof(bytes)) return 1;\n"
	"		v.iov_base = mmap(NULL, sizeof(bytes), PROT_READ, MAP_SHARED, victim, 0);\n"
	"		if (pipe(pipes) || vmsplice(pipes[1], &v, 1, 0) != sizeof(bytes)) return 1;\n"
	"		if (what == 'g' - '0' && read(pipes[0], bytes, sizeof(bytes)) != sizeof(bytes))\n"
	"			return 1;\n"
	"		munmap(v.iov_base, sizeof(bytes));\n"
	"		close(victim); unlink(\"victim\");\n"
	"		if (argc > 2 && fork()) return 0;\n"
	"		sleep(argc > 2 ? 20 : 5);\n"
	"		return 0;\n"
	"	}\n"
	"	case 9: return open(\"/opt/it\", O_RDONLY) < 0;\n"
	"	case 'k' - '0':\n"
	"		if (dax(\"/tmp/t\") < 0) return 127;\n"
	"		puts(\"1..3\\nok 1 a\\n# [RUN] pin\\n# why\\nnot ok 2 should work\\nok 3 # SKIP no\");\n"
	"		return 1;\n"
	"	}\n"
	"	return 1;\n"
	"}\n";

static void put(const char *dir, const char *name, const char *text)
{
	put_bytes(dir, name, text, strlen(text));
}

static void test_plan(void **state)
{
	const char *dir = *state;
	_cleanup_free_ char *plan = NULL, *line = NULL;
	struct daxrig d;

	put(dir, "many.c", many);
	put(dir, "x.sh",
	    "#!/bin/sh\nset -e\necho hello | grep -q hell\ntest $(pwd) = /mnt/case/program\n"
	    "cp $0 copy\ntest -x /usr/bin/tail\necho $1\n");
	plan = xasprintf("program good fs=xfs,ext4 = %s/many.c 0\n"
			 "program words = %s/many.c 0 a\\x20b\\x23\\x24\\x5c\n"
			 "program fails = %s/many.c 1\n"
			 "program dies = %s/many.c 2\n"
			 "program skips = %s/many.c 3\n"
			 "program endless time=2 = %s/many.c 4\n"
			 "program orphan = %s/many.c 5\n"
			 "program off = %s/many.c 6\n"
			 "program user user=1000 = %s/many.c 7\n"
			 "program killed time=1 = %s/many.c 8\n"
			 "program with with=%s/x.sh:/opt/it = %s/many.c 9\n"
			 "program kselftest/mm/k kselftest=yes = %s/many.c k\n"
			 "program script mount=noatime = %s/x.sh 1\n"
			 "program holds = %s/many.c f\n"
			 "program holder-left fs=ext4 = %s/many.c f left\n"
			 "program lets-go = %s/many.c g\n",
			 dir, dir, dir, dir, dir, dir, dir, dir, dir, dir, dir, dir, dir, dir, dir,
			 dir, dir);
	put(dir, "p.plan", plan);
	line = xasprintf("run --known none --out " OUT " --plan %s/p.plan", dir);
	d = start(line);
	finish(&d);
	must(&d, 1,
	     "\nok 1 xfs/good\n;;\nok 2 ext4/good\n;;\nok 3 xfs/words\n;;\nnot ok 4 xfs/fails\n;;"
	     "program.exit;;exit status 1: 'not ok 2 two';;\nnot ok 5 xfs/dies\n;;"
	     "signal 11 (Segmentation fault);;\nok 6 xfs/skips # SKIP;;# SKIP no luck;;"
	     "\nok 7 xfs/endless\n;;\nok 8 xfs/orphan\n;;\nok 9 xfs/off\n;;"
	     "\nok 10 xfs/user\n;;\nnot ok 11 xfs/killed\n;;contract.killable;;process 'many' does not die;;"
	     "\nok 12 xfs/with\n;;"
	     "\n  1..3\n  ok 1 a\n  not ok 2 pin: should work\n  ok 3 no # SKIP\n;;found: pin: should work;;"
	     "#     # why;;\nnot ok 13 xfs/kselftest/mm/k\n;;\nok 14 xfs/script\n;;"
	     "block.freed;; of the device, which the program holds, are free\n;;"
	     "of which 0 are of mappings\n;;s after the program began\n;;of the program, state S: many\n;;"
	     "\nnot ok 15 xfs/holds\n;;block.freed;;are free\n;;\nnot ok 16 ext4/holder-left\n;;"
	     "\nok 17 xfs/lets-go\n");
	buf_deinit(&d.text);
}

/* The file of what it printed, and the command as the user gives it. */
static void test_command(void **state)
{
	const char *dir = *state;
	_cleanup_free_ char *line = xasprintf(
		"exec --fs ext4 --time 20 --repeat 2 --out " OUT " -- %s/many.c 1", dir);
	struct daxrig d = start(line);
	_cleanup_free_ char *log = NULL;
	_cleanup_buf_ struct buf said = BUF_INIT;

	finish(&d);
	must(&d, 1, "\nnot ok 1 ext4/many~1\n;;\nnot ok 2 ext4/many~2\n;;'not ok 2 two'");
	log = run_file(&d, OUT, "cases/001-ext4-many-1/program.log");
	assert_non_null(log);
	assert_null(file_read(log, 1 << 20, &said));
	assert_string_equal(buf_str(&said), "ok 1 one\nnot ok 2 two\nok 3 three\n");
	buf_deinit(&d.text);
}

static void test_bisect(void **state)
{
	const char *dir = *state;
	_cleanup_free_ char *line = xasprintf("bisect --once deb:linux-image-amd64 --rule "
					      "program.exit --program %s/wrong.c",
					      dir);

	put(dir, "wrong.c", "int main(void)\n{\n\treturn 1;\n}\n");
	check(line, 1, ": shown: program.exit at line");
}

static void test_bad_input(void **state)
{
	static const struct {
		const char *words, *says;
	} rows[] = {
		{ "", "no program given; see" },
		{ "-- /nowhere", "cannot find program '/nowhere'" },
		{ "-- no-such-program", "cannot find program 'no-such-program'" },
		{ "-- Makefile", "Makefile' is no program: expected an ELF file, a script" },
		{ "-- rig", "is not a file" },
		{ "--fs xsf -- /bin/true", "no filesystem 'xsf'; did you mean 'xfs'?" },
		{ "--user root -- /bin/true", "'root' is not a user's number" },
		{ "--jobs 0 -- /bin/true", "'0' is not a number of guests" },
		{ "--repeat 0 -- /bin/true", "repeat" },
		{ "--accel gpu -- /bin/true", "expected auto, kvm or tcg" },
		{ "--geometry size=0 -- /bin/true", "size" },
		{ "--time 0 -- /bin/true", "'0' is no time" },
		{ "--with Makefile -- /bin/true", "'Makefile' is not FILE:PATH" },
		{ "--with Makefile:/a/../b -- /bin/true", "is not FILE:PATH" },
		{ "--with /nowhere:/x -- /bin/true", "cannot read '/nowhere'" },
		{ "--mount a#b -- /bin/true", "are not mount options" },
		{ "-- %s/bad.c", "bad.c:1:" },
		{ "-- %s/lacks", "lacks' needs '/no/interpreter', which is not on this machine" },
		{ "-- %s/self", "too many interpreters" },
	};
	const char *dir = *state;
	_cleanup_free_ char *self = xasprintf("#!%s/self\n", dir);

	put(dir, "bad.c", "int main(void) { return x; }\n");
	put(dir, "lacks", "#!/no/interpreter\n");
	put(dir, "self", self);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *mark = strstr(rows[i].words, "%s");
		_cleanup_free_ char *line = xasprintf(
			"exec %.*s%s%s", mark ? (int)(mark - rows[i].words) : 999, rows[i].words,
			mark ? dir : "", mark ? mark + 2 : "");

		check(line, 2, rows[i].says);
	}
}

/* Before any source is fetched, or a guest boots. */
static void test_kselftest_input(void **state)
{
	(void)state;
	check("kselftest --source deb:6.1", 2,
	      "'deb:6.1' is no source: expected src:SERIES or tree:PATH");
	check("kselftest --source tree:/nowhere", 2, "/nowhere");
	check("kselftest --fs xsf", 2, "no filesystem 'xsf'; did you mean 'xfs'?");
	check("kselftest --time 0", 2, "'0' is no time");
	check("kselftest --kernel 6,1", 2, "unknown kernel '6,1'");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plan),
		cmocka_unit_test(test_command),
		cmocka_unit_test(test_bisect),
		cmocka_unit_test(test_bad_input),
		cmocka_unit_test(test_kselftest_input),
	};

	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
