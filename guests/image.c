/* SPDX-License-Identifier: GPL-2.0-only */
#include "guests/image.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#include "base/files.h"
#include "guests/archive-io.h"
#include "guests/modules.h"
#include "guests/pack.h"
#include "guests/sha256.h"
#include "guests/tools.h"

/* Goes up when images are laid out or written differently. */
#define IMAGE_FORMAT "daxrig image 1"
#define IMAGE_KEEP (14 * 24 * 60 * 60)	/* seconds since its last use */
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
		_cleanup_free_ char *path = xasprintf("/modules/%03zu-%s.ko", i,
						      modules->names[i]);

		pack_add(pack, PACK_UNPACKED, path, modules->paths[i], 0644);
		buf_addf(&order, "%s\n", path);
	}
	pack_add(pack, PACK_BYTES, "modules/order", buf_str(&order), 0644);
}

struct err *image_plan(const struct module_list *modules, const char *agent_path,
		       struct pack *pack)
{
	static const char *const dirs[] = { "dev", "etc", "mnt", "proc", "root", "run", "sys",
					    "tmp", "var" };
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

static struct err *plan_key(const struct pack *pack, bool by_content,
			    char hex[static SHA256_HEX])
{
	struct sha256 sha;
	struct err *err;

	sha256_start(&sha);
	sha256_adds(&sha, IMAGE_FORMAT);
	err = pack_hash(pack, &sha, by_content);
	sha256_end(&sha, hex);
	return err;
}

/*
 * A note of the key by content that this state of the sources had last time, so
 * that their bytes need not be read again. Any doubt reads as "no note".
 */
static bool memo_read(const char *path, const char *quick, char key[static SHA256_HEX])
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	_cleanup_err_ struct err *err = file_read(path, 4096, &text);
	size_t n = SHA256_HEX - 1;

	if (err || text.len != 2 * n + 2 || memcmp(text.data, quick, n))
		return false;
	memcpy(key, text.data + n + 1, n);
	key[n] = '\0';
	return strspn(key, "0123456789abcdef") == n;
}

static struct err *find_key(const char *memo, const struct pack *pack,
			    char key[static SHA256_HEX])
{
	_cleanup_free_ char *text = NULL;
	char quick[SHA256_HEX];
	struct err *err = plan_key(pack, false, quick);

	if (err || memo_read(memo, quick, key))
		return err;
	err = plan_key(pack, true, key);
	if (err)
		return err;
	text = xasprintf("%s\n%s\n", quick, key);
	return file_write_atomic(memo, text, strlen(text));
}

/* Is the image there with the size that was noted when it was made? */
static bool image_is_whole(const char *path, const char *size_path, uint64_t *bytes)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	_cleanup_err_ struct err *err = file_read(size_path, 64, &text);
	struct stat st;

	if (err || stat(path, &st) || !S_ISREG(st.st_mode) || st.st_size <= 0)
		return false;
	*bytes = (uint64_t)st.st_size;
	return strtoull(buf_str(&text), NULL, 10) == *bytes;
}

static struct err *image_build(const struct pack *pack, const char *path,
			       const char *size_path, uint64_t *bytes)
{
	_cleanup_free_ char *tmp = xasprintf("%s.tmp-%d", path, getpid());
	struct err *err = cpio_write(pack, tmp);
	struct stat st;
	char size[32];

	if (err)
		return err;
	if (stat(tmp, &st)) {
		err = err_errno(errno, "cannot read '%s'", tmp);
	} else {
		*bytes = (uint64_t)st.st_size;
		snprintf(size, sizeof(size), "%" PRIu64 "\n", *bytes);
		err = file_write_atomic(size_path, size, strlen(size));
	}
	if (!err && rename(tmp, path))
		err = err_errno(errno, "cannot rename '%s' to '%s'", tmp, path);
	if (err)
		unlink(tmp);
	return err;
}

/* Removes what no run has asked for in a long time, half-written files included. */
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
		return err_create(ERR_INFRA, "cannot use the agent '%s': it is no program",
				  path);
	return NULL;
}

static struct err *plan_for(const struct kernel *k, const char *agent_path,
			    struct pack *pack)
{
	struct module_list modules = { 0 };
	struct err *err = check_agent(agent_path);

	if (!err && k->moddir)
		err = err_wrap(modules_order(k->moddir, modules_wanted, &modules),
			       "kernel '%s'", k->spec);
	if (!err)
		err = image_plan(&modules, agent_path, pack);
	module_list_deinit(&modules);
	return err;
}

/* Builds the image when there is none that is whole. */
static struct err *image_need(const struct pack *pack, const char *path, const char *size_path,
			      uint64_t *bytes, bool *built, const struct kernel *k,
			      const struct progress *say)
{
	_cleanup_free_ char *dir = xstrndup(path, (size_t)(strrchr(path, '/') - path));

	if (image_is_whole(path, size_path, bytes))
		return NULL;
	progress_line(say, "building the image for %s", k->release);
	prune(dir);
	*built = true;
	return image_build(pack, path, size_path, bytes);
}

struct err *image_get(const char *cache_dir, const struct kernel *k, const char *agent_path,
		      const struct progress *say, struct image **out)
{
	_cleanup_free_ char *dir = xasprintf("%s/images", cache_dir);
	_cleanup_free_ char *memo = xasprintf("%s/%s.memo", dir, k->key);
	_cleanup_free_ char *path = NULL, *size_path = NULL;
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
	path = xasprintf("%s/%s.img", dir, key);
	size_path = xasprintf("%s/%s.bytes", dir, key);
	/* Another daxrig may remove it between two looks. */
	for (int i = 0; i < HOLD_TRIES && held < 0; i++) {
		err = image_need(&pack, path, size_path, &bytes, &built, k, say);
		if (!err)
			err = image_hold(path, &held);
		if (err)
			return err;
	}
	if (held < 0)
		return err_create(ERR_INFRA, "'%s' does not last", path);
	/* Its times say when it was used last, for prune(). */
	utimensat(AT_FDCWD, path, NULL, 0);
	utimensat(AT_FDCWD, size_path, NULL, 0);
	*out = xcalloc(1, sizeof(**out));
	(*out)->path = take_ptr(path);
	(*out)->key = xstrdup(key);
	(*out)->bytes = bytes;
	(*out)->built = built;
	(*out)->held = take_fd(held);
	return NULL;
}
