/* SPDX-License-Identifier: GPL-2.0-only */
#include "reports/history/standing.h"

#include <string.h>

#include "reports/history/identity.h"

static bool all_known(const struct case_record *rec)
{
	for (size_t i = 0; i < rec->finding_count; i++)
		if (!rec->findings[i].known || !*rec->findings[i].known)
			return false;
	return rec->finding_count;
}

static bool oracle_lost(const struct case_record *rec)
{
	for (size_t i = 0; i < rec->evidence_count; i++)
		if (strcmp(rec->evidence[i].name, EVIDENCE_LOST) == 0)
			return true;
	return false;
}

static enum status alone(const struct case_record *rec)
{
	switch (rec->verdict) {
	case VERDICT_PASS:
		return oracle_lost(rec) ? STATUS_LOST : STATUS_PASS;
	case VERDICT_FAIL:
		return all_known(rec) ? STATUS_KNOWN : STATUS_NEW;
	case VERDICT_SKIP:
		return STATUS_SKIP;
	case VERDICT_ERROR:
		break;
	}
	return STATUS_LOST;
}

struct standing standing_of_row(const struct history *h, uint32_t run,
				const struct history_row *row)
{
	uint32_t before = h->runs[run].before;
	const struct history_row *old = before == HISTORY_NONE ? NULL :
								 history_row(h, before, row->of);
	struct standing s = { .status = row->status, .row = row };

	switch (row->status) {
	case STATUS_NEW:
	case STATUS_REGRESSED:
	case STATUS_FIXED:
	case STATUS_GONE:
		s.changed = true;
		break;
	case STATUS_FLAKY:
	case STATUS_LOST:
		s.changed = !old || old->status != row->status;
		break;
	case STATUS_STILL:
	case STATUS_KNOWN:
	case STATUS_PASS:
	case STATUS_SKIP:
	case STATUSES:
		break;
	}
	return s;
}

/* The first row of that name; rows are sorted by it. */
static size_t first_row(const struct history *h, const struct history_run *r, const char *name)
{
	size_t from = 0, to = r->nr_rows;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (strcmp(h->cases[r->rows[middle].of].name, name) < 0)
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

/* A changed scenario has two rows: one of the new text, and one of the old, which is gone. */
static const struct history_row *find_row(const struct history *h, const struct history_run *r,
					  const struct case_record *rec)
{
	_cleanup_free_ char *name = identity_case(rec->name);
	const struct history_row *found = NULL;
	char hash[IDENTITY_HASH];

	identity_scenario(rec->scenario ? rec->scenario : "", hash);
	for (size_t i = first_row(h, r, name); i < r->nr_rows; i++) {
		const struct history_row *row = &r->rows[i];

		if (strcmp(h->cases[row->of].name, name) != 0)
			break;
		if (strcmp(h->cases[row->of].hash, hash) == 0)
			return row;
		if (row->status != STATUS_GONE)
			found = row;
	}
	return found;
}

struct standing standing_of(const struct history *h, uint32_t run, const struct case_record *rec)
{
	const struct history_row *row = h ? find_row(h, &h->runs[run], rec) : NULL;
	enum status status;

	if (row)
		return standing_of_row(h, run, row);
	status = alone(rec);
	return (struct standing){
		.status = status,
		.changed = status == STATUS_NEW ||
			   (status == STATUS_LOST && rec->verdict == VERDICT_ERROR),
	};
}
