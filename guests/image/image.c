/* SPDX-License-Identifier: GPL-2.0-only */
#include "guests/image/image.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#include "base/files.h"
#include "guests/archive/archive-io.h"
#include "guests/image/image-note.h"
#include "guests/image/modules.h"
#include "guests/archive/pack.h"
#include "guests/archive/sha256.h"
#include "guests/image/tools.h"

/* To be raised when the layout or the format of images changes. */
#define IMAGE_FORMAT "daxrig image 1"
#define IMAGE_KEEP (14 * 24 * 60 * 60) /* seconds since its last use */
#define HOLD_TRIES 3

void image_free(struct image *image)
{
	if (!image)
		return;
	close_fd(&image->held);
	free(image->path);
	free(image->key);
	free(image);
}

static void plan_modules(const struct module_list *modules, struct pack *pack)
{
	_cleanup_buf_ struct buf order = BUF_INIT;

	for (size_t i = 0; modules && i < modules->count; i++) {
		_cleanup_free_ char *path = xasprintf("/modules/%03zu-%s.ko", i, modules->names[i]);

		pack_add(pack, PACK_UNPACKED, path, modules->paths[i], 0644);
		buf_addf(&order, "%s\n", path);
	}
	pack_add(pack, PACK_BYTES, "modules/order", buf_str(&order), 0644);
}

struct err *image_plan(const struct module_list *modules, const char *agent_path, struct pack *pack)
{
	static const char *const dirs[] = { "dev", "etc", "mnt", "proc", "root",
					    "run", "sys", "tmp", "var" };
	struct err *err;

	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++)
		pack_add(pack, PACK_DIR, dirs[i], NULL, strcmp(dirs[i], "tmp") ? 0755 : 01777);
	/* The kernel opens the console for PID 1 before anything is mounted. */
	pack_add_char(pack, "dev/console", 0600, makedev(5, 1));
	pack_add_char(pack, "dev/null", 0666, makedev(1, 3));
	pack_add(pack, PACK_FILE, "init", agent_path, 0755);
	plan_modules(modules, pack);
	err = tools_add(pack);
	pack_sort(pack);
	return err;
}

static struct err *plan_key(const struct pack *pack, bool by_content, char hex[static SHA256_HEX])
{
	struct sha256 sha;
	struct err *err;

	sha256_start(&sha);
	sha256_adds(&sha, IMAGE_FORMAT);
	err = pack_hash(pack, &sha, by_content);
	sha256_end(&sha, hex);
	return err;
}

static struct err *find_key(const char *memo, const struct pack *pack, char key[static SHA256_HEX])
{
	char quick[SHA256_HEX];
	struct err *err = plan_key(pack, false, quick);

	if (err || image_memo_read(memo, quick, key))
		return err;
	err = plan_key(pack, true, key);
	return err ? err : image_memo_write(memo, quick, key);
}

static struct err *image_build(const struct pack *pack, const char *path, uint64_t *bytes)
{
	_cleanup_free_ char *tmp = xasprintf("%s.tmp-%d", path, getpid());
	struct err *err = cpio_write(pack, tmp);

	if (err)
		return err;
	err = image_note_write(path, tmp, bytes);
	if (!err && rename(tmp, path))
		err = err_errno(errno, "cannot rename '%s' to '%s'", tmp, path);
	if (err)
		unlink(tmp);
	return err;
}

/* Removes images that no run has used for a long time, half-written files included. */
static void prune(const char *dir)
{
	time_t now = time(NULL);
	DIR *d = opendir(dir);
	struct dirent *e;
	struct stat st;

	while (d && (e = readdir(d))) {
		if (!fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) &&
		    S_ISREG(st.st_mode) && now - st.st_mtime > IMAGE_KEEP)
			unlinkat(dirfd(d), e->d_name, 0);
	}
	if (d)
		closedir(d);
}

static struct err *check_agent(const char *path)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	char magic[4];

	if (fd < 0)
		return err_errno(errno, "cannot open the agent '%s'", path);
	if (read(fd, magic, sizeof(magic)) != sizeof(magic) || memcmp(magic, "\177ELF", 4))
		return err_create(ERR_INFRA, "cannot use the agent '%s': not a program", path);
	return NULL;
}

static struct err *plan_for(const struct kernel *k, const char *agent_path, struct pack *pack)
{
	struct module_list modules = { 0 };
	struct err *err = check_agent(agent_path);

	if (!err && k->moddir)
		err = err_wrap(modules_wanted(k->moddir, &modules), "kernel '%s'", k->spec);
	if (!err)
		err = image_plan(&modules, agent_path, pack);
	module_list_deinit(&modules);
	return err;
}

/* Builds the image unless there is an intact one. */
static struct err *image_need(const struct pack *pack, const char *path, uint64_t *bytes,
			      bool *built, const struct kernel *k, const struct progress *say)
{
	_cleanup_free_ char *dir = xstrndup(path, (size_t)(strrchr(path, '/') - path));
	_cleanup_free_ char *note = image_note_path(path);
	_cleanup_err_ struct err *wrong = image_check(path, bytes);

	if (!wrong)
		return NULL;
	/* an image without a note is from an older daxrig */
	if (path_exists(path) && path_exists(note))
		progress_line(say, "building the damaged image for %s again: %s", k->release,
			      wrong->message);
	else
		progress_line(say, "building the image for %s", k->release);
	prune(dir);
	*built = true;
	return image_build(pack, path, bytes);
}

struct err *image_get(const char *cache_dir, const struct kernel *k, const char *agent_path,
		      const struct progress *say, struct image **out)
{
	_cleanup_free_ char *dir = xasprintf("%s/images", cache_dir);
	_cleanup_free_ char *memo = xasprintf("%s/%s.memo", dir, k->key);
	_cleanup_free_ char *path = NULL, *note = NULL;
	_cleanup_pack_ struct pack pack = { 0 };
	char key[SHA256_HEX];
	_cleanup_close_ int held = -1;
	bool built = false;
	uint64_t bytes = 0;
	struct err *err = dir_create(dir);

	*out = NULL;
	if (!err)
		err = plan_for(k, agent_path, &pack);
	if (!err)
		err = find_key(memo, &pack, key);
	if (err)
		return err;
	path = xasprintf("%s/%s" IMAGE_SUFFIX, dir, key);
	note = image_note_path(path);
	/* Another daxrig may remove it between two checks. */
	for (int i = 0; i < HOLD_TRIES && held < 0; i++) {
		err = image_need(&pack, path, &bytes, &built, k, say);
		if (!err)
			err = image_hold(path, &held);
		if (err)
			return err;
	}
	if (held < 0)
		return err_create(ERR_INFRA, "'%s' is removed again and again", path);
	/* Its mtime is the time of the last use, for prune(). */
	utimensat(AT_FDCWD, path, NULL, 0);
	utimensat(AT_FDCWD, note, NULL, 0);
	*out = xcalloc(1, sizeof(**out));
	(*out)->path = take_ptr(path);
	(*out)->key = xstrdup(key);
	(*out)->bytes = bytes;
	(*out)->built = built;
	(*out)->held = take_fd(held);
	return NULL;
}
