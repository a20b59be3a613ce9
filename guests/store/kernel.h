/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel store: DATA/kernels/KEY/ holds one kernel with its modules
 *
 *	vmlinuz			the bzImage
 *	config			what it was built with
 *	lib/modules/RELEASE/	its modules, indexed by depmod
 *	origin			"spec ...", "package ...", "version ...", one a line
 *	digests			of all these (digests.h)
 *
 * One that was added from files (kernel-add.h) has no package and no version, and perhaps
 * no config and no modules. One that was built (kernel-build.h) has vmlinux, with symbols and
 * lines, and System.map besides, and origin says "source ...", "profile ...", "compiler ..."
 * and "patch ..." of it; modules if its config asks for some.
 *
 * A folder there is complete: it is made under a temporary name beside it. What a run reads
 * of it is compared with the digests once a run (kernel-check.h).
 */
#ifndef GUESTS_KERNEL_H
#define GUESTS_KERNEL_H

#include "base/err.h"
#include "base/progress.h"
#include "guests/store/kernel-config.h"
#include "guests/store/kernel-spec.h"

struct kernel {
	char *spec;    /* the full form, "deb:linux-image-amd64" */
	char *origin;  /* the spec it came into the store by; of a file: the same as spec */
	char *dir;     /* its folder in the store; of a file: the folder it lies in */
	char *release; /* uname -r */
	char *image;   /* the bzImage */
	char *moddir;  /* ".../lib/modules/RELEASE", with modules.dep; NULL: no modules */
	char *config;  /* NULL: not known */
	char *package; /* NULL for a file */
	char *version; /* of the package; NULL for a file */
	char *key;     /* one word, differs between different kernels; good in file names */
	int held;      /* descriptor that keeps kernel_remove() off; -1 */
};

/*
 * Gets the kernel @spec names, from the store or, once, from the Debian archive, and
 * holds it until kernel_free(). A damaged one, of which @say is told, is fetched or built
 * again; ERR_INFRA when that fails, and for one that was added.
 * @data_dir is absolute. A name for the newest of something is looked up again after
 * a day; when that fails what was newest is taken, and @say is told. ERR_USAGE: the
 * spec is wrong, or what it names does not exist, is no bzImage or lacks what daxrig
 * needs.
 */
struct err *kernel_get(const char *data_dir, const char *spec, const struct progress *say,
		       struct kernel **out) __must_check;

/*
 * As that, but looks at every file of a kernel in the store, also at what no guest gets: for
 * who asks just for the kernel.
 */
struct err *kernel_get_all(const char *data_dir, const char *spec, const struct progress *say,
			   struct kernel **out) __must_check;

/* NULL is fine. */
void kernel_free(struct kernel *k);

static inline void kernel_free_ptr(struct kernel **k)
{
	kernel_free(*k);
}
#define _cleanup_kernel_ _cleanup_(kernel_free_ptr)

/* What the keys of kernels from the Debian archive begin with. */
#define KERNEL_DEB_KEY "deb-"

/* The key of a kernel from the Debian archive: "deb-6.1.0-56-amd64"; free() it. Pure. */
char *kernel_key_of_package(const char *package);

#endif
