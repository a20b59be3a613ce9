/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ledger: which pages of the NVDIMM are held, and how, as the program of a case knows
 * it. The agent sends it to the host, which compares it with the kernel's struct pages. Pure.
 *
 * MSG_CALL "ledger": a TAG_ARG for each row, with the references that exist now.
 * MSG_CALL "ledger-idle": one row, of which only pfn and count matter: these pages must be
 * neither held nor mapped.
 *
 * MSG_CALL "ledger-held": one row, as of "ledger-idle". MSG_REPLY has TAG_STATUS 0 if none of these
 * pages is held. Else the first line of TAG_TEXT is "held from NEXT ", in hex, with a line for each
 * struct ledger_held after it; they are all below page frame NEXT, from which on the caller asks
 * again. Or TAG_TEXT is the reason why the host cannot tell.
 *
 * MSG_REPLY to the others has TAG_STATUS 0 if the struct pages agree. Else the first line of
 * TAG_TEXT is either the name of a rule ("ledger.refcount"), followed by a line with what was
 * expected, a line with what was found, and a table; or the reason why the host cannot tell.
 */
#ifndef WIRE_LEDGER_H
#define WIRE_LEDGER_H

#include "base/buf.h"

#define LEDGER_CALL "ledger"
#define LEDGER_IDLE_CALL "ledger-idle"
#define LEDGER_HELD_CALL "ledger-held"

#define LEDGER_NAME_MAX 32u	    /* fits the names in scenarios */
#define LEDGER_ROW_MAX 160u	    /* bytes of a row as text */
#define LEDGER_ROWS_MAX 384u	    /* fit in one frame */
#define LEDGER_PAGES_MAX (1u << 22) /* in all rows of a call */
#define LEDGER_COUNT_MAX (1u << 20) /* of each kind of reference to a page */

/* @count pages, contiguous in the namespace and in the file, all held the same way. */
struct ledger_row {
	uint64_t pfn;
	uint32_t count;
	uint32_t ptes;		    /* page table entries of one page */
	uint32_t pmds;		    /* entries of 512 pages that begin with this page */
	uint32_t gets, pins;	    /* references by FOLL_GET and FOLL_PIN */
	uint32_t owners;	    /* places in files that the entries map */
	char name[LEDGER_NAME_MAX]; /* of the file or pin, for people */
	uint64_t index;		    /* of the first page in that file or pin */
};

/* @count pages that somebody holds: they have more references than their mappings account for. */
struct ledger_held {
	uint64_t pfn;
	uint32_t count;
	uint32_t refs, maps; /* of each page */
	/*
	 * The references are to any of the pages of a 2 MiB folio, which begins here, or began: a
	 * kernel that resets a folio that is held leaves all of its references at the first page.
	 */
	bool large;
};

#define LEDGER_HELD_HEAD "held from " /* then NEXT, a blank and a newline */
#define LEDGER_HELD_MAX 64u	      /* bytes of one as text, with its newline */
#define LEDGER_HELDS_MAX 256u	      /* fit in one reply */

/* Writes the row as text to @out, of LEDGER_ROW_MAX bytes. */
void ledger_row_format(const struct ledger_row *row, char *out);

/* False if @text is malformed or exceeds one of the bounds. */
bool ledger_row_parse(const char *text, struct ledger_row *out);

/* Writes @h as a line of text to @out, of LEDGER_HELD_MAX bytes. */
void ledger_held_format(const struct ledger_held *h, char *out);

/*
 * Reads the TAG_TEXT of such a reply into at most @max of @out. Returns how many there are, and in
 * *@next where to go on; 0 when @text is anything else, malformed or too long.
 */
size_t ledger_held_parse(const char *text, struct ledger_held *out, size_t max, uint64_t *next);

#endif
