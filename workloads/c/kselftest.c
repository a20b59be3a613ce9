/* SPDX-License-Identifier: GPL-2.0-only */
#include "workloads/c/kselftest.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "workloads/c/parts.h"
#include "workloads/c/told.h"

#define TEST_SECONDS 300u
#define NAME_SIGNS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"

static struct buf *add_file(struct kselftest *k, char *name)
{
	struct kselftest_file *f = &k->files[k->nr_files++];

	*f = (struct kselftest_file){ .name = name, .text = BUF_INIT };
	return &f->text;
}

/* "kill/4K" as the name of a test: "kill_4K"; "512": "v512"; "": "test". */
static char *test_name(const char *label)
{
	char *name = xasprintf("%s%s", isdigit((unsigned char)*label) ? "v" : "",
			       *label ? label : "test");

	for (char *p = name; *p; p++)
		if (!isalnum((unsigned char)*p))
			*p = '_';
	return name;
}

/* Names of one program's tests are different, as their labels are, but for signs. */
static char *new_name(struct told_words *names, const char *label, size_t number)
{
	_cleanup_free_ char *name = test_name(label);
	unsigned int known = names->n;

	told_word(names, name);
	return names->n > known ? xstrdup(name) : xasprintf("%s_%zu", name, number);
}

static void add_test(const struct told *t, const char *name, struct buf *out)
{
	buf_addf(out, "\nTEST_F_TIMEOUT(dax, %s, %u)\n{\n\tint log;\n\n", name, TEST_SECONDS);
	buf_addf(out, "%s\tlog = mark_log();\n%s\n\tread_log(log);\n}\n", buf_str(&t->before_body),
		 buf_str(&t->body));
}

static void add_program(struct kselftest *k, struct told *t, const char *name, const char *tests)
{
	struct kselftest_program *p = &k->programs[k->nr_programs++];
	struct buf *out = add_file(k, xasprintf("%s.c", name));

	*p = (struct kselftest_program){ .name = xstrdup(name),
					 .fs = t->fs,
					 .needs_verbs = t->libs.n != 0 };
	buf_adds(out, "// SPDX-License-Identifier: GPL-2.0-only\n/*\n * ");
	told_comment(out, t->title, strlen(t->title));
	buf_adds(out, "\n *\n * Written by daxrig show --kselftest.\n");
	told_lists(t, t->fs, out);
	buf_adds(out, " */\n");
	for (unsigned int i = 0; i < t->named.n; i++)
		buf_addf(out, "#include \"lib/%s.h\"\n", t->named.v[i]);
	told_data(t, out);
	buf_addf(out, "%s\nTEST_HARNESS_MAIN\n", tests);
}

/* Tells a variant on its own, so that one that is refused leaves nothing in the program. */
static struct err *try_variant(const char *name, const char *text, bool own_mount, bool *verbs)
{
	struct told *t;
	struct err *err;

	if (own_mount)
		return err_create(ERR_USAGE,
				  "%s:1: cannot be told in C: 'mount': the script of its "
				  "filesystem mounts as ever",
				  name);
	t = told_create();
	err = told_case(t, name, text);
	*verbs = t->libs.n != 0;
	told_destroy(t);
	return err;
}

enum kind { REFUSED, PLAIN, VERBS };

/* An error when it is no scenario; REFUSED: k->refused says why. */
static struct err *find_kind(struct kselftest *k, const char *name, const char *text,
			     enum kind *kind)
{
	_cleanup_err_ struct err *refusal = NULL;
	bool verbs = false;
	struct scenario *s;
	struct err *err = scenario_parse(name, text, strlen(text), &s);

	if (err)
		return err;
	refusal = try_variant(name, text, s->mount != NULL, &verbs);
	*kind = refusal ? REFUSED : verbs ? VERBS : PLAIN;
	if (refusal)
		buf_addf(&k->refused, "%s\n", refusal->message);
	scenario_free(s);
	return NULL;
}

/* The name becomes a file, a program beside the others, and a word of a Makefile. */
static struct err *check_name(const struct kselftest *k, const char *name)
{
	static const char *const taken[] = { "lib", "config", "settings", "Makefile" };

