/* SPDX-License-Identifier: GPL-2.0-only */
/* Makes the filesystem under test, mounts it and proves that its files are DAX. */
#include "workloads/exec/files.h"
#include "workloads/exec/fs.h"
#include "workloads/exec/tasks.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/stat.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/program.h"
#include "workloads/model/pattern.h"
#include "workloads/oracles/oracle.h"

#define MKFS_TIMEOUT_MS 60000
#define FSCK_TIMEOUT_MS 120000
/* the blocks of a case's files are in so many bytes after files_at of its filesystem */
#define STALE_BYTES (28ull << 20)
#define STALE_CHUNK (1u << 20)

/* Runs the tool @args with the device as its last argument. */
static struct err *run_tool(const struct exec *x, const char *const *args, int timeout_ms,
			    struct buf *out)
{
	const char *argv[FILESYSTEM_ARGS_MAX + 1] = { NULL };

	for (size_t i = 0; args[i]; i++) {
		argv[i] = args[i];
		argv[i + 1] = x->ctx->guest->pmem;
	}
	return run_program(argv, timeout_ms, out);
}

/* @again: files were DAX before, so the device was not released. */
static void prove_dax(bool again, struct outcome *o)
{
	static const char path[] = EXEC_MOUNTPOINT "/dax-proof";
	static const char found[] = "files are not DAX: statx reports no STATX_ATTR_DAX";
	_cleanup_close_ int fd = open(path, O_RDWR | O_CREAT, 0644);
	struct statx st = { 0 };

	if (fd < 0 || statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &st))
		outcome_error(o, "cannot make a file to prove DAX: %s", strerror(errno));
	else if (!(st.stx_attributes & STATX_ATTR_DAX) && again)
		outcome_fail(o, RULE_RESIDUE_MOUNT, "the filesystem can be mounted again, with DAX",
			     "%s", found);
	else if (!(st.stx_attributes & STATX_ATTR_DAX))
		outcome_error(o, "%s", found);
}

/* What mount(2) takes as flags. */
static unsigned long mount_flag(const char *word)
{
	static const struct {
		const char *word;
		unsigned long flag;
	} flags[] = { { "noatime", MS_NOATIME },   { "nodiratime", MS_NODIRATIME },
		      { "relatime", MS_RELATIME }, { "lazytime", MS_LAZYTIME },
		      { "nosuid", MS_NOSUID },	   { "sync", MS_SYNCHRONOUS } };

	for (size_t i = 0; i < ARRAY_SIZE(flags); i++)
		if (strcmp(flags[i].word, word) == 0)
			return flags[i].flag;
	return 0;
}

struct mount_options {
	unsigned long flags;
	char data[SCENARIO_LINE_MAX];
};

static void add_option(struct mount_options *m, const char *word)
{
	size_t n = strlen(m->data);

	if (mount_flag(word))
		m->flags |= mount_flag(word);
	else
		snprintf(m->data + n, sizeof(m->data) - n, "%s%s", n ? "," : "", word);
}

/* The filesystem's own, and those of the scenario; a "dax=" of the scenario is the only one. */
static void mount_options(const struct exec *x, struct mount_options *m)
{
	_cleanup_free_ char *more = x->s && x->s->mount ? xstrdup(x->s->mount) : NULL;
	const char *dax = x->ctx->sabotage == SABOTAGE_NO_DAX ? x->ctx->fs->no_dax :
								filesystem_dax(x->ctx->fs, more);
	char *at = NULL;

	*m = (struct mount_options){ 0 };
	if (*dax)
		add_option(m, dax);
	for (char *word = more ? strtok_r(more, ",", &at) : NULL; word;
	     word = strtok_r(NULL, ",", &at))
		add_option(m, word);
}

/* 0, or -1 with errno. */
static int mount_dax(struct exec *x)
{
	struct mount_options m;

	mount_options(x, &m);
	mkdir(EXEC_MOUNTPOINT, 0755);
	exec_xfs_exchange(x, true);
	if (mount(x->ctx->guest->pmem, EXEC_MOUNTPOINT, x->ctx->fs->name, m.flags, m.data))
		return -1;
	x->mounted = true;
	return 0;
}

