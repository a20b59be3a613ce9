/* SPDX-License-Identifier: GPL-2.0-only */
/* The agent's parsers of text from the kernel. Pure, tested on the host. */
#ifndef AGENT_PARSE_H
#define AGENT_PARSE_H

#include "base/buf.h"
#include "wire/filesystem/filesystem.h"

/*
 * Collects the wanted symbols of kallsyms, which is fed in pieces of any size. A
 * symbol's size is the distance to the next higher address: kallsyms has no sizes,
 * and does not sort a module's symbols.
 */
struct ksym_scan {
	const char *const *names; /* wanted; NULL-terminated, not owned */
	struct ksym_hit {
		uint64_t addr; /* 0: not seen */
	} * hits;	       /* one for each name */
	uint64_t *addrs;       /* of all symbols */
	size_t n_addrs;
	struct buf line; /* an unfinished line */
};

void ksym_scan_init(struct ksym_scan *s, const char *const *names);
void ksym_scan_deinit(struct ksym_scan *s);
void ksym_scan_feed(struct ksym_scan *s, const char *data, size_t len);

/* Writes "name address size" of names[i], in hex, to @out; false if it was not seen. */
bool ksym_scan_result(const struct ksym_scan *s, size_t i, char *out, size_t size);

/* Is @gid ("0000:...:ffff:c000:0201") made of the address @ipv4 (host order)? */
bool gid_is_ipv4(const char *gid, uint32_t ipv4);

/* Is @type, the text of gid_attrs/types/N, that of a routable GID: "RoCE v2\n"? */
bool gid_type_is_v2(const char *type);

/*
 * Copies the next path of /modules/order at *@pos, and advances *@pos. There is one
 * path a line; blanks around it are cut. Skips empty lines, comments ('#'), and lines
 * that do not fit @size. False at the end.
 */
bool order_next(const char **pos, char *path, size_t size);

/*
 * Copies the mount point of the line of /proc/self/mounts at *@pos, unescaped (\040),
 * and advances *@pos to the next line. False at the end.
 */
bool mounts_next(const char **pos, char *dir, size_t size);

/* The filesystem that "daxrig.fs=NAME" on the kernel's command line names, or NULL. */
const struct filesystem *cmdline_fs(const char *cmdline);

#endif
