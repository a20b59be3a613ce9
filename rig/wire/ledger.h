/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ledger: which pages of the NVDIMM are held, and how, as the program of a case knows
 * it. The agent sends it to the host, which compares it with the kernel's struct pages. Pure.
 *
 * MSG_CALL "ledger": a TAG_ARG for each row, with the references that exist now.
 * MSG_CALL "ledger-idle": one row, of which only pfn and count matter: these pages must be
 * neither held nor mapped.
 *
 * MSG_REPLY has TAG_STATUS 0 if the struct pages agree. Else the first line of TAG_TEXT is
 * either the name of a rule ("ledger.refcount"), followed by a line with what was expected,
 * a line with what was found, and a table; or the reason why the host cannot tell.
 */
#ifndef WIRE_LEDGER_H
#define WIRE_LEDGER_H

#include "base/buf.h"

#define LEDGER_CALL "ledger"
#define LEDGER_IDLE_CALL "ledger-idle"

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

/* Writes the row as text to @out, of LEDGER_ROW_MAX bytes. */
void ledger_row_format(const struct ledger_row *row, char *out);

/* False if @text is malformed or exceeds one of the bounds. */
bool ledger_row_parse(const char *text, struct ledger_row *out);

#endif