static void mount_first(struct exec *x, struct outcome *o)
{
	struct mount_options m;

	mount_options(x, &m);
	if (mount_dax(x))
		outcome_error(o, "mount of %s with %s: %s", x->ctx->fs->name, m.data,
			      strerror(errno));
	else
		prove_dax(false, o);
}

/* Leaves @room bytes free, so that a freed block is soon used again. */
static void take_room(uint64_t room, struct outcome *o)
{
	_cleanup_close_ int fd = open(EXEC_MOUNTPOINT "/room", O_RDWR | O_CREAT, 0644);
	struct statvfs st;
	uint64_t left;

	if (fd < 0 || statvfs(EXEC_MOUNTPOINT, &st)) {
		outcome_error(o, "cannot leave room: %s", strerror(errno));
		return;
	}
	left = (uint64_t)st.f_bavail * st.f_frsize;
	if (left <= room) {
		outcome_error(o, "only %llu bytes are free where the scenario wants %llu",
			      (unsigned long long)left, (unsigned long long)room);
		return;
	}
	/* a filesystem reserves some blocks: try less until it fits */
	for (uint64_t take = left - room; take > (1 << 20); take -= take / 64)
		if (fallocate(fd, 0, 0, (off_t)take) == 0)
			return;
	outcome_error(o, "cannot leave room: %s", strerror(errno));
}

/* The end of that part of the disk for any filesystem: the next one is not known yet. */
static uint64_t stale_end(void)
{
	uint64_t at = 0;

	for (size_t i = 0; filesystems[i]; i++)
		at = MAX(at, filesystems[i]->files_at);
	return at + STALE_BYTES;
}

void exec_fs_stale(const struct exec *x, struct outcome *o)
{
	static uint8_t chunk[STALE_CHUNK] __attribute__((aligned(4096)));
	const char *dev = x->ctx->guest->pmem;
	_cleanup_close_ int fd = open(dev, O_WRONLY | O_DIRECT | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : 1;

	/* write one buffer repeatedly: in an emulated guest, filling takes longer than writing */
	pattern_fill(chunk, sizeof(chunk), ORIGIN_STALE, 0, 0);
	for (uint64_t off = 0; n > 0 && off < stale_end(); off += sizeof(chunk))
		n = pwrite(fd, chunk, sizeof(chunk), (off_t)off);
	/* a smaller disk ends earlier */
	if (n < 0 && errno != ENOSPC)
		outcome_error(o, "cannot write to '%s': %s", dev, strerror(errno));
}

void exec_fs_make(struct exec *x, struct outcome *o)
{
	_cleanup_buf_ struct buf out = BUF_INIT;
	_cleanup_err_ struct err *err = run_tool(x, x->ctx->fs->mkfs, MKFS_TIMEOUT_MS, &out);

	if (err)
		outcome_error(o, "%s", err->message);
	else
		mount_first(x, o);
}

/* Whether the filesystem made at boot can be used: its type and mount options must match. */
static bool stands_ready(const struct exec *x)
{
	const struct filesystem *mounted = x->ctx->guest->mounted;

	if (!mounted)
		return false;
	if (mounted == x->ctx->fs && x->ctx->sabotage != SABOTAGE_NO_DAX && !x->s->mount &&
	    !exec_wants_exchange(x))
		return true;
	umount2(EXEC_MOUNTPOINT, 0);
	return false;
}

/*
 * dax_range_compare_iter() reads the disk blocks of unwritten extents (all kernels up to
 * 7.3): the result of a dedupe must not depend on the bytes of earlier cases.
 */
static bool looks_beneath(const struct scenario *s)
{
	for (size_t i = 0; i < s->nr_steps; i++)
		if (s->steps[i].call.op && (s->steps[i].call.op->traits & OP_COMPARES))
			return true;
	return false;
}

void exec_fs_setup(struct exec *x, struct outcome *o)
{
	x->mounted = stands_ready(x);
	if (x->mounted) {
		prove_dax(false, o);
	} else {
		if (looks_beneath(x->s))
			exec_fs_stale(x, o);
		if (o->status == STEP_OK)
			exec_fs_make(x, o);
	}
	if (o->status == STEP_OK && x->s->room)
		take_room(x->s->room, o);
}

bool exec_fs_unmount(struct exec *x, struct outcome *o)
{
	static const char expected[] = "umount succeeds";
	struct exec_task *t;

	if (!x->mounted)
		return true;
	t = exec_task_pending(x, NULL);
	if (t) {
		outcome_fail(o, RULE_RESIDUE_UMOUNT, expected, "'%s' still runs", t->name);
		return false;
	}
	for (unsigned int i = 0; i < x->nr_files; i++)
		exec_file_close(&x->files[i]);
	if (umount2(EXEC_MOUNTPOINT, 0)) {
		outcome_fail(o, RULE_RESIDUE_UMOUNT, expected, "umount: %s", errno_name(errno));
		return false;
	}
	x->mounted = false;
	return true;
}

void exec_fs_mount_again(struct exec *x, struct outcome *o)
{
	if (mount_dax(x)) {
		outcome_fail(o, RULE_RESIDUE_MOUNT, "the filesystem can be mounted again",
			     "mount of %s: %s", x->ctx->fs->name, errno_name(errno));
		return;
	}
	prove_dax(true, o);
	for (unsigned int i = 0; i < x->nr_files; i++)
		if (!x->files[i].m->gone && !exec_file_open(&x->files[i]))
			outcome_fail(o, RULE_CONTENT_FILE, "the file is there after a remount",
				     "open of '%s': %s", x->files[i].name, errno_name(errno));
}

void exec_fs_remount(struct exec *x, struct outcome *o)
{
	if (!exec_fs_unmount(x, o))
		return;
	oracles_tell(x, flushed, NULL, "the umount", o);
	exec_fs_mount_again(x, o);
}

/* --self-test dirty-fs: corrupts the first group, so that a checksum is wrong. */
static void scribble(const struct exec *x)
{
	_cleanup_close_ int fd = open(x->ctx->guest->pmem, O_RDWR | O_CLOEXEC);
	const struct filesystem_spot *spot = x->ctx->fs->checked;
	const unsigned int wrong = 0x5a5a5a5a;
	char magic[4] = "";

	if (pread(fd, magic, 4, (off_t)spot->sector) == 4 &&
	    strncmp(magic, spot->magic, strlen(spot->magic)) != 0)
		spot++;
	if (fd < 0 || pwrite(fd, &wrong, 4, (off_t)(spot->sector + spot->off)) != 4 || fsync(fd))
		fprintf(stderr, "daxrig: cannot scribble: %s\n", strerror(errno));
}

static bool is_progress(const struct filesystem *fs, const char *line)
{
	if (strchr(" \t\n", *line))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(fs->progress) && fs->progress[i]; i++)
		if (strncmp(line, fs->progress[i], strlen(fs->progress[i])) == 0)
			return true;
	return false;
}

