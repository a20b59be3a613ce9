/* SPDX-License-Identifier: GPL-2.0-only */
#include "reports/record/rung.h"

#include <string.h>

static const struct {
	const char *text;
	enum severity severity;
} rungs[RUNGS] = {
	[RUNG_OTHERS] = { "bytes of another file are seen or overwritten", SEVERITY_ACCESS },
	[RUNG_FREED] = { "a block or memory is in use after it was freed", SEVERITY_ACCESS },
	[RUNG_OWN] = { "a file's own bytes are lost, or old", SEVERITY_LOSS },
	[RUNG_DAMAGED] = { "the filesystem is damaged", SEVERITY_LOSS },
	[RUNG_STOPPED] = { "the kernel stops", SEVERITY_HANG },
	[RUNG_STUCK] = { "something hangs beyond SIGKILL", SEVERITY_HANG },
	[RUNG_PAGES] = { "pages keep counts or owners that are wrong", SEVERITY_WARNING },
	[RUNG_WARNING] = { "a warning, or a wait too long or too short", SEVERITY_WARNING },
	[RUNG_NOTHING] = { "nothing", SEVERITY_UNSET },
};

const char *rung_text(enum rung r)
{
	return rungs[r].text;
}

enum severity rung_severity(enum rung r)
{
	return rungs[r].severity;
}

enum rung rung_of_rule(enum rule rule)
{
	switch (rule) {
	case RULE_CONTENT_DMA:
		return RUNG_OTHERS;
	case RULE_BLOCK_FREED:
		return RUNG_FREED;
	case RULE_CONTENT_FILE:
	case RULE_CONTENT_MAP:
	case RULE_CONTENT_PIN:
	case RULE_FLUSH_MISSING:
		return RUNG_OWN;
	case RULE_RESIDUE_FSCK:
	case RULE_RESIDUE_MOUNT:
		return RUNG_DAMAGED;
	case RULE_GUEST_PANIC:
	case RULE_GUEST_DIED:
		return RUNG_STOPPED;
	case RULE_CONTRACT_KILLABLE:
	case RULE_LIVENESS_HANG:
	case RULE_RESIDUE_UMOUNT:
	case RULE_RESIDUE_PROCESS:
	case RULE_RESIDUE_DEVICE:
		return RUNG_STUCK;
	case RULE_LEDGER_REFCOUNT:
	case RULE_LEDGER_PINS:
	case RULE_LEDGER_MAPCOUNT:
	case RULE_LEDGER_MAPPING:
	case RULE_LEDGER_INDEX:
	case RULE_LEDGER_SHARE:
	case RULE_LEDGER_ORDER:
	case RULE_LEDGER_IDLE:
		return RUNG_PAGES;
	case RULE_CONTRACT_WAITS:
	case RULE_CONTRACT_SLEEPS:
	case RULE_CONTRACT_INTERRUPTIBLE:
	case RULE_CONTRACT_ENDS:
	case RULE_CONTRACT_ERRNO:
	case RULE_CONTRACT_GRANTED:
	case RULE_CONTRACT_REFUSED:
	case RULE_CONTRACT_NOWAIT:
	case RULE_CONTRACT_SIGBUS:
	case RULE_PROGRAM_EXIT:
	case RULE_SPLAT:
	case RULES:
		break;
	}
	return RUNG_WARNING;
}

static enum rung rung_of_splat(const struct splat *s)
{
	if (s->panicked)
		return RUNG_STOPPED;
	switch (s->cls) {
	case SPLAT_BUG:
		/* the others, as of a list, let the kernel go on */
		return strncmp(s->title, "kernel BUG", 10) == 0 ? RUNG_STOPPED : RUNG_WARNING;
	case SPLAT_OOPS:
	case SPLAT_PANIC:
		return RUNG_STOPPED;
	case SPLAT_SANITIZER:
		return strstr(s->title, "use-after-free") ? RUNG_FREED : RUNG_WARNING;
	case SPLAT_FS:
		return RUNG_DAMAGED;
	case SPLAT_HUNG_TASK:
	case SPLAT_LOCKUP:
	case SPLAT_RCU_STALL:
		return RUNG_STUCK;
	case SPLAT_REFCOUNT:
	case SPLAT_BAD_PAGE:
		return RUNG_PAGES;
	case SPLAT_WARNING:
	case SPLAT_LOCKDEP:
	case SPLAT_ATOMIC_SLEEP:
		break;
	}
	return RUNG_WARNING;
}

enum rung rung_of_finding(const struct case_record *rec, const struct finding *f)
{
	enum rung worst = RUNG_WARNING;
	enum rule rule;

	if (!rule_find(f->rule, &rule))
		return RUNG_WARNING;
	if (rule != RULE_SPLAT)
		return rung_of_rule(rule);
	for (size_t i = 0; i < rec->splat_count; i++)
		if (f->found && strcmp(rec->splats[i]->title, f->found) == 0)
			worst = MIN(worst, rung_of_splat(rec->splats[i]));
	return worst;
}
