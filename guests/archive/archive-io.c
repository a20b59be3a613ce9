/* SPDX-License-Identifier: GPL-2.0-only */
#include "guests/archive/archive-io.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"

#define READ_BLOCK (256 << 10)
#define CPIO_FILE_MAX (256u << 20)
#define WHY_MAX 200 /* bytes */

static void reader_free(struct archive **a)
{
	if (*a)
		archive_read_free(*a);
}
#define _cleanup_reader_ _cleanup_(reader_free)

static void writer_free(struct archive **a)
{
	if (*a)
		archive_write_free(*a);
}
#define _cleanup_writer_ _cleanup_(writer_free)

static void entry_free(struct archive_entry **e)
{
	archive_entry_free(*e);
}
#define _cleanup_entry_ _cleanup_(entry_free)

static struct err *archive_err(struct archive *a, const char *what, const char *path)
{
	const char *why = archive_error_string(a);
	int errnum = archive_errno(a);

	/* libarchive says only "Write error"; errno has the cause. */
	if (errnum == ENOSPC || errnum == EDQUOT || errnum == EIO || errnum == EACCES)
		return err_errno(errnum, "cannot %s '%s'", what, path);
	return err_create(ERR_INFRA, "cannot %s '%s': %s", what, path,
			  why ? why : "broken archive");
}

static struct err *write_all(int fd, const void *data, size_t len, const char *path)
{
	const char *p = data;

	while (len) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(errno, "cannot write '%s'", path);
		p += n;
		len -= (size_t)n;
	}
	return NULL;
}

/* The package is an ar archive, which contains the archive data.tar.*. */
static ssize_t inner_read(struct archive *inner, void *arg, const void **data)
{
	struct archive *outer = arg;
	la_int64_t offset;
	size_t len = 0;
	int ret;

	do {
		ret = archive_read_data_block(outer, data, &len, &offset);
	} while (ret == ARCHIVE_OK && !len);
	if (ret == ARCHIVE_EOF)
		return 0;
	if (ret == ARCHIVE_OK)
		return (ssize_t)len;
	archive_set_error(inner, archive_errno(outer), "%s", archive_error_string(outer));
	return -1;
}

static struct err *extract_file(struct archive *inner, const char *path)
{
	_cleanup_free_ char *dir = xstrndup(path, (size_t)(strrchr(path, '/') - path));
	struct err *err = dir_create(dir);
	_cleanup_close_ int fd = -1;
	const void *data;
	la_int64_t offset;
	size_t len;
	int ret;

	if (err)
		return err;
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd < 0)
		return err_errno(errno, "cannot create '%s'", path);
	while ((ret = archive_read_data_block(inner, &data, &len, &offset)) == ARCHIVE_OK) {
		if (lseek(fd, offset, SEEK_SET) < 0)
			return err_errno(errno, "cannot write '%s'", path);
		err = write_all(fd, data, len, path);
		if (err)
			return err;
	}
	return ret == ARCHIVE_EOF ? NULL : archive_err(inner, "unpack", path);
}

static bool climbs_out(const char *path)
{
	return *path == '/' || !strncmp(path, "../", 3) || strstr(path, "/../") ||
	       !strcmp(path, "..");
}

static struct err *extract_entry(struct archive *inner, struct archive_entry *e, const char *dir,
				 deb_place_fn *place)
{
	const char *name = archive_entry_pathname(e);
	_cleanup_free_ char *to = NULL, *path = NULL;

	/* libarchive shows a hard link as a regular file without data. */
	if (!name || archive_entry_filetype(e) != AE_IFREG || archive_entry_hardlink(e))
		return NULL;
	while (!strncmp(name, "./", 2))
		name += 2;
	if (climbs_out(name))
		return NULL;
	to = place(name);
	if (!to)
		return NULL;
	path = xasprintf("%s/%s", dir, to);
	return extract_file(inner, path);
}

static struct err *extract_data(struct archive *outer, const char *deb, const char *dir,
				deb_place_fn *place)
{
	_cleanup_reader_ struct archive *inner = archive_read_new();
	struct archive_entry *e;
	struct err *err;
	int ret;

	archive_read_support_format_tar(inner);
	archive_read_support_filter_all(inner);
	if (archive_read_open(inner, outer, NULL, inner_read, NULL))
		return archive_err(inner, "unpack", deb);
	while ((ret = archive_read_next_header(inner, &e)) == ARCHIVE_OK) {
		err = extract_entry(inner, e, dir, place);
		if (err)
			return err;
	}
	return ret == ARCHIVE_EOF ? NULL : archive_err(inner, "unpack", deb);
}

struct err *deb_extract(const char *deb, const char *dir, deb_place_fn *place)
{
	_cleanup_reader_ struct archive *outer = archive_read_new();
	struct archive_entry *e;
	int ret;

	archive_read_support_format_ar(outer);
	if (archive_read_open_filename(outer, deb, READ_BLOCK))
		return archive_err(outer, "unpack", deb);
	while ((ret = archive_read_next_header(outer, &e)) == ARCHIVE_OK) {
		const char *name = archive_entry_pathname(e);

		if (name && !strncmp(name, "data.tar", 8))
			return extract_data(outer, deb, dir, place);
	}
	if (ret != ARCHIVE_EOF)
		return archive_err(outer, "unpack", deb);
	return err_create(ERR_INFRA, "cannot unpack '%s': it has no data.tar", deb);
}

