/* SPDX-License-Identifier: GPL-2.0-only */
#include "workloads/matrix/dimensions.h"

#include <string.h>

#include "base/glob.h"

#define K(n) ((n)*1024ull)
#define M(n) ((n)*1048576ull)

/* Too small for a 2 MiB entry, so it has only 4 KiB entries; quick to check. */
#define PLAIN                                                                                      \
	.size = K(512), .grown = K(768), .pin_off = K(256), .pin_len = K(64),                      \
	.same = { K(256), K(64), K(128) }, .touch = { K(256 + 64) - 1, K(4), K(256 + 64) - 1 },    \
	.elsewhere = { K(384), K(64), K(384) }

/* The last pages of the second 2 MiB of three. */
#define WHOLE_PMD                                                                                  \
	.size = M(6), .grown = M(8), .pin_off = K(4032), .pin_len = K(64),                         \
	.same = { M(2), M(2), M(2) }, .touch = { M(4) - 1, K(4), M(4) - 1 },                       \
	.elsewhere = { M(5), K(64), M(5) }

static const struct matrix_geometry geometries[] = {
	{ .name = "4k",
	  .summary = "written, mapped by 4 KiB entries",
	  .words = "",
	  .kind = "written",
	  PLAIN },
	{ .name = "pmd",
	  .summary = "2 MiB entries, the operation changes a whole one",
	  .words = " in a 2 MiB entry",
	  .kind = "written",
	  .traits = GEOMETRY_PMD,
	  WHOLE_PMD },
	{ .name = "pmd-split",
	  .summary = "2 MiB entries, the operation changes 4 KiB of one",
	  .words = " in a 2 MiB entry, of which 4 KiB are meant",
	  .kind = "written",
	  .traits = GEOMETRY_PMD,
	  .size = M(6),
	  .grown = M(8),
	  .pin_off = M(2),
	  .pin_len = K(64),
	  .same = { M(2), K(4), M(2) + K(4) },
	  .touch = { M(2) + K(64) - 1, K(4), M(2) + K(64) - 1 },
	  .elsewhere = { M(3), K(4), M(3) } },
	{ .name = "unwritten",
	  .summary = "preallocated: a write fault makes it written, "
		     "a read fault maps the zero page",
	  .words = " on an unwritten extent",
	  .kind = "fallocated",
	  .traits = GEOMETRY_ZERO | GEOMETRY_ALLOCATED,
	  PLAIN },
	{ .name = "hole",
	  .summary = "a hole: a read fault maps the zero page",
	  .words = " on a hole",
	  .kind = "hole",
	  .traits = GEOMETRY_ZERO,
	  PLAIN },
	{ .name = "tail",
	  .summary = "the pin holds the last page, a partial one",
	  .words = " on the partial page at the end of the file",
	  .kind = "written",
	  .traits = GEOMETRY_TAIL,
	  .size = K(511),
	  .grown = K(768),
	  .pin_off = K(448),
	  .pin_len = K(64),
	  .same = { K(448), K(63), K(448) },
	  .touch = { K(444), K(4) + 1, K(511) - 1 },
	  .elsewhere = { K(128), K(64), 0 } },
	{ .name = "shared-self",
	  .summary = "the file has the extent twice",
	  .words = " on an extent the file has twice",
	  .kind = "written",
	  .traits = GEOMETRY_SELF,
	  .size = K(512),
	  .grown = K(768),
	  .pin_off = K(256),
	  .pin_len = K(64),
	  .same = { K(256), K(64), K(128) },
	  .touch = { K(256 + 64) - 1, K(4), K(256 + 64) - 1 },
	  .elsewhere = { K(448), K(32), K(448) },
	  .twin = { K(384), K(64), K(384) } },
	/* XFS reserves in units of 128 KiB for a copy on write (xfs_get_cowextsz_hint()) */
	{ .name = "reserved",
	  .summary = "the page is not shared, but a copy on write beside it "
		     "reserved blocks for it",
	  .words = " beneath what a copy on write beside it reserved",
	  .kind = "written",
	  .traits = GEOMETRY_RESERVED,
	  .twin = { K(320 + 32), K(4), K(352) },
	  PLAIN },
	/* not both mapped: up to 7.3 the operation then waits for ever, and the case ends there */
	{ .name = "shared-2",
	  .summary = "two files share the extents, the other was mapped before",
	  .words = " on an extent two files share",
	  .kind = "written",
	  .traits = GEOMETRY_ALONE,
	  .sharers = 1,
	  PLAIN },
	{ .name = "shared-3",
	  .summary = "three files share the extents, all are mapped",
	  .words = " on an extent three files share",
	  .kind = "written",
	  .sharers = 2,
	  PLAIN },
	{ .name = "shared-mixed",
	  .summary = "two files share the extents, the pinned one is "
		     "mapped by 2 MiB entries, the other by 4 KiB",
	  .words = " in a 2 MiB entry of an extent that another file maps by 4 KiB",
	  .kind = "written",
	  .traits = GEOMETRY_PMD,
	  .sharers = 1,
	  WHOLE_PMD },
};

