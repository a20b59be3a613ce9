/* SPDX-License-Identifier: GPL-2.0-only */
#include "plan/kselftest.h"

#include <string.h>

#include "base/buf.h"
#include "base/nearest.h"
#include "plan/program.h"

static const char blanks[] = " \t";

bool kselftest_name_is(const char *name)
{
	size_t len = strlen(name);

	return len && len <= KSELFTEST_NAME_MAX && *name != '/' && *name != '-' &&
	       name[len - 1] != '/' && !strstr(name, "..") && !strstr(name, "//") &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./") ==
		       len;
}

static void entry_deinit(struct kselftest_entry *e)
{
	free(e->name);
	free(e->keys);
	free(e->words);
	free(e->reason);
}

void kselftest_list_deinit(struct kselftest_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		entry_deinit(&list->v[i]);
	free(list->v);
	*list = (struct kselftest_list){ 0 };
}

static const struct kselftest_entry *find(const struct kselftest_list *list, const char *name)
{
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->v[i].name, name) == 0)
			return &list->v[i];
	return NULL;
}

static void add(struct kselftest_list *list, const struct kselftest_entry *e)
{
	list->v = xrealloc(list->v, list->n + 1, sizeof(*list->v));
	list->v[list->n++] = (struct kselftest_entry){
		.name = xstrdup(e->name),
		.keys = xstrdup(e->keys),
		.words = xstrdup(e->words),
		.reason = e->reason ? xstrdup(e->reason) : NULL,
	};
}

/* The next word of *@at, "" at its end; moves *@at past it and the blanks after it. free() it. */
static char *take_word(const char **at)
{
	size_t n = strcspn(*at, blanks);
	char *word = xstrndup(*at, n);

	*at += n + strspn(*at + n, blanks);
	return word;
}

/* Takes the options and words of a program that runs, as program_set() knows them. */
static struct err *take_program(const char *at, struct buf *keys, struct buf *words)
{
	struct program *p = program_create();
	struct err *err = NULL;
	bool own = false;

	while (!err && *at) {
		_cleanup_free_ char *word = take_word(&at);
		char *equals = strchr(word, '=');

		if (own) {
			buf_addf(words, " %s", word);
		} else if (strcmp(word, "=") == 0) {
			own = true;
		} else if (!equals) {
			err = err_create(ERR_USAGE,
					 "expected KEY=VALUE, '=' and words, or '-' and a reason, "
					 "found '%s'",
					 word);
		} else {
			buf_addf(keys, "%s ", word);
			*equals = '\0';
			err = program_set(p, word, equals + 1);
		}
	}
	program_put(p);
	return err;
}

static struct err *take_line(const char *at, struct kselftest_list *out)
{
	_cleanup_free_ char *name = take_word(&at);
	_cleanup_buf_ struct buf keys = BUF_INIT, words = BUF_INIT;
	struct kselftest_entry e = { .name = name };
	struct err *err = NULL;

	if (!kselftest_name_is(name) || !strchr(name, '/'))
		return err_create(ERR_USAGE, "'%s' is not a selftest: expected FOLDER/PROGRAM",
				  name);
	if (find(out, name))
		return err_create(ERR_USAGE, "'%s' is given twice", name);
	if (out->n == KSELFTEST_LINES_MAX)
		return err_create(ERR_USAGE, "more than %u selftests", KSELFTEST_LINES_MAX);
	if (*at == '-' && strchr(blanks, at[1])) {
		e.reason = (char *)(uintptr_t)at + 1 + strspn(at + 1, blanks);
		if (!*e.reason)
			err = err_create(ERR_USAGE, "'%s -' lacks the reason", name);
	} else {
		err = take_program(at, &keys, &words);
	}
	if (err)
		return err;
	e.keys = (char *)(uintptr_t)buf_str(&keys);
	e.words = (char *)(uintptr_t)buf_str(&words);
	add(out, &e);
	return NULL;
}

/* The line of the first byte that no list has; 0: there is none. */
static unsigned int unprintable(const char *text, size_t len)
{
	unsigned int line = 1;

	for (size_t i = 0; i < len; i++) {
		if ((text[i] < ' ' && !strchr("\t\r\n", text[i])) || text[i] > '~' || !text[i])
			return line;
		line += text[i] == '\n';
	}
	return 0;
}

