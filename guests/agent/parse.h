/* SPDX-License-Identifier: GPL-2.0-only */
/* The agent's readers of kernel text. Pure: no I/O, tested on the host. */
#ifndef AGENT_PARSE_H
#define AGENT_PARSE_H

#include "base/buf.h"
#include "wire/filesystem/filesystem.h"

/*
 * Collects wanted symbols while kallsyms goes by, fed in pieces of any size. A
 * symbol's size is the way to the next higher address: kallsyms has no sizes, and
 * a module's symbols come in no order.
 */
struct ksym_scan {
	const char *const *names; /* wanted; NULL-terminated, not owned */
	struct ksym_hit {
		uint64_t addr; /* 0: not seen */
	} * hits;	       /* one for each name */
	uint64_t *addrs;       /* of all symbols */
	size_t n_addrs;
	struct buf line; /* an unfinished one */
};

void ksym_scan_init(struct ksym_scan *s, const char *const *names);
void ksym_scan_deinit(struct ksym_scan *s);
void ksym_scan_feed(struct ksym_scan *s, const char *data, size_t len);

/* "name address size" in hex of names[i] into @out; false when it was not seen. */
bool ksym_scan_result(const struct ksym_scan *s, size_t i, char *out, size_t size);

/* "0000:...:ffff:c000:0201" with @ipv4 (host order): a GID made of that address. */
bool gid_is_ipv4(const char *gid, uint32_t ipv4);

/* The text of gid_attrs/types/N of a GID that routes: "RoCE v2\n". */
bool gid_type_is_v2(const char *type);

/*
 * The next path of /modules/order at *@pos, which is moved on: one a line, blank
 * lines and lines of '#' skipped, blanks at the ends cut. False at the end; a line
 * that does not fit @size is skipped.
 */
bool order_next(const char **pos, char *path, size_t size);

/*
 * The mount point of a line of /proc/self/mounts at *@pos, unescaped (\040),
 * which is moved to the next line. False at the end.
 */
bool mounts_next(const char **pos, char *dir, size_t size);

/* The filesystem that "daxrig.fs=NAME" among the words of  asks for, or NULL. */
const struct filesystem *cmdline_fs(const char *cmdline);

#endif
