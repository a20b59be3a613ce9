/* SPDX-License-Identifier: GPL-2.0-only */
/* A program of the guest: where a byte of a file is. */
#ifndef WORKLOADS_ORACLES_PLACE_H
#define WORKLOADS_ORACLES_PLACE_H

/*
 * Prints the page frame of byte @offset (decimal) of the file @path, in hex, or why there is none.
 * It asks the filesystem and touches no page. Returns the exit status.
 */
int place_main(const char *path, const char *offset);

#endif
