/* SPDX-License-Identifier: GPL-2.0-only */
/* The combinations that are no cases, and why. */
#include "workloads/matrix/dimensions.h"

#include <string.h>

/* Whether the pin holds the zero page, which is no page of the file. */
static bool on_zero_page(const struct combo *c)
{
	return (c->geometry->traits & GEOMETRY_ZERO) && !(c->pin->traits & PIN_DMA_WRITES);
}

bool combo_holds(const struct combo *c)
{
	return (c->pin->traits & PIN_HOLDS) && !on_zero_page(c);
}

bool combo_meets(const struct combo *c)
{
	return c->overlap->kind != OVERLAP_ELSEWHERE && c->overlap->kind != OVERLAP_SHARER;
}

/* Whether another file, or another offset of the file, shares the extent. */
static bool shared(const struct combo *c)
{
	return c->geometry->sharers || (c->geometry->traits & GEOMETRY_SELF);
}

bool combo_on_sharer(const struct combo *c)
{
	return c->overlap->kind == OVERLAP_SHARER && c->geometry->sharers;
}

static bool writes(const struct combo *c)
{
	return c->pin->traits & PIN_DMA_WRITES;
}

/* Pins */

static bool never_on_a_file(const struct combo *c)
{
	return c->pin->traits & (PIN_REFUSED | PIN_DEVDAX);
}

static bool holds_nothing(const struct combo *c)
{
	return !(c->pin->traits & (PIN_LOOKS | PIN_HOLDS));
}

/* Filesystems */

static unsigned int lacks(const struct combo *c)
{
	unsigned int needs = c->operation->needs;

	if (shared(c) || (c->geometry->traits & GEOMETRY_RESERVED))
		needs |= FILESYSTEM_REFLINK;
	/* 2 MiB entries need aligned extents, and preallocation makes them */
	if (c->geometry->traits & (GEOMETRY_ALLOCATED | GEOMETRY_PMD))
		needs |= FILESYSTEM_PREALLOCATION;
	return needs & ~c->fs->features;
}

/* Pins and geometries */

static bool fills_the_hole(const struct combo *c)
{
	return writes(c) && (c->geometry->traits & GEOMETRY_ZERO) &&
	       !(c->geometry->traits & GEOMETRY_ALLOCATED);
}

static bool writes_past_end(const struct combo *c)
{
	return writes(c) && (c->geometry->traits & GEOMETRY_TAIL);
}

static bool breaks_sharing(const struct combo *c)
{
	return writes(c) && shared(c) &&
	       (c->geometry->sharers != 1 || (c->geometry->traits & GEOMETRY_PMD));
}

static bool broke_sharing(const struct combo *c)
{
	return writes(c) && shared(c) && c->overlap->kind == OVERLAP_SHARER;
}

/* Places */

static bool nobody_shares(const struct combo *c)
{
	return c->overlap->kind == OVERLAP_SHARER && !shared(c);
}

static bool takes_one_inode(const struct combo *c)
{
	return c->overlap->kind == OVERLAP_HIGHER && !c->op->other;
}

static bool copy_is_later(const struct combo *c)
{
	return c->overlap->kind == OVERLAP_HIGHER && (c->operation->traits & OP_COMPARES);
}

static bool takes_filesystem(const struct combo *c)
{
	return c->op->reach == REACH_FILESYSTEM && c->overlap->kind != OVERLAP_SAME;
}

static bool takes_past_end(const struct combo *c)
{
	return c->op->reach == REACH_PAST_END && c->overlap->kind != OVERLAP_SAME;
}

static bool takes_file(const struct combo *c)
{
	return c->op->reach == REACH_FILE &&
	       (c->overlap->kind == OVERLAP_TOUCH || c->overlap->kind == OVERLAP_ELSEWHERE ||
		(c->overlap->kind == OVERLAP_SHARER && !c->geometry->sharers));
}

static bool touches_blocks(const struct combo *c)
{
	return c->overlap->kind == OVERLAP_TOUCH && (c->op->traits & CASE_BLOCKS);
}

static bool zero_page_elsewhere(const struct combo *c)
{
	return on_zero_page(c) && c->overlap->kind != OVERLAP_SAME;
}

static bool nothing_above(const struct combo *c)
{
	return c->op->reach == REACH_UP && c->overlap->kind == OVERLAP_ELSEWHERE &&
	       !c->geometry->elsewhere.cut;
}

static bool collapses_end(const struct combo *c)
{
	return (c->op->traits & CASE_BELOW_END) && (c->geometry->traits & GEOMETRY_TAIL);
}

/* When */

static bool kept_open(const struct combo *c)
{
	bool on_other = combo_on_sharer(c) && c->op->reach != REACH_FILESYSTEM;
	bool only_unmapped = c->when->unmapped && !c->when->process && !c->when->remapped;

	return (c->operation->traits & OP_LAST_CLOSE) && !on_other && !only_unmapped;
}

static bool nothing_meanwhile(const struct combo *c)
{
	return c->when->remapped && (!combo_holds(c) || c->op->wait == WAIT_NEVER);
}

static bool zero_page_of_whom(const struct combo *c)
{
	return on_zero_page(c) && c->when->process;
}

