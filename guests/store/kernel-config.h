/* SPDX-License-Identifier: GPL-2.0-only */
/* What daxrig needs a kernel to be built with. Pure. */
#ifndef GUESTS_KERNEL_CONFIG_H
#define GUESTS_KERNEL_CONFIG_H

#include "base/buf.h"

enum kernel_need_level {
	KERNEL_NEED_BUILT_IN, /* or the kernel is refused */
	KERNEL_NEED_ANY,      /* built in or a module, or no guest comes up */
	KERNEL_NEED_WISH,     /* without it some cases are skips, or an oracle is lost */
	KERNEL_NEED_MEANS,    /* in the fragment, to get at others: those are judged */
};

struct kernel_need {
	const char *option; /* "CONFIG_FS_DAX" */
	enum kernel_need_level level;
	const char *why; /* of KERNEL_NEED_MEANS the others */
};

/* The @n-th; its option is NULL from some @n on. */
struct kernel_need kernel_need(size_t n);

/* What the text of a .config says of @option: 'y', 'm', 'v' for any other value, else 'n'. */
char kernel_config_value(const char *config, const char *option);

/* Does @config, the text of a .config, have what @need asks for? */
bool kernel_need_met(const struct kernel_need *need, const char *config);

/*
 * The first option a kernel must have built in ("CONFIG_FS_DAX") and @config, the
 * text of its .config, does not; NULL if it has all.
 */
const char *kernel_config_lacks(const char *config);

/*
 * Adds the options as a fragment for merge_config.sh, all built in, each below the reason
 * why.
 */
void kernel_config_fragment(struct buf *out);

#endif
