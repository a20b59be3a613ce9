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

/* A refusal is one line, with the scenario's line and the word. */
static void check_refusal(const char *name, const struct err *err)
{
	demand(strstr(err->message, ": cannot be told in C: '") != NULL, "case", name,
	       err->message);
	demand(!strchr(err->message, '\n'), "case", name, "is refused by more than one line");
}

struct counts {
	const char *dir;
	unsigned int told, refused, compiled;
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
	_cleanup_err_ struct err *err = c_program(name, text, &program);

	if (err) {
		check_refusal(name, err);
		n->refused++;
	} else if (n->told++ % 8 == 0) {
		compile(n->dir, name, &program, n->compiled++ % 2 && n->clang ? "clang" : "cc");
	}
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

static void test_library(void **state)
{
	struct counts n = { .dir = *state, .clang = has_clang() };
	glob_t found;

	assert_int_equal(glob("workloads/scenarios/*.scn", 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++)
		tell_variants(found.gl_pathv[i], &n);
	globfree(&found);
	assert_int_equal(bad, 0);
	print_message("%u variants told, %u compiled; %u refused\n", n.told, n.compiled, n.refused);
	assert_true(n.told > 60 && n.compiled > 8);
}

/* Text of a stranger cannot leave its comment or its string. */
static void test_hostile(void **state)
{
	static const char text[] =
		"# a */ int x; /* ?\?/ \\\n\n# */ b\n"
		"file    a-b 4K written # */ /* */\nfile a_b 4K hole\ncheck a-b\n";
	_cleanup_buf_ struct buf program = BUF_INIT;

	assert_null(c_program("hostile", text, &program));
	compile(*state, "hostile", &program, "cc");
	assert_int_equal(bad, 0);
}

static void refused(const char *text, const char *message)
{
	_cleanup_buf_ struct buf program = BUF_INIT;
	_cleanup_err_ struct err *err = c_program("x.scn", text, &program);

	assert_non_null(err);
	assert_int_equal(err->code, ERR_USAGE);
	if (strncmp(err->message, message, strlen(message)) != 0)
		fail_msg("%s", err->message);
	assert_int_equal(program.len, 0);
}

static void test_refused(void **state)
{
	(void)state;
	refused("file a 4M written\nmap m a 0 4M shared rw\nhwpoison m 0\n",
		"x.scn:3: cannot be told in C: 'hwpoison': ");
	refused("file a 4M written\nmap m a 0 4M shared rw\npin p rdma m 4K\n",
		"x.scn:3: cannot be told in C: 'rdma': ");
	refused("file a 4M written\nremount\n", "x.scn:2: cannot be told in C: 'remount': ");
	refused("file a 4M written\nstart t process truncate a 0\n",
		"x.scn:2: cannot be told in C: 'process': ");
	refused("file a 4M written\nrepeat 3\ncheck a\nwrite a 0 4K\nend\n",
		"x.scn:2: cannot be told in C: 'repeat': ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_operations), cmocka_unit_test(test_pins),
		cmocka_unit_test(test_parts),	   cmocka_unit_test(test_library),
		cmocka_unit_test(test_hostile),	   cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
