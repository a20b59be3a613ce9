/* SPDX-License-Identifier: GPL-2.0-only */
/* Asks the filesystem which blocks a file has and which are free. */
#include <errno.h>
#include <fcntl.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <linux/fsmap.h>
#include <limits.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "workloads/oracles/fsmap.h"

#define RECORDS 16
/* FIEMAP gives no place on the device, or one that is shared with other bytes */
#define NO_PLACE (FIEMAP_EXTENT_UNKNOWN | FIEMAP_EXTENT_DELALLOC | FIEMAP_EXTENT_NOT_ALIGNED)

int fsmap_of_file(int fd, uint64_t off, uint64_t len, struct extent *out, unsigned int max)
{
	union {
		struct fiemap map;
		char room[sizeof(struct fiemap) + RECORDS * sizeof(struct fiemap_extent)];
	} u = { .map = { .fm_start = off, .fm_length = len, .fm_extent_count = RECORDS } };
	unsigned int n = 0;

	if (ioctl(fd, FS_IOC_FIEMAP, &u.map))
		return -errno;
	for (unsigned int i = 0; i < u.map.fm_mapped_extents && n < max; i++) {
		const struct fiemap_extent *e = &u.map.fm_extents[i];
		uint64_t from = MAX(e->fe_logical, off);
		uint64_t to = MIN(e->fe_logical + e->fe_length, off + len);

		if ((e->fe_flags & NO_PLACE) || from >= to)
			continue;
		out[n++] = (struct extent){ e->fe_physical + (from - e->fe_logical), to - from };
	}
	return (int)n;
}

/* As the kernel encodes it (new_encode_dev()). */
static uint32_t device_of(const struct stat *st)
{
	unsigned int ma = major(st->st_dev), mi = minor(st->st_dev);

	return (mi & 0xff) | ma << 8 | (mi & ~0xffu) << 12;
}

/* The first free part of @e in @n records. */
static bool find_free(const struct fsmap *r, unsigned int n, const struct extent *e,
		      struct extent *out)
{
	for (; n--; r++) {
		uint64_t from = MAX(r->fmr_physical, e->at);
		uint64_t to = MIN(r->fmr_physical + r->fmr_length, e->at + e->len);

		if ((r->fmr_flags & FMR_OF_SPECIAL_OWNER) && r->fmr_owner == FMR_OWN_FREE &&
		    from < to) {
			*out = (struct extent){ from, to - from };
			return true;
		}
	}
	return false;
}

int fsmap_free(int fd, const struct extent *e, struct extent *out)
{
	union {
		struct fsmap_head head;
		char room[sizeof(struct fsmap_head) + RECORDS * sizeof(struct fsmap)];
	} u;
	struct fsmap *r = u.head.fmh_recs;
	uint64_t at = e->at, end = e->at + e->len;
	struct stat st;
	unsigned int n;

	if (fstat(fd, &st))
		return -errno;
	do {
		u.head = (struct fsmap_head){ .fmh_count = RECORDS };
		u.head.fmh_keys[0] = (struct fsmap){ .fmr_device = device_of(&st),
						     .fmr_physical = at };
		u.head.fmh_keys[1] = (struct fsmap){
			.fmr_device = device_of(&st),
			.fmr_flags = UINT_MAX,
			.fmr_physical = end - 1,
			.fmr_owner = ULLONG_MAX,
			.fmr_offset = ULLONG_MAX,
		};
		if (ioctl(fd, FS_IOC_GETFSMAP, &u.head))
			return -errno;
		n = MIN(u.head.fmh_entries, (unsigned int)RECORDS);
		if (find_free(r, n, e, out))
			return 1;
		/* the next records begin where these end; a kernel that stands still ends it */
		if (n < RECORDS || r[n - 1].fmr_physical + r[n - 1].fmr_length <= at)
			return 0;
		at = r[n - 1].fmr_physical + r[n - 1].fmr_length;
	} while (at < end);
	return 0;
}
