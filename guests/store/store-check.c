/* SPDX-License-Identifier: GPL-2.0-only */
#include "guests/store/store-check.h"

#include <string.h>

#include "base/files.h"
#include "guests/image/image-note.h"
#include "guests/image/image.h"
#include "guests/store/kernel-check.h"
#include "guests/store/kernel-list.h"
#include "guests/store/kernel-store.h"
#include "guests/store/kernel-symbols.h"

#define KEY_SHOWN 12 /* characters */

static void tell(store_item_fn *fn, void *arg, const char *kind, const char *name,
		 const struct err *wrong, const char *mend)
{
	fn(arg,
	   &(struct store_item){ kind, name, wrong ? wrong->message : NULL, wrong ? mend : NULL });
}

static void check_kernel(const char *data_dir, const struct kernel_entry *e,
			 const struct progress *say, store_item_fn *fn, void *arg)
{
	_cleanup_free_ char *dir = xasprintf("%s/kernels/%s", data_dir, e->key);
	_cleanup_free_ char *mend = kernel_mend(dir, e->key);
	_cleanup_err_ struct err *wrong = NULL, *err = NULL;
	_cleanup_kernel_ struct kernel *k = NULL;

	err = kernel_load_whole(dir, e->key, e->spec, true, say, &k, &wrong);
	if (!err && !wrong && !k)
		wrong = err_create(ERR_INFRA, "'%s' lacks a part of a kernel", dir);
	tell(fn, arg, "kernel", e->spec, err ? err : wrong, mend);
}

static struct err *check_kernels(const char *data_dir, const struct progress *say,
				 store_item_fn *fn, void *arg)
{
	struct kernel_entries list;
	struct err *err = kernel_list(data_dir, &list);

	for (size_t i = 0; !err && i < list.n; i++)
		check_kernel(data_dir, &list.v[i], say, fn, arg);
	if (!err)
		kernel_entries_deinit(&list);
	return err;
}

static struct err *check_symbols(const char *data_dir, store_item_fn *fn, void *arg)
{
	_cleanup_free_ char *store = xasprintf("%s/symbols", data_dir);
	_cleanup_store_keys_ struct store_keys keys = { 0 };
	struct err *err = store_list(store, &keys);

	for (size_t i = 0; i < keys.n; i++) {
		const char *key = keys.v[i];
		_cleanup_free_ char *dir = kernel_symbols_dir(data_dir, key), *mend = NULL;
		_cleanup_err_ struct err *wrong = NULL;

		if (strncmp(key, KERNEL_DEB_KEY, strlen(KERNEL_DEB_KEY)))
			continue;
		wrong = kernel_symbols_check(dir);
		mend = xasprintf("'daxrig kernel fetch --symbols deb:%s' fetches them again",
				 key + strlen(KERNEL_DEB_KEY));
		tell(fn, arg, "symbols", key, wrong, mend);
	}
	return err;
}

/* No run uses an image without a note (of an older daxrig), or a half-written one. */
static void check_image(const struct image_entry *e, store_item_fn *fn, void *arg)
{
	_cleanup_free_ char *note = NULL, *name = NULL;
	_cleanup_err_ struct err *wrong = NULL;
	uint64_t bytes;

	if (!str_ends(e->path, IMAGE_SUFFIX))
		return;
	note = image_note_path(e->path);
	if (!path_exists(note))
		return;
	name = xasprintf("%.*s of %s", KEY_SHOWN, strrchr(e->path, '/') + 1,
			 e->kernel ? e->kernel : "no kernel any more");
	wrong = image_check(e->path, &bytes);
	tell(fn, arg, "image", name, wrong, STORE_MEND_CACHE);
}

struct err *store_check(const char *data_dir, const char *cache_dir, const struct progress *say,
			store_item_fn *fn, void *arg)
{
	struct err *err = check_kernels(data_dir, say, fn, arg);
	struct image_entry *images;
	size_t n;

	if (!err)
		err = check_symbols(data_dir, fn, arg);
	if (err)
		return err;
	n = image_list(cache_dir, &images);
	for (size_t i = 0; i < n; i++)
		check_image(&images[i], fn, arg);
	image_list_free(images, n);
	return NULL;
}
