/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel store: DATA/kernels/KEY/ holds one kernel with its modules
 *
 *	vmlinuz			the bzImage
 *	config			its .config
 *	lib/modules/RELEASE/	its modules, indexed by depmod
 *	origin			"spec ...", "package ...", "version ...", one a line
 *	digests			of all these (digests.h)
 *
 * A kernel that was added from files (kernel-add.h) has no package and no version, and may
 * lack config and modules. A kernel that was built (kernel-build.h) also has System.map and
 * vmlinux, with symbols and lines; it has modules if its config asks for some, and origin has
 * lines "source ...", "profile ...", "compiler ..." and "patch ...".
 *
 * A folder there is complete: it is made under a temporary name beside it. Each run compares
 * the files that it reads with the digests once (kernel-check.h).
 */
#ifndef GUESTS_KERNEL_H
#define GUESTS_KERNEL_H

#include "base/err.h"
#include "base/progress.h"
#include "guests/store/kernel-config.h"
#include "guests/store/kernel-spec.h"

struct kernel {
	char *spec;    /* the full form, "deb:linux-image-amd64" */
	char *origin;  /* the spec by which it got into the store; of a file: the same as spec */
	char *dir;     /* its folder in the store; of a file: the file's folder */
	char *release; /* uname -r */
	char *image;   /* the bzImage */
	char *moddir;  /* ".../lib/modules/RELEASE", with modules.dep; NULL: no modules */
	char *config;  /* NULL: not known */
	char *package; /* NULL for a file */
	char *version; /* of the package; NULL for a file */
	char *key;     /* one word, unique for each kernel; may be used in file names */
	int held;      /* descriptor with a lock against kernel_remove(); or -1 */
};

/*
 * Gets the kernel that @spec names, from the store or, the first time, from the Debian
 * archive, and holds it until kernel_free(). Fetches or builds a damaged kernel again, and
 * reports that to @say; ERR_INFRA: that fails, or the damaged kernel was added from files.
 * @data_dir is absolute. A name for the newest build of something is looked up again after a
 * day; if that fails, the build it meant before is used, and @say gets a line. ERR_USAGE: @spec
 * is malformed, or the kernel does not exist, is not a bzImage or lacks what daxrig needs.
 */
struct err *kernel_get(const char *data_dir, const char *spec, const struct progress *say,
		       struct kernel **out) __must_check;

/*
 * The same, but checks every file of a kernel in the store, also those that no guest gets: for
 * commands that are about the kernel itself.
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

/* The prefix of the keys of kernels from the Debian archive. */
#define KERNEL_DEB_KEY "deb-"

/* The key of a kernel from the Debian archive: "deb-6.1.0-56-amd64"; free() it. Pure. */
char *kernel_key_of_package(const char *package);

#endif
