/* SPDX-License-Identifier: GPL-2.0-only */
/* What the parts of symbols.h share: one ELF file, its functions and its DWARF. */
#ifndef REPORTS_SYMBOLS_PRIVATE_H
#define REPORTS_SYMBOLS_PRIVATE_H

#include <elfutils/libdwfl.h>

#include "reports/symbols/symbols.h"

struct image_symbol {
	const char *name;
	uint64_t start; /* as libdwfl lays the file out */
	uint64_t size;	/* as the symbol table says it, maybe 0 */
	uint64_t room;	/* to the next one of the section, UINT64_MAX: none */
	size_t section;
};

struct image {
	char *path;
	Dwfl *dwfl;
	Dwfl_Module *module;
	bool debug_info;
	char *banner;		      /* NULL: none */
	struct image_symbol *symbols; /* those of code; by name, then by start */
	size_t count;
};

/* The message says what is wrong with @path. */
struct err *image_open(const char *path, struct image **out) __must_check;

/* NULL is fine. */
void image_close(struct image *image);

/* The symbols called @name: *@first, and how many follow on from it. */
size_t image_named(const struct image *image, const char *name, const struct image_symbol **first);

/* The places of one address, which own their strings. */
struct place_list {
	struct symbols_place *items;
	size_t count;
};

void place_list_deinit(struct place_list *list);

/*
 * Adds the places of @address; false, and nothing, when the debug info does not know it.
 * @symbol is the function's; @root as by image_root().
 */
bool image_places(struct image *image, uint64_t address, const char *symbol, const char *root,
		  struct place_list *out);

/*
 * The top of the source tree as the debug info of a kernel writes it, ended by a slash, by
 * where start_kernel() is; NULL: cannot be told. free() it.
 */
char *image_root(struct image *image);

/*
 * @path, if relative from @build, the folder the compiler ran in (NULL: not known), without
 * "." and "..", and without @root (NULL: none), else without @build or the part of it that
 * they share. free() it. Pure.
 */
char *source_path(const char *path, const char *root, const char *build);

#endif
