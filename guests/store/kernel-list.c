/* SPDX-License-Identifier: GPL-2.0-only */
#include "guests/store/kernel-list.h"

#include <fts.h>
#include <string.h>
#include <sys/stat.h>

#include "base/files.h"
#include "guests/build/kernel-build.h"
#include "guests/store/kernel-load.h"
#include "guests/store/kernel-store.h"
#include "guests/store/kernel-symbols.h"

static void entry_deinit(struct kernel_entry *e)
{
	free(e->key);
	free(e->spec);
	free(e->origin);
	free(e->release);
	free(e->version);
}

void kernel_entries_deinit(struct kernel_entries *list)
{
	for (size_t i = 0; i < list->n; i++)
		entry_deinit(&list->v[i]);
	free(list->v);
	memset(list, 0, sizeof(*list));
}

static uint64_t measure(char *dir)
{
	char *const paths[] = { dir, NULL };
	FTS *fts = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	uint64_t bytes = 0;
	FTSENT *e;

	while (fts && (e = fts_read(fts)))
		if (e->fts_info == FTS_F || e->fts_info == FTS_D)
			bytes += (uint64_t)e->fts_statp->st_blocks * 512;
	if (fts)
		fts_close(fts);
	return bytes;
}

static struct err *read_entry(const char *data_dir, const char *key, struct kernel_entry *e)
{
	_cleanup_free_ char *dir = xasprintf("%s/kernels/%s", data_dir, key);
	_cleanup_free_ char *symbols = kernel_symbols_dir(data_dir, key);
	_cleanup_free_ char *origin = xasprintf("%s/origin", dir);
	_cleanup_kernel_ struct kernel *k = NULL;
	struct err *err = kernel_load(dir, key, key, &k);
	struct stat st;

	*e = (struct kernel_entry){ .key = xstrdup(key) };
	if (err)
		return err;
	if (!stat(origin, &st))
		e->fetched = st.st_mtime;
	e->symbols = path_exists(symbols);
	e->bytes = measure(dir) + (e->symbols ? measure(symbols) : 0);
	if (k) {
		e->release = xstrdup(k->release);
		e->version = k->version ? xstrdup(k->version) : NULL;
		e->origin = k->origin ? xstrdup(k->origin) : NULL;
	}
	e->spec = k && k->package ? xasprintf("deb:%s", key + strlen(KERNEL_DEB_KEY)) :
				    xasprintf("store:%s", key);
	return NULL;
}

static int newer_first(const void *a, const void *b)
{
	const struct kernel_entry *x = a, *y = b;
	int ret = kernel_spec_compare(y->release ? y->release : "", x->release ? x->release : "");

	return ret ? ret : strcmp(x->key, y->key);
}

struct err *kernel_list(const char *data_dir, struct kernel_entries *out)
{
	_cleanup_free_ char *store = xasprintf("%s/kernels", data_dir);
	_cleanup_store_keys_ struct store_keys keys = { 0 };
	struct err *err = store_list(store, &keys);

	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < keys.n && !err; i++) {
		out->v = xrealloc(out->v, out->n + 1, sizeof(*out->v));
		err = read_entry(data_dir, keys.v[i], &out->v[out->n++]);
	}
	if (err)
		kernel_entries_deinit(out);
	if (out->n)
		qsort(out->v, out->n, sizeof(*out->v), newer_first);
	return err;
}

const struct kernel_entry *kernel_entries_find(const struct kernel_entries *list, const char *key)
{
	for (size_t i = 0; i < list->n; i++)
		if (!strcmp(list->v[i].key, key))
			return &list->v[i];
	return NULL;
}

/* Adds the packages of @series that the store has, one a line; returns their number. */
static size_t add_packages(const struct kernel_entries *list, const char *series, struct buf *out)
{
	size_t n = 0;

	for (size_t i = 0; i < list->n; i++) {
		const struct kernel_entry *e = &list->v[i];
		_cleanup_free_ char *name = xasprintf(KERNEL_IMAGE_PREFIX "%s",
						      e->key + strlen(KERNEL_DEB_KEY));

		if (!e->version || !kernel_spec_matches(name, series))
			continue;
		buf_addf(out, "%s\n", name);
		n++;
	}
	return n;
}

/* What a floating name meant when the archive was last asked; else a kernel in the store. */
static struct err *floating_key(const char *store, const struct kernel_spec *spec,
				const struct kernel_entries *list, bool strict, char **key)
{
	_cleanup_buf_ struct buf names = BUF_INIT;
	_cleanup_free_ char *name = NULL;
	size_t n = add_packages(list, spec->name, &names);
	struct err *err;
	bool fresh;

	if (strict && n > 1 && spec->kind == KERNEL_SPEC_SERIES)
		return kernel_spec_ambiguous(spec, buf_str(&names));
	store_recall(store, spec->text, key, &fresh);
	if (*key && kernel_entries_find(list, *key))
		return NULL;
	free(take_ptr(*key));
	if (spec->kind == KERNEL_SPEC_PACKAGE)
		return NULL;
	err = kernel_spec_choose(spec, buf_str(&names), &name);
	*key = name ? kernel_key_of_package(name) : NULL;
	return err;
}

