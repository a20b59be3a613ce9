/* SPDX-License-Identifier: GPL-2.0-only */
#include "mutants/list.h"

#include <string.h>

#include "base/files.h"
#include "base/glob.h"
#include "guests/mutate/generate.h"
#include "reports/coverage/scope.h"

#define PATCH_MAX (4u << 20)

void mutant_list_deinit(struct mutant_list *l)
{
	for (size_t i = 0; i < l->n; i++) {
		mutant_deinit(&l->v[i].mutant);
		free(l->v[i].text);
		free(l->v[i].function);
		free(l->v[i].shown);
	}
	free(l->v);
	free(l->made);
	*l = (struct mutant_list){ 0 };
}

/* Adds the mutant @path if it matches and applies to the series. */
static struct err *add(const struct mutant_wish *wish, const char *path, const char *text,
		       const struct generated *made, struct mutant_list *out)
{
	struct mutant m;
	struct err *err = mutant_parse(path, text, &m);

	if (err || !mutant_words_have(&m.sources, wish->series) ||
	    (wish->match && !glob_match(wish->match, m.name))) {
		mutant_deinit(&m);
		return err;
	}
	out->v = xrealloc(out->v, out->n + 1, sizeof(*out->v));
	out->v[out->n++] = (struct mutant_entry){
		.mutant = m,
		.text = xstrdup(text),
		.function = made ? xstrdup(made->function) : NULL,
		.shown = made ? xstrdup(made->shown) : NULL,
	};
	return NULL;
}

static struct err *read_library(const struct paths *p, const struct mutant_wish *wish,
				struct mutant_list *out)
{
	struct library lib;
	struct err *err = library_mutants(p, &lib);

	for (size_t i = 0; !err && i < lib.n; i++)
		err = add(wish, lib.v[i].path, lib.v[i].text, NULL, out);
	library_deinit(&lib);
	if (!err && !out->n)
		err = err_create(ERR_USAGE,
				 "no mutant '%s' applies to linux-source-%s; they are in "
				 "'%s/guests/mutants'",
				 wish->match ? wish->match : "*", wish->series, p->home);
	return err;
}

/* "fs/xfs(space)" is about the files of fs/xfs; free() it. */
static char *place_of(const struct scope_line *line)
{
	return xstrndup(line->file, strcspn(line->file, "("));
}

/* Does the scope have @function, and in @file or its folder? */
static bool in_scope(void *arg, const char *file, const char *function)
{
	const struct scope *scope = arg;
	int line = scope_find(scope, function);
	_cleanup_free_ char *place = line < 0 ? NULL : place_of(&scope->lines[line]);
	size_t n = place ? strlen(place) : 0;

	return n && strncmp(file, place, n) == 0 &&
	       (!file[n] || (file[n] == '/' && !strchr(file + n + 1, '/')));
}

static struct err *add_generated(const struct mutant_wish *wish, const struct generated_list *made,
				 struct mutant_list *out)
{
	struct err *err = NULL;

	for (size_t i = 0; !err && i < made->n; i++) {
		_cleanup_buf_ struct buf text = BUF_INIT;

		err = file_read(made->v[i].path, PATCH_MAX, &text);
		if (!err)
			err = add(wish, made->v[i].path, buf_str(&text), &made->v[i], out);
	}
	if (!err && !out->n)
		err = err_create(
			ERR_USAGE,
			"none of the %zu mutants that were made of linux-source-%s matches "
			"'%s'; leave out --match",
			made->n, wish->series, wish->match ? wish->match : "*");
	out->made = xasprintf("%zu of %zu possible mutants drawn by seed %llu; dropped %zu that do "
			      "not compile, %zu with the same code, %zu not in this kernel",
			      made->n, made->nr_all, (unsigned long long)wish->seed,
			      made->nr_broken, made->nr_same, made->nr_absent);
	return err;
}

static struct err *generate(const struct paths *p, const struct mutant_wish *wish,
			    const struct progress *say, struct mutant_list *out)
{
	_cleanup_free_ char *spec = xasprintf("src:%s+%s", wish->series, wish->profile);
	_cleanup_free_ char *folder = xasprintf("%s-%s", wish->series, wish->profile);
	const struct mutation_base base = { spec, wish->series, folder };
	_cleanup_free_ char *path = paths_scope(p);
	_cleanup_free_ char **places = NULL;
	struct generated_list made = { 0 };
	struct scope scope;
	struct err *err = scope_read(path, &scope);

	places = xcalloc(scope.nr_lines + 1, sizeof(*places));
	for (size_t i = 0; i < scope.nr_lines; i++)
		places[i] = place_of(&scope.lines[i]);
	if (!err) {
		const struct mutation_scope s = { (const char *const *)places, scope.nr_lines,
						  in_scope, &scope };

		err = mutants_generate(p->data, &base, &s, wish->generate, wish->seed, say, &made);
	}
	if (!err)
		err = add_generated(wish, &made, out);
	for (size_t i = 0; i < scope.nr_lines; i++)
		free(places[i]);
	generated_list_deinit(&made);
	scope_deinit(&scope);
	return err;
}

struct err *mutant_list_read(const struct paths *p, const struct mutant_wish *wish,
			     const struct progress *say, struct mutant_list *out)
{
	*out = (struct mutant_list){ 0 };
	return wish->generate ? generate(p, wish, say, out) : read_library(p, wish, out);
}
