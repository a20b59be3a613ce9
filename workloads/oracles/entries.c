/* SPDX-License-Identifier: GPL-2.0-only */
/* Judges whether a mapping gets 2 MiB entries: the kernel counts faults that fall back. */
#include "workloads/oracles/oracle.h"
#include "workloads/exec/maps.h"

#include <stdlib.h>
#include <string.h>

#include "base/arch.h"
#include "base/files.h"

/* The faults so far that fell back from a 2 MiB entry to 4 KiB; 0 when unknown. */
static uint64_t fallbacks(struct exec *x)
{
	static const char field[] = "\nthp_fault_fallback ";
	_cleanup_buf_ struct buf text = BUF_INIT;
	_cleanup_err_ struct err *err = file_read("/proc/vmstat", 1u << 16, &text);
	const char *p = err ? NULL : strstr(buf_str(&text), field);

	if (!p)
		oracle_lost(x, ORACLE_ENTRIES, SIGHT_LACKING,
			    "no thp_fault_fallback in /proc/vmstat");
	return p ? strtoull(p + strlen(field), NULL, 10) : 0;
}

/*
 * Whether a touch should get 2 MiB entries. A private store gets none, and a store that
 * unshares blocks gets new ones, which need not be aligned. Where a page table of 4 KiB
 * entries exists already, the kernel does not try, and counts nothing.
 */
static bool wants_large(const struct exec *x, const struct exec_map *m, const struct step *st)
{
	return m->pmd && (m->off + st->off) % PMD == 0 && st->len >= PMD &&
	       (!st->writable || (m->shared && x->nr_files == 1));
}

static void entries_touching(struct exec *x, const struct exec_map *m, const struct step *st)
{
	if (!wants_large(x, m, st))
		return;
	if (!x->oracle[ORACLE_ENTRIES])
		x->oracle[ORACLE_ENTRIES] = xcalloc(1, sizeof(uint64_t));
	*(uint64_t *)x->oracle[ORACLE_ENTRIES] = fallbacks(x);
}

/* An error of the case, not of the kernel: it tests nothing without the entry. */
static void entries_touched(struct exec *x, const struct exec_map *m, const struct step *st,
			    struct outcome *o)
{
	if (wants_large(x, m, st) && o->status == STEP_OK &&
	    fallbacks(x) != *(uint64_t *)x->oracle[ORACLE_ENTRIES])
		outcome_error(o, "'%s' got no 2 MiB entry: the fault fell back to 4 KiB", m->name);
}

const struct oracle_ops oracle_entries = {
	.touching = entries_touching,
	.touched = entries_touched,
};
