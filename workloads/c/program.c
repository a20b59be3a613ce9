/* SPDX-License-Identifier: GPL-2.0-only */
/* The program around the steps: its top, its helpers, its variables and main(). */
#include "workloads/c/c.h"

#include <stdio.h>
#include <string.h>

#include "workloads/c/told.h"
#include "workloads/model/derive.h"

/* What a feature of the filesystem is called for by, and how a program asks for it. */
static const struct {
	enum filesystem_feature feature;
	const char *part, *call;
} features[] = {
	{ FILESYSTEM_REFLINK, "need-reflink", "need_reflink();" },
	{ FILESYSTEM_PREALLOCATION, "need-fallocate",
	  "need_fallocate(0, \"the filesystem has no fallocate\");" },
	{ FILESYSTEM_PUNCH, "need-fallocate",
	  "need_fallocate(FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, "
	  "\"the filesystem has no PUNCH_HOLE\");" },
	{ FILESYSTEM_ZERO, "need-fallocate",
	  "need_fallocate(FALLOC_FL_ZERO_RANGE, \"the filesystem has no ZERO_RANGE\");" },
	{ FILESYSTEM_EXCHANGE, "need-exchange", "need_exchange();" },
	{ FILESYSTEM_SHIFT, "need-fallocate",
	  "need_fallocate(FALLOC_FL_COLLAPSE_RANGE, \"the filesystem has no COLLAPSE_RANGE\");" },
};

static struct err *tell_needs(struct told *t)
{
	struct buf *out = &t->before_body;
	unsigned int left = t->s->needs;

	for (unsigned int i = 0; i < t->first.n; i++)
		buf_addf(out, "\t%s\n", t->first.v[i]);
	for (size_t i = 0; i < ARRAY_SIZE(features); i++) {
		if (!(left & features[i].feature))
			continue;
		left &= ~(unsigned int)features[i].feature;
		told_use(t, features[i].part);
		buf_addf(out, "\t%s\n", features[i].call);
	}
	if (left)
		return err_create(ERR_USAGE,
				  "%s:1: cannot be told in C: the filesystem must have what no "
				  "program asks for yet",
				  t->name);
	if (t->m.nr_ops || t->timed) {
		told_use(t, "measure");
		buf_adds(out, "\tmeasure();\n");
	}
	if (t->s->room) {
		told_use(t, "leave-room");
		buf_addf(out, "\tleave_room(%s);\n", told_size(t, t->s->room));
	}
	return NULL;
}

static void add_list(struct buf *out, const char *head, const struct told_words *w)
{
	if (w->n)
		buf_addf(out, " *\n * %s\n", head);
	for (unsigned int i = 0; i < w->n; i++)
		buf_addf(out, " *   %s\n", w->v[i]);
}

void told_lists(const struct told *t, unsigned int fs, struct buf *out)
{
	struct told_words outside = {
		{ (char *)"struct pages: their counts, and what they map",
		  (char *)"which pages an fsync flushes", (char *)"blocks freed under what is held",
		  (char *)"that the filesystem can be unmounted afterwards, and passes fsck" },
		4
	};

	buf_adds(out, " *\n * The case runs on:");
	for (size_t i = 0; filesystems[i]; i++)
		if (fs & filesystem_bit(filesystems[i]))
			buf_addf(out, " %s", filesystems[i]->name);
	buf_addc(out, '\n');
	add_list(out, "It also needs", &t->needs);
	add_list(out, "Left out, as it is not written yet", &t->left_out);
	add_list(out, "Left out, as only the rig sees it, from outside or from the whole guest",
		 &outside);
}

