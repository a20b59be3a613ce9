/* SPDX-License-Identifier: GPL-2.0-only */
#include "guests/store/kernel-deb.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <string.h>

#include "base/files.h"
#include "guests/store/apt.h"
#include "guests/archive/archive-io.h"
#include "guests/store/kernel-store.h"

/*
 * In bytes: apt's lists (80 MB), a kernel's packages (130 MB) and their contents (500 MB).
 * Checked first, because apt retries for minutes on a full disk.
 */
#define ROOM_WANTED (800ull << 20)

const char *const kernel_deb_suites[] = { NULL, "bookworm-backports", "trixie", "trixie-backports",
					  "sid" };

void kernel_deb_deinit(struct kernel_deb *deb)
{
	free(deb->package);
	free(deb->version);
	free(deb->depends);
	apt_close(deb->apt);
	memset(deb, 0, sizeof(*deb));
}

char *kernel_deb_depend(const char **from, const char *prefix)
{
	const size_t n = strlen(prefix);
	const char *p = *from;

	while (*p) {
		size_t len;

		p += strspn(p, " ,|");
		len = strcspn(p, " ,|(:");
		if (len > n && !memcmp(p, prefix, n) && isdigit(p[n])) {
			*from = p + len;
			return xstrndup(p, len);
		}
		p += len;
		if (*p == ':')
			p += strcspn(p, " ,|(");
		p += strspn(p, " ");
		if (*p == '(')
			p += strcspn(p, ",|");
	}
	return NULL;
}

/* Follows a package that only depends on another ("linux-image-amd64") to the last one. */
static struct err *follow(struct apt *apt, const char *name, struct kernel_deb *out)
{
	_cleanup_free_ char *at = xstrdup(name);

	for (int hops = 0; hops < 4; hops++) {
		struct apt_package *p;
		const char *from;
		struct err *err = apt_show(apt, at, &p);
		char *next;

		if (err || !p)
			return err;
		from = p->depends;
		next = kernel_deb_depend(&from, KERNEL_IMAGE_PREFIX);
		if (!next) {
			out->package = take_ptr(p->name);
			out->version = take_ptr(p->version);
			out->depends = take_ptr(p->depends);
			apt_package_free(p);
			return NULL;
		}
		free(at);
		at = next;
		apt_package_free(p);
	}
	return err_create(ERR_USAGE, "cannot use package '%s': it does not depend on a kernel",
			  name);
}

/* Leaves out->package NULL if this suite does not have it. */
static struct err *find_in_suite(struct apt *apt, const struct kernel_spec *spec,
				 struct kernel_deb *out)
{
	_cleanup_free_ char *prefix = NULL, *name = NULL;
	_cleanup_buf_ struct buf names = BUF_INIT;
	struct err *err;

	if (spec->kind == KERNEL_SPEC_PACKAGE || spec->kind == KERNEL_SPEC_EXACT)
		return follow(apt, spec->name, out);
	prefix = xasprintf(KERNEL_IMAGE_PREFIX "%s", spec->name);
	err = apt_names(apt, prefix, &names);
	if (err)
		return err;
	err = kernel_spec_choose(spec, buf_str(&names), &name);
	return name ? follow(apt, name, out) : err;
}

static struct err *unknown(const struct kernel_spec *spec)
{
	return err_create(ERR_USAGE,
			  "unknown kernel '%s': no such package in this machine's "
			  "suites, bookworm-backports, trixie, trixie-backports or sid",
			  spec->text);
}

static struct err *find_first(const char *data_dir, const struct kernel_spec *spec,
			      const struct progress *say, struct kernel_deb *out)
{
	for (size_t i = 0; i < ARRAY_SIZE(kernel_deb_suites); i++) {
		_cleanup_apt_ struct apt *apt = NULL;
		struct err *err = apt_open(data_dir, kernel_deb_suites[i], say, &apt);

		if (!err)
			err = find_in_suite(apt, spec, out);
		if (err)
			return err;
		if (out->package) {
			out->apt = take_ptr(apt);
			return NULL;
		}
	}
	return unknown(spec);
}

/* The meaning of @spec depends on the package names of all suites. */
static struct err *find_in_all(const char *data_dir, const struct kernel_spec *spec,
			       const struct progress *say, struct kernel_deb *out)
{
	_cleanup_free_ char *prefix = xasprintf(KERNEL_IMAGE_PREFIX "%s", spec->name), *name = NULL;
	struct kernel_spec exact = { .kind = KERNEL_SPEC_EXACT, .text = spec->text };
	_cleanup_buf_ struct buf names = BUF_INIT;
	struct err *err = NULL;

	for (size_t i = 0; !err && i < ARRAY_SIZE(kernel_deb_suites); i++) {
		_cleanup_apt_ struct apt *apt = NULL;

		err = apt_open(data_dir, kernel_deb_suites[i], say, &apt);
		if (!err)
			err = apt_names(apt, prefix, &names);
	}
	if (!err)
		err = kernel_spec_choose(spec, buf_str(&names), &name);
	if (err)
		return err;
	exact.name = name;
	return name ? find_first(data_dir, &exact, say, out) : unknown(spec);
}

