/* SPDX-License-Identifier: GPL-2.0-only */
#include "guests/store/kernel-symbols.h"

#include <string.h>

#include "base/files.h"
#include "guests/store/apt.h"
#include "guests/store/digests.h"
#include "guests/store/kernel-check.h"
#include "guests/store/kernel-deb.h"
#include "guests/store/kernel-store.h"
#include "guests/store/kernel-symbols-unpack.h"

#define ORIGIN_MAX 4096
#define LISTS_WANTED (100ull << 20) /* bytes; apt's */

static char *symbols_store(const char *data_dir)
{
	return xasprintf("%s/symbols", data_dir);
}

char *kernel_symbols_dir(const char *data_dir, const char *key)
{
	return xasprintf("%s/symbols/%s", data_dir, key);
}

/* The contents of the file "origin" beside the symbols of @k. */
static char *origin_text(const struct kernel *k)
{
	return xasprintf("package %s" SYMBOLS_SUFFIX "\nversion %s\n", k->package, k->version);
}

/* The folder of a kernel in the store; NULL if it lies elsewhere. */
static char *dir_of(const struct kernel *k)
{
	_cleanup_free_ char *tail = xasprintf("/kernels/%s", k->key), *data = NULL;

	if (!str_ends(k->dir, tail))
		return NULL;
	data = xstrndup(k->dir, strlen(k->dir) - strlen(tail));
	return kernel_symbols_dir(data, k->key);
}

/* ERR_USAGE unless @dir has the symbols of the packaged kernel @k. */
static struct err *check_packaged(const struct kernel *k, const char *dir)
{
	_cleanup_free_ char *origin = xasprintf("%s/origin", dir), *want = origin_text(k);
	_cleanup_buf_ struct buf text = BUF_INIT;
	const char *name = k->package + strlen(KERNEL_IMAGE_PREFIX);
	struct err *err;

	if (!path_exists(origin))
		return err_create(ERR_USAGE,
				  "kernel '%s' has no symbols; 'daxrig kernel fetch "
				  "--symbols deb:%s' fetches them, about 1 GB",
				  k->spec, name);
	err = file_read(origin, ORIGIN_MAX, &text);
	if (!err && strcmp(buf_str(&text), want))
		err = err_create(ERR_USAGE,
				 "kernel '%s' is version %s, its symbols are of another one; "
				 "'daxrig kernel fetch --symbols deb:%s' fetches the right ones",
				 k->spec, k->version, name);
	return err;
}

/* *@folder is the folder with their digests; NULL for a kernel outside the store. */
static struct err *locate(const struct kernel *k, char **vmlinux, char **modules, char **folder)
{
	_cleanup_free_ char *own = xasprintf("%s/vmlinux", k->dir), *dir = NULL;
	struct err *err;

	*vmlinux = *modules = *folder = NULL;
	dir = dir_of(k);
	if (path_exists(own)) {
		*vmlinux = take_ptr(own);
		*modules = k->moddir ? xstrdup(k->moddir) : NULL;
		*folder = dir ? xstrdup(k->dir) : NULL;
		return NULL;
	}
	if (!dir || !k->package || !k->version)
		return err_create(ERR_USAGE,
				  "kernel '%s' has no symbols and is not from the archive: "
				  "'daxrig splat --vmlinux FILE' reads your own",
				  k->spec);
	err = check_packaged(k, dir);
	if (err)
		return err;
	*vmlinux = xasprintf("%s/vmlinux", dir);
	*modules = xstrdup(dir);
	*folder = take_ptr(dir);
	return NULL;
}

struct err *kernel_symbols_check(const char *folder)
{
	_cleanup_digests_ struct digests *d = NULL;
	struct err *err = digests_open(folder, &d);

	if (!err && d)
		return digests_check_those(d, NULL);
	/* from an older daxrig, without digests; a read-only folder is used without them */
	if (!err)
		err_free(digests_write(folder));
	return err;
}

static struct err *damaged(const struct kernel *k, const struct err *wrong)
{
	_cleanup_free_ char *mend = k->package ? NULL : kernel_mend(k->dir, k->key);

	if (mend)
		return err_create(ERR_INFRA, "the symbols of kernel '%s' are damaged: %s; %s",
				  k->spec, wrong->message, mend);
	return err_create(ERR_INFRA,
			  "the symbols of kernel '%s' are damaged: %s; 'daxrig kernel "
			  "fetch --symbols deb:%s' fetches them again",
			  k->spec, wrong->message, k->package + strlen(KERNEL_IMAGE_PREFIX));
}

struct err *kernel_symbols(const struct kernel *k, char **vmlinux, char **modules)
{
	_cleanup_free_ char *folder = NULL;
	_cleanup_err_ struct err *wrong = NULL;
	struct err *err = locate(k, vmlinux, modules, &folder);

