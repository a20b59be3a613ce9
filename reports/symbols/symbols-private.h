/* SPDX-License-Identifier: GPL-2.0-only */
/* Private to symbols: one ELF file, its functions and its DWARF. */
#ifndef REPORTS_SYMBOLS_PRIVATE_H
#define REPORTS_SYMBOLS_PRIVATE_H

#include <elfutils/libdwfl.h>

#include "reports/symbols/symbols.h"

struct image_symbol {
	const char *name;
	uint64_t start; /* an address as libdwfl lays out the file */
	uint64_t size;	/* as in the symbol table, maybe 0 */
	uint64_t room;	/* bytes to the next symbol of the section; UINT64_MAX: none */
	size_t section;
};

struct image {
	char *path;
	Dwfl *dwfl;
	Dwfl_Module *module;
	bool debug_info;
	char *banner;		      /* NULL: none */
	struct image_symbol *symbols; /* of code only; by name, then by start */
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
 * it. @symbol is the name of the function; @root comes from image_root().
 */
bool image_places(struct image *image, uint64_t address, const char *symbol, const char *root,
		  struct place_list *out);

/*
 * The top of the source tree as the debug info of a kernel writes it, ended by a slash, taken
 * from the file of start_kernel(); NULL: not known. free() it.
 */
char *image_root(struct image *image);

/*
 * Makes @path short; a relative one is from @build, where the compiler ran (NULL: not known).
 * Removes "." and "..", and @root (NULL: none), else what it shares with @build, from the
 * front. free() it. Pure.
 */
char *source_path(const char *path, const char *root, const char *build);

#endif
