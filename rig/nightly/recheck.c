/* SPDX-License-Identifier: GPL-2.0-only */
/* Runs again what a night is about to tell somebody. */
#include <string.h>

#include "nightly/night-private.h"

/* A kernel on which more fails than this is broken as a whole: the rest is told as it is. */
#define CASES_MAX 200

/* How often the row is still to be repeated, of @wanted times. */
static unsigned int repeats_left(const struct history_row *row, unsigned int wanted)
{
	/* the first try is the run's own; an error is none */
	unsigned int own = row->verdict == VERDICT_FAIL || row->verdict == VERDICT_PASS;
	unsigned int again = row->tries > own ? row->tries - own : 0;

	return wanted > again ? wanted - again : 0;
}

static bool wants_recheck(const struct history_row *row)
{
	switch (row->status) {
	case STATUS_NEW:
	case STATUS_REGRESSED:
	case STATUS_STILL:
		return true;
	case STATUS_LOST:
		return row->verdict == VERDICT_ERROR;
	case STATUS_FLAKY:
		/* only what this night saw for the first time */
		return row->fails == 1 && row->tries == 1;
	case STATUS_PASS:
		/* it failed before, and has not passed often enough to be fixed */
		return row->first_bad != HISTORY_NONE;
	default:
		return false;
	}
}

static bool is_file(const char *spec)
{
	return strncmp(spec, "file:", 5) == 0;
}

struct err *night_recheck(struct night *n, uint32_t run)
{
	const struct history_run *r = &n->h.runs[run];
	_cleanup_free_ char *store = xasprintf("store:%s", r->key);
	_cleanup_free_ char **cases = xcalloc(r->nr_rows + 1, sizeof(*cases));
	/* the same build, also when the spec names a newer one by now */
	struct run_options o = night_run_options(n, is_file(r->spec) ? r->spec : store);
	size_t wanted = 0;
	int status = 0;

	o.plan = NULL;
	o.shard = (struct plan_shard){ 0, 0 };
	o.recheck_of = r->name;
	o.cases = cases;
	for (size_t i = 0; i < r->nr_rows; i++) {
		const struct history_row *row = &r->rows[i];
		unsigned int left = wants_recheck(row) ? repeats_left(row, n->file->recheck) : 0;

		if (!left || wanted++ >= CASES_MAX)
			continue;
		cases[o.nr_cases++] = n->h.cases[row->of].name;
		o.repeat = MAX(o.repeat, left);
	}
	if (!wanted)
		return NULL;
	progress_line(n->o->say, "%s: repeating %d of %zu cases %u times each", r->release,
		      o.nr_cases, wanted, o.repeat);
	return run_cases(&o, &status);
}
