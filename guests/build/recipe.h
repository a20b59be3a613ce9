/* SPDX-License-Identifier: GPL-2.0-only */
/* What a kernel that is built here is made of, besides its source. */
#ifndef GUESTS_RECIPE_H
#define GUESTS_RECIPE_H

#include "base/buf.h"
#include "guests/store/kernel-spec.h"

/* A file of the user's, or a part of the program. */
struct recipe_part {
	char *name;
	char *text;
};

struct recipe {
	const char *profile; /* borrowed: "fast" */
	/* fragments of a .config, what comes later goes over what came before; of the
	   first one, of what daxrig needs, some are wishes: see kernel-config.h */
	struct recipe_part fragments[KERNEL_SPEC_EXTRAS_MAX + 3];
	size_t nr_fragments;
	struct recipe_part patches[KERNEL_SPEC_EXTRAS_MAX]; /* in this order */
	size_t nr_patches;
};

/*
 * From the extras of @spec, whose files are read. recipe_deinit() *@out, in any case.
 * ERR_USAGE: one is no profile, no FILE.config and no FILE.patch or FILE.diff, or cannot be
 * read. @spec must last as long.
 */
struct err *recipe_read(const struct kernel_spec *spec, struct recipe *out) __must_check;
void recipe_deinit(struct recipe *r);

/*
 * The key of what @r makes of the source @source with @compiler (its version in words):
 * "SOURCE-PROFILE-HEX", the same for the same bytes. free() it.
 */
char *recipe_key(const struct recipe *r, const char *source, const char *compiler);

/*
 * ERR_USAGE in words when @config, the .config that came out for @title, has not what the
 * fragments ask for; wishes that it does not grant are added to @missed.
 */
struct err *recipe_check(const struct recipe *r, const char *title, const char *config,
			 struct buf *missed) __must_check;

#endif
