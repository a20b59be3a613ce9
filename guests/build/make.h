/* SPDX-License-Identifier: GPL-2.0-only */
/* Runs the kernel's make on a source, in the folder of objects of a profile. */
#ifndef GUESTS_MAKE_H
#define GUESTS_MAKE_H

#include <stdio.h>

#include "guests/build/recipe.h"
#include "guests/build/source.h"

#define MAKE_CONFIG_MS (10 * 60 * 1000)
#define MAKE_BUILD_MS (12 * 60 * 60 * 1000)

/* One build: where, and how make is called. All borrowed are set by the caller. */
struct make {
	const struct source *source; /* borrowed, prepared: source_prepare() */
	const struct recipe *recipe; /* borrowed */
	const struct progress *say;  /* borrowed */
	char *src, *obj;

	/* private to make.c */
	char *basedir_arg, *obj_arg, *jobs_arg; /* arguments for make */
	const char *cc_arg;			/* NULL: no ccache */
	FILE *log;
	char *log_path;
	size_t lines;
	uint64_t said_ns;
	char *first_error;
};

/* Makes the folder of objects, and opens the log in it. make_close() @b, in any case. */
struct err *make_open(struct make *b) __must_check;
void make_close(struct make *b);

/*
 * Makes the .config from the recipe's fragments, unless it is there. ERR_USAGE: Kconfig rejects
 * one of their options.
 */
struct err *make_configure(struct make *b) __must_check;

/*
 * Runs make with its usual arguments, then @goals, NULL-terminated. ERR_BUILD: the source is at
 * fault; the message names the first error of the compiler, and the log.
 */
struct err *make_run(struct make *b, const char *const *goals, int timeout_ms) __must_check;

#endif
