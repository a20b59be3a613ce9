/* SPDX-License-Identifier: GPL-2.0-only */
#include "workloads/tests/fake-kernel.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/stat.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/files.h"
#include "workloads/exec/exec.h"
#include "workloads/model/flush-trace.h"
#include "workloads/model/pattern.h"
#include "workloads/oracles/fsmap.h"

int __real_open(const char *path, int flags, ...);
int __wrap_open(const char *path, int flags, ...);
int __real_stat(const char *path, struct stat *out);
int __wrap_stat(const char *path, struct stat *out);
int __real_unlink(const char *path);
int __wrap_unlink(const char *path);
int __real_statx(int dir, const char *path, int flags, unsigned int mask, struct statx *out);
int __wrap_statx(int dir, const char *path, int flags, unsigned int mask, struct statx *out);
ssize_t __real_pread(int fd, void *buf, size_t len, off_t off);
ssize_t __wrap_pread(int fd, void *buf, size_t len, off_t off);
int __real_fsync(int fd);
int __wrap_fsync(int fd);
int __wrap_syncfs(int fd);
int __real_mkdir(const char *path, mode_t mode);
int __wrap_mkdir(const char *path, mode_t mode);
int __wrap_chown(const char *path, uid_t uid, gid_t gid);
int __wrap_chmod(const char *path, mode_t mode);
int __wrap_symlink(const char *to, const char *path);
int __real_chdir(const char *path);
int __wrap_chdir(const char *path);
int __wrap_mount(const char *dev, const char *dir, const char *fs, unsigned long flags,
		 const void *data);
int __wrap_umount2(const char *dir, int flags);
bool __real_path_exists(const char *path);
bool __wrap_path_exists(const char *path);
int __wrap_file_poke(const char *path, const char *text);
struct err *__real_file_read(const char *path, size_t max, struct buf *out);
struct err *__wrap_file_read(const char *path, size_t max, struct buf *out);
struct err *__wrap_run_program(const char *const argv[], int timeout_ms, struct buf *out);
int __wrap_fsmap_of_file(int fd, uint64_t off, uint64_t len, struct extent *out, unsigned int max);
int __wrap_fsmap_free(int fd, const struct extent *e, struct extent *out);

static const char *folder;
static int trace[2]; /* the pipe that trace_pipe is */

void fake_fs_init(const char *dir)
{
	folder = dir;
	if (pipe2(trace, O_NONBLOCK | O_CLOEXEC))
		perror("pipe2");
}

/* The real path of @path below the mount. */
static const char *place(const char *path, char *buf, size_t size)
{
	size_t n = strlen(EXEC_MOUNTPOINT);

	if (strncmp(path, EXEC_MOUNTPOINT, n) != 0)
		return path;
	snprintf(buf, size, "%s%s", folder, path + n);
	return buf;
}

static int refuse(int errnum)
{
	errno = errnum;
	return -1;
}

int __wrap_open(const char *path, int flags, ...)
{
	char buf[512];
	mode_t mode = 0;
	va_list ap;

	va_start(ap, flags);
	if (flags & O_CREAT)
		mode = va_arg(ap, mode_t);
	va_end(ap);
	if (strcmp(path, FAKE_PMEM) == 0)
		return fake.device ? refuse(fake.device) :
				     __real_open("/dev/null", O_RDONLY | O_CLOEXEC);
	if (strstr(path, "/trace_pipe"))
		return dup(trace[0]);
	return __real_open(place(path, buf, sizeof(buf)), flags, mode);
}

int __wrap_stat(const char *path, struct stat *out)
{
	char buf[512];

	return __real_stat(place(path, buf, sizeof(buf)), out);
}

int __wrap_unlink(const char *path)
{
	char buf[512];

	return __real_unlink(place(path, buf, sizeof(buf)));
}

int __wrap_statx(int dir, const char *path, int flags, unsigned int mask, struct statx *out)
{
	int ret = __real_statx(dir, path, flags, mask, out);

	out->stx_attributes |= fake.no_dax || (fake.no_dax_again && fake.mounts) ? 0 :
										   STATX_ATTR_DAX;
	return ret;
}

ssize_t __wrap_pread(int fd, void *buf, size_t len, off_t off)
{
	return fake.read ? refuse(fake.read) : __real_pread(fd, buf, len, off);
}

static void say(const char *line)
{
	/* full: nobody listens */
	if (write(trace[1], line, strlen(line)) < 0 && errno != EAGAIN)
		perror("trace");
}

/* One event for each page, as fs/dax.c has it for 4 KiB entries. */
static void flush(int fd)
{
	struct stat sb;
	char line[200];

	if (fake.trace_lost)
		say("CPU:0 [LOST 7 EVENTS]\n");
	if (fstat(fd, &sb))
		return;
	for (uint64_t page = 0; page * FLUSH_PAGE < (uint64_t)sb.st_size; page++) {
		if (page - fake.unflushed < fake.unflushed_pages)
			continue;
		if (!fake.flush_untold)
			say("               x-1 [000] d..1. 1.0: dax_flush: (dax_flush+0x0/0x60) "
			    "bytes=0x1000\n");
		if (page - fake.cut < fake.cut_pages)
			say("               x-1 [000] d..1. 1.0: dax_flush: (dax_flush+0x0/0x60) "
			    "bytes=0x40\n");
		snprintf(line, sizeof(line),
			 "               x-1 [000] d..1. 1.0: dax_writeback_one: dev %u:%u "
			 "ino 0x%llx pgoff 0x%llx pglen 0x1\n",
			 major(sb.st_dev), minor(sb.st_dev), (unsigned long long)sb.st_ino,
			 (unsigned long long)page);
		say(line);
	}
}

