/* SPDX-License-Identifier: GPL-2.0-only */
#include "guests/build/kernel-build.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/arch.h"
#include "base/files.h"
#include "base/program.h"
#include "guests/store/kernel-check.h"
#include "guests/store/kernel-load.h"
#include "guests/store/kernel-store.h"
#include "guests/build/make-env.h"
#include "guests/build/recipe.h"
#include "guests/build/source.h"
#include "guests/image/tools.h"

#define CONFIG_MS (10 * 60 * 1000)
#define BUILD_MS (12 * 60 * 60 * 1000)
#define COMPILER_MS (60 * 1000)
#define CONFIG_MAX (4u << 20)
#define SAY_NS (10ull * 1000000000) /* between two lines of progress */
#define MAKE_WORDS 24

/* One build: where, and how make is called. */
struct build {
	struct source *source;
	const struct recipe *recipe;
	const struct progress *say;
	char *src, *obj;
	char *basedir_arg, *obj_arg, *jobs_arg; /* arguments for make */
	const char *cc_arg;			/* NULL: no ccache */
	FILE *log;
	char *log_path;
	size_t lines;
	uint64_t said_ns;
	char *first_error;
	bool modules; /* the configuration has modules */
};

static const char *const make_words[] = {
	MAKE_ENV,
	"KBUILD_BUILD_TIMESTAMP=@0",
	"KBUILD_BUILD_USER=daxrig",
	"KBUILD_BUILD_HOST=daxrig",
};

/* Writes make's and the compiler's output to the log, and "  CC      fs/dax.o" as progress. */
static void take_line(void *arg, const char *line)
{
	struct build *b = arg;
	uint64_t now = now_ns();
	char kind[16], what[160];

	fprintf(b->log, "%s\n", line);
	if (!b->first_error && (strstr(line, "error: ") || strstr(line, "undefined reference") ||
				strstr(line, "No space left on device")))
		b->first_error = xstrndup(line, 300);
	if (*line != ' ' || sscanf(line, " %15s %159s", kind, what) != 2)
		return;
	b->lines++;
	if (now - b->said_ns < SAY_NS)
		return;
	b->said_ns = now;
	progress_line(b->say, "building %s, %s: %zu files, now %s", b->source->title,
		      b->recipe->profile, b->lines, what);
}

/* Runs make with its usual arguments, then @goals, NULL-terminated. */
static struct err *make(struct build *b, const char *const *goals, int timeout_ms)
{
	const char *argv[ARRAY_SIZE(make_words) + MAKE_WORDS] = { NULL };
	_cleanup_free_ char *arch = xasprintf("ARCH=%s", ARCH_HERE->name);
	size_t n = ARRAY_SIZE(make_words);
	struct err *err;

	memcpy(argv, make_words, sizeof(make_words));
	argv[n++] = b->basedir_arg;
	argv[n++] = "make";
	argv[n++] = "-C";
	argv[n++] = b->src;
	argv[n++] = b->obj_arg;
	argv[n++] = b->jobs_arg;
	argv[n++] = arch;
	if (b->cc_arg)
		argv[n++] = b->cc_arg;
	while (*goals)
		argv[n++] = *goals++;
	err = run_program_lines(argv, timeout_ms, take_line, b);
	fflush(b->log);
	if (!err || err->code != ERR_PROGRAM || !b->first_error)
		return err;
	err_free(err);
	return err_create(ERR_PROGRAM, "%s", b->first_error);
}

/* A failed build is the source's fault, unless the disk is full. */
static struct err *blame(const struct build *b, struct err *err)
{
	_cleanup_buf_ struct buf shown = BUF_INIT;
	enum err_code code;

	if (!err || err->code != ERR_PROGRAM)
		return err_wrap(err, "cannot build %s", b->source->title);
	code = strstr(err->message, "No space left on device") ? ERR_INFRA : ERR_BUILD;
	buf_add_escaped(&shown, err->message, strlen(err->message), 300);
	err_free(err);
	return err_create(code, "cannot build %s: %s; see '%s'", b->source->title, buf_str(&shown),
			  b->log_path);
}

/* Writes the fragments to files beside the objects; @paths gets their paths, free() them. */
static struct err *write_fragments(const struct build *b, char **paths, struct buf *all)
{
	struct err *err = NULL;

	for (size_t i = 0; !err && i < b->recipe->nr_fragments; i++) {
		const char *text = b->recipe->fragments[i].text;

		paths[i] = xasprintf("%s/daxrig-%zu.config", b->obj, i);
		err = file_write_atomic(paths[i], text, strlen(text));
		buf_adds(all, text);
		buf_addc(all, '\0');
	}
	return err;
}

/* Merges the fragments into tinyconfig by the kernel's own script. */
static struct err *merge(struct build *b, char **paths)
{
	_cleanup_free_ char *config = xasprintf("%s/.config", b->obj);
	_cleanup_free_ char *tool = xasprintf("%s/scripts/kconfig/merge_config.sh", b->src);
	const char *argv[6 + ARRAY_SIZE(b->recipe->fragments)] = { tool, "-m", "-O", b->obj,
								   config };
	struct err *err = make(b, (const char *const[]){ "tinyconfig", NULL }, CONFIG_MS);