static struct err *key_of_spec(const char *store, const char *word,
			       const struct kernel_entries *list, bool strict, char **key)
{
	struct kernel_spec spec;
	struct err *err = kernel_spec_parse(word, &spec);

	if (err)
		return err;
	if (spec.kind == KERNEL_SPEC_STORE)
		*key = xstrdup(spec.name);
	else if (spec.kind == KERNEL_SPEC_EXACT)
		*key = kernel_key_of_package(spec.name);
	else if (spec.kind != KERNEL_SPEC_FILE)
		err = floating_key(store, &spec, list, strict, key);
	if (!err && (!*key || !kernel_entries_find(list, *key))) {
		free(take_ptr(*key));
		err = err_create(ERR_USAGE,
				 "kernel '%s' is not in the store; 'daxrig kernel list' "
				 "names its kernels",
				 spec.text);
	}
	kernel_spec_deinit(&spec);
	return err;
}

struct err *kernel_list_key(const char *data_dir, const char *word, bool strict, char **key)
{
	_cleanup_free_ char *store = xasprintf("%s/kernels", data_dir);
	struct kernel_entries list;
	struct err *err = kernel_list(data_dir, &list);

	*key = NULL;
	if (err)
		return err;
	if (kernel_entries_find(&list, word))
		*key = xstrdup(word);
	else
		err = key_of_spec(store, word, &list, strict, key);
	kernel_entries_deinit(&list);
	return err;
}

struct err *kernel_remove(const char *data_dir, const char *key)
{
	_cleanup_free_ char *store = xasprintf("%s/kernels", data_dir);
	struct err *err;

	store_sweep(store);
	err = store_remove(store, key);
	return err ? err : kernel_symbols_prune(data_dir);
}

static struct err *find_built(const char *data_dir, const struct kernel_spec *spec,
			      struct kernel **out)
{
	struct err *err = kernel_build(data_dir, spec, true, false, NULL, out);

	if (!err && !*out)
		err = err_create(ERR_USAGE, "'%s' is not built: 'daxrig kernel build' builds it",
				 spec->text);
	return err;
}

static struct err *find_stored(const char *data_dir, const char *word, struct kernel **out)
{
	_cleanup_free_ char *key = NULL, *dir = NULL;
	struct err *err = kernel_list_key(data_dir, word, false, &key);

	if (err)
		return err;
	dir = xasprintf("%s/kernels/%s", data_dir, key);
	err = kernel_load(dir, key, word, out);
	if (!err && !*out)
		err = err_create(ERR_USAGE,
				 "kernel '%s' is damaged: remove it by 'daxrig kernel rm' "
				 "and get it again",
				 dir);
	return err;
}

struct err *kernel_find(const char *data_dir, const char *word, struct kernel **out)
{
	struct kernel_spec spec;
	struct err *err = kernel_spec_parse(word, &spec);

	*out = NULL;
	if (err) {
		/* @word may be a key, which is not a SPEC */
		err_free(err);
		return find_stored(data_dir, word, out);
	}
	err = spec.kind == KERNEL_SPEC_FILE ? kernel_load_file(&spec, out) :
	      kernel_spec_is_built(&spec)   ? find_built(data_dir, &spec, out) :
					      find_stored(data_dir, word, out);
	kernel_spec_deinit(&spec);
	return err;
}

#define BUILD_SPEC "build:"

struct err *kernel_list_builds(const char *data_dir, struct build_entry **out, size_t *n)
{
	_cleanup_free_ char *builds = xasprintf("%s/build", data_dir);
	_cleanup_store_keys_ struct store_keys keys = { 0 };
	struct err *err = store_list(builds, &keys);

	*out = NULL;
	*n = 0;
	for (size_t i = 0; i < keys.n; i++) {
		_cleanup_free_ char *dir = xasprintf("%s/%s", builds, keys.v[i]);

		*out = xrealloc(*out, *n + 1, sizeof(**out));
		(*out)[(*n)++] = (struct build_entry){ xasprintf(BUILD_SPEC "%s", keys.v[i]),
						       measure(dir) };
	}
	return err;
}

struct err *kernel_remove_build(const char *data_dir, const char *spec)
{
	_cleanup_free_ char *builds = xasprintf("%s/build", data_dir), *why = NULL;
	const char *name = spec + strlen(BUILD_SPEC);
	_cleanup_close_ int fd = -1;
	struct err *err;

	if (strncmp(spec, BUILD_SPEC, strlen(BUILD_SPEC)) || !*name || *name == '.' ||
	    strchr(name, '/') || !store_has(builds, name))
		return err_create(ERR_USAGE,
				  "no folder '%s'; 'daxrig kernel list' names the existing ones",
				  spec);
	why = xasprintf("cannot remove '%s': a running daxrig builds there", spec);
	err = store_try_lock(builds, name, why, &fd);
	if (err)
		return err;
	return store_remove(builds, name);
}