static void flush_all(void)
{
	static const char *const files[] = { "a", "b" };

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		_cleanup_free_ char *path = xasprintf("%s/%s", folder, files[i]);
		_cleanup_close_ int fd = __real_open(path, O_RDONLY | O_CLOEXEC);

		if (fd >= 0)
			flush(fd);
	}
}

int __wrap_fsync(int fd)
{
	if (fake.fsync)
		return refuse(fake.fsync);
	flush(fd);
	return __real_fsync(fd);
}

int __wrap_syncfs(int fd)
{
	(void)fd;
	flush_all();
	return 0;
}

int __wrap_mkdir(const char *path, mode_t mode)
{
	char buf[512];

	/* not that of a program, which nobody empties; the mount point is there */
	if (strstr(path, "/next-"))
		__real_mkdir(place(path, buf, sizeof(buf)), mode);
	return 0;
}

int __wrap_chown(const char *path, uid_t uid, gid_t gid)
{
	(void)path, (void)uid, (void)gid;
	return 0;
}

int __wrap_chmod(const char *path, mode_t mode)
{
	(void)path, (void)mode;
	return 0;
}

int __wrap_symlink(const char *to, const char *path)
{
	(void)to, (void)path;
	return 0;
}

int __wrap_chdir(const char *path)
{
	return strncmp(path, EXEC_MOUNTPOINT, strlen(EXEC_MOUNTPOINT)) ? __real_chdir(path) : 0;
}

int __wrap_mount(const char *dev, const char *dir, const char *fs, unsigned long flags,
		 const void *data)
{
	(void)dev;
	(void)dir;
	(void)fs;
	(void)flags;
	(void)data;
	fake.mounts++;
	return fake.mount ? refuse(fake.mount) : 0;
}

int __wrap_umount2(const char *dir, int flags)
{
	(void)dir;
	(void)flags;
	if (fake.umount)
		return refuse(fake.umount);
	flush_all();
	return 0;
}

bool __wrap_path_exists(const char *path)
{
	if (strstr(path, "tracing"))
		return !fake.no_kprobes || !strstr(path, TRACE_FLUSH_EVENT);
	return __real_path_exists(path);
}

/* Does not change anything of the host. */
int __wrap_file_poke(const char *path, const char *text)
{
	_cleanup_free_ char *line = xasprintf("x-1 [000] ..... 2.0: tracing_mark_write: %s\n",
					      text);

	if (strstr(path, "/trace_marker") && !fake.trace_ends)
		say(line);
	return fake.no_kprobes && strstr(path, "/kprobe_events") ? -ENOENT : 0;
}

struct err *__wrap_file_read(const char *path, size_t max, struct buf *out)
{
	static unsigned int faults;

	if (strcmp(path, "/proc/vmstat") != 0)
		return __real_file_read(path, max, out);
	buf_addf(out, "thp_fault_alloc 7\nthp_fault_fallback %u\n", faults);
	faults += fake.falls_back;
	return NULL;
}

struct err *__wrap_run_program(const char *const argv[], int timeout_ms, struct buf *out)
{
	(void)timeout_ms;
	if (fake.no_mkfs && strncmp(argv[0], "mkfs", 4) == 0)
		return err_create(ERR_PROGRAM, "no filesystem can be made");
	if (!fake.dirty)
		return NULL;
	buf_adds(out, fake.complaint ? fake.complaint : "bad magic number\n");
	return err_create(ERR_PROGRAM, "'%s' exited with 1: bad magic number", argv[0]);
}

/* Each byte of a file has the same place on the device. */
int __wrap_fsmap_of_file(int fd, uint64_t off, uint64_t len, struct extent *out, unsigned int max)
{
	(void)fd;
	if (!max)
		return 0;
	*out = (struct extent){ off, len };
	return 1;
}

int __wrap_fsmap_free(int fd, const struct extent *e, struct extent *out)
{
	(void)fd;
	*out = *e;
	if (fake.freed_later) {
		fake.freed_later--;
		return 0;
	}
	return fake.no_fsmap ? -fake.no_fsmap : fake.freed;
}

void fake_bytes_put(const struct fake_bytes *b, void *data, size_t len)
{
	size_t n = MIN(b->len, len - MIN(b->off, len));

	if (b->kind == BYTES_PATTERN)
		pattern_fill((char *)data + b->off, n, b->origin, b->gen, b->src);
	else if (b->kind == BYTES_ZERO)
		memset((char *)data + b->off, 0, n);
}

void fake_fs_harm(const struct fake_bytes *b)
{
	_cleanup_free_ char *path = b->file ? xasprintf("%s/%s", folder, b->file) : NULL;
	_cleanup_free_ char *data = xcalloc(1, b->off + b->len + 1);
	_cleanup_close_ int fd = path ? __real_open(path, O_RDWR | O_CLOEXEC) : -1;
	bool ok = true;

	if (!path)
		return;
	fake_bytes_put(b, data, b->off + b->len);
	if (b->kind == BYTES_CUT)
		ok = ftruncate(fd, (off_t)b->off) == 0;
	else if (b->kind == BYTES_GONE)
		ok = __real_unlink(path) == 0;
	else
		ok = pwrite(fd, data + b->off, b->len, (off_t)b->off) == (ssize_t)b->len;
	if (!ok)
		perror(path);
}
