/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel options that daxrig needs. Pure. */
#ifndef GUESTS_KERNEL_CONFIG_H
#define GUESTS_KERNEL_CONFIG_H

#include "base/buf.h"

enum kernel_need_level {
	KERNEL_NEED_BUILT_IN, /* a kernel without it is refused */
	KERNEL_NEED_ANY,      /* built in or a module: no guest boots without it */
	KERNEL_NEED_WISH,     /* without it some cases are skipped, or an oracle is lost */
	KERNEL_NEED_MEANS,    /* only makes other options available: those are checked */
};

struct kernel_need {
	const char *option; /* "CONFIG_FS_DAX" */
	enum kernel_need_level level;
	const char *why; /* for KERNEL_NEED_MEANS: the other options */
};

/* The @n-th; its option is NULL from some @n on. */
struct kernel_need kernel_need(size_t n);

/* The value of @option in the text of a .config: 'y', 'm', 'v' for any other value, else 'n'. */
char kernel_config_value(const char *config, const char *option);

/* Does @config, the text of a .config, satisfy @need? */
bool kernel_need_met(const struct kernel_need *need, const char *config);

/*
 * The first option that a kernel must have built in ("CONFIG_FS_DAX") but @config, the
 * text of its .config, has not; NULL if it has all.
 */
const char *kernel_config_lacks(const char *config);

/*
 * Adds the options as a fragment for merge_config.sh, all built in, each after a comment with
 * its reason.
 */
void kernel_config_fragment(struct buf *out);

#endif
