/* SPDX-License-Identifier: GPL-2.0-only */
#include "guests/mutate/generate.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"
#include "guests/mutate/mutation.h"
#include "guests/mutate/sieve.h"

#define SOURCE_MAX (8u << 20) /* bytes of a source file */
#define PATCH_MAX (1u << 20)

/* A source file and its text. */
struct file {
	char *name; /* "fs/dax.c" */
	char *text;
};

struct generator {
	struct sieve *sieve;
	const struct mutation_scope *scope;
	const char *series;
	char *dir; /* of the patches */
	struct file *files;
	size_t nr_files;
	struct mutation_list mutations;
	struct generated_list *out;
};

void generated_list_deinit(struct generated_list *l)
{
	for (size_t i = 0; i < l->n; i++) {
		free(l->v[i].path);
		free(l->v[i].function);
		free(l->v[i].shown);
	}
	free(l->v);
	*l = (struct generated_list){ 0 };
}

/* Adds the mutations of @name, unless it came before: places may overlap. */
static struct err *add_file(struct generator *g, const char *name)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", sieve_source(g->sieve), name);
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct err *err;

	for (size_t i = 0; i < g->nr_files; i++)
		if (strcmp(g->files[i].name, name) == 0)
			return NULL;
	err = file_read(path, SOURCE_MAX, &text);
	if (err)
		return err;
	g->files = xrealloc(g->files, g->nr_files + 1, sizeof(*g->files));
	g->files[g->nr_files++] = (struct file){ xstrdup(name), buf_take(&text) };
	mutation_find(name, g->files[g->nr_files - 1].text, g->scope->wanted, g->scope->arg,
		      &g->mutations);
	return NULL;
}

static int is_c(const struct dirent *e)
{
	return *e->d_name != '.' && str_ends(e->d_name, ".c");
}

/* A place that this kernel does not have has no mutants. */
static struct err *add_place(struct generator *g, const char *place)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", sieve_source(g->sieve), place);
	struct dirent **entries;
	struct err *err = NULL;
	struct stat st;
	int n;

	if (stat(path, &st))
		return errno == ENOENT ? NULL : err_errno(errno, "cannot read '%s'", path);
	if (!S_ISDIR(st.st_mode))
		return add_file(g, place);
	n = scandir(path, &entries, is_c, alphasort);
	if (n < 0)
		return err_errno(errno, "cannot read '%s'", path);
	for (int i = 0; i < n; i++) {
		_cleanup_free_ char *name = xasprintf("%s/%s", place, entries[i]->d_name);

		if (!err)
			err = add_file(g, name);
		free(entries[i]);
	}
	free(entries);
	return err;
}

static const char *text_of(const struct generator *g, const struct mutation *m)
{
	size_t i = 0;

	while (strcmp(g->files[i].name, m->file))
		i++;
	return g->files[i].text;
}

static void count(struct generated_list *l, enum sieve_result result)
{
	l->nr_same += result == SIEVE_SAME;
	l->nr_broken += result == SIEVE_BROKEN;
	l->nr_absent += result == SIEVE_ABSENT;
}

/* Does an earlier call's file say that the same text is kept? */
static bool is_kept(const char *path, const struct buf *patch)
{
	_cleanup_buf_ struct buf old = BUF_INIT;
	_cleanup_err_ struct err *err = path_exists(path) ? file_read(path, PATCH_MAX, &old) : NULL;

	return !err && old.len == patch->len && !memcmp(old.data, patch->data, patch->len);
}

/* Does it say why the same text was dropped? */
static bool is_dropped(const char *dropped, const struct buf *patch, enum sieve_result *out)
{
	_cleanup_buf_ struct buf old = BUF_INIT;
	_cleanup_err_ struct err *err = path_exists(dropped) ? file_read(dropped, PATCH_MAX, &old) :
							       NULL;

	if (err || old.len < patch->len || memcmp(old.data, patch->data, patch->len))
		return false;
	for (*out = SIEVE_SAME; *out <= SIEVE_ABSENT; ++*out)
		if (strcmp(old.data + patch->len, sieve_result_name(*out)) == 0)
			return true;
	return false;
}

/* Tries the patch, and writes its file: the patch, or what it was dropped for. */
static struct err *try_patch(struct generator *g, const char *file, const char *path,
			     const char *dropped, struct buf *patch, enum sieve_result *result)
{
	_cleanup_free_ char *trial = xasprintf("%s/.trial.patch", g->dir);
	struct err *err = file_write_atomic(trial, patch->data, patch->len);

	if (!err)
		err = sieve_try(g->sieve, file, trial, patch->data, result);
	unlink(trial);
	if (err)
		return err;
	if (*result == SIEVE_KEPT)
		return file_write_atomic(path, patch->data, patch->len);
	buf_adds(patch, sieve_result_name(*result));
	return file_write_atomic(dropped, patch->data, patch->len);
}

static struct err *take(struct generator *g, const struct mutation *m)
{
	const char *text = text_of(g, m);
	_cleanup_free_ char *name = mutation_name(m, text);
	_cleanup_free_ char *path = xasprintf("%s/%s.patch", g->dir, name);
	_cleanup_free_ char *dropped = xasprintf("%s/%s.dropped", g->dir, name);
	_cleanup_buf_ struct buf patch = BUF_INIT, shown = BUF_INIT;
	enum sieve_result result = SIEVE_KEPT;
	struct generated_list *l = g->out;
	struct err *err = NULL;

	mutation_write(m, text, g->series, &patch);
	if (!is_kept(path, &patch) && !is_dropped(dropped, &patch, &result))
		err = try_patch(g, m->file, path, dropped, &patch, &result);
	if (err || result != SIEVE_KEPT) {
		count(l, result);
		return err;
	}
	mutation_show(m, text, &shown);
	l->v = xrealloc(l->v, l->n + 1, sizeof(*l->v));
	l->v[l->n++] = (struct generated){
		.path = take_ptr(path),
		.function = xasprintf("%s:%s", m->file, m->function),
		.shown = buf_take(&shown),
	};
	return NULL;
}

static void generator_deinit(struct generator *g)
{
	for (size_t i = 0; i < g->nr_files; i++) {
		free(g->files[i].name);
		free(g->files[i].text);
	}
	free(g->files);
	free(g->dir);
	mutation_list_deinit(&g->mutations);
	sieve_close(g->sieve);
}

struct err *mutants_generate(const char *data_dir, const struct mutation_base *base,
			     const struct mutation_scope *scope, size_t n, uint64_t seed,
			     const struct progress *say, struct generated_list *out)
{
	struct generator g = {
		.scope = scope,
		.series = base->series,
		.dir = xasprintf("%s/mutants/%s", data_dir, base->folder),
		.out = out,
	};
	struct err *err = dir_create(g.dir);

	*out = (struct generated_list){ 0 };
	if (!err)
		err = sieve_open(data_dir, base->spec, say, &g.sieve);
	for (size_t i = 0; !err && i < scope->nr_places; i++)
		err = add_place(&g, scope->places[i]);
	out->nr_all = g.mutations.n;
	mutation_draw(&g.mutations, seed);
	for (size_t i = 0; !err && i < g.mutations.n && out->n < n; i++) {
		progress_line(say, "mutant %zu of %zu: trying %s in %s(), %s", out->n + 1, n,
			      mutation_what(&g.mutations.v[i]), g.mutations.v[i].function,
			      g.mutations.v[i].file);
		err = take(&g, &g.mutations.v[i]);
	}
	generator_deinit(&g);
	return err;
}
