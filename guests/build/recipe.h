/* SPDX-License-Identifier: GPL-2.0-only */
/* The parts of a built kernel besides its source: profile, config fragments, patches. */
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
	/* fragments of a .config; later ones override earlier ones. The first one is what
	   daxrig needs; some of its options are only wishes: see kernel-config.h */
	struct recipe_part fragments[KERNEL_SPEC_EXTRAS_MAX + 3];
	size_t nr_fragments;
	struct recipe_part patches[KERNEL_SPEC_EXTRAS_MAX]; /* in this order */
	size_t nr_patches;
};

/*
 * Makes the recipe from the extras of @spec, and reads their files. recipe_deinit() *@out, in
 * any case. ERR_USAGE: an extra is neither a profile, FILE.config, FILE.patch nor FILE.diff, or
 * cannot be read. @spec must outlive *@out.
 */
struct err *recipe_read(const struct kernel_spec *spec, struct recipe *out) __must_check;
void recipe_deinit(struct recipe *r);

/*
 * The key of the kernel that @r makes from @source with @compiler (its version as text):
 * "SOURCE-PROFILE-HEX", the same for the same bytes. free() it.
 */
char *recipe_key(const struct recipe *r, const char *source, const char *compiler);

/*
 * ERR_USAGE if @config, the resulting .config of @title, lacks a setting of the fragments.
 * Adds the wishes that it lacks to @missed.
 */
struct err *recipe_check(const struct recipe *r, const char *title, const char *config,
			 struct buf *missed) __must_check;

#endif
