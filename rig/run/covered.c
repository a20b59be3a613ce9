/* SPDX-License-Identifier: GPL-2.0-only */
#include "run/covered.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/code-map.h"
#include "base/files.h"
#include "guests/store/kernel-unpack.h"
#include "host/runs.h"
#include "wire/filesystem/filesystem.h"

#define NAMES_MAX (64u << 20) /* bytes */
#define EACH_MAX (8u << 20)   /* bytes: a case of 7.3 has 26 KB */

/* What is read of a run: its guests by filesystem. */
struct reading {
	struct covered *run;
	const struct scope *scope;
	struct coverage_code code;
	struct coverage by_fs[FILESYSTEMS_MAX];
};

/* Without the code the numbers are still right but for what is between functions. */
static void read_code(const struct covered *r, struct buf *vmlinux, struct coverage_code *out)
{
	const char *image = r->record.kernel_image;
	struct err *err = kernel_unpack(image, vmlinux);
	size_t at, size;
	uint64_t addr;

	*out = (struct coverage_code){ 0, NULL, 0 };
	if (!err && !kernel_elf_code(vmlinux->data, vmlinux->len, &at, &size, &addr))
		err = err_create(ERR_INFRA, "it has no code");
	if (err) {
		_cleanup_buf_ struct buf shown = BUF_INIT;

		buf_add_escaped(&shown, image, strlen(image), 400);
		fprintf(stderr, "daxrig: the padding between functions counts as code: '%s': %s\n",
			buf_str(&shown), err->message);
		err_free(err);
		return;
	}
	*out = (struct coverage_code){ addr, (const uint8_t *)vmlinux->data + at, size };
}

static struct err *map_bits(const char *path, uint8_t **map)
{
	_cleanup_close_ int fd = -1;
	struct err *err = file_open(path, &fd);
	struct stat st;

	if (err)
		return err;
	if (fstat(fd, &st) || st.st_size != (off_t)CODE_MAP_BYTES)
		return err_create(ERR_INFRA, "'%s' is cut off", path);
	*map = mmap(NULL, CODE_MAP_BYTES, PROT_READ, MAP_PRIVATE, fd, 0);
	return *map != MAP_FAILED ? NULL : err_errno(errno, "cannot read '%s'", path);
}

/* Adds the guests that used the filesystem @fs. */
static struct err *add_map(struct reading *r, const char *fs, struct coverage *out)
{
	_cleanup_free_ char *bits = xasprintf("%s/coverage/%s.bits", r->run->folder, fs);
	_cleanup_free_ char *names = xasprintf("%s/coverage/%s.names", r->run->folder, fs);
	_cleanup_buf_ struct buf text = BUF_INIT;
	uint8_t *map = NULL;
	struct err *err;

	if (!path_exists(bits))
		return NULL;
	err = file_read(names, NAMES_MAX, &text);
	if (!err)
		err = map_bits(bits, &map);
	if (err)
		return err;
	err = err_wrap(coverage_read(out, r->scope, &text, map, &r->code), "'%s'", names);
	munmap(map, CODE_MAP_BYTES);
	if (!err)
		coverage_merge(&r->run->coverage, out);
	return err;
}

static struct err *add_maps(struct reading *r)
{
	_cleanup_free_ char *path = xasprintf("%s/coverage", r->run->folder);
	_cleanup_buf_ struct buf vmlinux = BUF_INIT;
	struct err *err = NULL;

	if (!path_exists(path))
		return err_create(ERR_USAGE, "'%s' has no coverage: run the cases with --coverage",
				  r->run->folder);
	read_code(r->run, &vmlinux, &r->code);
	for (size_t i = 0; filesystems[i] && !err; i++)
		err = add_map(r, filesystems[i]->name, &r->by_fs[i]);
	return err;
}

static int by_number(const struct dirent **a, const struct dirent **b)
{
	unsigned long x = strtoul((*a)->d_name, NULL, 10), y = strtoul((*b)->d_name, NULL, 10);

	return (x > y) - (x < y);
}

static int is_case(const struct dirent *d)
{
	return d->d_name[0] >= '1' && d->d_name[0] <= '9' &&
	       d->d_name[strspn(d->d_name, "0123456789")] == '\0';
}

static struct err *add_case(struct reading *r, const struct each_place *places, const char *path)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct err *err = file_read(path, EACH_MAX, &text);

	return err ? err :
		     err_wrap(each_add(&r->run->each, &r->run->coverage, places, &text), "'%s'",
			      path);
}

static struct err *add_each(struct reading *r)
{
	_cleanup_free_ char *folder = xasprintf("%s/coverage/each", r->run->folder);
	struct each_place places[FILESYSTEMS_MAX + 1] = { { NULL, NULL } };
	struct dirent **v = NULL;
	struct err *err = NULL;
	int n = scandir(folder, &v, is_case, by_number);

	for (size_t i = 0; filesystems[i]; i++)
		places[i] = (struct each_place){ filesystems[i]->name, &r->by_fs[i] };
	for (int i = 0; i < n; i++) {
		_cleanup_free_ char *path = xasprintf("%s/%s", folder, v[i]->d_name);

		if (!err)
			err = add_case(r, places, path);
		free(v[i]);
	}
	free(v);
	return err || n > 0 ? err :
			      err_create(ERR_USAGE,
					 "'%s' has no coverage of each case: run them with "
					 "--each-coverage",
					 r->run->folder);
}

struct err *covered_read(const struct paths *p, const char *word, const struct scope *s, bool each,
			 struct covered *out)
{
	struct reading r = { .run = out, .scope = s };
	_cleanup_free_ char *path = NULL;
	struct err *err = run_find(p, word, &out->folder);

	if (err)
		return err;
	path = xasprintf("%s/run.json", out->folder);
	err = run_json_read(path, &out->record);
	if (!err)
		err = add_maps(&r);
	if (!err && !out->coverage.n)
		err = err_create(ERR_USAGE, "no function of this kernel matches");
	if (!err && each)
		err = add_each(&r);
	for (size_t i = 0; i < ARRAY_SIZE(r.by_fs); i++)
		coverage_deinit(&r.by_fs[i]);
	return err;
}

void covered_deinit(struct covered *c)
{
	coverage_deinit(&c->coverage);
	each_deinit(&c->each);
	run_summary_deinit(&c->record);
	free(c->folder);
}
