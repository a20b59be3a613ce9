/* SPDX-License-Identifier: GPL-2.0-only */
#include "guests/build/kselftest-build.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "base/program.h"
#include "guests/build/make-env.h"

#define SELFTESTS "src/tools/testing/selftests"
#define HEADERS_MS (20 * 60 * 1000)
#define BUILD_MS (60 * 60 * 1000)
#define LOG_MAX (16u << 20)
#define MAKE_WORDS 32

struct err *kselftests_open(const char *data_dir, const char *spec, const struct progress *say,
			    struct kselftests *out)
{
	struct kernel_spec s;
	struct err *err = kernel_spec_parse(spec, &s);

	*out = (struct kselftests){ .source.lock = -1 };
	if (err)
		return err;
	if (!kernel_spec_is_built(&s))
		err = err_create(ERR_USAGE, "'%s' is no source: expected src:SERIES or tree:PATH",
				 s.text);
	if (!err)
		err = source_find(data_dir, &s, say, &out->source);
	if (!err)
		err = source_prepare(data_dir, &out->source, say);
	if (!err)
		out->dir = xasprintf("%s/kselftest", out->source.dir);
	kernel_spec_deinit(&s);
	return err;
}

void kselftests_deinit(struct kselftests *k)
{
	source_deinit(&k->source);
	free(k->dir);
	*k = (struct kselftests){ .source.lock = -1 };
}

/* The name as the source has it: "vm/gup_test" for "mm/gup_test" before 6.3; free() it. */
static char *own_name(const struct kselftests *k, const char *name)
{
	_cleanup_free_ char *mm = xasprintf("%s/" SELFTESTS "/mm", k->source.dir);

	if (strncmp(name, "mm/", 3) == 0 && !path_exists(mm))
		return xasprintf("vm/%s", name + 3);
	return xstrdup(name);
}

bool kselftests_has(void *arg, const char *name)
{
	const struct kselftests *k = arg;
	_cleanup_free_ char *own = own_name(k, name);
	_cleanup_free_ char *path = xasprintf("%s/" SELFTESTS "/%s.c", k->source.dir, own);

	return path_exists(path);
}

char *kselftests_path(const struct kselftests *k, const char *name)
{
	_cleanup_free_ char *own = own_name(k, name);

	return xasprintf("%s/%s", k->dir, own);
}

/* The folder of @path, which has a '/'; free() it. */
static char *folder_of(const char *path)
{
	return xstrndup(path, (size_t)(strrchr(path, '/') - path));
}

static void log_line(void *arg, const char *line)
{
	fprintf(arg, "%s\n", line);
}

/* Runs make with @words, NULL-terminated; its output goes to the file @log. */
static struct err *make(const char *const *words, const char *log, int timeout_ms)
{
	_cleanup_free_ char *jobs = xasprintf("-j%ld", sysconf(_SC_NPROCESSORS_ONLN));
	const char *argv[MAKE_WORDS + 1] = { MAKE_ENV, "make", jobs };
	FILE *file = fopen(log, "we");
	size_t n = 0;
	struct err *err;

	if (!file)
		return err_create(ERR_INFRA, "cannot create '%s'", log);
	while (argv[n])
		n++;
	for (; *words && n < MAKE_WORDS; words++)
		argv[n++] = *words;
	err = run_program_lines(argv, timeout_ms, log_line, file);
	fclose(file);
	return err;
}

/* Once for each source: the stamp names it, and is written when all is done. */
static struct err *make_headers(const struct kselftests *k, const struct progress *say)
{
	_cleanup_free_ char *stamp = xasprintf("%s/headers-of", k->dir);
	_cleanup_free_ char *log = xasprintf("%s/headers.log", k->dir);
	_cleanup_free_ char *src = xasprintf("%s/src", k->source.dir);
	_cleanup_free_ char *out = xasprintf("O=%s", k->dir);
	_cleanup_buf_ struct buf text = BUF_INIT;
	_cleanup_err_ struct err *none = file_read(stamp, 4096, &text);
	struct err *err;

	if (!none && strcmp(buf_str(&text), k->source.name) == 0)
		return NULL;
	progress_line(say, "making the headers of %s", k->source.title);
	err = tree_remove(k->dir);
	if (!err)
		err = dir_create(k->dir);
	if (!err)
		err = make((const char *const[]){ "-C", src, out, "headers", NULL }, log,
			   HEADERS_MS);
	if (err && err->code == ERR_PROGRAM)
		err->code = ERR_BUILD;
	err = err_wrap(err, "cannot make the headers of %s, see '%s'", k->source.title, log);
	return err ? err : file_write_atomic(stamp, k->source.name, strlen(k->source.name));
}

/* One by one: so the log is that of the program. */
static struct err *build(const struct kselftests *k, const char *name, const struct progress *say)
{
	_cleanup_free_ char *path = kselftests_path(k, name), *folder = folder_of(path);
	_cleanup_free_ char *own = own_name(k, name), *own_folder = folder_of(own);
	_cleanup_free_ char *src = xasprintf("%s/" SELFTESTS "/%s", k->source.dir, own_folder);
	_cleanup_free_ char *out = xasprintf("OUTPUT=%s", folder);
	_cleanup_free_ char *log = xasprintf("%s.log", path);
	_cleanup_free_ char *headers = xasprintf("KHDR_INCLUDES=-isystem %s/usr/include", k->dir);
	struct err *err;

	if (path_exists(path))
		return NULL;
	progress_line(say, "building %s of %s", own, k->source.title);
	err = dir_create(folder);
	/* not by ccache: a script of mm cannot take a compiler of two words */
	if (!err)
		err = make((const char *const[]){ "-C", src, out, headers, "CC=gcc", path, NULL },
			   log, BUILD_MS);
	/* the log says why, and kselftests_why() quotes it */
	if (err && err->code == ERR_PROGRAM)
		err_free(take_ptr(err));
	return err;
}

struct err *kselftests_build(struct kselftests *k, const char *const *names, size_t n,
			     const struct progress *say)
{
	struct err *err = make_headers(k, say);

	for (size_t i = 0; i < n && !err; i++)
		err = build(k, names[i], say);
	return err;
}

char *kselftests_why(const struct kselftests *k, const char *name)
{
	_cleanup_free_ char *path = kselftests_path(k, name);
	_cleanup_free_ char *log = xasprintf("%s.log", path);
	_cleanup_buf_ struct buf text = BUF_INIT, why = BUF_INIT;
	_cleanup_err_ struct err *none = file_read(log, LOG_MAX, &text);
	const char *at = NULL;

	if (!none) {
		at = strstr(buf_str(&text), "error: ");
		at = at ? at : strstr(buf_str(&text), "undefined reference");
		at = at ? at : strstr(buf_str(&text), "*** ");
	}
	while (at && at > text.data && at[-1] != '\n')
		at--;
	buf_add_escaped(&why, at ? at : "no reason given", at ? strcspn(at, "\n") : 15, 300);
	return xasprintf("%s; see '%s'", buf_str(&why), log);
}
