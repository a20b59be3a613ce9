/* SPDX-License-Identifier: GPL-2.0-only */
#include "guests/archive/pack.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

void pack_deinit(struct pack *pack)
{
	for (size_t i = 0; i < pack->count; i++) {
		free(pack->items[i].path);
		free(pack->items[i].src);
	}
	free(pack->items);
	memset(pack, 0, sizeof(*pack));
}

const struct pack_entry *pack_find(const struct pack *pack, const char *path)
{
	for (size_t i = 0; i < pack->count; i++) {
		if (!strcmp(pack->items[i].path, path))
			return &pack->items[i];
	}
	return NULL;
}

static struct pack_entry *pack_push(struct pack *pack, enum pack_kind kind, const char *path,
				    unsigned int mode)
{
	struct pack_entry *e;

	pack->items = xrealloc(pack->items, pack->count + 1, sizeof(*e));
	e = &pack->items[pack->count++];
	memset(e, 0, sizeof(*e));
	e->kind = kind;
	e->path = xstrdup(path);
	e->mode = mode;
	return e;
}

static void add_parents(struct pack *pack, const char *path)
{
	for (const char *p = strchr(path, '/'); p; p = strchr(p + 1, '/')) {
		_cleanup_free_ char *dir = xstrndup(path, (size_t)(p - path));

		if (!pack_find(pack, dir))
			pack_push(pack, PACK_DIR, dir, 0755);
	}
}

static struct pack_entry *add_new(struct pack *pack, enum pack_kind kind, const char *path,
				  unsigned int mode)
{
	path += strspn(path, "/");
	if (pack_find(pack, path))
		return NULL;
	add_parents(pack, path);
	return pack_push(pack, kind, path, mode);
}

void pack_add(struct pack *pack, enum pack_kind kind, const char *path, const char *src,
	      unsigned int mode)
{
	struct pack_entry *e = add_new(pack, kind, path, mode);

	if (e && src)
		e->src = xstrdup(src);
}

void pack_add_char(struct pack *pack, const char *path, unsigned int mode, dev_t dev)
{
	struct pack_entry *e = add_new(pack, PACK_CHAR, path, mode);

	if (e)
		e->dev = dev;
}

static int by_path(const void *a, const void *b)
{
	const struct pack_entry *x = a, *y = b;

	return strcmp(x->path, y->path);
}

void pack_sort(struct pack *pack)
{
	if (pack->count)
		qsort(pack->items, pack->count, sizeof(*pack->items), by_path);
}

static struct err *hash_source(const struct pack_entry *e, struct sha256 *sha, bool by_content)
{
	struct stat st;

	if (by_content)
		return sha256_add_file(sha, e->src);
	if (stat(e->src, &st))
		return err_errno(errno, "cannot open '%s'", e->src);
	sha256_adds(sha, e->src);
	sha256_add(sha, &st.st_ino, sizeof(st.st_ino));
	sha256_add(sha, &st.st_size, sizeof(st.st_size));
	sha256_add(sha, &st.st_mtim, sizeof(st.st_mtim));
	return NULL;
}

struct err *pack_hash(const struct pack *pack, struct sha256 *sha, bool by_content)
{
	for (size_t i = 0; i < pack->count; i++) {
		const struct pack_entry *e = &pack->items[i];
		unsigned int words[2] = { e->kind, e->mode };
		struct err *err = NULL;

		sha256_adds(sha, e->path);
		sha256_add(sha, words, sizeof(words));
		sha256_add(sha, &e->dev, sizeof(e->dev));
		if (e->kind == PACK_FILE || e->kind == PACK_UNPACKED)
			err = hash_source(e, sha, by_content);
		else if (e->src)
			sha256_adds(sha, e->src);
		if (err)
			return err;
	}
	return NULL;
}
