/* SPDX-License-Identifier: GPL-2.0-only */
#include "guests/mutate/sieve.h"

#include <string.h>

#include "base/arch.h"
#include "base/digest.h"
#include "base/files.h"
#include "base/program.h"
#include "guests/build/make.h"

#define OBJECT_MS (10 * 60 * 1000)

/* The object code of a file without a mutant. */
struct clean_object {
	char *file;
	bool absent;
	struct digest digest;
};

struct sieve {
	struct kernel_spec spec;
	struct recipe recipe;
	struct source source;
	struct make make;
	struct clean_object *clean;
	size_t nr_clean;
};

const char *sieve_result_name(enum sieve_result result)
{
	static const char *const names[] = {
		[SIEVE_KEPT] = "kept",
		[SIEVE_SAME] = "same code",
		[SIEVE_BROKEN] = "does not compile",
		[SIEVE_ABSENT] = "not in this kernel",
	};

	return names[result];
}

/* What a build leaves shows which files the kernel has. */
static struct err *build_all(struct sieve *s)
{
	_cleanup_free_ char *vmlinux = xasprintf("%s/vmlinux", s->make.obj);

	if (path_exists(vmlinux))
		return NULL;
	return make_run(&s->make, (const char *const[]){ ARCH_HERE->image, NULL }, MAKE_BUILD_MS);
}

struct err *sieve_open(const char *data_dir, const char *spec, const struct progress *say,
		       struct sieve **out)
{
	struct sieve *s = xcalloc(1, sizeof(*s));
	struct err *err = kernel_spec_parse(spec, &s->spec);

	*out = NULL;
	if (err) {
		free(s);
		return err;
	}
	s->source.lock = -1;
	s->make = (struct make){ .source = &s->source, .recipe = &s->recipe, .say = say };
	err = recipe_read(&s->spec, &s->recipe);
	if (!err)
		err = source_find(data_dir, &s->spec, say, &s->source);
	if (!err)
		err = source_prepare(data_dir, &s->source, say);
	if (!err)
		err = make_open(&s->make);
	if (!err)
		err = make_configure(&s->make);
	if (!err)
		err = build_all(s);
	if (err)
		sieve_close(s);
	else
		*out = s;
	return err;
}

void sieve_close(struct sieve *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->nr_clean; i++)
		free(s->clean[i].file);
	free(s->clean);
	make_close(&s->make);
	source_deinit(&s->source);
	recipe_deinit(&s->recipe);
	kernel_spec_deinit(&s->spec);
	free(s);
}

const char *sieve_source(const struct sieve *s)
{
	return s->make.src;
}

/* Compiles "fs/dax.c" as it is now; *@out is of its code without debug information. */
static struct err *compile(struct sieve *s, const char *file, struct digest *out)
{
	_cleanup_free_ char *goal = xasprintf("%.*s.o", (int)strlen(file) - 2, file);
	_cleanup_free_ char *object = xasprintf("%s/%s", s->make.obj, goal);
	_cleanup_free_ char *bare = xasprintf("%s/daxrig-bare.o", s->make.obj);
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct err *err = make_run(&s->make, (const char *const[]){ goal, NULL }, OBJECT_MS);

	if (!err)
		err = run_program(
			(const char *const[]){ "objcopy", "--strip-debug", object, bare, NULL },
			OBJECT_MS, &text);
	return err ? err : digest_file(bare, out);
}

static struct err *find_clean(struct sieve *s, const char *file, struct clean_object *out)
{
	_cleanup_free_ char *object = xasprintf("%s/%.*s.o", s->make.obj, (int)strlen(file) - 2,
						file);
	struct err *err = NULL;

	for (size_t i = 0; i < s->nr_clean; i++)
		if (strcmp(s->clean[i].file, file) == 0) {
			*out = s->clean[i];
			return NULL;
		}
	*out = (struct clean_object){ .absent = !path_exists(object) };
	if (!out->absent)
		err = compile(s, file, &out->digest);
	if (err)
		return err;
	out->file = xstrdup(file);
	s->clean = xrealloc(s->clean, s->nr_clean + 1, sizeof(*s->clean));
	s->clean[s->nr_clean++] = *out;
	return NULL;
}

struct err *sieve_try(struct sieve *s, const char *file, const char *path, const char *patch,
		      enum sieve_result *out)
{
	struct clean_object clean;
	struct digest digest;
	struct err *undo, *err = find_clean(s, file, &clean);

	*out = SIEVE_ABSENT;
	if (err || clean.absent)
		return err;
	err = source_patch(&s->source, path, patch);
	if (!err)
		err = compile(s, file, &digest);
	if (err && err->code == ERR_BUILD) {
		*out = SIEVE_BROKEN;
		err_free(take_ptr(err));
	} else if (!err) {
		*out = digest.size == clean.digest.size && digest.sum == clean.digest.sum ?
			       SIEVE_SAME :
			       SIEVE_KEPT;
	}
	undo = source_unpatch(&s->source);
	if (!err)
		return undo;
	err_free(undo);
	return err;
}
