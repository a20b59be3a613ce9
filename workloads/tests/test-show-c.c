/* SPDX-License-Identifier: GPL-2.0-only */
/* Scenarios as C programs: every row says how it is told or why not, and what is told compiles. */
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/files.h"
#include "base/program.h"
#include "tests/scratch.h"
#include "workloads/c/c.h"
#include "workloads/c/parts.h"
#include "workloads/c/pins.h"
#include "workloads/lang/scenario.h"

static unsigned int bad;

static void demand(bool holds, const char *what, const char *name, const char *why)
{
	if (!holds) {
		print_error("%s '%s': %s\n", what, name, why);
		bad++;
	}
}

static void check_operation(const struct operation *op)
{
	const struct c_text *c = &op->c;

	demand(!c->call != !c->no, "operation", op->name, "is neither told in C nor says why not");
	demand(!c->part || c_part_find(c->part), "operation", op->name, "has an unknown part");
	demand(!c->no || !c->part, "operation", op->name, "has a part, and is not told");
}

static void test_operations(void **state)
{
	struct operation lacking = op_null;

	(void)state;
	for (unsigned int i = 0; operations[i]; i++)
		check_operation(operations[i]);
	assert_int_equal(bad, 0);
	lacking.c = (struct c_text){ 0 };
	check_operation(&lacking);
	assert_int_equal(bad, 1);
	bad = 0;
}

static void test_pins(void **state)
{
	(void)state;
	for (const struct pin_info *p = pin_infos; p->name; p++) {
		const struct c_pin *c = c_pin(p);

		assert_non_null(c);
		demand(c->no || c->type || !p->traits, "pin", p->name,
		       "is neither told in C nor says why not");
		demand(!c->part || c_part_find(c->part), "pin", p->name, "has an unknown part");
		demand(!c->look || c_part_find(c->look), "pin", p->name, "has an unknown part");
		demand(!c->ask || c_part_find(c->ask), "pin", p->name, "has an unknown part");
		demand(!c->type || (!c->part != !c->ask), "pin", p->name,
		       "is neither taken nor asked for");
		demand(!(p->traits & PIN_REFUSED) || c->ask, "pin", p->name,
		       "must be refused, and no program asks for it");
		demand(c->no || !(p->traits & PIN_LOOKS) == !c->look, "pin", p->name,
		       "does not say how its bytes are seen");
	}
	assert_int_equal(bad, 0);
}

/* The part names only parts that there are. */
static void test_parts(void **state)
{
	static const char include[] = "#include \"";

	(void)state;
	for (const struct c_part *p = c_parts; p->name; p++)
		for (const char *at = strstr(p->text, include); at; at = strstr(at + 1, include)) {
			const char *name = at + strlen(include);
			_cleanup_free_ char *other = xstrndup(name, strcspn(name, "."));

			demand(c_part_find(other), "part", p->name, other);
		}
	assert_int_equal(bad, 0);
}

static void compile(const char *dir, const char *name, const struct buf *program,
		    const char *compiler)
{
	_cleanup_free_ char *path = xasprintf("%s/x.c", dir);
	const char *argv[] = { compiler,   "-std=gnu11", "-Wall", "-Wextra", "-Werror",	  "-O2",
			       "-pthread", "-c",	 path,	  "-o",	     "/dev/null", NULL };
	_cleanup_buf_ struct buf out = BUF_INIT;
	_cleanup_err_ struct err *err = file_write_atomic(path, buf_str(program), program->len);

	assert_null(err);
	err = run_program(argv, 60000, &out);
	demand(!err, compiler, name, buf_str(&out));
}

struct counts {
	const char *dir;
	unsigned int told, compiled;
	bool clang;
};

/* clang comes with fuzzing: where it is not there, the other one compiles all. */
static bool has_clang(void)
{
	const char *const argv[] = { "clang", "--version", NULL };
	_cleanup_buf_ struct buf out = BUF_INIT;
	struct err *err = run_program(argv, 60000, &out);

	err_free(err);
	return !err;
}

