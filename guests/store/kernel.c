/* SPDX-License-Identifier: GPL-2.0-only */
#include "guests/store/kernel.h"

#include <string.h>

#include "base/files.h"
#include "base/program.h"
#include "guests/build/kernel-build.h"
#include "guests/store/kernel-check.h"
#include "guests/store/kernel-deb.h"
#include "guests/store/kernel-load.h"
#include "guests/store/kernel-store.h"
#include "guests/image/tools.h"

#define DEPMOD_MS (5 * 60 * 1000)

void kernel_free(struct kernel *k)
{
	if (!k)
		return;
	free(k->spec);
	free(k->origin);
	free(k->dir);
	free(k->release);
	free(k->image);
	free(k->moddir);
	free(k->config);
	free(k->package);
	free(k->version);
	free(k->key);
	close_fd(&k->held);
	free(k);
}

/* Turns @dir, with the unpacked files of a package, into a kernel's folder. */
static struct err *finish(const char *dir, const char *spec, const struct kernel_deb *deb)
{
	_cleanup_free_ char *origin = xasprintf("%s/origin", dir);
	_cleanup_free_ char *text = xasprintf("spec %s\npackage %s\nversion %s\n", spec,
					      deb->package, deb->version);
	_cleanup_kernel_ struct kernel *k = NULL;
	struct err *err = file_write_atomic(origin, text, strlen(text));
	_cleanup_free_ char *depmod = tools_find("depmod");
	const char *argv[] = { depmod, "-b", dir, NULL, NULL };
	_cleanup_buf_ struct buf out = BUF_INIT;

	if (!err)
		err = kernel_load(dir, "new", spec, &k);
	if (!err && !depmod)
		err = err_create(ERR_INFRA, "cannot find program 'depmod': apt-get install kmod");
	if (!err && !k)
		err = err_create(ERR_INFRA,
				 "cannot use package '%s': it lacks bzImage, "
				 "config or modules",
				 deb->package);
	if (err)
		return err;
	argv[3] = k->release;
	return err_wrap(run_program(argv, DEPMOD_MS, &out), "cannot index the modules of '%s'",
			deb->package);
}

static struct err *build(const char *store, const char *key, const char *spec,
			 const struct kernel_deb *deb, const struct progress *say)
{
	_cleanup_free_ char *tmp = NULL;
	struct err *err = store_begin(store, key, &tmp);

	if (err)
		return err;
	err = kernel_deb_fetch(deb, tmp, say);
	if (!err)
		err = finish(tmp, spec, deb);
	if (!err)
		err = store_commit(store, key, tmp);
	if (err)
		store_abort(tmp);
	return err;
}

char *kernel_key_of_package(const char *package)
{
	return xasprintf(KERNEL_DEB_KEY "%s", package + strlen(KERNEL_IMAGE_PREFIX));
}

/* Asks apt for the build, and fetches it unless the store has exactly that build. */
static struct err *get_newest(const char *data_dir, const char *store,
			      const struct kernel_spec *spec, bool all, const struct progress *say,
			      struct kernel **out)
{
	_cleanup_free_ char *key = NULL, *dir = NULL;
	_cleanup_err_ struct err *wrong = NULL;
	_cleanup_close_ int lock = -1;
	struct kernel_deb deb;
	struct err *err = kernel_deb_find(data_dir, spec, say, &deb);

	if (err)
		return err;
	key = kernel_key_of_package(deb.package);
	dir = xasprintf("%s/%s", store, key);
	/* two daxrigs that fetch the same kernel would replace each other's */
	err = store_lock(store, key, say, &lock);
	if (!err)
		err = kernel_load_whole(dir, key, spec->text, all, say, out, &wrong);
	if (!err && *out && strcmp((*out)->version ? (*out)->version : "", deb.version)) {
		kernel_free(*out);
		*out = NULL;
	}
	if (!err && !*out) {
		if (wrong)
			progress_line(say, "fetching the damaged kernel '%s' again: %s", spec->text,
				      wrong->message);
		err = build(store, key, spec->text, &deb, say);
		if (!err)
			err = kernel_load(dir, key, spec->text, out);
		if (!err && !*out)
			err = err_create(ERR_INFRA, "cannot read kernel folder '%s'", dir);
	}
	kernel_deb_deinit(&deb);
	if (!err && spec->kind != KERNEL_SPEC_EXACT)
		err = store_remember(store, spec->text, key);
	return err;
}