static void add_top(const struct told *t, const char *warning, struct buf *out)
{
	buf_adds(out, "// SPDX-License-Identifier: GPL-2.0-only\n/*\n * ");
	if (*warning) {
		told_comment(out, warning, strlen(warning));
		buf_adds(out, "\n *\n * ");
	}
	told_comment(out, t->name, strlen(t->name));
	buf_adds(out, ": ");
	told_comment(out, t->title, strlen(t->title));
	buf_adds(out, "\n *\n * Written by daxrig show --c. Needs a filesystem mounted with DAX:\n"
		      " *   cc -Wall -Wextra -O2 -pthread x.c -o x");
	for (unsigned int i = 0; i < t->libs.n; i++)
		buf_addf(out, " %s", t->libs.v[i]);
	buf_adds(out, " && ./x /mnt/dax\n"
		      " * Reports by KTAP; exits with 0, 1 (failed) or 4 (skipped).\n");
	told_lists(t, t->fs, out);
	buf_adds(out, " */\n#define _GNU_SOURCE\n");
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void told_includes(struct told *t, struct buf *out)
{
	qsort(t->includes.v, t->includes.n, sizeof(t->includes.v[0]), by_name);
	for (unsigned int i = 0; i < t->includes.n; i++)
		buf_addf(out, "%s\n", t->includes.v[i]);
}

void told_data(struct told *t, struct buf *out)
{
	if (t->files.n > 1)
		buf_adds(out, "\nenum { FILE_NONE");
	for (unsigned int i = 1; i < t->files.n; i++)
		buf_addf(out, ", FILE_%s", told_file_id(t, i));
	if (t->files.n > 1)
		buf_adds(out, " };\n");
	buf_adds(out, "\nconst char *const file_names[] = { \"\"");
	for (unsigned int i = 1; i < t->files.n; i++)
		buf_addf(out, ", \"%s\"", t->files.v[i]);
	buf_addf(out, " };\nconst int nr_files = %u;\n\n%s%s", t->files.n - 1, buf_str(&t->globals),
		 buf_str(&t->calls));
}

static void put_together(struct told *t, const char *warning, struct buf *out)
{
	add_top(t, warning, out);
	told_includes(t, out);
	buf_addf(out, "\n%s\nconst char scenario[] = \"%s\";\n", buf_str(&t->parts), t->name);
	told_data(t, out);
	buf_adds(out, "\nint main(int argc, char **argv)\n{\n\tint log;\n\n");
	buf_addf(out, "\tset_up(argc, argv);\n%s\tlog = mark_log();\n", buf_str(&t->before_body));
	buf_adds(out, buf_str(&t->body));
	buf_adds(out, "\n\tread_log(log);\n"
		      "\tprintf(\"%sok 1 %s\\n\", failures ? \"not \" : \"\", scenario);\n"
		      "\treturn failures ? 1 : 0;\n}\n");
}

struct told *told_create(void)
{
	struct told *t = xcalloc(1, sizeof(*t));

	t->suffix = "";
	model_init(&t->m);
	told_word(&t->files, ""); /* no file has the number 0 */
	told_use(t, "set-up");
	told_use(t, "log");
	return t;
}

void told_destroy(struct told *t)
{
	told_words_deinit(&t->includes);
	told_words_deinit(&t->used);
	told_words_deinit(&t->named);
	told_words_deinit(&t->files);
	told_words_deinit(&t->left_out);
	told_words_deinit(&t->needs);
	told_words_deinit(&t->libs);
	told_words_deinit(&t->first);
	buf_deinit(&t->parts);
	buf_deinit(&t->globals);
	buf_deinit(&t->calls);
	buf_deinit(&t->before_body);
	buf_deinit(&t->body);
	model_deinit(&t->m);
	free(t);
}

/* Forgets the case before. */
static void start_case(struct told *t)
{
	model_deinit(&t->m);
	model_init(&t->m);
	t->m.no_dma = true;
	told_words_deinit(&t->first);
	t->unmounted = t->unbound = t->timed = false;
	buf_reset(&t->before_body);
	buf_reset(&t->body);
	memset(t->before, 0, sizeof(t->before));
	memset(t->each, 0, sizeof(t->each));
	memset(t->closed, 0, sizeof(t->closed));
	memset(t->rest, 0, sizeof(t->rest));
	memset(t->settled, 0, sizeof(t->settled));
	memset(t->signalled, 0, sizeof(t->signalled));
	memset(t->far, 0, sizeof(t->far));
	memset(t->unmapped, 0, sizeof(t->unmapped));
}

/* The program does not mount. */
static void need_mount(struct told *t, const char *options)
{
	_cleanup_buf_ struct buf text = BUF_INIT;

	buf_adds(&text, "to be mounted with ");
	told_comment(&text, options, strlen(options));
	told_word(&t->needs, buf_str(&text));
}

struct err *told_case(struct told *t, const char *name, const char *text)
{
	struct scenario *s;
	struct err *err = model_parse(name, text, strlen(text), &s);

	if (err)
		return err;
	start_case(t);
	t->name = name;
	t->text = text;
	t->s = s;
	t->fs |= s->fs;
	snprintf(t->title, sizeof(t->title), "%s", s->title);
	if (s->mount)
		need_mount(t, s->mount);
	err = told_all(t);
	if (!err)
		err = tell_needs(t);
	t->s = NULL;
	/* it has borrowed names of the scenario */
	model_deinit(&t->m);
	model_init(&t->m);
	scenario_free(s);
	return err;
}

struct err *c_program(const char *name, const char *text, const char *warning, struct buf *out)
{
	struct told *t = told_create();
	struct err *err = told_case(t, name, text);

	if (!err)
		put_together(t, warning, out);
	told_destroy(t);
	return err;
}
