/* SPDX-License-Identifier: GPL-2.0-only */
#include "guests/kernel.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "guests/bzimage.h"
#include "guests/kernel-deb.h"
#include "guests/kernel-store.h"
#include "guests/sha256.h"
#include "guests/tools.h"

#define IMAGE_PREFIX "linux-image-"
#define CONFIG_MAX (4u << 20)
#define ORIGIN_MAX 4096
#define DEPMOD_MS (5 * 60 * 1000)

void kernel_free(struct kernel *k)
{
	if (!k)
		return;
	free(k->spec);
	free(k->dir);
	free(k->release);
	free(k->image);
	free(k->moddir);
	free(k->config);
	free(k->package);
	free(k->version);
	free(k->key);
	free(k);
}

static void kernel_free_ptr(struct kernel **k)
{
	kernel_free(*k);
}
#define _cleanup_kernel_ _cleanup_(kernel_free_ptr)

const char *kernel_config_lacks(const char *config)
{
	/* The image is a zstd initramfs; the rest of the list can be modules. */
	static const char *const needed[] = { "CONFIG_FS_DAX", "CONFIG_BLK_DEV_INITRD",
					      "CONFIG_RD_ZSTD" };

	for (size_t i = 0; i < ARRAY_SIZE(needed); i++) {
		_cleanup_free_ char *line = xasprintf("\n%s=y\n", needed[i]);
		const char *at = strstr(config, line);

		if (!at && strncmp(config, line + 1, strlen(line + 1)))
			return needed[i];
	}
	return NULL;
}

static struct err *check_config(const struct kernel *k)
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
	return err_create(ERR_USAGE, "cannot use kernel '%s': '%s' does not say %s=y",
			  k->spec, k->config, lacks);
}

/* Reads k->image's header into k->release. */
static struct err *check_image(struct kernel *k)
{
	_cleanup_close_ int fd = open(k->image, O_RDONLY | O_CLOEXEC);
	_cleanup_free_ char *head = xcalloc(1, BZIMAGE_HEAD);
	char release[BZIMAGE_RELEASE_MAX];
	const char *why;
	ssize_t n;

	if (fd < 0)
		return err_create(ERR_USAGE, "cannot open kernel '%s': %s", k->image,
				  strerror(errno));
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

/* A line "name value" of an origin file; NULL if it is not there; free() it. */
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

/* *@out stays NULL when @dir is no kernel's folder, or a damaged one: make it anew. */
static struct err *load(const char *dir, const char *key, const char *spec,
			struct kernel **out)
{
	_cleanup_kernel_ struct kernel *k = xcalloc(1, sizeof(*k));
	_cleanup_free_ char *origin = xasprintf("%s/origin", dir);
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct err *err;

	if (!path_exists(origin))
		return NULL;
	err = file_read(origin, ORIGIN_MAX, &text);
	if (err)
		return err;
	k->spec = xstrdup(spec);
	k->key = xstrdup(key);
	k->dir = xstrdup(dir);
	k->image = xasprintf("%s/vmlinuz", dir);
	k->config = xasprintf("%s/config", dir);
	k->package = origin_value(buf_str(&text), "package");
	k->version = origin_value(buf_str(&text), "version");
	err = check_image(k);
	if (err) {
		err_free(err);
		return NULL;
	}
	err = check_config(k);
	if (err)
		return err;
	k->moddir = xasprintf("%s/lib/modules/%s", dir, k->release);
	*out = take_ptr(k);
	return NULL;
}

/* What was unpacked into @dir becomes a kernel's folder. */
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
		err = load(dir, "new", spec, &k);
	if (!err && !depmod)
		err = err_create(ERR_INFRA, "cannot find program 'depmod': apt-get install kmod");
	if (!err && !k)
		err = err_create(ERR_INFRA, "cannot use package '%s': it holds no bzImage",
				 deb->package);
	if (err)
		return err;
	if (!path_exists(k->moddir))
		return err_create(ERR_INFRA, "cannot use package '%s': it has no modules of "
				  "release '%s'", deb->package, k->release);
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

static char *key_of_package(const char *package)
{
	return xasprintf("deb-%s", package + strlen(IMAGE_PREFIX));
}

/* Asks apt, and builds the folder unless the store has that very build. */
static struct err *get_newest(const char *data_dir, const char *store,
			      const struct kernel_spec *spec, const struct progress *say,
			      struct kernel **out)
{
	_cleanup_free_ char *key = NULL, *dir = NULL;
	struct kernel_deb deb;
	struct err *err = kernel_deb_find(data_dir, spec, say, &deb);

