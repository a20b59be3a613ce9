/* SPDX-License-Identifier: GPL-2.0-only */
#include "guests/store/kernel-add.h"

#include <ctype.h>
#include <errno.h>
#include <fts.h>
#include <string.h>

#include "base/files.h"
#include "guests/store/kernel-check.h"
#include "guests/store/kernel-load.h"
#include "guests/store/kernel-store.h"
#include "guests/archive/pack.h"
#include "guests/archive/sha256.h"

#define KEY_HEX 12 /* characters */
#define RELEASE_IN_KEY 64

static bool is_module_or_index(const char *name)
{
	const char *ko = strstr(name, ".ko");

	return !strncmp(name, "modules.", 8) || (ko && (!ko[3] || ko[3] == '.'));
}

/* Guests load nothing else there (headers, "build", "source"). */
static struct err *plan_modules(const struct kernel *k, struct pack *pack)
{
	char *const paths[] = { k->moddir, NULL };
	FTS *fts = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	struct err *err = NULL;
	FTSENT *e;

	if (!fts)
		return err_errno(errno, "cannot read folder '%s'", k->moddir);
	errno = 0;
	while (!err && (e = fts_read(fts))) {
		_cleanup_free_ char *to = xasprintf("lib/modules/%s%s", k->release,
						    e->fts_path + strlen(k->moddir));

		if (e->fts_info == FTS_DNR || e->fts_info == FTS_ERR)
			err = err_errno(e->fts_errno, "cannot read folder '%s'", e->fts_path);
		else if (e->fts_info != FTS_D && e->fts_info != FTS_DP &&
			 is_module_or_index(e->fts_name))
			pack_add(pack, PACK_FILE, to, e->fts_path, 0644);
	}
	fts_close(fts);
	return err;
}

static struct err *plan(const struct kernel *k, struct pack *pack)
{
	struct err *err = NULL;

	pack_add(pack, PACK_FILE, "vmlinuz", k->image, 0644);
	if (k->config)
		pack_add(pack, PACK_FILE, "config", k->config, 0644);
	if (k->moddir)
		err = plan_modules(k, pack);
	pack_sort(pack);
	return err;
}

/* The characters that a SPEC may have: see kernel-spec.c. */
static struct err *make_key(const struct kernel *k, const struct pack *pack, char **key)
{
	_cleanup_free_ char *release = xstrndup(k->release, RELEASE_IN_KEY);
	char hex[SHA256_HEX];
	struct sha256 sha;
	struct err *err;

	sha256_start(&sha);
	err = pack_hash(pack, &sha, true);
	sha256_end(&sha, hex);
	for (char *p = release; *p; p++)
		if (!isascii(*p) ||
		    (!isalnum(*p) && !strchr("+-~", *p) && (*p != '.' || p[1] == '.')))
			*p = '-';
	*key = xasprintf("file-%s-%.*s", release, KEY_HEX, hex);
	return err;
}

static struct err *copy_all(const struct pack *pack, const char *dir)
{
	struct err *err = NULL;

	for (size_t i = 0; !err && i < pack->count; i++) {
		const struct pack_entry *e = &pack->items[i];
		_cleanup_free_ char *to = xasprintf("%s/%s", dir, e->path);

		err = e->kind == PACK_DIR ? dir_create(to) : file_copy(e->src, to);
	}
	return err;
}

/* One line, whatever characters the user's paths have. */
static struct err *write_origin(const char *dir, const char *spec)
{
	_cleanup_free_ char *path = xasprintf("%s/origin", dir);
	_cleanup_buf_ struct buf text = BUF_INIT;

	buf_adds(&text, "spec ");
	buf_add_escaped(&text, spec, strlen(spec), 2000);
	buf_addc(&text, '\n');
	return file_write_atomic(path, buf_str(&text), text.len);
}

/* Fails if the copy is not the kernel, for example because its files changed meanwhile. */
static struct err *check_copy(const char *dir, const struct kernel *k)
{
	_cleanup_kernel_ struct kernel *copy = NULL;
	struct err *err = kernel_load(dir, k->key, k->spec, &copy);

	if (!err && (!copy || strcmp(copy->release, k->release) || !copy->config != !k->config ||
		     !copy->moddir != !k->moddir))
		err = err_create(ERR_INFRA, "cannot copy kernel '%s': its files changed meanwhile",
				 k->spec);
	return err;
}

static struct err *store_copy(const char *store, const char *key, const struct kernel *k,
			      const struct pack *pack)
{
	_cleanup_free_ char *tmp = NULL;
	struct err *err = store_begin(store, key, &tmp);

	if (err)
		return err;
	err = copy_all(pack, tmp);
	if (!err)
		err = write_origin(tmp, k->spec);
	if (!err)
		err = check_copy(tmp, k);
	if (!err)
		err = store_commit(store, key, tmp);
	if (err)
		store_abort(tmp);
	return err;
}

static struct err *load_file(const char *word, struct kernel **out)
{
	struct kernel_spec spec;
	struct err *err = kernel_spec_parse(word, &spec);

	*out = NULL;
	if (err)
		return err;
	if (spec.kind == KERNEL_SPEC_FILE)
		err = kernel_load_file(&spec, out);
	else
		err = err_create(ERR_USAGE,
				 "cannot add '%s': expected file:BZIMAGE[,modules=DIR]"
				 "[,config=FILE]",
				 spec.text);
	kernel_spec_deinit(&spec);
	return err ? err : kernel_check_config(*out);
}

struct err *kernel_add(const char *data_dir, const char *word, char **spec)
{
	_cleanup_free_ char *store = xasprintf("%s/kernels", data_dir);
	_cleanup_kernel_ struct kernel *k = NULL, *there = NULL;
	_cleanup_free_ char *key = NULL, *dir = NULL;
	_cleanup_pack_ struct pack pack = { 0 };
	_cleanup_err_ struct err *wrong = NULL;
	struct err *err = load_file(word, &k);

	*spec = NULL;
	if (!err)
		err = plan(k, &pack);
	if (!err)
		err = make_key(k, &pack, &key);
	if (err)
		return err;
	dir = xasprintf("%s/%s", store, key);
	/* replaces a damaged one */
	err = kernel_load_whole(dir, key, key, true, NULL, &there, &wrong);
	if (!err && !there)
		err = store_copy(store, key, k, &pack);
	if (!err)
		*spec = xasprintf("store:%s", key);
	return err;
}
