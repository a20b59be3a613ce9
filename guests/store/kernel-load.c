/* SPDX-License-Identifier: GPL-2.0-only */
#include "guests/store/kernel-load.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "guests/archive/bzimage.h"
#include "guests/store/kernel-store.h"
#include "guests/archive/sha256.h"

#define CONFIG_MAX (4u << 20)
#define ORIGIN_MAX 65536

static struct kernel *kernel_new(const char *spec)
{
	struct kernel *k = xcalloc(1, sizeof(*k));

	k->spec = xstrdup(spec);
	k->held = -1;
	return k;
}

struct err *kernel_check_config(const struct kernel *k)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	const char *lacks;
	struct err *err;

	if (!k->config)
		return NULL;
	err = file_read(k->config, CONFIG_MAX, &text);
	if (err)
		return err;
	lacks = kernel_config_lacks(buf_str(&text));
	if (!lacks)
		return NULL;
	return err_create(ERR_USAGE, "cannot use kernel '%s': '%s' does not have %s=y", k->spec,
			  k->config, lacks);
}

/* Reads k->image's header into k->release. */
static struct err *check_image(struct kernel *k)
{
	_cleanup_close_ int fd = -1;
	struct err *err = file_open(k->image, &fd);
	_cleanup_free_ char *head = xcalloc(1, BZIMAGE_HEAD);
	char release[BZIMAGE_RELEASE_MAX];
	const char *why;
	ssize_t n;

	if (err) {
		err->code = ERR_USAGE;
		return err;
	}
	n = pread(fd, head, BZIMAGE_HEAD, 0);
	if (n < 0)
		return err_create(ERR_USAGE, "cannot read kernel '%s': %s", k->image,
				  strerror(errno));
	why = bzimage_check(head, (size_t)n, release);
	if (why)
		return err_create(ERR_USAGE, "cannot use kernel '%s': it is not a bzImage, %s",
				  k->image, why);
	k->release = xstrdup(release);
	return NULL;
}

static char *origin_value(const char *text, const char *name)
{
	size_t n = strlen(name);

	for (const char *p = text; *p;) {
		size_t len = strcspn(p, "\n");

		if (len > n && !memcmp(p, name, n) && p[n] == ' ')
			return xstrndup(p + n + 1, len - n - 1);
		p += len + (p[len] == '\n');
	}
	return NULL;
}

char *kernel_origin(const char *dir)
{
	_cleanup_free_ char *path = xasprintf("%s/origin", dir);
	_cleanup_buf_ struct buf text = BUF_INIT;
	_cleanup_err_ struct err *none = file_read(path, ORIGIN_MAX, &text);

	return none ? NULL : origin_value(buf_str(&text), "spec");
}

/* The path of an optional part of a kernel's folder; NULL if the folder lacks it. */
static char *part_of(const char *dir, const char *part, const char *release)
{
	_cleanup_free_ char *path = xasprintf("%s/%s%s", dir, part, release);

	return path_exists(path) ? take_ptr(path) : NULL;
}

struct err *kernel_load(const char *dir, const char *key, const char *spec, struct kernel **out)
{
	_cleanup_kernel_ struct kernel *k = kernel_new(spec);
	_cleanup_free_ char *origin = xasprintf("%s/origin", dir);
	_cleanup_buf_ struct buf text = BUF_INIT;
	_cleanup_err_ struct err *bad = NULL;
	struct err *err = store_hold(dir, &k->held);

	*out = NULL;
	if (err || k->held < 0 || !path_exists(origin))
		return err;
	err = file_read(origin, ORIGIN_MAX, &text);
	if (err)
		return err;
	k->key = xstrdup(key);
	k->dir = xstrdup(dir);
	k->image = xasprintf("%s/vmlinuz", dir);
	k->origin = origin_value(buf_str(&text), "spec");
	k->package = origin_value(buf_str(&text), "package");
	k->version = origin_value(buf_str(&text), "version");
	bad = check_image(k);
	if (bad)
		return NULL;
	k->config = part_of(dir, "config", "");
	k->moddir = part_of(dir, "lib/modules/", k->release);
	/* A packaged kernel has both: this one has lost a part. */
	if (!k->package || (k->config && k->moddir))
		*out = take_ptr(k);
	return NULL;
}

/* The user may give a modules folder itself, or the root to which it was installed. */
static struct err *file_modules(struct kernel *k, const char *given)
{
	_cleanup_free_ char *nested = xasprintf("%s/lib/modules/%s", given, k->release);
	const char *dir = path_exists(nested) ? nested : given;
	_cleanup_free_ char *index = xasprintf("%s/modules.dep.bin", dir);

	if (!path_exists(index))
		return err_create(ERR_USAGE,
				  "cannot use modules '%s': there is no "
				  "'modules.dep.bin', run depmod",
				  given);
	k->moddir = realpath(dir, NULL);
	return k->moddir ? NULL : err_errno(errno, "cannot use modules '%s'", given);
}

static struct err *file_config(struct kernel *k, const char *given)
{
	_cleanup_free_ char *beside = k->moddir ? xasprintf("%s/config", k->moddir) : NULL;

	if (!given && beside && path_exists(beside))
		given = beside;
	if (!given)
		return NULL;
	k->config = realpath(given, NULL);
	return k->config ? NULL :
			   err_create(ERR_USAGE, "cannot open '%s': %s", given, strerror(errno));
}

struct err *kernel_load_file(const struct kernel_spec *spec, struct kernel **out)
{
	_cleanup_kernel_ struct kernel *k = kernel_new(spec->text);
	char hex[SHA256_HEX];
	struct sha256 sha;
	struct err *err;

	k->origin = xstrdup(spec->text);
	k->image = realpath(spec->image, NULL);
	if (!k->image)
		return err_create(ERR_USAGE, "cannot open kernel '%s': %s", spec->image,
				  strerror(errno));
	k->dir = xstrndup(k->image, (size_t)(strrchr(k->image, '/') - k->image));
	err = check_image(k);
	if (!err && spec->modules)
		err = file_modules(k, spec->modules);
	if (!err)
		err = file_config(k, spec->config);
	if (err)
		return err;
	sha256_start(&sha);
	err = sha256_add_file(&sha, k->image);
	if (err)
		return err;
	sha256_adds(&sha, k->moddir ? k->moddir : "");
	sha256_end(&sha, hex);
	k->key = xasprintf("file-%.16s", hex);
	*out = take_ptr(k);
	return NULL;
}