	for (size_t i = 0; i < b->recipe->nr_fragments; i++)
		argv[5 + i] = paths[i];
	if (!err)
		err = run_program_lines(argv, CONFIG_MS, take_line, b);
	if (!err)
		err = make(b, (const char *const[]){ "olddefconfig", NULL }, CONFIG_MS);
	return blame(b, err);
}

/* Keeps a .config made from the same fragments: a new one makes Kbuild check everything. */
static struct err *configure(struct build *b)
{
	_cleanup_free_ char *config = xasprintf("%s/.config", b->obj);
	_cleanup_free_ char *stamp = xasprintf("%s/daxrig-merged", b->obj);
	_cleanup_buf_ struct buf all = BUF_INIT, old = BUF_INIT, text = BUF_INIT, missed = BUF_INIT;
	char *paths[ARRAY_SIZE(b->recipe->fragments)] = { NULL };
	_cleanup_err_ struct err *none = file_read(stamp, CONFIG_MAX, &old);
	struct err *err = write_fragments(b, paths, &all);
	bool same = !none && old.len == all.len && !memcmp(old.data, all.data, all.len) &&
		    path_exists(config);

	if (!err && !same) {
		unlink(stamp);
		err = merge(b, paths);
	}
	if (!err)
		err = file_read(config, CONFIG_MAX, &text);
	if (!err)
		err = recipe_check(b->recipe, b->source->title, buf_str(&text), &missed);
	if (!err && !same)
		err = file_write_atomic(stamp, all.data, all.len);
	if (!err && !same && missed.len)
		progress_line(b->say, "%s has no %s", b->source->title, buf_str(&missed));
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		free(paths[i]);
	return err;
}

static struct err *compile(struct build *b)
{
	_cleanup_free_ char *config = xasprintf("%s/.config", b->obj);
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct err *err = file_read(config, CONFIG_MAX, &text);

	if (err)
		return err;
	b->modules = kernel_config_value(buf_str(&text), "CONFIG_MODULES") == 'y';
	progress_line(b->say, "building %s, %s", b->source->title, b->recipe->profile);
	b->said_ns = now_ns();
	err = make(b,
		   (const char *const[]){ ARCH_HERE->image, b->modules ? "modules" : NULL, NULL },
		   BUILD_MS);
	return blame(b, err);
}

/* Adds one line, whatever characters the user's paths have. */
static void add_origin(struct buf *text, const char *name, const char *value)
{
	buf_addf(text, "%s ", name);
	buf_add_escaped(text, value, strlen(value), 2000);
	buf_addc(text, '\n');
}

/* Writes "origin", which says what the kernel was built from. */
static struct err *write_origin(const struct build *b, const char *spec, const char *compiler,
				const char *dir)
{
	_cleanup_free_ char *path = xasprintf("%s/origin", dir);
	_cleanup_buf_ struct buf text = BUF_INIT;

	add_origin(&text, "spec", spec);
	add_origin(&text, "source", b->source->title);
	add_origin(&text, "profile", b->recipe->profile);
	add_origin(&text, "compiler", compiler);
	for (size_t i = 0; i < b->recipe->nr_patches; i++)
		add_origin(&text, "patch", b->recipe->patches[i].name);
	return file_write_atomic(path, buf_str(&text), text.len);
}

static struct err *install_modules(struct build *b, const char *tmp)
{
	_cleanup_free_ char *to = xasprintf("INSTALL_MOD_PATH=%s", tmp);

	return blame(
		b,
		make(b, (const char *const[]){ "modules_install", to, "INSTALL_MOD_STRIP=1", NULL },
		     BUILD_MS));
}

static struct err *fill(struct build *b, const char *tmp)
{
	const char *const files[][2] = { { ARCH_HERE->image_path, "vmlinuz" },
					 { ".config", "config" },
					 { "System.map", "System.map" } };
	_cleanup_free_ char *vmlinux = xasprintf("%s/vmlinux", b->obj);
	_cleanup_free_ char *symbols = xasprintf("%s/vmlinux", tmp);
	_cleanup_buf_ struct buf out = BUF_INIT;
	struct err *err = NULL;

	for (size_t i = 0; !err && i < ARRAY_SIZE(files); i++) {
		_cleanup_free_ char *from = xasprintf("%s/%s", b->obj, files[i][0]);
		_cleanup_free_ char *to = xasprintf("%s/%s", tmp, files[i][1]);

		err = file_copy(from, to);
	}
	if (!err)
		err = run_program((const char *const[]){ "objcopy", "--compress-debug-sections",
							 vmlinux, symbols, NULL },
				  CONFIG_MS, &out);
	return err || !b->modules ? err : install_modules(b, tmp);
}