/* The first line of a checker's @out that is more than a progress message; NULL: none. */
static char *first_complaint(const struct filesystem *fs, const char *out)
{
	size_t n;

	for (; *out; out += n + (out[n] == '\n')) {
		n = strcspn(out, "\n");
		if (!is_progress(fs, out))
			return xstrndup(out, n);
	}
	return NULL;
}

void exec_fsck(struct exec *x, struct outcome *o)
{
	_cleanup_buf_ struct buf out = BUF_INIT;
	_cleanup_err_ struct err *err = NULL;
	_cleanup_free_ char *said = NULL;

	exec_xfs_exchange(x, false);
	if (x->ctx->sabotage == SABOTAGE_DIRTY_FS)
		scribble(x);
	err = run_tool(x, x->ctx->fs->fsck, FSCK_TIMEOUT_MS, &out);
	if (err && err->code != ERR_PROGRAM) {
		outcome_error(o, "%s", err->message);
	} else if (err) {
		said = first_complaint(x->ctx->fs, buf_str(&out));
		outcome_fail(o, RULE_RESIDUE_FSCK, "the filesystem is clean", "%s",
			     said ? said : err->message);
		buf_add(&o->detail, buf_str(&out), MIN(out.len, 8192));
	}
}

void exec_fs_check(struct exec *x, struct outcome *o)
{
	bool was_mounted = x->mounted;

	if (!exec_fs_unmount(x, o))
		return;
	oracles_tell(x, flushed, NULL, "the umount", o);
	exec_fsck(x, o);
	if (was_mounted && o->status != STEP_ERROR)
		exec_fs_mount_again(x, o);
}