static const struct matrix_when whens[] = {
	{ .name = "mapped", .summary = "the program maps the file", .words = "" },
	{ .name = "unmapped",
	  .summary = "the pinned mapping is gone when the operation starts",
	  .words = "; its mapping is gone",
	  .unmapped = true },
	{ .name = "remapped",
	  .summary = "as unmapped, but the file is mapped again and touched "
		     "while the operation waits",
	  .words = "; the file is mapped anew meanwhile",
	  .unmapped = true,
	  .remapped = true },
	{ .name = "process",
	  .summary = "only another process has the mapping and the pin",
	  .words = "; it and its mapping are another process's",
	  .unmapped = true,
	  .process = true },
	{ .name = "forked",
	  .summary = "a forked child has the pin; both it and the program have the mapping",
	  .words = "; it is a forked child's",
	  .process = true },
};

static const struct matrix_overlap overlaps[] = {
	{ "same",
	  "the operation changes the pinned pages; of two files the pinned one has the "
	  "lower inode number",
	  "", OVERLAP_SAME },
	{ "touch", "it changes one byte of them", ", by one byte,", OVERLAP_TOUCH },
	{ "elsewhere", "it changes other pages of the file", ", elsewhere in the file,",
	  OVERLAP_ELSEWHERE },
	{ "sharer", "it changes another file, or offset, that shares the extent",
	  ", where it is shared,", OVERLAP_SHARER },
	{ "higher", "as same, the pinned file has the higher inode number",
	  ", the pinned file having the higher inode,", OVERLAP_HIGHER },
};

static const struct matrix_end ends[] = {
	{ .name = "unpin", .summary = "the pin is released", .words = "" },
	{ .name = "kill-waiter",
	  .summary = "the operation gets SIGKILL while it waits",
	  .words = "; the operation is killed",
	  .signal = "KILL",
	  .process = true },
	{ .name = "signal-waiter",
	  .summary = "the operation gets SIGTERM while it waits",
	  .words = "; the operation gets a signal",
	  .signal = "TERM" },
	{ .name = "kill-holder",
	  .summary = "the process with the pin gets SIGKILL",
	  .words = "; its process is killed",
	  .holder = "kill" },
	{ .name = "exit-holder",
	  .summary = "the process with the pin exits",
	  .words = "; its process exits",
	  .holder = "exit" },
};

static const struct {
	const char *key, *summary;
	bool all; /* a plan that does not name it gets all its rows */
} dims[] = {
	[MATRIX_FS] = { "fs", "filesystem", true },
	[MATRIX_GEOMETRY] = { "geometry", "the extents and entries of the pinned pages", false },
	[MATRIX_PIN] = { "pins", "what holds the pages ('daxrig list pins')", true },
	[MATRIX_WHEN] = { "when", "who maps the file when the operation starts", false },
	[MATRIX_OP] = { "ops", "what is done to the file", true },
	[MATRIX_OVERLAP] = { "overlap", "what the operation changes, relative to the pin", false },
	[MATRIX_END] = { "end", "how the pin, or the wait for it, ends", false },
};

const char *matrix_dim_key(enum matrix_dim dim)
{
	return dims[dim].key;
}

const char *matrix_dim_summary(enum matrix_dim dim)
{
	return dims[dim].summary;
}

