/* SPDX-License-Identifier: GPL-2.0-only */
#include "guests/image/tools.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "base/arch.h"
#include "base/files.h"
#include "base/program.h"
#include "wire/filesystem/filesystem.h"

#define LIST_MS (30 * 1000)

char *tools_find(const char *name)
{
	static const char *const dirs[] = { "/usr/sbin", "/usr/bin",	    "/sbin",
					    "/bin",	 "/usr/local/sbin", "/usr/local/bin" };

	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		char *path = xasprintf("%s/%s", dirs[i], name);

		if (!access(path, X_OK))
			return path;
		free(path);
	}
	return NULL;
}

char *tools_next_library(const char **at)
{
	const char *p = *at;

	while (*p) {
		const char *end = p + strcspn(p, "\n");
		const char *path = memchr(p, '/', (size_t)(end - p));
		const char *paren = memchr(p, '(', (size_t)(end - p));

		/* "name => /path (0x…)" or "/path (0x…)" */
		*at = p = *end ? end + 1 : end;
		if (!path || !paren || paren <= path + 1)
			continue;
		return xstrndup(path, (size_t)(paren - path) - 1);
	}
	return NULL;
}

/* A library's path with the links in its folder's path resolved: /lib becomes /usr/lib. */
static struct err *add_library(struct pack *pack, const char *path)
{
	_cleanup_free_ char *dir = xstrndup(path, (size_t)(strrchr(path, '/') - path));
	_cleanup_free_ char *real = realpath(dir, NULL), *to = NULL;

	if (!real)
		return err_errno(errno, "cannot find library '%s'", path);
	to = xasprintf("%s%s", real, strrchr(path, '/'));
	pack_add(pack, PACK_FILE, to, path, 0755);
	return NULL;
}

struct err *tools_add_libraries(struct pack *pack, const char *loader, const char *path)
{
	const char *const argv[] = { loader, "--list", path, NULL };
	_cleanup_buf_ struct buf out = BUF_INIT;
	struct err *err = run_program(argv, LIST_MS, &out);
	const char *at = buf_str(&out);
	char *library;

	if (err)
		return err_wrap(err, "cannot list the libraries of '%s'", path);
	while (!err && (library = tools_next_library(&at))) {
		err = add_library(pack, library);
		free(library);
	}
	return err ? err : add_library(pack, loader);
}

static struct err *add_program(struct pack *pack, const char *name, const char *package)
{
	_cleanup_free_ char *found = tools_find(name);
	_cleanup_free_ char *path = found ? realpath(found, NULL) : NULL;
	_cleanup_free_ char *to = xasprintf("usr/sbin/%s", name);
	const char *file;

	if (!path)
		return err_create(ERR_INFRA, "cannot find program '%s': apt-get install %s", name,
				  package);
	file = strrchr(path, '/') + 1;
	/* "mkfs.ext4" is a link to "mke2fs" */
	if (strcmp(file, name) != 0) {
		pack_add(pack, PACK_LINK, to, file, 0777);
		free(to);
		to = xasprintf("usr/sbin/%s", file);
	}
	pack_add(pack, PACK_FILE, to, path, 0755);
	return tools_add_libraries(pack, ARCH_HERE->loader, path);
}

struct err *tools_add(struct pack *pack)
{
	static const char *const merged[] = { "bin", "sbin", "lib", "lib64" };
	const char *name, *package;
	struct err *err;

	for (size_t i = 0; i < ARRAY_SIZE(merged); i++) {
		_cleanup_free_ char *to = xasprintf("usr/%s", merged[i]);

		pack_add(pack, PACK_LINK, merged[i], to, 0777);
	}
	/* One folder has all programs; the other names of the folder are links to it. */
	pack_add(pack, PACK_LINK, "usr/bin", "sbin", 0777);
	err = add_program(pack, "ndctl", "ndctl");
	for (size_t i = 0; !err && (name = filesystem_program(i, &package)); i++)
		err = add_program(pack, name, package);
	for (size_t i = 0; filesystems[i]; i++) {
		const char *settings = filesystems[i]->settings;

		if (settings && path_exists(settings))
			pack_add(pack, PACK_FILE, settings, settings, 0644);
	}
	return err;
}
