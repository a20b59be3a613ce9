/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A guest booted once, to where its agent waits for a host, and kept on disk; and
 * guests that start from there. All of what one boots to lies in CACHE/templates/KEY/:
 *
 *	ram nvdimm0 ...	memory, mapped private by each fork and so shared by all
 *	state		of QEMU's devices
 *	console		what the guest printed until then
 *	complete	see template-store.h
 *
 * KEY stands for all that goes in: see make_key() in template.c.
 */
#ifndef RIG_TEMPLATE_H
#define RIG_TEMPLATE_H

#include "base/progress.h"
#include "host/leftover.h"
#include "host/virt.h"

#define TEMPLATE_CACHE_MAX (8ull << 30) /* bytes on disk that the cache is trimmed to */

/* What a template is made of; borrowed. */
struct template_inputs {
	const char *cache;		/* folder */
	const char *kernel, *image;	/* their keys */
	const char *qemu;		/* version */
	const struct domain_spec *spec; /* complete but for name, console and NVDIMM paths */
	double scale;			/* of time limits */
	int cancel_fd;
	struct leftover *leftover;
	const struct progress *say; /* a damaged one is made again */
};

struct template;

/*
 * Takes a template from the cache, made first when there is none or it is damaged; it
 * stays there until template_put(). ERR_CANCELLED: cancel_fd became readable. Any
 * other error: boot guests without one. @v must be private.
 */
struct err *template_get(struct virt *v, const struct template_inputs *in, struct template **out)
	__must_check;

/* Before virt_close(), after its forks are gone. NULL is fine. */
void template_put(struct template *t);

/* Its folder, and what it took to make it: 0 when it was there. */
const char *template_folder(const struct template *t);
uint64_t template_made_ns(const struct template *t);

/*
 * As virt_domain_start(), from where @t stands. Of @spec, which must be of the inputs'
 * shape, only console, channel and gdb are looked at. The caller's thread must outlive
 * the guest: see fork.h.
 */
struct err *template_fork(const struct template *t, const struct domain_spec *spec,
			  struct virt_domain **out) __must_check;

#endif