struct err *file_read_unpacked(const char *path, size_t max, struct buf *out)
{
	_cleanup_reader_ struct archive *a = archive_read_new();
	_cleanup_free_ char *chunk = xcalloc(1, READ_BLOCK);
	struct archive_entry *e;
	la_ssize_t n;

	archive_read_support_filter_all(a);
	archive_read_support_format_raw(a);
	if (archive_read_open_filename(a, path, READ_BLOCK) ||
	    archive_read_next_header(a, &e) != ARCHIVE_OK)
		return archive_err(a, "read", path);
	while ((n = archive_read_data(a, chunk, READ_BLOCK)) > 0) {
		if ((size_t)n > max - MIN(max, out->len))
			return err_create(ERR_INFRA, "cannot read '%s': larger than %zu bytes",
					  path, max);
		buf_add(out, chunk, (size_t)n);
	}
	return n < 0 ? archive_err(a, "read", path) : NULL;
}

static struct err *read_bytes(const struct pack_entry *item, struct buf *bytes)
{
	switch (item->kind) {
	case PACK_FILE:
		return file_read(item->src, CPIO_FILE_MAX, bytes);
	case PACK_UNPACKED:
		return file_read_unpacked(item->src, CPIO_FILE_MAX, bytes);
	case PACK_BYTES:
		buf_adds(bytes, item->src);
		return NULL;
	default:
		return NULL;
	}
}

static void describe(struct archive_entry *e, const struct pack_entry *item, size_t size)
{
	unsigned int type = AE_IFREG;

	if (item->kind == PACK_DIR)
		type = AE_IFDIR;
	else if (item->kind == PACK_LINK)
		type = AE_IFLNK;
	else if (item->kind == PACK_CHAR)
		type = AE_IFCHR;
	archive_entry_set_pathname(e, item->path);
	archive_entry_set_mode(e, type | item->mode);
	/* The bytes must not depend on who builds it, or when. */
	archive_entry_set_uid(e, 0);
	archive_entry_set_gid(e, 0);
	archive_entry_set_mtime(e, 0, 0);
	archive_entry_set_nlink(e, 1);
	archive_entry_set_size(e, (la_int64_t)size);
	if (item->kind == PACK_LINK)
		archive_entry_set_symlink(e, item->src);
	if (item->kind == PACK_CHAR)
		archive_entry_set_rdev(e, item->dev);
}

static struct err *write_item(struct archive *a, const struct pack_entry *item, const char *path)
{
	_cleanup_entry_ struct archive_entry *e = archive_entry_new();
	_cleanup_buf_ struct buf bytes = BUF_INIT;
	struct err *err = read_bytes(item, &bytes);

	if (err)
		return err;
	describe(e, item, bytes.len);
	if (archive_write_header(a, e) != ARCHIVE_OK)
		return archive_err(a, "write", path);
	if (bytes.len && archive_write_data(a, bytes.data, bytes.len) != (la_ssize_t)bytes.len)
		return archive_err(a, "write", path);
	return NULL;
}

struct err *cpio_write(const struct pack *pack, const char *path)
{
	_cleanup_writer_ struct archive *a = archive_write_new();
	struct err *err = NULL;

	archive_write_set_format_cpio_newc(a);
	archive_write_add_filter_zstd(a);
	archive_write_set_bytes_in_last_block(a, 1);
	if (archive_write_open_filename(a, path))
		return archive_err(a, "write", path);
	for (size_t i = 0; !err && i < pack->count; i++)
		err = write_item(a, &pack->items[i], path);
	if (!err && archive_write_close(a) != ARCHIVE_OK)
		err = archive_err(a, "write", path);
	if (err)
		unlink(path);
	return err;
}

/* Adds what is in the open file @fd, as far as @size goes; one that got shorter ends in zeroes. */
static struct err *add_file(struct archive *a, int fd, uint64_t size, const char *path)
{
	_cleanup_free_ char *chunk = xcalloc(1, READ_BLOCK);

	while (size) {
		size_t want = (size_t)MIN(size, (uint64_t)READ_BLOCK);
		ssize_t n = read(fd, chunk, want);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(errno, "cannot read a file for '%s'", path);
		if (!n)
			return NULL;
		if (archive_write_data(a, chunk, (size_t)n) != n)
			return archive_err(a, "write", path);
		size -= (uint64_t)n;
	}
	return NULL;
}

/* Adds the file or folder that @f is at, by the name it has below the packed folder. */
static struct err *add_found(struct archive *a, const FTSENT *f, const char *name, const char *path)
{
	_cleanup_entry_ struct archive_entry *e = archive_entry_new();
	_cleanup_close_ int fd = -1;
	struct stat st = *f->fts_statp;