static struct err *get_deb(const char *data_dir, const struct kernel_spec *spec, bool all,
			   const struct progress *say, struct kernel **out)
{
	_cleanup_free_ char *store = xasprintf("%s/kernels", data_dir);
	_cleanup_free_ char *key = NULL, *dir = NULL;
	_cleanup_kernel_ struct kernel *known = NULL;
	_cleanup_err_ struct err *wrong = NULL;
	struct err *err;
	bool fresh = true;

	if (spec->kind == KERNEL_SPEC_EXACT)
		key = kernel_key_of_package(spec->name);
	else
		store_recall(store, spec->text, &key, &fresh);
	if (key) {
		dir = xasprintf("%s/%s", store, key);
		err = kernel_load_whole(dir, key, spec->text, all, say, &known, &wrong);
		if (err)
			return err;
	}
	if (known && fresh) {
		*out = take_ptr(known);
		return NULL;
	}
	err = kernel_not_mended(get_newest(data_dir, store, spec, all, say, out), spec->text,
				wrong);
	if (!err || !known || err->code == ERR_USAGE || err->code == ERR_CANCELLED)
		return err;
	progress_line(say, "cannot look for a newer kernel, using %s: %s", known->release,
		      err->message);
	err_free(err);
	*out = take_ptr(known);
	return NULL;
}

/* Fetching it by the name of its package returns the same kernel. */
static struct err *fetch_stored(const char *data_dir, const struct kernel_spec *spec, bool all,
				const struct progress *say, struct kernel **out)
{
	_cleanup_free_ char *text = xasprintf("deb:%s", spec->name + strlen(KERNEL_DEB_KEY));
	struct kernel_spec deb;
	struct err *err = kernel_spec_parse(text, &deb);

	if (err)
		return err;
	err = get_deb(data_dir, &deb, all, say, out);
	kernel_spec_deinit(&deb);
	if (!err) {
		free((*out)->spec);
		(*out)->spec = xstrdup(spec->text);
	}
	return err;
}

static struct err *get_stored(const char *data_dir, const struct kernel_spec *spec, bool all,
			      const struct progress *say, struct kernel **out)
{
	_cleanup_free_ char *dir = xasprintf("%s/kernels/%s", data_dir, spec->name), *mend = NULL;
	_cleanup_err_ struct err *wrong = NULL;
	struct err *err = kernel_load_whole(dir, spec->name, spec->text, all, say, out, &wrong);

	if (err || *out)
		return err;
	if (!wrong)
		return err_create(ERR_USAGE,
				  "unknown kernel '%s': '%s' is not a kernel's folder; see "
				  "'daxrig kernel list'",
				  spec->text, dir);
	if (!strncmp(spec->name, KERNEL_DEB_KEY, strlen(KERNEL_DEB_KEY)))
		return fetch_stored(data_dir, spec, all, say, out);
	mend = kernel_mend(dir, spec->name);
	return err_create(ERR_INFRA, "kernel '%s' is damaged: %s; %s", spec->text, wrong->message,
			  mend);
}

static struct err *get(const char *data_dir, const char *text, bool all, const struct progress *say,
		       struct kernel **out)
{
	struct kernel_spec spec;
	struct err *err = kernel_spec_parse(text, &spec);

	*out = NULL;
	if (err)
		return err;
	if (spec.kind == KERNEL_SPEC_FILE)
		err = kernel_load_file(&spec, out);
	else if (spec.kind == KERNEL_SPEC_STORE)
		err = get_stored(data_dir, &spec, all, say, out);
	else if (kernel_spec_is_built(&spec))
		err = kernel_build(data_dir, &spec, false, all, say, out);
	else
		err = get_deb(data_dir, &spec, all, say, out);
	kernel_spec_deinit(&spec);
	if (!err)
		err = kernel_check_config(*out);
	if (err) {
		kernel_free(*out);
		*out = NULL;
	}
	return err;
}

struct err *kernel_get(const char *data_dir, const char *text, const struct progress *say,
		       struct kernel **out)
{
	return get(data_dir, text, false, say, out);
}

struct err *kernel_get_all(const char *data_dir, const char *text, const struct progress *say,
			   struct kernel **out)
{
	return get(data_dir, text, true, say, out);
}