/* Row @row of the cases of all operations, and its operation in *@op. NULL after the last. */
static const struct op_case *op_case_at(unsigned int row, const struct operation **op)
{
	for (unsigned int i = 0; operations[i]; i++)
		for (const struct op_case *c = operations[i]->cases; c && c->name; c++)
			if (!row--) {
				*op = operations[i];
				return c;
			}
	return NULL;
}

static unsigned int count_op_cases(void)
{
	const struct operation *op;
	unsigned int n = 0;

	while (n < MATRIX_ROWS_MAX && op_case_at(n, &op))
		n++;
	return n;
}

static unsigned int count_pins(void)
{
	unsigned int n = 0;

	while (n < MATRIX_ROWS_MAX && pin_infos[n].name)
		n++;
	return n;
}

unsigned int matrix_rows(enum matrix_dim dim)
{
	switch (dim) {
	case MATRIX_FS:
		return (unsigned int)filesystem_count();
	case MATRIX_GEOMETRY:
		return ARRAY_SIZE(geometries);
	case MATRIX_PIN:
		return count_pins();
	case MATRIX_WHEN:
		return ARRAY_SIZE(whens);
	case MATRIX_OP:
		return count_op_cases();
	case MATRIX_OVERLAP:
		return ARRAY_SIZE(overlaps);
	default:
		return ARRAY_SIZE(ends);
	}
}

const char *matrix_row_name(enum matrix_dim dim, unsigned int row)
{
	const struct operation *op;

	switch (dim) {
	case MATRIX_FS:
		return filesystems[row]->name;
	case MATRIX_GEOMETRY:
		return geometries[row].name;
	case MATRIX_PIN:
		return pin_infos[row].name;
	case MATRIX_WHEN:
		return whens[row].name;
	case MATRIX_OP:
		return op_case_at(row, &op)->name;
	case MATRIX_OVERLAP:
		return overlaps[row].name;
	default:
		return ends[row].name;
	}
}

const char *matrix_row_summary(enum matrix_dim dim, unsigned int row)
{
	const struct operation *op;

	switch (dim) {
	case MATRIX_FS:
		return filesystems[row]->summary;
	case MATRIX_GEOMETRY:
		return geometries[row].summary;
	case MATRIX_PIN:
		return pin_infos[row].summary;
	case MATRIX_WHEN:
		return whens[row].summary;
	case MATRIX_OP:
		return op_case_at(row, &op)->summary;
	case MATRIX_OVERLAP:
		return overlaps[row].summary;
	default:
		return ends[row].summary;
	}
}

static uint64_t all_rows(enum matrix_dim dim)
{
	unsigned int n = matrix_rows(dim);

	return n == MATRIX_ROWS_MAX ? UINT64_MAX : (1ull << n) - 1;
}

void matrix_choice_init(struct matrix_choice *c)
{
	for (int d = 0; d < MATRIX_DIMS; d++)
		c->rows[d] = dims[d].all ? all_rows((enum matrix_dim)d) : 1;
}

void matrix_choice_all(struct matrix_choice *c)
{
	for (int d = 0; d < MATRIX_DIMS; d++)
		c->rows[d] = all_rows((enum matrix_dim)d);
}

char *matrix_choose(struct matrix_choice *c, enum matrix_dim dim, const char *list)
{
	_cleanup_free_ char *copy = xstrdup(list);
	char *rest = copy, *glob;

	c->rows[dim] = 0;
	while ((glob = strsep(&rest, ",")) != NULL) {
		uint64_t found = 0;

		for (unsigned int i = 0; i < matrix_rows(dim); i++)
			if (glob_match(glob, matrix_row_name(dim, i)))
				found |= 1ull << i;
		if (!found)
			return xstrdup(glob);
		c->rows[dim] |= found;
	}
	return NULL;
}

struct combo combo_of(const struct matrix_point *p)
{
	struct combo c = {
		.fs = filesystems[p->row[MATRIX_FS]],
		.geometry = &geometries[p->row[MATRIX_GEOMETRY]],
		.pin = &pin_infos[p->row[MATRIX_PIN]],
		.when = &whens[p->row[MATRIX_WHEN]],
		.overlap = &overlaps[p->row[MATRIX_OVERLAP]],
		.end = &ends[p->row[MATRIX_END]],
	};

	c.op = op_case_at(p->row[MATRIX_OP], &c.operation);
	return c;
}
