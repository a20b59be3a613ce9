/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From a frame of a kernel report, "dax_iomap_rw+0x5b/0x200 [fs_dax]", to file, line and
 * inlined functions, by the DWARF of the kernel that wrote it. Everything goes by symbol:
 * where the kernel was loaded does not matter. All strings are printable ASCII.
 */
#ifndef REPORTS_SYMBOLS_H
#define REPORTS_SYMBOLS_H

#include "base/err.h"

struct symbols;

/*
 * @vmlinux is the ELF file of the kernel, @modules a folder of this one kernel, below which
 * its modules are found, NAME.ko or NAME.ko.debug, maybe compressed; NULL: none. Reads the
 * symbol table of @vmlinux only: debug info comes in with the first frame that asks for it,
 * and stays in memory until symbols_close(): as much as it has when unpacked, if its
 * sections are compressed. ERR_USAGE when @vmlinux is no ELF file or @modules no folder;
 * a file without debug info is fine, see SYMBOLS_NO_DEBUG_INFO.
 */
struct err *symbols_open(const char *vmlinux, const char *modules, struct symbols **out)
	__must_check;

/* NULL is fine. */
void symbols_close(struct symbols *s);

/*
 * What tells whether @vmlinux is of the build that wrote a log: its "Linux version ..."
 * without the newline, the same text as in the log's first lines. NULL when it has none;
 * lives as long as @s.
 */
const char *symbols_banner(const struct symbols *s);

/* FUNCTION+OFFSET/SIZE [MODULE] as the kernel writes it. */
struct symbols_frame {
	const char *function; /* with the compiler's suffix: "foo.isra.0", "foo.cold" */
	const char *module;   /* '-' and '_' are one; NULL: the kernel itself */
	uint64_t offset;
	uint64_t size; /* 0: not known, which fails where a name is not unique */
	/* A return address, as all of a call trace are: the call is just before it. RIP is none */
	bool call;
};

struct symbols_place {
	const char *function; /* without the compiler's suffix */
	const char *file;     /* from the top of the source tree: "fs/dax.c"; NULL: not known */
	unsigned int line;    /* 0: not known */
	bool inlined;	      /* into the next place */
};

/*
 * Gets the places of a frame, the innermost inlined function first, the function that is
 * really called last. @place and its strings are good until it returns.
 */
typedef void symbols_fn(void *arg, const struct symbols_place *place);

enum symbols_answer {
	SYMBOLS_FOUND,
	SYMBOLS_NO_MODULE,     /* no file of that name, or no folder was given */
	SYMBOLS_BAD_MODULE,    /* there is a file, but it cannot be read */
	SYMBOLS_NO_DEBUG_INFO, /* the file is stripped */
	SYMBOLS_NO_FUNCTION,   /* no such symbol: probably of another build */
	SYMBOLS_OTHER_SIZE,    /* there is one, of another size: of another build */
	SYMBOLS_AMBIGUOUS,     /* several of that name and size that are not the same code */
	SYMBOLS_NO_LINE,       /* the debug info says nothing about that byte */
};

/*
 * Calls @fn for each place of @frame; not at all unless it returns SYMBOLS_FOUND.
 *
 * A report's size is the distance to the next symbol (kallsyms_lookup_size_offset() in
 * kernel/kallsyms.c, find_kallsyms_symbol() in kernel/module/kallsyms.c), so it holds the
 * padding behind the function, and ends early at a label within it. A symbol fits when the
 * size is that distance, or at least its own size and no more than the distance; for the last
 * one of a section, where the kernel counts on into the next, up to a page more than its own.
 * Of several that fit, those with exactly the distance go first. When several still do, as
 * with a function of a header that many files include, they must all give the same places.
 */
enum symbols_answer symbols_find(struct symbols *s, const struct symbols_frame *frame,
				 symbols_fn *fn, void *arg) __must_check;

/*
 * Why the last symbols_find() found nothing, in words, with the file it looked in; NULL when
 * it did. Good until the next one.
 */
const char *symbols_problem(const struct symbols *s);

#endif
