/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel store: DATA/kernels/KEY/ holds one kernel with its modules
 *
 *	vmlinuz			the bzImage
 *	config			what it was built with
 *	lib/modules/RELEASE/	its modules, indexed by depmod
 *	origin			"spec ...", "package ...", "version ...", one a line
 *
 * A folder there is complete: it is made under a temporary name beside it.
 */
#ifndef GUESTS_KERNEL_H
#define GUESTS_KERNEL_H

#include "base/err.h"
#include "base/progress.h"
#include "guests/kernel-spec.h"

struct kernel {
	char *spec;	/* the full form, "deb:linux-image-amd64" */
	char *dir;	/* its folder in the store; of a file: the folder it lies in */
	char *release;	/* uname -r */
	char *image;	/* the bzImage */
	char *moddir;	/* ".../lib/modules/RELEASE", with modules.dep; NULL: no modules */
	char *config;	/* NULL: not known */
	char *package;	/* NULL for a file */
	char *version;	/* of the package; NULL for a file */
	char *key;	/* one word, differs between different kernels; good in file names */
};

/*
 * Gets the kernel @spec names, from the store or, once, from the Debian archive.
 * @data_dir is absolute. A name for the newest of something is looked up again after
 * a day; when that fails what was newest is taken, and @say is told. ERR_USAGE: the
 * spec is wrong, or what it names does not exist, is no bzImage or lacks what daxrig
 * needs.
 */
struct err *kernel_get(const char *data_dir, const char *spec, const struct progress *say,
		       struct kernel **out) __must_check;

/* NULL is fine. */
void kernel_free(struct kernel *k);

/*
 * The first option a kernel must have built in ("CONFIG_FS_DAX") and @config, the
 * text of its .config, does not; NULL if it has all. Pure.
 */
const char *kernel_config_lacks(const char *config);

#endif