	if (f->fts_info == FTS_F) {
		/* it may be another one by now */
		fd = open(f->fts_accpath, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
		if (fd < 0 || fstat(fd, &st))
			return err_errno(errno, "cannot open '%s'", f->fts_path);
		if (!S_ISREG(st.st_mode))
			return NULL;
	}
	archive_entry_copy_stat(e, &st);
	archive_entry_set_pathname(e, name);
	archive_entry_set_nlink(e, 1);
	if (archive_write_header(a, e) != ARCHIVE_OK)
		return archive_err(a, "write", path);
	return fd < 0 ? NULL : add_file(a, fd, (uint64_t)st.st_size, path);
}

static struct err *add_tree(struct archive *a, const char *dir, const char *name, const char *path)
{
	_cleanup_free_ char *top = xasprintf("%s/%s", dir, name);
	char *const tops[] = { top, NULL };
	struct err *err = NULL;
	FTS *fts;
	FTSENT *f;

	if (access(top, F_OK))
		return NULL;
	fts = fts_open(tops, FTS_PHYSICAL | FTS_NOCHDIR | FTS_XDEV, NULL);
	if (!fts)
		return err_errno(errno, "cannot read '%s'", top);
	while (!err && (f = fts_read(fts))) {
		if (f->fts_info == FTS_D || f->fts_info == FTS_F)
			err = add_found(a, f, f->fts_path + strlen(dir) + 1, path);
		else if (f->fts_info == FTS_DNR || f->fts_info == FTS_ERR || f->fts_info == FTS_NS)
			err = err_errno(f->fts_errno, "cannot read '%s'", f->fts_path);
	}
	fts_close(fts);
	return err;
}

/* The originals are removed next: the archive must be on the disk. */
static struct err *sync_file(const char *path)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);

	return fd < 0 || fsync(fd) ? err_errno(errno, "cannot write '%s'", path) : NULL;
}

struct err *tree_pack(const char *dir, const char *const names[], const char *path)
{
	_cleanup_writer_ struct archive *a = archive_write_new();
	struct err *err = NULL;

	archive_write_set_format_pax_restricted(a);
	archive_write_add_filter_zstd(a);
	if (archive_write_open_filename(a, path))
		return archive_err(a, "write", path);
	for (; *names && !err; names++)
		err = add_tree(a, dir, *names, path);
	if (!err && archive_write_close(a) != ARCHIVE_OK)
		err = archive_err(a, "write", path);
	if (!err)
		err = sync_file(path);
	if (err)
		unlink(path);
	return err;
}

static char *place_anywhere(const char *entry)
{
	return xstrdup(entry);
}

struct err *tree_unpack(const char *path, const char *dir)
{
	_cleanup_reader_ struct archive *a = archive_read_new();
	struct archive_entry *e;
	struct err *err = NULL;
	int ret = ARCHIVE_EOF;

	archive_read_support_format_tar(a);
	archive_read_support_filter_zstd(a);
	if (archive_read_open_filename(a, path, READ_BLOCK))
		return archive_err(a, "unpack", path);
	while (!err && (ret = archive_read_next_header(a, &e)) == ARCHIVE_OK)
		err = extract_entry(a, e, dir, place_anywhere);
	return err ? err : ret == ARCHIVE_EOF ? NULL : archive_err(a, "unpack", path);
}

/* What libarchive says may have bytes of the archive in it. */
static struct err *not_unpacked(struct archive *a, const char *path)
{
	const char *why = archive_error_string(a);
	_cleanup_buf_ struct buf said = BUF_INIT;

	buf_add_escaped(&said, why ? why : "", why ? strlen(why) : 0, WHY_MAX);
	return err_create(ERR_USAGE, "cannot unpack '%s': %s", path,
			  said.len ? buf_str(&said) : "it ends early");
}

static struct err *read_entry(struct archive *a, const char *path, size_t max, struct buf *out)
{
	_cleanup_free_ char *chunk = xcalloc(1, READ_BLOCK);
	la_ssize_t n;

	while ((n = archive_read_data(a, chunk, READ_BLOCK)) > 0) {
		if ((size_t)n > max - MIN(max, out->len))
			return err_create(ERR_USAGE,
					  "cannot unpack '%s': its first file is larger than %zu "
					  "bytes",
					  path, max);
		buf_add(out, chunk, (size_t)n);
	}
	return n < 0 ? not_unpacked(a, path) : NULL;
}

struct err *tree_read_first(const char *path, size_t max, struct buf *out)
{
	_cleanup_reader_ struct archive *a = archive_read_new();
	_cleanup_close_ int fd = -1;
	struct archive_entry *e;
	struct err *err = file_open(path, &fd);

	if (err)
		return err;
	archive_read_support_format_tar(a);
	archive_read_support_filter_zstd(a);
	if (archive_read_open_fd(a, fd, READ_BLOCK) || archive_read_next_header(a, &e))
		return not_unpacked(a, path);
	if (archive_entry_filetype(e) != AE_IFREG || archive_entry_hardlink(e))
		return err_create(ERR_USAGE, "cannot unpack '%s': it does not begin with a file",
				  path);
	return read_entry(a, path, max, out);
}

const char *archive_io_version(void)
{
	return archive_version_details();
}
