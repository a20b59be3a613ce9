/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Finds file, line and inlined functions of a frame of a kernel report,
 * "dax_iomap_rw+0x5b/0x200 [fs_dax]", in the DWARF of the kernel that wrote it. It uses only
 * symbols, so the load address does not matter. All strings are printable ASCII.
 */
#ifndef REPORTS_SYMBOLS_H
#define REPORTS_SYMBOLS_H

#include "base/err.h"

struct symbols;

/*
 * @vmlinux is the ELF file of the kernel, @modules a folder with the modules of this kernel
 * only, as NAME.ko or NAME.ko.debug, possibly compressed; NULL: none. Reads only the
 * symbol table of @vmlinux. The first frame that needs debug info loads it, decompressed,
 * and it stays in memory until symbols_close(). ERR_USAGE when @vmlinux is no ELF file or
 * @modules no folder; a file without debug info is no error, see SYMBOLS_NO_DEBUG_INFO.
 */
struct err *symbols_open(const char *vmlinux, const char *modules, struct symbols **out)
	__must_check;

/* NULL is fine. */
void symbols_close(struct symbols *s);

/*
 * The "Linux version ..." of @vmlinux without the newline; the first lines of a log of the same
 * build have the same text. NULL when it has none; valid until symbols_close().
 */
const char *symbols_banner(const struct symbols *s);

/* FUNCTION+OFFSET/SIZE [MODULE] as the kernel writes it. */
struct symbols_frame {
	const char *function; /* with the compiler's suffix: "foo.isra.0", "foo.cold" */
	const char *module;   /* '-' and '_' are one; NULL: the kernel itself */
	uint64_t offset;
	uint64_t size; /* 0: not known, which fails if the name is not unique */
	/* a return address, so the call is just before it: all in a call trace, but not RIP */
	bool call;
};

struct symbols_place {
	const char *function; /* without the compiler's suffix */
	const char *file;     /* from the top of the source tree: "fs/dax.c"; NULL: not known */
	unsigned int line;    /* 0: not known */
	bool inlined;	      /* into the next place */
};

/*
 * Called for each place of a frame: the innermost inlined function first, the function that
 * is really called last. @place and its strings are valid until it returns.
 */
typedef void symbols_fn(void *arg, const struct symbols_place *place);

enum symbols_answer {
	SYMBOLS_FOUND,
	SYMBOLS_NO_MODULE,     /* no file of that name, or no folder was given */
	SYMBOLS_BAD_MODULE,    /* the file cannot be read */
	SYMBOLS_NO_DEBUG_INFO, /* the file is stripped */
	SYMBOLS_NO_FUNCTION,   /* no such symbol: probably another build */
	SYMBOLS_OTHER_SIZE,    /* the symbol has another size: another build */
	SYMBOLS_AMBIGUOUS,     /* several symbols of that name and size, with different code */
	SYMBOLS_NO_LINE,       /* the debug info does not cover that byte */
};

/*
 * Calls @fn for each place of @frame; not at all unless it returns SYMBOLS_FOUND.
 *
 * A report's size is the distance to the next symbol (kallsyms_lookup_size_offset() in
 * kernel/kallsyms.c, find_kallsyms_symbol() in kernel/module/kallsyms.c), so it includes the
 * padding after the function, and ends early at a label within it. A symbol fits when the
 * size is that distance, or at least its own size and no more than the distance; for the last
 * one of a section, where the kernel counts into the next section, up to a page more than its
 * own. Of several symbols that fit, those with exactly the distance go first. If several are
 * left, as with a function of a header that many files include, they must all give the same
 * places.
 */
enum symbols_answer symbols_find(struct symbols *s, const struct symbols_frame *frame,
				 symbols_fn *fn, void *arg) __must_check;

/*
 * Why the last symbols_find() found nothing, with the file that it searched; NULL when it
 * found something. Valid until the next call.
 */
const char *symbols_problem(const struct symbols *s);

#endif
