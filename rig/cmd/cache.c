/* SPDX-License-Identifier: GPL-2.0-only */
/* 'daxrig cache': lists what the cache holds, and removes from it. */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/files.h"
#include "cmd/cmd.h"
#include "guests/image/image.h"
#include "host/paths.h"
#include "host/template-store.h"

#define KEY_SHOWN 12 /* characters */
#define DEPTH_MAX 16 /* of folders */

static struct {
	bool clean;
	bool trim;
	uint64_t max;
} options;

struct holdings {
	struct template_entry *templates;
	struct image_entry *images;
	size_t nr_templates, nr_images;
	uint64_t libvirt; /* bytes */
	uint64_t total;
};

/* Returns the bytes on the disk below the open folder @fd, and closes @fd. */
static uint64_t measure_tree(int fd, int depth)
{
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	uint64_t bytes = 0;
	struct dirent *d;
	struct stat st;

	while (dir && (d = readdir(dir))) {
		if (!strcmp(d->d_name, ".") || !strcmp(d->d_name, "..") ||
		    fstatat(dirfd(dir), d->d_name, &st, AT_SYMLINK_NOFOLLOW))
			continue;
		if (S_ISDIR(st.st_mode) && depth < DEPTH_MAX)
			bytes += measure_tree(
				openat(dirfd(dir), d->d_name,
				       O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC),
				depth + 1);
		else
			bytes += (uint64_t)st.st_blocks * 512;
	}
	if (dir)
		closedir(dir);
	else
		close_fd(&fd);
	return bytes;
}

static void holdings_read(const char *cache, struct holdings *h)
{
	_cleanup_free_ char *templates = xasprintf("%s/templates", cache);
	_cleanup_free_ char *libvirt = xasprintf("%s/libvirt", cache);

	h->nr_templates = template_list(templates, &h->templates);
	h->nr_images = image_list(cache, &h->images);
	h->libvirt = measure_tree(open(libvirt, O_RDONLY | O_DIRECTORY | O_CLOEXEC), 0);
	h->total = h->libvirt;
	for (size_t i = 0; i < h->nr_templates; i++)
		h->total += h->templates[i].bytes;
	for (size_t i = 0; i < h->nr_images; i++)
		h->total += h->images[i].bytes;
}

static void holdings_deinit(struct holdings *h)
{
	template_list_free(h->templates, h->nr_templates);
	image_list_free(h->images, h->nr_images);
}

static double mib(uint64_t bytes)
{
	return (double)bytes / (1 << 20);
}

/* The last part of @path is the key, or shows that the entry is half-made. */
static void print_entry(const char *path, const char *kernel, uint64_t bytes,
			const struct timespec *used, bool busy)
{
	const char *slash = strrchr(path, '/');
	_cleanup_buf_ struct buf shown = BUF_INIT;
	char when[32] = "never";
	struct tm tm;

	if (kernel)
		buf_add_escaped(&shown, kernel, strlen(kernel), 60);
	else
		buf_adds(&shown, "none any more");
	if (used->tv_sec && localtime_r(&used->tv_sec, &tm))
		strftime(when, sizeof(when), "%F %H:%M", &tm);
	printf("  %-*.*s  %-32s %9.1f  %-16s  %s\n", KEY_SHOWN, KEY_SHOWN, slash ? slash + 1 : path,
	       buf_str(&shown), mib(bytes), when, busy ? "in use" : "");
}

static void print_holdings(const char *cache, const struct holdings *h)
{
	printf("%s\n", cache);
	printf("  %-*s  %-32s %9s  %-16s\n", KEY_SHOWN, "key", "kernel", "MiB", "last used");
	printf("templates: guests that were booted and kept\n");
	for (size_t i = 0; i < h->nr_templates; i++)
		print_entry(h->templates[i].folder, h->templates[i].kernel, h->templates[i].bytes,
			    &h->templates[i].used, h->templates[i].busy);
	printf("images: what they boot\n");
	for (size_t i = 0; i < h->nr_images; i++)
		print_entry(h->images[i].path, h->images[i].kernel, h->images[i].bytes,
			    &h->images[i].used, h->images[i].busy);
	printf("libvirt's%*s %9.1f\n", KEY_SHOWN + 28 - 2, "", mib(h->libvirt));
	printf("total    %*s %9.1f\n", KEY_SHOWN + 28 - 2, "", mib(h->total));
}

static bool is_older(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec != b->tv_sec ? a->tv_sec < b->tv_sec : a->tv_nsec < b->tv_nsec;
}

/* Removes the least recently used of both lists first; each list is sorted that way. */
static void trim(const struct holdings *h, uint64_t max)
{
	uint64_t total = h->total, freed = 0;
	size_t t = 0, i = 0, removed = 0, kept = 0;

	while (total > max && (t < h->nr_templates || i < h->nr_images)) {
		bool is_template = i == h->nr_images ||
				   (t < h->nr_templates &&
				    is_older(&h->templates[t].used, &h->images[i].used));
		uint64_t bytes = is_template ? h->templates[t].bytes : h->images[i].bytes;

		if (is_template ? template_remove(&h->templates[t++]) :
				  image_remove(&h->images[i++])) {
			removed++;
			freed += bytes;
			total -= bytes;
		} else {
			kept++;
		}
	}
	printf("removed %zu of %zu, %.1f MiB", removed, h->nr_templates + h->nr_images, mib(freed));
	if (kept)
		printf("; %zu in use", kept);
	puts("\n");
}

static struct err *cache(void *state, char **operands, int n, int *status)
{
	struct holdings h = { 0 };
	struct paths p;
	struct err *err;

	(void)state;
	(void)status;
	if (n)
		return err_create(ERR_USAGE, "unexpected '%s': 'cache' takes no operands",
				  operands[0]);
	if (options.clean && options.trim)
		return err_create(ERR_USAGE, "give --clean or --max, not both");
	err = paths_init(&p);
	if (err)
		return err;
	holdings_read(p.cache, &h);
	if (options.clean || options.trim) {
		_cleanup_free_ char *templates = xasprintf("%s/templates", p.cache);

		trim(&h, options.clean ? 0 : options.max);
		template_sweep_locks(templates);
		image_sweep(p.cache);
		holdings_deinit(&h);
		holdings_read(p.cache, &h);
	}
	print_holdings(p.cache, &h);
	holdings_deinit(&h);
	paths_deinit(&p);
	return NULL;
}

enum { KEY_CLEAN = 256, KEY_MAX };

static struct err *option(void *state, int key, const char *value)
{
	(void)state;
	if (key == KEY_CLEAN) {
		options.clean = true;
		return NULL;
	}
	options.trim = parse_size(value, &options.max);
	return options.trim ? NULL :
			      err_create(ERR_USAGE,
					 "'%s' is not a size: expected one such as "
					 "512M or 4G",
					 value);
}

static const struct command_option cache_options[] = {
	{ "clean", NULL, "remove every unused template and image", KEY_CLEAN },
	{ "max", "SIZE", "remove the least recently used until the cache has at most SIZE",
	  KEY_MAX },
	{ NULL, NULL, NULL, 0 },
};

const struct command cmd_cache = {
	.name = "cache",
	.operands = "",
	.summary = "list what is kept to start guests faster, or remove some of it",
	.help = "daxrig makes it again when needed. What a running daxrig uses is never removed.\n",
	.options = cache_options,
	.option = option,
	.run = cache,
};
