/* SPDX-License-Identifier: GPL-2.0-only */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "guests/build/mutant.h"
#include "guests/build/patch.h"
#include "guests/mutate/rules.h"

#define MADE_MAX 8

/* What a rule makes of a function; the lines as mutation_show() has them, with the sign. */
static const struct {
	const char *rule, *text;
	const char *made[MADE_MAX];
} rows[] = {
	{ "negate", "if (a)\n\t\tb();", { "+ if (!(a))" } },
	{ "negate", "if (a &&\n\t    b(1))\n\t\tc();", { "+ if (!(a &&" } },
	{ "negate", "else if (a(b)) {\n}", { "+ else if (!(a(b))) {" } },
	{ "negate", "while (a)\n\t\tb();\n\tx = a ? b : c;", { NULL } },
	{ "negate", "/* if (a) */ s = \"if (a)\"; // if (a)\n#if (A)\n#endif", { NULL } },
	{ "negate", "#define X \\\n\tif (a)\n\ty();", { NULL } },
	{ "negate", "if (\n#ifdef A\na\n#endif\n)\nb();", { NULL } },
	{ "negate", "s = '\"'; if (a) t = '\"';", { "+ s = '\"'; if (!(a)) t = '\"';" } },

	{ "edge", "if (a < b)", { "+ if (a <= b)" } },
	{ "edge",
	  "return a >= b || c > d;",
	  { "+ return a > b || c > d;", "+ return a >= b || c >= d;" } },
	{ "edge", "a <<= 1; b = c << 2; d->e = 1; f(a == b);", { NULL } },

	{ "off-by-one", "a = b - 1;", { "+ a = b ;" } },
	{ "off-by-one", "a = (b + c) + 1ULL << 2;", { "+ a = (b + c)  << 2;" } },
	{ "off-by-one", "f(start, len * 2);", { "+ f(start + 1, len * 2);" } },
	{ "off-by-one", "a = table[len];", { "+ a = table[len + 1];" } },
	{ "off-by-one",
	  "a = -1; f(-1); return -1; f(p); g(start, p);",
	  { "+ a = -1; f(-1); return -1; f(p); g(start + 1, p);" } },
	{ "off-by-one", "f(nr_of_nothing); f(&len); f(count_of);", { NULL } },

	{ "no-call", "f(a,\n\t  b);", { "+ " } },
	{ "no-call", "if (x)\n\t\tf(a);\n\telse\n\t\tg();", { "+ ;", "+ ;" } },
	{ "no-call", "out:\n\tf(a);", { "+ ;" } },
	{ "no-call", "y = x ? 1 :\n\tf(a);", { NULL } },
	{ "no-call", "a = f(b); return g(c); WARN_ON(d); trace_x(e); pr_info(g);", { NULL } },
	{ "no-call", "if (f(a)) return; while (g());", { NULL } },

	{ "wrong-argument", "f(start);", { "+ f(len);" } },
	{ "wrong-argument", "f(start, len);", { "+ f(len, len);", "+ f(start, start);" } },
	{ "wrong-argument", "f(q);", { "+ f(p);" } },
	{ "wrong-argument", "f(p->x, &q, *p);", { NULL } },
	{ "wrong-argument", "struct x *r = p;\n\tf(r);", { "+ f(p);" } },
	{ "wrong-argument", "unsigned int m, n = g(1, 2);\n\tf(n);", { "+ f(m);" } },
	{ "wrong-argument", "f(late);\n\tint late, later;", { NULL } },

	{ "no-flag", "f(A_ONE | A_TWO);", { "+ f( A_TWO);", "+ f(A_ONE );" } },
	{ "no-flag", "flags |= A_ONE;", { "+ flags |= 0;" } },
	{ "no-flag", "f(a | b); x = A_ONE; if (x & A_ONE || y) g(~A_ONE | z);", { NULL } },

	{ "early-unlock", "f(a);\n\tunlock(b);", { "+ unlock(b); f(a);" } },
	{ "early-unlock", "f(a,\n\t  b);\n\tup_read(\n\tb);", { "+ up_read(  b); f(a," } },
	{ "early-unlock", "if (x)\n\t\tf(a);\n\tunlock(b);", { NULL } },
	{ "early-unlock", "lock(b);\n\tunlock(b);", { NULL } },
	{ "early-unlock", "if (x) {\n\t}\n\tunlock(b);", { NULL } },

	{ "swallow-error", "if (error)\n\t\tgoto out;", { "+ if (0)" } },
	{ "swallow-error", "if (unlikely(ret < 0)) {\n}", { "+ if (0) {" } },
	{ "swallow-error", "int error;\n\treturn error;", { "+ return 0;" } },
	{ "swallow-error", "return -EINVAL;", { "+ return 0;" } },
	{ "swallow-error", "struct x *ret;\n\treturn ret;", { NULL } },
	{ "swallow-error",
	  "if (error && b) c(); if (!error) d(); return len; return -E1 + 1;",
	  { NULL } },

	{ "one-round", "for (;;) {\n\t\tf();\n\t}", { "+ break; }" } },
	{ "one-round", "xas_for_each(&a, b) {\n\t\tif (x) {\n\t\t}\n\t}", { "+ break; }" } },
	{ "one-round", "do {\n\t\tf();\n\t} while (a > b);", { "+ } while (0 && (a > b));" } },
	{ "one-round", "do {\n\t\tf();\n\t} while (0); while (a)\n\t\tf();", { NULL } },
};