	if (!*name || *name == '-' || name[strspn(name, NAME_SIGNS)])
		return err_create(ERR_USAGE,
				  "'%s' cannot be the name of a test: it may have letters, digits, "
				  "'-' and '_'",
				  name);
	for (size_t i = 0; i < ARRAY_SIZE(taken); i++)
		if (strcmp(taken[i], name) == 0)
			return err_create(ERR_USAGE,
					  "'%s' cannot be the name of a test: the "
					  "folder has a file of that name",
					  name);
	for (unsigned int i = 0; i < k->nr_programs; i++)
		if (strcmp(k->programs[i].name, name) == 0)
			return err_create(ERR_USAGE, "scenario '%s' is named twice", name);
	if (k->nr_programs == KSELFTEST_PROGRAMS_MAX)
		return err_create(ERR_USAGE, "more than %u scenarios", KSELFTEST_PROGRAMS_MAX);
	return NULL;
}

static char *full_name(const char *scenario, const struct scenario_variant *v)
{
	return xasprintf("%s%s%s", scenario, *v->label ? "/" : "", v->label);
}

/* The variants of one @kind as a program. */
static struct err *add_variants(struct kselftest *k, const char *scenario, const char *name,
				const struct scenario_variants *variants, const enum kind *kinds,
				enum kind kind)
{
	_cleanup_buf_ struct buf tests = BUF_INIT;
	struct told_words names = { .n = 0 };
	struct told *t = told_create();
	unsigned int told = 0;
	struct err *err = NULL;

	for (size_t i = 0; i < variants->n && !err; i++) {
		const struct scenario_variant *v = &variants->v[i];
		_cleanup_free_ char *full = full_name(scenario, v);
		_cleanup_free_ char *suffix = told ? xasprintf("V%u", told + 1) : xstrdup("");
		_cleanup_free_ char *test = NULL;

		if (kinds[i] != kind)
			continue;
		t->suffix = suffix;
		err = told_case(t, full, v->text);
		t->suffix = "";
		if (err)
			break;
		test = new_name(&names, v->label, i);
		add_test(t, test, &tests);
		told++;
	}
	if (!err && told)
		err = check_name(k, name);
	if (!err && told)
		add_program(k, t, name, buf_str(&tests));
	k->nr_tests += err ? 0 : told;
	told_words_deinit(&names);
	told_destroy(t);
	return err;
}

/* What needs libibverbs is a program of its own, so that all else is built without. */
struct err *kselftest_add(struct kselftest *k, const char *name,
			  const struct scenario_variants *variants)
{
	_cleanup_free_ enum kind *kinds = xcalloc(variants->n + 1, sizeof(*kinds));
	_cleanup_free_ char *rdma = xasprintf("%s-rdma", name);
	bool both[VERBS + 1] = { false };
	struct err *err = check_name(k, name);

	for (size_t i = 0; i < variants->n && !err; i++) {
		_cleanup_free_ char *full = full_name(name, &variants->v[i]);

		err = find_kind(k, full, variants->v[i].text, &kinds[i]);
		both[kinds[i]] = true;
	}
	if (!err)
		err = add_variants(k, name, name, variants, kinds, PLAIN);
	if (!err)
		err = add_variants(k, name, both[PLAIN] ? rdma : name, variants, kinds, VERBS);
	return err;
}

/* A helper as a header: with a guard, and with the others that it includes as headers. */
static void add_header(struct kselftest *k, const char *name, const char *text)
{
	struct buf *out = add_file(k, xasprintf("lib/%s.h", name));
	_cleanup_free_ char *guard = xasprintf("DAX_%s_H", name);
	size_t first = strcspn(text, "\n") + 1;

	for (char *p = guard; *p; p++)
		*p = *p == '-' ? '_' : (char)toupper((unsigned char)*p);
	buf_add(out, text, first); /* the license */
	buf_addf(out, "#ifndef %s\n#define %s\n\n", guard, guard);
	for (text += first; *text;) {
		size_t n = strcspn(text, "\n") + 1;
		bool part = strncmp(text, "#include \"", 10) == 0 && n > 4 && text[n - 3] == 'c';

		buf_add(out, text, part ? n - 3 : n);
		if (part)
			buf_adds(out, "h\"\n");
		text += n;
	}
	buf_adds(out, "\n#endif\n");
}

static void add_headers(struct kselftest *k)
{
	for (const struct c_part *p = c_parts; p->name; p++)
		if (strcmp(p->name, "report") != 0 && strcmp(p->name, "set-up") != 0)
			add_header(k, p->name, p->text);
}

