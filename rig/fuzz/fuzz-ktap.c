// SPDX-License-Identifier: GPL-2.0-only
/* What a selftest of the kernel prints. */
#include "base/ktap.h"
#include "fuzz/fuzz.h"

static bool same(const struct ktap *a, const struct ktap *b)
{
	for (size_t i = 0; i < a->n && a->n == b->n; i++)
		if (a->v[i].number != b->v[i].number || a->v[i].status != b->v[i].status ||
		    strcmp(a->v[i].name, b->v[i].name) || strcmp(a->v[i].notes, b->v[i].notes))
			return false;
	return a->n == b->n && a->dropped == b->dropped && a->has_plan == b->has_plan &&
	       a->torn == b->torn;
}

static void check_text(const char *s)
{
	for (; *s; s++)
		require(*s == '\n' || (*s >= ' ' && *s <= '~'));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ktap whole = { 0 }, pieces = { 0 };
	struct buf why = BUF_INIT;
	size_t all = 0;

	ktap_feed(&whole, data, size);
	ktap_end(&whole);
	for (size_t i = 0; i < size; i++)
		ktap_feed(&pieces, data + i, 1);
	ktap_end(&pieces);
	require(same(&whole, &pieces));
	require(whole.n <= KTAP_RESULTS_MAX);
	for (size_t i = 0; i < whole.n; i++) {
		require(*whole.v[i].name && !strchr(whole.v[i].name, '\n'));
		check_text(whole.v[i].name);
		check_text(whole.v[i].notes);
		require(strlen(whole.v[i].notes) <= (KTAP_NOTES_MAX + 1) * (KTAP_LINE_MAX + 8));
	}
	for (size_t i = 0; i <= STEP_ERROR; i++)
		all += whole.by_status[i];
	require(all == whole.n);
	require(ktap_lacks(&whole, &why) == (why.len > 0));
	check_text(buf_str(&why));
	buf_deinit(&why);
	ktap_deinit(&whole);
	ktap_deinit(&pieces);
	return 0;
}
