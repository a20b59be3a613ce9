/* SPDX-License-Identifier: GPL-2.0-only */
/* The shape of a guest: processors, memory, emulated NVDIMMs and their files. */
#ifndef GUESTS_GEOMETRY_H
#define GUESTS_GEOMETRY_H

#include "base/err.h"

#define GEOMETRY_NVDIMMS_MAX 8

struct geometry {
	uint64_t memory; /* bytes */
	unsigned int vcpus;
	unsigned int nvdimms;
	uint64_t size[GEOMETRY_NVDIMMS_MAX]; /* bytes, the label area included */
	uint64_t align;			     /* bytes, of the NVDIMMs */
	uint64_t label_size;		     /* bytes at the end of each; 0: none */
};

/*
 * 1 GiB of RAM, 2 processors, an NVDIMM of 1 GiB for the filesystem and one of
 * 256 MiB for device-DAX, aligned to 2 MiB, without labels.
 */
void geometry_init(struct geometry *g);

/*
 * Changes @g by the user's @text: any of "memory=SIZE", "vcpus=N", "count=N",
 * "size=SIZE" (of every NVDIMM), "sizeN=SIZE" (of number N, from 0), "align=SIZE"
 * and "label=SIZE", separated by commas, from left to right. ERR_USAGE: @text is
 * malformed, or no guest could have that shape; @g is then undefined. Pure.
 */
struct err *geometry_parse(struct geometry *g, const char *text) __must_check;

/* Bytes that all NVDIMMs of one guest take once every byte was written. Pure. */
uint64_t geometry_nvdimm_total(const struct geometry *g);

/*
 * The folder for files of @need bytes in total: @shared, in shared memory (NULL: there is
 * none), if both it and the host's free memory have twice that room; else @fallback. The
 * result is one of the arguments.
 */
const char *nvdimm_folder(uint64_t need, const char *shared, const char *fallback);

/*
 * Creates @path, which must not exist: a sparse file of @size zero bytes. ERR_INFRA:
 * its folder has less room than that.
 */
struct err *nvdimm_create(const char *path, uint64_t size) __must_check;

#endif
