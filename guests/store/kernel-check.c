/* SPDX-License-Identifier: GPL-2.0-only */
#include "guests/store/kernel-check.h"

#include <string.h>

#include "guests/store/digests.h"
#include "guests/store/kernel-load.h"
#include "guests/image/modules.h"

#define MODULES "lib/modules/"
#define ORIGIN_SHOWN 300 /* bytes */

/* The config, and the indexes lib/modules/RELEASE/modules.*. */
static bool is_config_or_index(const char *name)
{
	const char *slash = NULL;

	if (!strncmp(name, MODULES, strlen(MODULES)))
		slash = strchr(name + strlen(MODULES), '/');
	return !strcmp(name, "config") || (slash && !strncmp(slash, "/modules.", 9));
}

static struct err *check_booted(const struct digests *d)
{
	struct err *err = digests_check(d, "vmlinuz");

	if (!err)
		err = digests_check(d, "origin");
	return err ? err : digests_check_those(d, is_config_or_index);
}

/* The modules that go into the image. image.c reports an error if they cannot be listed. */
static struct err *check_modules(const struct digests *d, const struct kernel *k)
{
	size_t below = strlen(k->dir) + 1;
	struct err *err = NULL, *unknown;
	struct module_list modules;

	if (!k->moddir)
		return NULL;
	unknown = modules_wanted(k->moddir, &modules);
	if (unknown) {
		err_free(unknown);
		return NULL;
	}
	for (size_t i = 0; !err && i < modules.count; i++)
		if (strlen(modules.paths[i]) > below)
			err = digests_check(d, modules.paths[i] + below);
	module_list_deinit(&modules);
	return err;
}

static void write_digests(const char *dir, const char *spec, const struct progress *say)
{
	_cleanup_err_ struct err *err = NULL;

	progress_line(say, "noting the digests of kernel '%s', which has none yet", spec);
	err = digests_write(dir);
	if (err)
		progress_line(say, "daxrig cannot detect changes of kernel '%s': %s", spec,
			      err->message);
}

struct err *kernel_load_whole(const char *dir, const char *key, const char *spec, bool all,
			      const struct progress *say, struct kernel **out, struct err **wrong)
{
	_cleanup_digests_ struct digests *d = NULL;
	struct err *err;

	*out = NULL;
	*wrong = digests_open(dir, &d);
	if (!*wrong && d)
		*wrong = check_booted(d);
	if (!*wrong && d && all)
		*wrong = digests_check_those(d, NULL);
	if (*wrong)
		return NULL;
	err = kernel_load(dir, key, spec, out);
	if (err || !*out)
		return err;
	if (d)
		*wrong = check_modules(d, *out);
	else
		write_digests(dir, spec, say);
	if (*wrong) {
		kernel_free(*out);
		*out = NULL;
	}
	return NULL;
}

char *kernel_mend(const char *dir, const char *key)
{
	_cleanup_free_ char *origin = kernel_origin(dir);
	_cleanup_buf_ struct buf shown = BUF_INIT;

	if (!strncmp(key, KERNEL_DEB_KEY, strlen(KERNEL_DEB_KEY)))
		return xasprintf("'daxrig kernel fetch deb:%s' fetches it again",
				 key + strlen(KERNEL_DEB_KEY));
	if (!origin)
		return xasprintf("'daxrig kernel rm store:%s' removes it", key);
	buf_add_escaped(&shown, origin, strlen(origin), ORIGIN_SHOWN);
	return xasprintf("'daxrig kernel %s %s' makes it again from the same files, 'daxrig kernel "
			 "rm store:%s' removes it",
			 strncmp(origin, "file:", 5) ? "build" : "add", buf_str(&shown), key);
}

struct err *kernel_not_mended(struct err *err, const char *spec, const struct err *wrong)
{
	if (!err || !wrong)
		return err;
	/* the damage is not the user's fault */
	if (err->code == ERR_USAGE)
		err->code = ERR_INFRA;
	return err_wrap(err, "kernel '%s' is damaged, %s, and cannot be made again", spec,
			wrong->message);
}