struct err *kselftest_list_parse(const char *path, const char *text, size_t len,
				 struct kselftest_list *out)
{
	_cleanup_free_ char *copy = xstrndup(text, len);
	char *rest = copy, *line;
	struct err *err = NULL;

	*out = (struct kselftest_list){ 0 };
	if (unprintable(text, len))
		return err_create(ERR_USAGE, "'%s' line %u: a byte that is not printable ASCII",
				  path, unprintable(text, len));
	for (unsigned int number = 1; !err && (line = strsep(&rest, "\n")); number++) {
		char *end = line + strcspn(line, "#\r");

		while (end > line && strchr(blanks, end[-1]))
			end--;
		*end = '\0';
		line += strspn(line, blanks);
		if (*line)
			err = err_wrap(take_line(line, out), "'%s' line %u", path, number);
	}
	if (err)
		kselftest_list_deinit(out);
	return err;
}

/* Whether @name is in the folder @folder, or below it. */
static bool is_in(const char *name, const char *folder)
{
	size_t n = strlen(folder);

	return strncmp(name, folder, n) == 0 && name[n] == '/';
}

/* Names that the source lacks are not offered. */
static struct err *unknown(const struct kselftest_list *list, const char *target,
			   const struct kselftest_source *source)
{
	_cleanup_free_ char *otherwise = xasprintf("%s has none of that name", source->title);
	struct nearest n = { .word = target };

	for (size_t i = 0; i < list->n; i++)
		if (source->has(source->arg, list->v[i].name))
			nearest_offer(&n, list->v[i].name);
	return nearest_err(&n, "selftest", otherwise);
}

/* One that is asked for by name, with no regard to whether it is left out of the list. */
static void choose_one(const struct kselftest_list *list, const char *name,
		       struct kselftest_list *out)
{
	const struct kselftest_entry *e = find(list, name);
	struct kselftest_entry own = { .name = (char *)(uintptr_t)name,
				       .keys = (char *)"",
				       .words = (char *)"" };

	if (e) {
		own.keys = e->keys;
		own.words = e->words;
	}
	if (!find(out, name))
		add(out, &own);
}

/* Those of @folder (NULL: all) that run. @lacks: those that the source has not. */
static struct err *choose_all(const struct kselftest_list *list, const char *folder,
			      const struct kselftest_source *source, struct kselftest_list *out,
			      struct buf *lacks)
{
	bool known = false, runs = false;

	if (folder && find(list, folder))
		return err_create(ERR_USAGE, "%s has no selftest '%s'", source->title, folder);
	for (size_t i = 0; i < list->n; i++) {
		const struct kselftest_entry *e = &list->v[i];

		if (folder && !is_in(e->name, folder))
			continue;
		known = true;
		if (e->reason)
			continue;
		runs = true;
		if (!source->has(source->arg, e->name))
			buf_addf(lacks, "%s%s", lacks->len ? ", " : "", e->name);
		else if (!find(out, e->name))
			add(out, e);
	}
	if (folder && !known)
		return unknown(list, folder, source);
	return runs ? NULL :
		      err_create(ERR_USAGE,
				 "none of the selftests of '%s' in the list runs: see 'daxrig list "
				 "kselftests'",
				 folder ? folder : "all folders");
}

struct err *kselftest_choose(const struct kselftest_list *list, char *const *targets, int n,
			     const struct kselftest_source *source, const struct progress *say,
			     struct kselftest_list *out)
{
	_cleanup_buf_ struct buf lacks = BUF_INIT;
	struct err *err = n ? NULL : choose_all(list, NULL, source, out, &lacks);

	for (int i = 0; !err && i < n; i++) {
		if (!kselftest_name_is(targets[i]))
			err = err_create(ERR_USAGE,
					 "'%s' is not a selftest: expected a folder, as in mm, or "
					 "a program, as in mm/cow",
					 targets[i]);
		else if (source->has(source->arg, targets[i]))
			choose_one(list, targets[i], out);
		else
			err = choose_all(list, targets[i], source, out, &lacks);
	}
	if (!err && lacks.len)
		progress_line(say, "%s has no %s", source->title, buf_str(&lacks));
	if (!err && !out->n)
		err = err_create(ERR_USAGE, "%s has none of these selftests", source->title);
	if (err)
		kselftest_list_deinit(out);
	return err;
}
