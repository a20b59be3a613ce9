// SPDX-License-Identifier: GPL-2.0-only
/* Unpacks a package to a folder of its own: no file may get outside it. */
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"
#include "guests/archive/archive-io.h"
#include "guests/store/kernel-deb.h"
#include "fuzz/fuzz.h"

static char folder[64];

static void remove_all(void)
{
	err_free(tree_remove(folder));
}

static void make_folder(void)
{
	snprintf(folder, sizeof(folder), "/dev/shm/daxrig-fuzz-XXXXXX");
	require(mkdtemp(folder));
	atexit(remove_all);
}

/* Accepts every path except one that leads out of the folder. */
static char *place_all(const char *entry)
{
	require(*entry != '/' && strcmp(entry, "..") && strncmp(entry, "../", 3) &&
		!strstr(entry, "/../"));
	return xasprintf("all/%.200s", entry);
}

static int see(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)path, (void)ftw;
	require(type == FTW_D || (type == FTW_F && S_ISREG(st->st_mode)));
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *deb = NULL, *to = NULL;
	_cleanup_buf_ struct buf unpacked = BUF_INIT, first = BUF_INIT;

	if (!*folder)
		make_folder();
	deb = xasprintf("%s/p.deb", folder);
	to = xasprintf("%s/to", folder);
	require(fuzz_ok(dir_create(to)));
	require(fuzz_ok(file_write_atomic(deb, data, size)));
	fuzz_ok(deb_extract(deb, to, place_all));
	fuzz_ok(deb_extract(deb, to, kernel_deb_place));
	fuzz_ok(file_read_unpacked(deb, 1 << 20, &unpacked));
	require(unpacked.len <= 1 << 20);
	fuzz_ok(tree_read_first(deb, 1 << 20, &first));
	require(first.len <= 1 << 20);
	nftw(to, see, 16, FTW_PHYS);
	require(fuzz_ok(tree_remove(to)));
	return 0;
}
