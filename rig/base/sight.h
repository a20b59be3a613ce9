/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How much of a case an oracle saw. At the end of a case each oracle reports whether it saw
 * everything that its rules need; a case passes only if every oracle did. Pure.
 */
#ifndef BASE_SIGHT_H
#define BASE_SIGHT_H

/* For each oracle: ORACLE_ and the first word make the enum member, the string is its name. */
#define ORACLE_LIST(O)                                                                             \
	O(LOG, "log")	    /* the console, up to the mark of the case's end; the host reads it */ \
	O(LEDGER, "ledger") /* struct pages, up to the last look after umount */                   \
	O(FLUSH, "flush")   /* the trace of writeback, up to a mark after the last event */        \
	O(BLOCKS, "blocks") /* the filesystem's map of free space */                               \
	O(ENTRIES, "2 MiB entries") /* the count of faults that fell back from 2 MiB */

#define O(name, text) ORACLE_##name,
enum oracle { ORACLE_LIST(O) ORACLES };
#undef O

/* If an oracle reports twice, the later member of this enum counts. */
enum sight {
	SIGHT_NONE, /* it reported nothing */
	SIGHT_WHOLE,
	SIGHT_LACKING, /* this kernel or filesystem does not offer what the oracle reads */
	SIGHT_OFF,     /* a self-test switched it off */
	SIGHT_CUT,     /* it stopped early and saw nothing after that */
	SIGHTS,
};

/* "log", "ledger", ...; static. */
const char *oracle_name(enum oracle oracle);
/* "none", "whole", "lacking", "off", "cut"; static. */
const char *sight_name(enum sight sight);

#endif