static bool take_all(void *arg, const char *file, const char *function)
{
	(void)arg;
	assert_string_equal(file, "fs/x.c");
	return strcmp(function, "left_out") != 0;
}

/* A source of which only wanted() has what is to be changed. */
static char *source_of(const char *body)
{
	return xasprintf(
		"// first\nstruct s {\n\tint a;\n};\n#define M(x) \\\nif (x) {\\\n}\n"
		"static int left_out(int a)\n{\n\tif (a) f(a);\n}\n\n"
		"static int wanted(loff_t start, loff_t len, struct x *p, struct x *q)\n"
		"{\n\t%s\n\tlast = 1;\n}\n\nint left_out(void)\n{\n\tif (a)\n\t\tb();\n}\n",
		body);
}

static size_t lines(const char *s)
{
	size_t n = 0;

	for (; *s; s++)
		n += *s == '\n';
	return n;
}

/* The patch parses, its header too, and the change keeps the number of lines. */
static void check_mutant(const struct mutation *m, const char *text)
{
	_cleanup_free_ char *name = mutation_name(m, text), *new = mutation_apply(m, text);
	_cleanup_free_ char *path = xasprintf("d/%s.patch", name);
	_cleanup_patch_ struct patch patch = PATCH_INIT;
	_cleanup_buf_ struct buf file = BUF_INIT;
	struct mutant mutant;
	struct err *err;

	mutation_write(m, text, "7.2", &file);
	err = patch_parse(path, buf_str(&file), &patch);
	if (!err)
		err = mutant_parse(path, buf_str(&file), &mutant);
	if (err)
		fail_msg("%s: %s", name, err->message);
	assert_string_equal(mutant.name, name);
	assert_int_equal(patch.n, 1);
	assert_string_equal(patch.files[0].path, "fs/x.c");
	assert_int_equal(lines(new), lines(text));
	assert_string_not_equal(new, text);
	mutant_deinit(&mutant);
}