/* A sample is compiled, to save time: by one compiler, then by the other. */
static void tell(const char *name, const char *text, struct counts *n)
{
	_cleanup_buf_ struct buf program = BUF_INIT;
	_cleanup_err_ struct err *err = c_program(name, text, "", &program);

	demand(!err, "case", name, err ? err->message : "");
	if (!err && n->told++ % 8 == 0)
		compile(n->dir, name, &program, n->compiled++ % 2 && n->clang ? "clang" : "cc");
}

static void tell_variants(const char *path, struct counts *n)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct scenario_variants variants;

	assert_null(file_read(path, SCENARIO_MAX, &text));
	assert_null(scenario_expand(path, buf_str(&text), text.len, &variants));
	for (size_t i = 0; i < variants.n; i++) {
		_cleanup_free_ char *name = xasprintf("%s/%s", path, variants.v[i].label);

		tell(name, variants.v[i].text, n);
	}
	scenario_variants_deinit(&variants);
}

/* Every scenario of the library is told. */
static void test_library(void **state)
{
	struct counts n = { .dir = *state, .clang = has_clang() };
	glob_t found;

	assert_int_equal(glob("workloads/scenarios/*.scn", 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++)
		tell_variants(found.gl_pathv[i], &n);
	globfree(&found);
	assert_int_equal(bad, 0);
	print_message("%u variants told, %u compiled\n", n.told, n.compiled);
	assert_true(n.told > 150 && n.compiled > 20);
}

/* Text of a stranger cannot leave its comment or its string. */
static void test_hostile(void **state)
{
	static const char text[] =
		"# a */ int x; /* ?\?/ \\\n\n# */ b\nmount noatime,x*/y\n"
		"file    a-b 4K written # */ /* */\nfile a_b 4K hole\ncheck a-b\n";
	_cleanup_buf_ struct buf program = BUF_INIT;

	assert_null(c_program("hostile", text, "a */ int y; /* \\\n b", &program));
	assert_non_null(strstr(buf_str(&program), "GPL-2.0-only\n/*\n * a "));
	compile(*state, "hostile", &program, "cc");
	assert_int_equal(bad, 0);
}

static const char held[] = "file a 4M written\nmap m a 0 4M shared rw\n"
			   "pin p vmsplice m+2M 64K process\nstart t process punch a 2M 64K\n"
			   "signal t KILL\ncheck p\nunpin p kill\n";

/* Where files are not DAX a program says so, and leaves nothing behind. */
static void test_skips(void **state)
{
	_cleanup_free_ char *source = xasprintf("%s/skips.c", (char *)*state);
	_cleanup_free_ char *path = xasprintf("%s/skips", (char *)*state);
	_cleanup_free_ char *mount = xasprintf("%s/mount", (char *)*state);
	const char *const build[] = { "cc", "-pthread", source, "-o", path, NULL };
	const char *const run[] = { path, mount, NULL };
	_cleanup_buf_ struct buf program = BUF_INIT, out = BUF_INIT;
	_cleanup_err_ struct err *err = NULL;

	assert_null(c_program("skips", held, "", &program));
	if (has_clang())
		compile(*state, "skips", &program, "clang");
	assert_int_equal(bad, 0);
	assert_null(file_write_atomic(source, buf_str(&program), program.len));
	assert_null(dir_create(mount));
	assert_null(run_program(build, 60000, &out));
	err = run_program(run, 60000, &out);
	assert_non_null(err);
	assert_non_null(strstr(err->message, "exit status 4: "));
	assert_non_null(strstr(buf_str(&out), "KTAP version 1\n1..1\nok 1 skips # SKIP "));
	assert_int_equal(rmdir(mount), 0);
}

/* A skip does not hide what failed before it. */
static void test_skip_after_failure(void **state)
{
	_cleanup_free_ char *source = xasprintf("%s/late.c", (char *)*state);
	_cleanup_free_ char *path = xasprintf("%s/late", (char *)*state);
	_cleanup_free_ char *text = xasprintf("#define _GNU_SOURCE\n%s"
					      "const char scenario[] = \"late\";\n"
					      "int main(void) { fail(\"first\"); skip(\"then\"); "
					      "die(\"never\"); }\n",
					      c_part_find("report")->text);
	const char *const build[] = { "cc", source, "-o", path, NULL };
	const char *const run[] = { path, NULL };
	_cleanup_buf_ struct buf out = BUF_INIT;
	_cleanup_err_ struct err *err = NULL;

	assert_null(file_write_atomic(source, text, strlen(text)));
	assert_null(run_program(build, 60000, &out));
	err = run_program(run, 60000, &out);
	assert_non_null(err);
	assert_non_null(strstr(err->message, "exit status 1: "));
	assert_string_equal(buf_str(&out), "# : first\n# : then\nnot ok 1 late\n");
}

/* Each round writes bytes of its own; a first round that finds others is told apart. */
static void test_rounds(void **state)
{
	static const char text[] = "file a 64K written\nmap m a 0 64K shared rw\nrepeat 9\n"
				   "check a\ntouch m 4K write\nwrite a 8K 4K\nend\ncheck a 0 4K\n";
	_cleanup_buf_ struct buf program = BUF_INIT;

	(void)state;
	assert_null(c_program("rounds", text, "", &program));
	assert_non_null(strstr(buf_str(&program), "round = 1; round < 9 "));
	assert_non_null(strstr(buf_str(&program),
			       "touch_write(\"m\", map_m, 4 * K, WROTE(FILE_a, 2, 0));"));
	assert_non_null(strstr(buf_str(&program), "WROTE(FILE_a, 2 * round + 2, 0)"));
	assert_non_null(strstr(buf_str(&program), "check_file(\"a\", fd_a, 0, 4 * K, "
						  "WROTE(FILE_a, 18, 0));"));
}

/* What a registration sees after a truncate must be refused; before, it is read. */
static void test_on_demand(void **state)
{
	static const char text[] = "file a 4M written\nmap m a 0 4M shared rw\n"
				   "pin p rdma-odp m+2M 64K\ntruncate a 2080K\ncheck p\nunpin p\n";
	_cleanup_buf_ struct buf program = BUF_INIT;

	(void)state;
	assert_null(c_program("odp", text, "", &program));
	assert_non_null(strstr(buf_str(&program), "-pthread x.c -o x -libverbs"));
	assert_non_null(strstr(buf_str(&program), "odp_read(&pin_p, 0, 32 * K, 4 * K)"));
	assert_non_null(strstr(buf_str(&program), "odp_refused(&pin_p, 32 * K, 0);"));
	assert_non_null(strstr(buf_str(&program), "odp_refused(&pin_p, 60 * K, 1);"));
}

/* A program that has all of @words, NULL at the end, in this order; both compilers take it. */
static void tells(const char *dir, const char *name, const char *text, const char *const *words)
{
	_cleanup_buf_ struct buf program = BUF_INIT;
	const char *at;

	assert_null(c_program(name, text, "", &program));
	at = buf_str(&program);
	for (; *words; words++) {
		const char *found = strstr(at, *words);

		if (!found)
			fail_msg("%s: no '%s'", name, *words);
		at = found + 1;
	}
	compile(dir, name, &program, "cc");
	if (has_clang())
		compile(dir, name, &program, "clang");
	assert_int_equal(bad, 0);
}

/* Files are closed before an unmount and open after it, and a pin keeps the device. */
static void test_unmounts(void **state)
{
	static const char mounted[] = "file a 4M written\nfile b 4K written\nclose b\n"
				      "map m a 0 4M shared rw\npin p vmsplice m 64K\nunmap m\n"
				      "start t umount\nunpin p\nexpect t completes\nremount\n"
				      "check b\nunlink a\nremount\n";
	static const char *const words[] = { "   root, and a filesystem that nobody else uses",
					     "return unmount();",
					     "\n\tneed_mount();\n\tmeasure();\n",
					     "\tclose(fd_a);\n\tleave_folder();\n\tstart(&op_t, ",
					     "\tcheck_device(\"p\");\n\tlet_go();\n",
					     "\tmount_again();\n\tfd_a = open_again(\"a\");\n"
					     "\tfd_b = open_again(\"b\");\n",
					     "unlink_last(",
					     "\tclose(fd_b);\n\tleave_folder();\n"
					     "\tjudge_call(\"umount\", unmount(), 0);\n"
					     "\tmount_again();\n\tfd_b = open_again(\"b\");\n",
					     NULL };
	static const char anew[] =
		"file a 4M written\nmap m a 0 4M shared rw\npin p vmsplice m 64K\n"
		"unmap m\nstart t umount\nmkfs\ncheck p\nunpin p\nremount\n"
		"file b 4K written\nmkfs\n";
	static const char *const anew_words[] = {
		"   the device of the filesystem in DAX_PMEM, as it is made anew, by mkfs",
		"\tneed_mount();\n\tneed_spare();\n",
		"\tmake_anew();\n",
		"\tdata = vmsplice_look(",
		"\tmount_again();\n",
		"\tclose(fd_b);\n\tleave_folder();\n\tjudge_call(\"umount\", unmount(), 0);\n"
		"\tmake_anew();\n",
		NULL
	};
	static const char at_end[] = "file a 4M written\numount\n";
	static const char *const end_words[] = { "judge_call(\"umount\", unmount(), 0);",
						 "\"the end\"", "mount_again();",
						 "check_file(\"a\", fd_a,", NULL };

	tells(*state, "mounted", mounted, words);
	tells(*state, "anew", anew, anew_words);
	tells(*state, "at-end", at_end, end_words);
}

/* The device is there again at the end; what was on it is not looked at. */
static void test_unbinds(void **state)
{
	static const char text[] = "file a 4M written\nmap m a 0 4M shared rw\n"
				   "pin p vmsplice m 64K\nstart t unbind\ncheck p\nunpin p\n"
				   "wait t\n";
	static const char *const words[] = {
		"\tneed_mount();\n\tneed_unbind();\n",
		"\tcheck_bound(&op_t, \"p\");\n\tdata = vmsplice_look(",
		"\tcheck_bound(&op_t, \"p\");\n\tlet_go();\n",
		"\ttasks_end();\n\tmunmap(map_m, 4 * M);\n\tclose(fd_a);\n\tbind_again();\n\n"
		"\tread_log(log);\n",
		NULL
	};

	tells(*state, "unbinds", text, words);
}

/* The page that is poisoned is not compared; a load that may go on hides no other. */
static void test_poisons(void **state)
{
	static const char text[] = "file a 4M written\nmap m a 0 4M shared rw\n"
				   "touch m 4M write\nhwpoison m 2M\nstart t load m 2M 4K\n"
				   "check a 0 2M\n";
	static const char *const words[] = {
		"judge_call(\"hwpoison\", poison_page(map_m + 2 * M), 0);",
		"\tcheck_file(\"a\", fd_a, 0, 2 * M, WROTE(FILE_a, 2, 0));\n", "\"the end\"",
		"\tcheck_file(\"a\", fd_a, 0, 2 * M, WROTE(FILE_a, 2, 0));\n"
		"\tcheck_file(\"a\", fd_a, 2052 * K, 2044 * K, WROTE(FILE_a, 2, 2052 * K));\n",
		NULL
	};

	tells(*state, "poisons", text, words);
}

/* A registration: of a file, writable or not, and of device-DAX, whose bytes are unknown. */
static void test_long_term(void **state)
{
	static const char text[] = "file a 4M written\nmap m a 0 4M shared rw\n"
				   "map n a 0 4M shared r\npin p rdma m+2M 64K\npin q rdma n 4K\n"
				   "check p\n";
	static const char *const words[] = {
		"x.c -o x -libverbs", "rdma_take(&pin_p, map_m + 2 * M, 64 * K, 1);",
		"rdma_take(&pin_q, map_n, 4 * K, 0);",
		"\tdata = rdma_look(&pin_p);\n\tcheck_held(\"p\", data, 0, "
		"64 * K, WROTE(FILE_a, 1, 2 * M));\n",
		NULL
	};
	static const char device[] = "map d devdax 0 4M shared rw\npin p rdma-devdax d+2M 64K\n"
				     "check p\nfile a 4K written\n";
	static const char *const device_words[] = {
		"   a device-DAX node, ",
		"const int nr_files = 1;",
		"map_d = map_devdax(0, 4 * M, PROT_READ | PROT_WRITE, MAP_SHARED);",
		"rdma_take(&pin_p, map_d + 2 * M, 64 * K, 1);",
		"\tdata = rdma_look(&pin_p);\n\tfree(data);\n",
		NULL
	};

	tells(*state, "long-term", text, words);
	tells(*state, "device", device, device_words);
}

/* After a storm the file has known bytes again. */
static void test_storms(void **state)
{
	static const char text[] =
		"file a 8M written\nstorm a 300 workers 2 cpus one ops write falloc\n"
		"check a 0 4K\n";
	static const char *const words[] = {
		"of a storm: ",
		"\tmeasure();\n",
		"storm(&(struct storm){ .name = \"a\",",
		".workers = 2,",
		".one_cpu = 1,",
		".unstick = 0,",
		".calls = 1 << WRITE | 1 << FALLOCATE });",
		"write_bytes(\"a\", fd_a, 0, 8 * M, WROTE(FILE_a, 2, 0));",
		"check_file(\"a\", fd_a, 0, 4 * K, WROTE(FILE_a, 2, 0));",
		NULL
	};

	tells(*state, "storms", text, words);
}

static void refused(const char *text, const char *message)
{
	_cleanup_buf_ struct buf program = BUF_INIT;
	_cleanup_err_ struct err *err = c_program("x.scn", text, "", &program);

	assert_non_null(err);
	assert_int_equal(err->code, ERR_USAGE);
	if (strncmp(err->message, message, strlen(message)) != 0)
		fail_msg("%s", err->message);
	assert_int_equal(program.len, 0);
}

static void test_refused(void **state)
{
	(void)state;
	refused("file a 4M written\nmap m a 0 4M shared rw\npin p vmsplice m 4K\nunmap m\n"
		"start t umount\nremount\n",
		"x.scn:6: cannot be told in C: 'remount': ");
	refused("file a 8M written\nstorm a 10 pins rdma\n",
		"x.scn:2: cannot be told in C: 'storm': ");
	refused("file a 4M written\nmap m a 0 4M shared rw\npin p uring m 4K\n",
		"x.scn:3: cannot be told in C: 'uring': ");
	refused("file a 4M written\nmap m a 0 4M shared rw\npin p vmsplice m 4K refused EPERM\n",
		"x.scn:3: cannot be told in C: 'refused': ");
	refused("file a 4M written\nmap m a 0 4M shared rw\npin p rdma-odp m 4K process\n",
		"x.scn:3: cannot be told in C: 'process': ");
	refused("file a 4M written\nrepeat 2000\ncheck a\nend\n",
		"x.scn:2: cannot be told in C: 'repeat': ");
	refused("file a 4M written\nrepeat 3\ninsert a 0 4K\ncheck a\nend\n",
		"x.scn:2: cannot be told in C: 'repeat': ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_operations), cmocka_unit_test(test_pins),
		cmocka_unit_test(test_parts),	   cmocka_unit_test(test_library),
		cmocka_unit_test(test_hostile),	   cmocka_unit_test(test_refused),
		cmocka_unit_test(test_skips),	   cmocka_unit_test(test_rounds),
		cmocka_unit_test(test_on_demand),  cmocka_unit_test(test_skip_after_failure),
		cmocka_unit_test(test_unmounts),   cmocka_unit_test(test_unbinds),
		cmocka_unit_test(test_poisons),	   cmocka_unit_test(test_long_term),
		cmocka_unit_test(test_storms),
	};

	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