static struct err *keep(struct build *b, const char *store, const char *key, const char *spec,
			const char *compiler)
{
	_cleanup_free_ char *tmp = NULL;
	struct err *err = store_begin(store, key, &tmp);

	if (err)
		return err;
	err = fill(b, tmp);
	if (!err)
		err = write_origin(b, spec, compiler, tmp);
	if (!err)
		err = store_commit(store, key, tmp);
	if (err)
		store_abort(tmp);
	return err;
}

static struct err *open_build(struct build *b)
{
	_cleanup_free_ char *ccache = tools_find("ccache");
	struct err *err;

	b->src = xasprintf("%s/src", b->source->dir);
	b->obj = xasprintf("%s/obj-%s", b->source->dir, b->recipe->profile);
	b->log_path = xasprintf("%s/build.log", b->obj);
	b->basedir_arg = xasprintf("CCACHE_BASEDIR=%.*s",
				   (int)(strrchr(b->source->dir, '/') - b->source->dir),
				   b->source->dir);
	b->obj_arg = xasprintf("O=%s", b->obj);
	b->jobs_arg = xasprintf("-j%ld", sysconf(_SC_NPROCESSORS_ONLN));
	b->cc_arg = ccache ? "CC=ccache gcc" : NULL;
	b->said_ns = now_ns();
	/* 7.2.13: 1.7 GiB of source, and 2.0 GiB of objects under profile fast */
	err = path_exists(b->obj) ? NULL : store_room(b->source->dir, tree_size(b->src) * 5 / 4);
	if (!err)
		err = dir_create(b->obj);
	if (err)
		return err;
	b->log = fopen(b->log_path, "we");
	return b->log ? NULL : err_errno(errno, "cannot create '%s'", b->log_path);
}

static void close_build(struct build *b)
{
	if (b->log)
		fclose(b->log);
	free(b->src);
	free(b->obj);
	free(b->log_path);
	free(b->basedir_arg);
	free(b->obj_arg);
	free(b->jobs_arg);
	free(b->first_error);
}

static struct err *build(const char *data, struct source *source, const struct recipe *recipe,
			 const struct progress *say, const char *key, const char *spec,
			 const char *compiler)
{
	_cleanup_free_ char *store = xasprintf("%s/kernels", data);
	struct build b = { .source = source, .recipe = recipe, .say = say };
	struct err *err = NULL;

	for (size_t i = 0; !err && i < recipe->nr_patches; i++)
		err = source_patch(source, recipe->patches[i].name, recipe->patches[i].text);
	if (!err)
		err = open_build(&b);
	if (!err)
		err = configure(&b);
	if (!err)
		err = compile(&b);
	if (!err)
		err = keep(&b, store, key, spec, compiler);
	close_build(&b);
	return err;
}

static struct err *compiler_version(char **out)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct err *err = run_program((const char *const[]){ "gcc", "--version", NULL },
				      COMPILER_MS, &text);

	if (err)
		return err_wrap(err, "cannot build kernels (run 'make packages')");
	*out = xstrndup(buf_str(&text), strcspn(buf_str(&text), "\n"));
	return NULL;
}

/* Builds into the store, unless another daxrig did that while this one waited for the lock. */
static struct err *build_into(const char *data, const struct kernel_spec *spec,
			      const struct recipe *recipe, struct source *source,
			      const char *compiler, const char *key, bool all,
			      const struct progress *say, struct kernel **out)
{
	_cleanup_free_ char *dir = xasprintf("%s/kernels/%s", data, key);
	_cleanup_err_ struct err *wrong = NULL;
	struct err *err = source_prepare(data, source, say);

	if (!err)
		err = kernel_load_whole(dir, key, spec->text, all, say, out, &wrong);
	if (err || *out)
		return err;
	if (wrong)
		progress_line(say, "building the damaged kernel '%s' again: %s", spec->text,
			      wrong->message);
	err = build(data, source, recipe, say, key, spec->text, compiler);
	if (!err)
		err = kernel_load(dir, key, spec->text, out);
	if (!err && !*out)
		err = err_create(ERR_INFRA, "cannot read kernel folder '%s'", dir);
	return err;
}

struct err *kernel_build(const char *data, const struct kernel_spec *spec, bool find, bool all,
			 const struct progress *say, struct kernel **out)
{
	_cleanup_free_ char *compiler = NULL, *key = NULL, *dir = NULL;
	_cleanup_err_ struct err *wrong = NULL;
	struct recipe recipe;
	struct source source = { .lock = -1 };
	struct err *err = recipe_read(spec, &recipe);

	*out = NULL;
	if (!err)
		err = compiler_version(&compiler);
	if (!err)
		err = source_find(data, spec, say, &source);
	if (!err) {
		key = recipe_key(&recipe, source.name, compiler);
		dir = xasprintf("%s/kernels/%s", data, key);
		err = find ? kernel_load(dir, key, spec->text, out) :
			     kernel_load_whole(dir, key, spec->text, all, say, out, &wrong);
	}
	if (!err && !*out && !find)
		err = kernel_not_mended(
			build_into(data, spec, &recipe, &source, compiler, key, all, say, out),
			spec->text, wrong);
	source_deinit(&source);
	recipe_deinit(&recipe);
	return err;
}
