/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A template is a guest that was booted once, to the point where its agent waits for a host,
 * and then saved to disk; forks are guests that start from it. CACHE/templates/KEY/ holds:
 *
 *	ram nvdimm0 ...	memory; each fork maps it private, so unchanged pages are shared
 *	state		the state of QEMU's devices
 *	console		what the guest printed until then
 *	names		once a run took coverage: its functions, lines of /proc/kallsyms
 *	complete	see template-store.h
 *
 * KEY is a digest of all inputs: see make_key() in template.c.
 */
#ifndef RIG_TEMPLATE_H
#define RIG_TEMPLATE_H

#include "base/progress.h"
#include "host/fork.h"
#include "host/leftover.h"
#include "host/virt.h"

#define TEMPLATE_CACHE_MAX (8ull << 30) /* bytes on disk that the cache is trimmed to */

/* What a template is made of; borrowed. */
struct template_inputs {
	const char *cache;		/* folder */
	const char *kernel, *image;	/* keys in their stores */
	const char *qemu;		/* QEMU's version */
	const struct domain_spec *spec; /* complete but for name, console and NVDIMM paths */
	double scale;			/* of time limits */
	int cancel_fd;
	struct leftover *leftover;
	const struct progress *say; /* told when a damaged template is made again */
};

struct template;

/*
 * Takes a template from the cache; makes it first when it is missing or damaged. The cache
 * keeps it until template_put(). ERR_CANCELLED: cancel_fd became readable. After any
 * other error, boot guests without a template. @v must be private.
 */
struct err *template_get(struct virt *v, const struct template_inputs *in, struct template **out)
	__must_check;

/* Call it before virt_close(), after all forks are destroyed. NULL is fine. */
void template_put(struct template *t);

/* The template's folder, and the ns it took to make it: 0 when the cache had it. */
const char *template_folder(const struct template *t);
uint64_t template_made_ns(const struct template *t);

/*
 * As virt_domain_start(), but starts from @t. @spec must have the shape of the inputs' spec;
 * only its console, channel and gdb are used. @coverage, or NULL, is borrowed until it returns.
 * The calling thread must outlive the guest: see fork.h.
 */
struct err *template_fork(const struct template *t, const struct domain_spec *spec,
			  const struct fork_coverage *coverage, struct virt_domain **out)
	__must_check;

#endif