	if (err)
		return err;
	key = key_of_package(deb.package);
	dir = xasprintf("%s/%s", store, key);
	err = load(dir, key, spec->text, out);
	if (!err && *out && strcmp((*out)->version ? (*out)->version : "", deb.version)) {
		kernel_free(*out);
		*out = NULL;
	}
	if (!err && !*out) {
		err = build(store, key, spec->text, &deb, say);
		if (!err)
			err = load(dir, key, spec->text, out);
		if (!err && !*out)
			err = err_create(ERR_INFRA, "cannot read kernel folder '%s'", dir);
	}
	kernel_deb_deinit(&deb);
	if (!err && spec->kind != KERNEL_SPEC_EXACT)
		err = store_remember(store, spec->text, key);
	return err;
}

static struct err *get_deb(const char *data_dir, const struct kernel_spec *spec,
			   const struct progress *say, struct kernel **out)
{
	_cleanup_free_ char *store = xasprintf("%s/kernels", data_dir);
	_cleanup_free_ char *key = NULL, *dir = NULL;
	_cleanup_kernel_ struct kernel *known = NULL;
	struct err *err;
	bool fresh = true;

	if (spec->kind == KERNEL_SPEC_EXACT)
		key = key_of_package(spec->name);
	else
		store_recall(store, spec->text, &key, &fresh);
	if (key) {
		dir = xasprintf("%s/%s", store, key);
		err = load(dir, key, spec->text, &known);
		if (err)
			return err;
	}
	if (known && fresh) {
		*out = take_ptr(known);
		return NULL;
	}
	err = get_newest(data_dir, store, spec, say, out);
	if (!err || !known || err->code != ERR_INFRA)
		return err;
	progress_line(say, "cannot ask for a newer kernel, taking %s: %s", known->release,
		      err->message);
	err_free(err);
	*out = take_ptr(known);
	return NULL;
}

/* A modules folder may be given as it is or as the root it was installed to. */
static struct err *file_modules(struct kernel *k, const char *given)
{
	_cleanup_free_ char *nested = xasprintf("%s/lib/modules/%s", given, k->release);
	const char *dir = path_exists(nested) ? nested : given;
	_cleanup_free_ char *index = xasprintf("%s/modules.dep.bin", dir);

	if (!path_exists(index))
		return err_create(ERR_USAGE, "cannot use modules '%s': there is no "
				  "'modules.dep.bin', run depmod", given);
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
	if (!k->config)
		return err_create(ERR_USAGE, "cannot open '%s': %s", given, strerror(errno));
	return check_config(k);
}

static struct err *get_file(const struct kernel_spec *spec, struct kernel **out)
{
	_cleanup_kernel_ struct kernel *k = xcalloc(1, sizeof(*k));
	char hex[SHA256_HEX];
	struct sha256 sha;
	struct err *err;

	k->spec = xstrdup(spec->text);
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

struct err *kernel_get(const char *data_dir, const char *text, const struct progress *say,
		       struct kernel **out)
{
	struct kernel_spec spec;
	struct err *err = kernel_spec_parse(text, &spec);

	*out = NULL;
	if (err)
		return err;
	if (spec.kind == KERNEL_SPEC_FILE)
		err = get_file(&spec, out);
	else
		err = get_deb(data_dir, &spec, say, out);
	kernel_spec_deinit(&spec);
	return err;
}