	if (!err && folder)
		wrong = kernel_symbols_check(folder);
	if (!wrong)
		return err;
	free(take_ptr(*vmlinux));
	free(take_ptr(*modules));
	return damaged(k, wrong);
}

static struct err *gone(const struct kernel *k, const char *others)
{
	if (!*others)
		return err_create(ERR_USAGE,
				  "the archive no longer has package '%s" SYMBOLS_SUFFIX "'",
				  k->package);
	return err_create(ERR_USAGE,
			  "it is version %s, the archive has the symbols of %s; 'daxrig "
			  "kernel rm' and 'fetch' get such a kernel",
			  k->version, others);
}

/* Finds the package in the first suite that has the kernel's own version. */
static struct err *find_package(const char *data_dir, const struct kernel *k,
				const struct progress *say, struct apt **apt,
				struct apt_package **out)
{
	_cleanup_free_ char *name = xasprintf("%s" SYMBOLS_SUFFIX, k->package);
	_cleanup_buf_ struct buf others = BUF_INIT;

	for (size_t i = 0; i < KERNEL_DEB_SUITES; i++) {
		struct apt_package *p = NULL;
		struct err *err;

		err = apt_open(data_dir, kernel_deb_suites[i], say, apt);
		if (!err)
			err = apt_show(*apt, name, &p);
		if (!err && p && !strcmp(p->version, k->version)) {
			*out = p;
			return NULL;
		}
		if (p && !strstr(buf_str(&others), p->version))
			buf_addf(&others, "%s%s", others.len ? ", " : "", p->version);
		apt_package_free(p);
		apt_close(take_ptr(*apt));
		if (err)
			return err;
	}
	return gone(k, buf_str(&others));
}

static struct err *fill(const struct kernel *k, struct apt *apt, const struct apt_package *p,
			const char *dir, const struct progress *say)
{
	_cleanup_free_ char *debs = xasprintf("%s/debs", dir);
	_cleanup_free_ char *origin = xasprintf("%s/origin", dir), *text = origin_text(k);
	struct err *err = dir_create(debs);

	if (!err)
		err = apt_download(apt, p, debs, say);
	if (!err)
		err = kernel_symbols_unpack(k, debs, dir, say);
	return err ? err : file_write_atomic(origin, text, strlen(text));
}

static struct err *make(const char *data_dir, const char *store, const struct kernel *k,
			const struct progress *say)
{
	_cleanup_apt_ struct apt *apt = NULL;
	struct apt_package *p = NULL;
	_cleanup_free_ char *tmp = NULL;
	/* apt needs room for its lists before it can tell the size of the package */
	struct err *err = store_room(data_dir, LISTS_WANTED);

	if (!err)
		err = find_package(data_dir, k, say, &apt, &p);
	if (!err)
		/* 6.1: 858 MB of package, 757 MB unpacked; 7.2: 1185 and 622 MB */
		err = store_room(data_dir, 2 * p->bytes);
	if (!err)
		err = store_begin(store, k->key, &tmp);
	if (!err)
		err = fill(k, apt, p, tmp, say);
	if (!err)
		err = store_commit(store, k->key, tmp);
	if (err && tmp)
		store_abort(tmp);
	apt_package_free(p);
	return err;
}

struct err *kernel_symbols_fetch(const char *data_dir, const struct kernel *k,
				 const struct progress *say)
{
	_cleanup_free_ char *store = symbols_store(data_dir), *vmlinux = NULL, *modules = NULL;
	_cleanup_free_ char *folder = NULL;
	_cleanup_err_ struct err *none = NULL, *wrong = NULL;
	_cleanup_close_ int lock = -1;
	struct err *err;

	if (!k->package || !k->version)
		return kernel_symbols(k, &vmlinux, &modules);
	err = store_lock(store, k->key, say, &lock);
	if (err)
		return err;
	none = locate(k, &vmlinux, &modules, &folder);
	if (!none && folder)
		wrong = kernel_symbols_check(folder);
	if (!none && !wrong)
		return NULL;
	if (wrong)
		progress_line(say, "fetching the damaged symbols of kernel '%s' again: %s", k->spec,
			      wrong->message);
	err = err_wrap(make(data_dir, store, k, say), "cannot fetch the symbols of '%s'", k->spec);
	return wrong ? err_wrap(err, "they are damaged, %s", wrong->message) : err;
}

struct err *kernel_symbols_prune(const char *data_dir)
{
	_cleanup_free_ char *store = symbols_store(data_dir);
	_cleanup_store_keys_ struct store_keys keys = { 0 };
	struct err *err;

	store_sweep(store);
	err = store_list(store, &keys);
	for (size_t i = 0; i < keys.n && !err; i++) {
		_cleanup_free_ char *kernel = xasprintf("%s/kernels/%s", data_dir, keys.v[i]);

		if (!path_exists(kernel))
			err = store_remove(store, keys.v[i]);
	}
	return err;
}
