/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A pack: what another machine needs to see a case of a run again, as 'daxrig pack' writes it. A
 * tar archive compressed by zstd, with one folder:
 *
 *	NAME/run.json	the record of the run with this case alone; the first file
 *	NAME/README	for people, as is all that follows
 *	NAME/...
 *
 * Only the record is read, into memory: nothing is written, whatever the archive has. It may come
 * from anybody.
 */
#ifndef RIG_CASE_PACK_H
#define RIG_CASE_PACK_H

#include "base/err.h"
#include "plan/plan.h"
#include "reports/record/run-json.h"

#define CASE_PACK_SUFFIX ".tar.zst"
#define CASE_PACK_RECORD_MAX (2u * RUN_JSON_CASE_MAX) /* bytes of run.json */

struct case_pack {
	char *name;	   /* of the case: "xfs/punch-waits/rdma" */
	char *text;	   /* its scenario */
	char *geometry;	   /* of its guest; NULL: the default */
	char *kernel;	   /* SPEC, the same on every machine; NULL: see kernel_spec */
	char *kernel_spec; /* as its own machine calls it, any bytes */
};

/* Does @word name a pack? */
bool case_pack_is(const char *word);

/*
 * Reads the pack @path. ERR_USAGE, in one line, when it is none or is damaged. case_pack_deinit() it
 * after success.
 */
struct err *case_pack_read(const char *path, struct case_pack *out) __must_check;

/* The same of @len bytes of its run.json. Pure. */
struct err *case_pack_parse(const char *path, const char *text, size_t len, struct case_pack *out)
	__must_check;
void case_pack_deinit(struct case_pack *p);

/* Does the scenario @text run a program of a user's, which no pack has? */
bool case_pack_lacks_program(const char *text);

/* Adds the case of the pack @path, under its own name, and its geometry if @plan has none. */
struct err *case_pack_add(struct plan *plan, const char *path) __must_check;

/*
 * Sets *@spec to the kernel of the pack @path, free() it. ERR_USAGE when only the machine that
 * made it has that kernel.
 */
struct err *case_pack_kernel(const char *path, char **spec) __must_check;

/* The SPEC by which every machine means the kernel of @package and @spec; NULL: there is none. */
char *case_pack_kernel_spec(const char *package, const char *spec);

#endif