/* Endings */

static bool holder_is_program(const struct combo *c)
{
	return c->end->holder && !c->when->process;
}

static bool holder_in_d(const struct combo *c)
{
	return c->end->holder && (c->pin->traits & PIN_UNINTERRUPTIBLE);
}

static bool nobody_waits(const struct combo *c)
{
	return (c->end->holder || c->end->signal) && !combo_holds(c);
}

static bool over_already(const struct combo *c)
{
	return c->end->holder && c->op->wait == WAIT_NEVER;
}

static bool reserve_ends_none(const struct combo *c)
{
	return (c->geometry->traits & GEOMETRY_RESERVED) && (c->end->holder || c->end->signal);
}

static bool waits_never(const struct combo *c)
{
	return c->end->signal && c->op->wait == WAIT_NEVER;
}

static bool may_be_over(const struct combo *c)
{
	return c->end->signal && (c->op->wait == WAIT_MAY || !combo_meets(c));
}

struct exclusion {
	bool (*applies)(const struct combo *c);
	struct matrix_reason reason;
};

static const struct exclusion pin_exclusions[] = {
	{ never_on_a_file, { "the pin never stands on a file", false } },
	{ holds_nothing, { "the pin holds nothing", false } },
};

/* Index: the bit of an enum filesystem_feature. */
static const struct matrix_reason lacking[FILESYSTEM_FEATURES] = {
	{ "the filesystem cannot share extents", false },
	{ "the filesystem cannot exchange ranges", false },
	{ "the filesystem cannot preallocate", false },
	{ "the filesystem cannot punch holes", false },
	{ "the filesystem has no ZERO_RANGE", false },
	{ "the filesystem cannot shift extents", false },
};

static const struct exclusion exclusions[] = {
	{ fills_the_hole,
	  { "a writing pin fills the hole when it is taken: see unwritten", true } },
	{ writes_past_end, { "no file shows bytes that a device writes beyond its end", false } },
	{ breaks_sharing,
	  { "a writing pin unshares the extent when it is taken: see shared-2", true } },
	{ broke_sharing, { "a writing pin has an extent of its own", false } },
	{ nobody_shares, { "nobody shares the extent", false } },
	{ takes_one_inode, { "the operation takes one inode", false } },
	{ copy_is_later, { "the second file is a copy: it is made last", false } },
	{ takes_filesystem,
	  { "the operation takes the whole filesystem: the place makes no "
	    "difference",
	    true } },
	{ takes_past_end,
	  { "the operation changes nothing below the file's end: the place "
	    "makes no difference",
	    true } },
	{ takes_file,
	  { "the operation takes the whole file: the place makes no difference", true } },
	{ touches_blocks,
	  { "the operation takes whole blocks: it cannot meet a byte of one", false } },
	{ zero_page_elsewhere,
	  { "the zero page belongs to no file: the place makes no difference", true } },
	{ nothing_above, { "a file has nothing to cut or move above its last page", false } },
	{ collapses_end, { "COLLAPSE_RANGE must end below the end of the file", false } },
	{ kept_open, { "a mapping keeps the file open: there is no last close", false } },
	{ nothing_meanwhile,
	  { "the operation does not wait: nothing can happen meanwhile", false } },
	{ zero_page_of_whom,
	  { "the zero page belongs to no file: the mapping makes no difference", true } },
	{ holder_is_program, { "the program holds the pin: if it ends, the case ends", false } },
	{ holder_in_d,
	  { "the holder is in state D until the pin is released: it cannot end before", false } },
	{ nobody_waits, { "nothing waits for this pin: how it ends makes no difference", true } },
	{ over_already,
	  { "the operation ends before the pin does: how that ends makes no "
	    "difference",
	    true } },
	{ reserve_ends_none,
	  { "a copy-on-write reservation does not change how a wait ends: "
	    "see 4k",
	    true } },
	{ waits_never, { "the operation does not wait: there is no wait to interrupt", false } },
	{ may_be_over, { "the operation need not wait: it may end before the signal", false } },
};

const struct matrix_reason *matrix_reason(size_t n)
{
	if (n < ARRAY_SIZE(pin_exclusions))
		return &pin_exclusions[n].reason;
	n -= ARRAY_SIZE(pin_exclusions);
	if (n < ARRAY_SIZE(lacking))
		return &lacking[n];
	n -= ARRAY_SIZE(lacking);
	return n < ARRAY_SIZE(exclusions) ? &exclusions[n].reason : NULL;
}

static const struct matrix_reason *first(const struct exclusion *exclusion, size_t n,
					 const struct combo *c)
{
	for (; n; exclusion++, n--)
		if (exclusion->applies(c))
			return &exclusion->reason;
	return NULL;
}

const struct matrix_reason *combo_left_out(const struct combo *c)
{
	const struct matrix_reason *reason = first(pin_exclusions, ARRAY_SIZE(pin_exclusions), c);
	unsigned int missing = reason ? 0 : lacks(c);

	if (missing)
		reason = &lacking[__builtin_ctz(missing)];
	return reason ? reason : first(exclusions, ARRAY_SIZE(exclusions), c);
}
