/* SPDX-License-Identifier: GPL-2.0-only */
#include "cmd/show-kselftest.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/files.h"
#include "base/nearest.h"
#include "cmd/cmd.h"
#include "workloads/c/kselftest.h"

static struct err *add(struct kselftest *k, const struct plan_source *source)
{
	struct scenario_variants variants;
	struct err *err = source->bad ? err_create(ERR_USAGE, "%s", source->bad) :
					scenario_expand(source->path, source->text, source->len,
							&variants);

	if (err)
		return err;
	err = kselftest_add(k, source->name, &variants);
	scenario_variants_deinit(&variants);
	return err;
}

static struct err *add_word(struct kselftest *k, const struct library *lib, const char *word)
{
	struct nearest n = { .word = word };
	struct library file = { 0 };
	struct err *err;

	if (str_ends(word, ".scn") || path_is_stdin(word)) {
		err = library_add_file(&file, word);
		if (!err)
			err = add(k, &file.v[0]);
		library_deinit(&file);
		return err;
	}
	for (size_t i = 0; i < lib->n; i++) {
		if (strcmp(lib->v[i].name, word) == 0)
			return add(k, &lib->v[i]);
		nearest_offer(&n, lib->v[i].name);
	}
	return nearest_err(&n, "scenario", "see 'daxrig list scenarios'");
}

/* A scenario of the library that cannot be read is left out, with a note. */
static struct err *add_library(struct kselftest *k, const struct library *lib)
{
	for (size_t i = 0; i < lib->n; i++) {
		struct err *err = add(k, &lib->v[i]);

		if (err && err->code != ERR_USAGE)
			return err;
		if (err)
			buf_addf(&k->refused, "scenario '%s' is left out: %s\n", lib->v[i].name,
				 err->message);
		err_free(err);
	}
	return NULL;
}

static struct err *add_all(struct kselftest *k, const struct library *lib, char **words, int n)
{
	struct err *err = n ? NULL : add_library(k, lib);

	for (int i = 0; i < n && !err; i++)
		err = add_word(k, lib, words[i]);
	if (!err && !k->nr_programs)
		err = err_create(ERR_USAGE, "none of these can be told in C: %s",
				 buf_str(&k->refused));
	return err;
}

static struct err *write_file(const char *dir, const struct kselftest_file *f)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", dir, f->name);
	struct err *err = file_write_atomic(path, buf_str(&f->text), f->text.len);

	if (!err && f->is_script && chmod(path, 0755))
		err = err_create(ERR_INFRA, "cannot make '%s' executable: %s", path,
				 strerror(errno));
	return err;
}

static struct err *write_all(const struct kselftest *k, const char *dir)
{
	_cleanup_free_ char *lib = xasprintf("%s/lib", dir);
	struct err *err = NULL;

	if (mkdir(dir, 0755))
		return err_create(ERR_USAGE, "cannot make the folder '%s': %s%s", dir,
				  strerror(errno), errno == EEXIST ? "; name a new one" : "");
	err = dir_create(lib);
	for (unsigned int i = 0; i < k->nr_files && !err; i++)
		err = write_file(dir, &k->files[i]);
	return err;
}

static void tell_refused(const struct kselftest *k)
{
	const char *line = buf_str(&k->refused);

	for (; *line; line += strcspn(line, "\n") + 1)
		progress_line(&command_say, "%.*s", (int)strcspn(line, "\n"), line);
}

struct err *show_kselftest(const struct paths *p, const char *dir, char **words, int n)
{
	struct kselftest *k = xcalloc(1, sizeof(*k));
	struct library lib;
	struct err *err = library_scenarios(p, &lib);

	if (!err)
		err = add_all(k, &lib, words, n);
	if (!err) {
		kselftest_finish(k);
		err = write_all(k, dir);
	}
	if (!err) {
		tell_refused(k);
		progress_line(&command_say, "%s: %u programs with %u tests", dir, k->nr_programs,
			      k->nr_tests);
	}
	library_deinit(&lib);
	kselftest_deinit(k);
	free(k);
	return err;
}
