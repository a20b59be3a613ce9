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
#include "guests/build/make.h"
#include "guests/build/recipe.h"
#include "guests/build/source.h"

#define COMPILER_MS (60 * 1000)
#define CONFIG_MAX (4u << 20)

/* One kernel to be built. */
struct build {
	struct make make;
	bool modules; /* the configuration has modules */
};

static struct err *compile(struct build *b)
{
	_cleanup_free_ char *config = xasprintf("%s/.config", b->make.obj);
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct err *err = file_read(config, CONFIG_MAX, &text);

	if (err)
		return err;
	b->modules = kernel_config_value(buf_str(&text), "CONFIG_MODULES") == 'y';
	progress_line(b->make.say, "building %s, %s", b->make.source->title,
		      b->make.recipe->profile);
	return make_run(
		&b->make,
		(const char *const[]){ ARCH_HERE->image, b->modules ? "modules" : NULL, NULL },
		MAKE_BUILD_MS);
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
	add_origin(&text, "source", b->make.source->title);
	add_origin(&text, "profile", b->make.recipe->profile);
	add_origin(&text, "compiler", compiler);
	for (size_t i = 0; i < b->make.recipe->nr_patches; i++)
		add_origin(&text, "patch", b->make.recipe->patches[i].name);
	return file_write_atomic(path, buf_str(&text), text.len);
}

static struct err *install_modules(struct build *b, const char *tmp)
{
	_cleanup_free_ char *to = xasprintf("INSTALL_MOD_PATH=%s", tmp);

	return make_run(&b->make,
			(const char *const[]){ "modules_install", to, "INSTALL_MOD_STRIP=1", NULL },
			MAKE_BUILD_MS);
}

static struct err *fill(struct build *b, const char *tmp)
{
	const char *const files[][2] = { { ARCH_HERE->image_path, "vmlinuz" },
					 { ".config", "config" },
					 { "System.map", "System.map" } };
	_cleanup_free_ char *vmlinux = xasprintf("%s/vmlinux", b->make.obj);
	_cleanup_free_ char *symbols = xasprintf("%s/vmlinux", tmp);
	_cleanup_buf_ struct buf out = BUF_INIT;
	struct err *err = NULL;

	for (size_t i = 0; !err && i < ARRAY_SIZE(files); i++) {
		_cleanup_free_ char *from = xasprintf("%s/%s", b->make.obj, files[i][0]);
		_cleanup_free_ char *to = xasprintf("%s/%s", tmp, files[i][1]);

		err = file_copy(from, to);
	}
	if (!err)
		err = run_program((const char *const[]){ "objcopy", "--compress-debug-sections",
							 vmlinux, symbols, NULL },
				  MAKE_CONFIG_MS, &out);
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

static struct err *build(const char *data, struct source *source, const struct recipe *recipe,
			 const struct progress *say, const char *key, const char *spec,
			 const char *compiler)
{
	_cleanup_free_ char *store = xasprintf("%s/kernels", data);
	struct build b = { .make = { .source = source, .recipe = recipe, .say = say } };
	struct err *err = NULL;

	for (size_t i = 0; !err && i < recipe->nr_patches; i++)
		err = source_patch(source, recipe->patches[i].name, recipe->patches[i].text);
	if (!err)
		err = make_open(&b.make);
	if (!err)
		err = make_configure(&b.make);
	if (!err)
		err = compile(&b);
	if (!err)
		err = keep(&b, store, key, spec, compiler);
	make_close(&b.make);
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
