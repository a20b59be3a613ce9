/* SPDX-License-Identifier: GPL-2.0-only */
#include "guests/store/kernel-symbols-unpack.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"
#include "base/program.h"
#include "guests/store/kernel-build-id.h"
#include "guests/image/modules.h"

#define UNPACK_MS (60 * 60 * 1000)
/* tar appends "-d", which the shell takes as its $0 */
#define DEB_TO_TAR "sh -c 'exec dpkg-deb --fsys-tarfile -'"

static struct err *find_deb(const char *debs, char **out)
{
	DIR *dir = opendir(debs);
	struct dirent *e;

	*out = NULL;
	while (dir && !*out && (e = readdir(dir)))
		if (str_ends(e->d_name, ".deb"))
			*out = xasprintf("%s/%s", debs, e->d_name);
	if (dir)
		closedir(dir);
	return *out ? NULL : err_create(ERR_INFRA, "cannot find the package in '%s'", debs);
}

/* Turns "/.../fs/xfs/xfs.ko.xz" into a pattern for tar: complete modules are not compressed. */
static char *member_of(const struct kernel *k, const char *path)
{
	const char *name = strrchr(path, '/') + 1;
	const char *end = strstr(name, ".ko");

	return xasprintf("*/%s/kernel/*/%.*s.ko", k->release,
			 (int)(end ? (size_t)(end - name) : strlen(name)), name);
}

/* tar's last line only says that there were errors; the first one with a cause is best. */
static struct err *tar_complaint(struct err *err, const struct buf *out)
{
	const char *text = buf_str(out), *line = strstr(text, ": Cannot ");
	_cleanup_buf_ struct buf shown = BUF_INIT;

	if (err->code != ERR_PROGRAM || !out->len)
		return err;
	while (line && line > text && line[-1] != '\n')
		line--;
	if (!line)
		line = text;
	buf_add_escaped(&shown, line, strcspn(line, "\n"), 300);
	err_free(err);
	return err_create(ERR_INFRA, "%s%s", buf_str(&shown),
			  strstr(buf_str(&shown), ": Wrote only ") ? " (is the disk full?)" : "");
}

/*
 * Runs tar and dpkg-deb instead of deb_extract(): these are gigabytes, which dpkg-deb unpacks
 * on all processors, and a signal ends it. All files go to one folder, without subfolders.
 */
static struct err *run_tar(const char *deb, const char *dir, char **members, size_t n)
{
	const char *const head[] = {
		"env",
		"LC_ALL=C",
		"tar",
		"-x",
		"-I",
		DEB_TO_TAR,
		"-f",
		deb,
		"-C",
		dir,
		"--no-same-owner",
		"--transform=flags=r;s,^.*/,,",
		"--wildcards",
		"*/debug/*/vmlinux*", /* a file in boot/ or lib/modules/, and links to it */
	};
	_cleanup_free_ const char **argv = xcalloc(ARRAY_SIZE(head) + n + 1, sizeof(*argv));
	_cleanup_buf_ struct buf out = BUF_INIT;
	struct err *err;

	memcpy(argv, head, sizeof(head));
	memcpy(argv + ARRAY_SIZE(head), members, n * sizeof(*argv));
	err = run_program(argv, UNPACK_MS, &out);
	return err ? tar_complaint(err, &out) : NULL;
}

static struct err *unpack_files(const struct kernel *k, const char *deb, const char *dir)
{
	struct module_list modules = { 0 };
	struct err *err = modules_wanted(k->moddir, &modules);
	char **members;

	if (err)
		return err;
	members = xcalloc(modules.count + 1, sizeof(*members));
	for (size_t i = 0; i < modules.count; i++)
		members[i] = member_of(k, modules.paths[i]);
	err = run_tar(deb, dir, members, modules.count);
	for (size_t i = 0; i < modules.count; i++)
		free(members[i]);
	free(members);
	module_list_deinit(&modules);
	return err;
}

static bool is_file(const char *path)
{
	struct stat st;

	return !lstat(path, &st) && S_ISREG(st.st_mode);
}

/* Up to 6.x the file has the release in its name, and "vmlinux" is a link: renames the file. */
static struct err *name_vmlinux(const char *release, const char *deb, const char *dir,
				const char *vmlinux)
{
	_cleanup_free_ char *other = xasprintf("%s/vmlinux-%s", dir, release);

	if (is_file(other) ? rename(other, vmlinux) : unlink(other) && errno != ENOENT)
		return err_errno(errno, "cannot rename '%s'", other);
	if (!is_file(vmlinux))
		return err_create(ERR_INFRA, "'%s' holds no vmlinux", deb);
	return NULL;
}

static struct err *read_build_id(const char *vmlinux, char **hex)
{
	_cleanup_close_ int fd = open(vmlinux, O_RDONLY | O_CLOEXEC);
	struct stat st;
	void *map;

	*hex = NULL;
	if (fd < 0 || fstat(fd, &st))
		return err_errno(errno, "cannot open '%s'", vmlinux);
	map = st.st_size ? mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0) : NULL;
	if (map == MAP_FAILED)
		return err_errno(errno, "cannot read '%s'", vmlinux);
	if (map) {
		*hex = kernel_elf_build_id(map, (size_t)st.st_size);
		munmap(map, (size_t)st.st_size);
	}
	return *hex ? NULL : err_create(ERR_INFRA, "its vmlinux has no build id");
}

static struct err *check_build(const struct kernel *k, const char *vmlinux)
{
	_cleanup_free_ char *its = NULL, *wanted = NULL;
	struct err *err = kernel_build_id(k->image, &wanted);

	if (!err)
		err = read_build_id(vmlinux, &its);
	if (!err && strcmp(its, wanted))
		err = err_create(ERR_INFRA, "it has build id %s, the kernel has %s", its, wanted);
	return err;
}

struct err *kernel_symbols_unpack(const struct kernel *k, const char *debs, const char *dir,
				  const struct progress *say)
{
	_cleanup_free_ char *deb = NULL, *vmlinux = xasprintf("%s/vmlinux", dir);
	struct err *err = find_deb(debs, &deb);
	const char *name;

	if (err)
		return err;
	name = strrchr(deb, '/') + 1;
	progress_line(say, "unpacking vmlinux and modules of %s", name);
	err = unpack_files(k, deb, dir);
	if (!err)
		err = name_vmlinux(k->release, name, dir, vmlinux);
	if (!err)
		err = check_build(k, vmlinux);
	err = err_wrap(err, "cannot unpack '%s'", name);
	return err ? err : tree_remove(debs);
}