/* Headers of its own, and files that are as they are. */
static void add_others(struct kselftest *k)
{
	for (const struct c_part *p = kselftest_parts; p->name; p++) {
		if (str_ends(p->name, ".h")) {
			_cleanup_free_ char *name = xstrndup(p->name, strlen(p->name) - 2);

			add_header(k, name, p->text);
		} else {
			buf_adds(add_file(k, xstrdup(p->name)), p->text);
		}
	}
}

static void add_names(const struct kselftest *k, unsigned int fs, bool with, bool without,
		      const char *separator, struct buf *out)
{
	for (unsigned int i = 0; i < k->nr_programs; i++) {
		const struct kselftest_program *p = &k->programs[i];

		if ((p->fs & fs) && (p->needs_verbs ? with : without))
			buf_addf(out, "%s%s", separator, p->name);
	}
}

static void add_script(struct kselftest *k, const struct filesystem *fs)
{
	struct buf *out = add_file(k, xasprintf("dax-%s.sh", fs->name));

	k->files[k->nr_files - 1].is_script = true;
	buf_addf(out,
		 "#!/bin/sh\n# SPDX-License-Identifier: GPL-2.0-only\ncd \"$(dirname \"$0\")\"\n"
		 "fs=%s\noptions=%s\nmkfs=\"",
		 fs->name, fs->dax);
	for (int i = 0; fs->mkfs[i]; i++)
		buf_addf(out, "%s%s", i ? " " : "", fs->mkfs[i]);
	buf_adds(out, "\"\ntests=\"");
	add_names(k, filesystem_bit(fs), true, true, "\n\t", out);
	buf_adds(out, "\n\"\n. ./dax.sh\n");
}

static void add_makefile(struct kselftest *k)
{
	struct buf *out = add_file(k, xstrdup("Makefile"));

	buf_adds(out,
		 "# SPDX-License-Identifier: GPL-2.0-only\n"
		 "# Written by daxrig show --kselftest. To run it, with a pmem device to spare:\n"
		 "#   make -C tools/testing/selftests TARGETS=dax install\n"
		 "#   DAX_PMEM=/dev/pmem0 ./run_kselftest.sh -c dax\n"
		 "CFLAGS += -Wall -O2 -pthread $(KHDR_INCLUDES)\n\n"
		 "TEST_GEN_FILES :=");
	add_names(k, ~0u, false, true, " \\\n\t", out);
	buf_adds(out, "\n\n# what needs an RDMA device\nVERBS :=");
	add_names(k, ~0u, true, false, " \\\n\t", out);
	buf_adds(out, "\n\nifeq ($(shell pkg-config --exists libibverbs && echo yes),yes)\n"
		      "TEST_GEN_FILES += $(VERBS)\nendif\n\nTEST_PROGS :=");
	for (size_t i = 0; filesystems[i]; i++)
		buf_addf(out, " dax-%s.sh", filesystems[i]->name);
	buf_adds(out, "\nTEST_FILES := dax.sh\nLOCAL_HDRS := $(wildcard lib/*.h)\n\n"
		      "include ../lib.mk\n\n"
		      "ifneq ($(VERBS),)\n"
		      "$(addprefix $(OUTPUT)/,$(VERBS)): LDLIBS += -libverbs\nendif\n");
}

static void add_config(struct kselftest *k)
{
	for (unsigned int i = 0; i < k->nr_files; i++) {
		if (strcmp(k->files[i].name, "config") != 0)
			continue;
		for (size_t j = 0; filesystems[j]; j++)
			buf_addf(&k->files[i].text, "%s=y\n", filesystems[j]->config[0].option);
	}
}

static void add_gitignore(struct kselftest *k)
{
	struct buf *out = add_file(k, xstrdup(".gitignore"));

	buf_adds(out, "# SPDX-License-Identifier: GPL-2.0-only");
	add_names(k, ~0u, true, true, "\n/", out);
	buf_addc(out, '\n');
}

void kselftest_finish(struct kselftest *k)
{
	add_headers(k);
	add_others(k);
	add_config(k);
	add_makefile(k);
	for (size_t i = 0; filesystems[i]; i++)
		add_script(k, filesystems[i]);
	add_gitignore(k);
}

void kselftest_deinit(struct kselftest *k)
{
	for (unsigned int i = 0; i < k->nr_files; i++) {
		free(k->files[i].name);
		buf_deinit(&k->files[i].text);
	}
	for (unsigned int i = 0; i < k->nr_programs; i++)
		free(k->programs[i].name);
	buf_deinit(&k->refused);
	*k = (struct kselftest){ 0 };
}