static void test_rules(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *text = source_of(rows[i].text);
		struct mutation_list list = { 0 };
		size_t made = 0;

		mutation_find("fs/x.c", text, take_all, NULL, &list);
		for (size_t m = 0; m < list.n; m++) {
			_cleanup_buf_ struct buf shown = BUF_INIT;
			const char *after;

			check_mutant(&list.v[m], text);
			assert_string_equal(list.v[m].function, "wanted");
			if (strcmp(list.v[m].rule->name, rows[i].rule))
				continue;
			mutation_show(&list.v[m], text, &shown);
			shown.data[shown.len - 1] = '\0';
			after = strchr(buf_str(&shown), '\n') + 1;
			if (made == MADE_MAX || !rows[i].made[made] ||
			    strcmp(after, rows[i].made[made]))
				fail_msg("row %zu, '%s': made '%s', not '%s'", i, rows[i].text,
					 after, made < MADE_MAX ? rows[i].made[made] : NULL);
			made++;
		}
		if (made < MADE_MAX && rows[i].made[made])
			fail_msg("row %zu, '%s': did not make '%s'", i, rows[i].text,
				 rows[i].made[made]);
		mutation_list_deinit(&list);
	}
}

/* Every rule has a row that makes something, and one that does not. */
static void test_rows(void **state)
{
	(void)state;
	for (const struct mutation_rule *r = mutation_rules; r->name; r++) {
		size_t makes = 0, refuses = 0;

		assert_non_null(r->what);
		for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
			if (strcmp(rows[i].rule, r->name) == 0)
				*(rows[i].made[0] ? &makes : &refuses) += 1;
		if (!makes || !refuses)
			fail_msg("rule '%s' has no row of both kinds", r->name);
	}
}

/* Text that is no C: nothing is made, and nothing is read past its end. */
static void test_odd(void **state)
{
	static const char *const texts[] = {
		"",
		"{",
		"}\n{\n}",
		"int f(void)\n{\n\tif (a",
		"int f(void)\n{\n)]}\n}\n",
		"/*",
		"\"",
		"'\\",
		"#define x \\",
		"int f()\n{\n\tif (a]\n}\n",
		"f(\n{\n}\n",
		"//",
		"#/*",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct mutation_list list = { 0 };

		mutation_find("fs/x.c", texts[i], take_all, NULL, &list);
		assert_int_equal(list.n, 0);
		mutation_list_deinit(&list);
	}
}

#define DRAWN "int f(int a)\n{\n\tif (a)\n\t\tb(a);\n\tif (c < d)\n\t\te(a);\n\treturn 1;\n}\n"

static void draw(uint64_t seed, struct mutation_list *out)
{
	static const char *const files[] = { "fs/x.c", "fs/x.c", "fs/x.c" };

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		_cleanup_free_ char *name = xasprintf("fs/%zu.c", i);
		size_t before = out->n;

		mutation_find(files[i], DRAWN, take_all, NULL, out);
		for (; before < out->n; before++) {
			free(out->v[before].file);
			out->v[before].file = xstrdup(name);
		}
	}
	mutation_draw(out, seed);
}

static void test_draw(void **state)
{
	struct mutation_list a = { 0 }, again = { 0 }, other = { 0 };
	size_t differ = 0;

	(void)state;
	draw(1, &a);
	draw(1, &again);
	draw(2, &other);
	assert_int_equal(a.n, 3 * 5);
	for (size_t i = 0; i < a.n; i++) {
		assert_string_equal(a.v[i].file, again.v[i].file);
		assert_int_equal(a.v[i].at, again.v[i].at);
		differ += strcmp(a.v[i].file, other.v[i].file) || a.v[i].at != other.v[i].at;
	}
	assert_true(differ > 0);
	/* the files take turns; each comes with each of its three rules before one comes again */
	for (size_t i = 0; i < 9; i++)
		for (size_t k = i + 1; k < 9; k++) {
			if (i / 3 == k / 3)
				assert_string_not_equal(a.v[i].file, a.v[k].file);
			if (strcmp(a.v[i].file, a.v[k].file) == 0)
				assert_ptr_not_equal(a.v[i].rule, a.v[k].rule);
		}
	mutation_list_deinit(&a);
	mutation_list_deinit(&again);
	mutation_list_deinit(&other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_odd),
		cmocka_unit_test(test_draw),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
