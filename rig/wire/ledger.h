/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the program of a case knows of who holds which page of the NVDIMM, as it goes to
 * the host, which holds it against the kernel's own struct pages. Pure.
 *
 * MSG_CALL "ledger": a TAG_ARG for each row, with what stands now.
 * MSG_CALL "ledger-idle": one row, of which only pfn and count are looked at: nobody holds
 * or maps any of these pages.
 *
 * MSG_REPLY is TAG_STATUS 0 when all is as it must be. Else TAG_TEXT is a line, and when
 * that is the name of a rule ("ledger.refcount"), a line of what was expected, a line of
 * what was found, and a table. Any other line says why the host cannot tell.
 */
#ifndef WIRE_LEDGER_H
#define WIRE_LEDGER_H

#include "base/buf.h"

#define LEDGER_CALL "ledger"
#define LEDGER_IDLE_CALL "ledger-idle"

#define LEDGER_NAME_MAX 32u	    /* the names of scenarios fit */
#define LEDGER_ROW_MAX 160u	    /* bytes of a row as text */
#define LEDGER_ROWS_MAX 384u	    /* they go in one frame */
#define LEDGER_PAGES_MAX (1u << 22) /* in all rows of a call */
#define LEDGER_COUNT_MAX (1u << 20) /* of any kind of reference to a page */

/* @count pages side by side, in the namespace and in the file, each held the same way. */
struct ledger_row {
	uint64_t pfn;
	uint32_t count;
	uint32_t ptes;		    /* page table entries of one page */
	uint32_t pmds;		    /* of 512 pages, that begin with this one */
	uint32_t gets, pins;	    /* references by FOLL_GET and FOLL_PIN */
	uint32_t owners;	    /* places in files that the entries belong to */
	char name[LEDGER_NAME_MAX]; /* of a file or pin, for the reader */
	uint64_t index;		    /* page of it */
};

/* The row as text in @out, LEDGER_ROW_MAX bytes. */
void ledger_row_format(const struct ledger_row *row, char *out);

/* False when it is no row, or past one of the bounds. */
bool ledger_row_parse(const char *text, struct ledger_row *out);

#endif
