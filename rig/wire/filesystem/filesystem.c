/* SPDX-License-Identifier: GPL-2.0-only */
#include "wire/filesystem/filesystem.h"

#include <string.h>

extern const struct filesystem filesystem_xfs;
extern const struct filesystem filesystem_ext4;
extern const struct filesystem filesystem_ext2;

const struct filesystem *const filesystems[] = {
	&filesystem_xfs,
	&filesystem_ext4,
	&filesystem_ext2,
	NULL,
};

_Static_assert(ARRAY_SIZE(filesystems) - 1 <= FILESYSTEMS_MAX, "a set of filesystems is 32 bits");

static const char *const lacks[FILESYSTEM_FEATURES] = {
	"cannot share extents", "cannot exchange ranges", "cannot preallocate",
	"cannot punch holes",	"has no ZERO_RANGE",	  "cannot shift extents",
};

size_t filesystem_count(void)
{
	return ARRAY_SIZE(filesystems) - 1;
}

const struct filesystem *filesystem_find(const char *name)
{
	for (size_t i = 0; filesystems[i]; i++)
		if (strcmp(filesystems[i]->name, name) == 0)
			return filesystems[i];
	return NULL;
}

unsigned int filesystem_number(const struct filesystem *fs)
{
	unsigned int i = 0;

	while (filesystems[i] && filesystems[i] != fs)
		i++;
	return i;
}

unsigned int filesystem_bit(const struct filesystem *fs)
{
	return 1u << filesystem_number(fs);
}

const char *filesystem_lacks(const struct filesystem *fs, unsigned int needs)
{
	unsigned int missing = needs & ~fs->features;

	return missing ? lacks[__builtin_ctz(missing)] : NULL;
}

unsigned int filesystems_with(unsigned int needs)
{
	unsigned int set = 0;

	for (size_t i = 0; filesystems[i]; i++)
		if (!filesystem_lacks(filesystems[i], needs))
			set |= 1u << i;
	return set;
}

const char *filesystem_dax(const struct filesystem *fs, const char *more)
{
	return more && strstr(more, "dax=") ? "" : fs->dax;
}

/* The n-th of all, some more than once. */
static const char *any_program(size_t n, const char **package)
{
	const struct filesystem *fs = n / 2 < filesystem_count() ? filesystems[n / 2] : NULL;

	if (!fs)
		return NULL;
	*package = fs->package;
	return n % 2 ? fs->fsck[0] : fs->mkfs[0];
}

static bool came_before(size_t n)
{
	const char *package, *name = any_program(n, &package);

	for (size_t i = 0; i < n; i++)
		if (strcmp(any_program(i, &package), name) == 0)
			return true;
	return false;
}

const char *filesystem_program(size_t n, const char **package)
{
	size_t i = 0;

	for (; any_program(i, package); i++)
		if (!came_before(i) && n-- == 0)
			return any_program(i, package);
	return NULL;
}
