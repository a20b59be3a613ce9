/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The oracle that asks the filesystem whether a block is free while its page is held:
 * whoever gets it next gets the DMA. That is seen here as soon as the operation that
 * freed it returned, and needs no luck of another file's taking just that block.
 */
#ifndef WORKLOADS_EXEC_FREED_H
#define WORKLOADS_EXEC_FREED_H

#include "workloads/exec/exec.h"

/* @p was granted: finds the blocks it stands on. */
void exec_freed_note(struct exec *x, struct exec_pin *p);

/*
 * Judges block.freed of @p, which still stands; what was found is not found again. An umount
 * that came back has freed all of the device, unless that cannot be opened for oneself.
 */
void exec_freed_check(struct exec *x, struct exec_pin *p, struct outcome *o);

/*
 * fsmap.c: the first @max extents that [@off, @off + @len) of a file lies in. How many,
 * or -errno. The call waits for whoever has the inode locked.
 */
int fsmap_of_file(int fd, uint64_t off, uint64_t len, struct extent *out, unsigned int max);

/*
 * Whether any of @e is free space of the filesystem of @fd: 1 and the first such part in
 * @out, 0 or -errno. Some tell it later: frees_late and frees_by_fsync of the filesystem.
 */
int fsmap_free(int fd, const struct extent *e, struct extent *out);

#endif
