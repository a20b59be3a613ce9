/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a verdict stands on. At the end of a case each oracle says whether it saw all that
 * its rules read; a pass needs that word of every one. Pure.
 */
#ifndef BASE_SIGHT_H
#define BASE_SIGHT_H

/* Of each ORACLE_ and this name is its number, and what it is called everywhere else. */
#define ORACLE_LIST(O)                                                                             \
	O(LOG, "log")	    /* the console, to the mark of the case's end: the host's own */       \
	O(LEDGER, "ledger") /* struct pages, to the last look after umount */                      \
	O(FLUSH, "flush")   /* the trace of writeback, to a mark after the last event */           \
	O(BLOCKS, "blocks") /* the filesystem's map of free space */                               \
	O(ENTRIES, "2 MiB entries") /* the count of faults that fell back from 2 MiB */

#define O(name, text) ORACLE_##name,
enum oracle { ORACLE_LIST(O) ORACLES };
#undef O

/* Of two words on one oracle the later of these holds. */
enum sight {
	SIGHT_NONE, /* it said nothing */
	SIGHT_WHOLE,
	SIGHT_LACKING, /* this kernel or filesystem does not offer what it reads */
	SIGHT_OFF,     /* a self-test left it out */
	SIGHT_CUT,     /* it broke off: of what came then it saw nothing */
	SIGHTS,
};

/* "log", "ledger", ...; static. */
const char *oracle_name(enum oracle oracle);
/* "none", "whole", "lacking", "off", "cut"; static. */
const char *sight_name(enum sight sight);

#endif