struct err *kernel_deb_find(const char *data_dir, const struct kernel_spec *spec,
			    const struct progress *say, struct kernel_deb *out)
{
	struct err *room = store_room(data_dir, ROOM_WANTED);

	memset(out, 0, sizeof(*out));
	if (room)
		return room;
	if (spec->kind == KERNEL_SPEC_NEWEST || kernel_spec_is_version(spec))
		return find_in_all(data_dir, spec, say, out);
	return find_first(data_dir, spec, say, out);
}

static const char *after(const char *s, const char *prefix)
{
	size_t n = strlen(prefix);

	return strncmp(s, prefix, n) ? NULL : s + n;
}

char *kernel_deb_place(const char *entry)
{
	const char *rest, *slash;

	if (after(entry, "boot/vmlinuz-"))
		return xstrdup("vmlinuz");
	if (after(entry, "boot/config-"))
		return xstrdup("config");
	rest = after(entry, "usr/lib/modules/");
	if (!rest)
		rest = after(entry, "lib/modules/");
	slash = rest ? strchr(rest, '/') : NULL;
	if (!slash || slash == rest || !slash[1] || !strcmp(slash, "/System.map"))
		return NULL;
	if (!strcmp(slash, "/vmlinuz") || !strcmp(slash, "/config"))
		return xstrdup(slash + 1);
	return xasprintf("lib/modules/%s", rest);
}

struct err *kernel_deb_unpack(const char *from, const char *dir, deb_place_fn *place,
			      const struct progress *say)
{
	struct dirent **names = NULL;
	struct err *err = NULL;
	int n = scandir(from, &names, NULL, alphasort);

	if (n < 0)
		return err_errno(errno, "cannot read folder '%s'", from);
	for (int i = 0; i < n; i++) {
		const char *name = names[i]->d_name;
		_cleanup_free_ char *path = xasprintf("%s/%s", from, name);

		if (!err && str_ends(name, ".deb")) {
			progress_line(say, "unpacking %s", name);
			err = deb_extract(path, dir, place);
		}
		free(names[i]);
	}
	free(names);
	return err ? err : tree_remove(from);
}

char *kernel_deb_part(const char *depends, size_t *at)
{
	/* Since 7.0 the image package is empty and depends on these. */
	static const char *const parts[] = { "linux-binary-", "linux-modules-", "linux-base-" };

	while (*at < ARRAY_SIZE(parts)) {
		const char *from = depends;
		char *name = kernel_deb_depend(&from, parts[(*at)++]);

		if (name)
			return name;
	}
	return NULL;
}

/* Finds the packages of the kernel; fails before any is fetched if the archive lacks one. */
static struct err *find_parts(const struct kernel_deb *deb, struct apt_packages *out)
{
	_cleanup_buf_ struct buf names = BUF_INIT;
	_cleanup_free_ char *missing = NULL;
	size_t at = 0;
	struct err *err;
	char *part;

	buf_addf(&names, "%s\n", deb->package);
	while ((part = kernel_deb_part(deb->depends, &at))) {
		buf_addf(&names, "%s\n", part);
		free(part);
	}
	err = apt_show_all(deb->apt, buf_str(&names), out);
	for (at = 0; !err && !missing && (part = kernel_deb_part(deb->depends, &at));) {
		if (!apt_packages_find(out, part))
			missing = take_ptr(part);
		free(part);
	}
	if (missing)
		err = err_create(ERR_INFRA,
				 "cannot fetch '%s': it needs '%s', which is no longer in %s; "
				 "'daxrig kernel list --available' names complete kernels",
				 deb->package, missing, apt_suite(deb->apt));
	return err;
}

struct err *kernel_deb_fetch(const struct kernel_deb *deb, const char *dir,
			     const struct progress *say)
{
	_cleanup_free_ char *debs = xasprintf("%s/debs", dir);
	struct apt_packages parts = { 0 };
	struct err *err = find_parts(deb, &parts);

	if (!err)
		err = dir_create(debs);
	for (size_t i = 0; !err && i < parts.n; i++)
		err = apt_download(deb->apt, &parts.v[i], debs, say);
	apt_packages_deinit(&parts);
	return err ? err : kernel_deb_unpack(debs, dir, kernel_deb_place, say);
}
