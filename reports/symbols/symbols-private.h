/* SPDX-License-Identifier: GPL-2.0-only */
/* Private to symbols: one ELF file, its functions and its DWARF. */
#ifndef REPORTS_SYMBOLS_PRIVATE_H
#define REPORTS_SYMBOLS_PRIVATE_H

#include <elfutils/libdwfl.h>

#include "reports/symbols/symbols.h"

struct image_symbol {
	const char *name;
	uint64_t start; /* an address as libdwfl lays out the file */
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

/* Opens the ELF file @path; the error says what is wrong with it. */
struct err *image_open(const char *path, struct image **out) __must_check;

/* NULL is fine. */
void image_close(struct image *image);

/* The symbols called @name: the first in *@first; returns their number. */
size_t image_named(const struct image *image, const char *name, const struct image_symbol **first);

/* The places of one address, which own their strings. */
struct place_list {
	struct symbols_place *items;
	size_t count;
};

void place_list_deinit(struct place_list *list);

/*
 * Adds the places of @address; false, without a change, when the debug info does not cover
 * it. @symbol is that of the function; @root comes from image_root().
 */
bool image_places(struct image *image, uint64_t address, const char *symbol, const char *root,
		  struct place_list *out);

/*
 * The top of the source tree as the debug info of a kernel writes it, ended by a slash, by
 * the place of start_kernel(); NULL: not known. free() it.
 */
char *image_root(struct image *image);

/*
 * @path, if relative from @build, the folder the compiler ran in (NULL: not known), without
 * "." and "..", and without @root (NULL: none), else without @build or the part of it that
 * they share. free() it. Pure.
 */
char *source_path(const char *path, const char *root, const char *build);

#endif
