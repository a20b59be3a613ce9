/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a verdict stands on. At the end of a case each oracle says whether it saw all that
 * its rules read; a pass needs that word of every one. Pure.
 */
#ifndef BASE_SIGHT_H
#define BASE_SIGHT_H

enum oracle {
	ORACLE_LOG,	/* the console, to the mark of the case's end: the host's own */
	ORACLE_LEDGER,	/* struct pages, to the last look after umount */
	ORACLE_FLUSH,	/* the trace of writeback, to a mark after the last event */
	ORACLE_BLOCKS,	/* the filesystem's map of free space */
	ORACLE_ENTRIES, /* the count of faults that fell back from 2 MiB */
	ORACLES,
};

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
