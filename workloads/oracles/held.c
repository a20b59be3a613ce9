/* SPDX-License-Identifier: GPL-2.0-only */
#include "workloads/oracles/held.h"

#include <string.h>

#include "base/arch.h"

/* Keeps in @list the pages that @other has, too, with the same counts. */
static void keep_common(struct held_list *list, const struct held_list *other)
{
	_cleanup_free_ struct held_list *both = xcalloc(1, sizeof(*both));

	for (size_t i = 0, j = 0; i < list->n && j < other->n && both->n < HELD_MAX;) {
		const struct ledger_held *a = &list->v[i], *b = &other->v[j];
		uint64_t from = MAX(a->pfn, b->pfn);
		uint64_t to = MIN(a->pfn + a->count, b->pfn + b->count);
		bool same = a->refs == b->refs && a->maps == b->maps && a->large == b->large;

		if (from < to && same) {
			both->v[both->n] = *a;
			both->v[both->n].pfn = from;
			both->v[both->n++].count = (uint32_t)(to - from);
		}
		if (a->pfn + a->count == to)
			i++;
		else
			j++;
	}
	*list = *both;
}

static bool is_free(const struct held_view *v, const struct ledger_held *h, struct ledger_held *out,
		    enum held_answer *answer)
{
	const struct extent e = { (h->pfn - v->first) * PAGE, h->large ? PMD : h->count * PAGE };
	struct extent gone;
	int ret = v->is_free(v->arg, &e, &gone);

	if (ret < 0)
		*answer = HELD_UNKNOWN;
	if (ret <= 0 || gone.at < e.at || gone.at % PAGE || gone.len < (h->large ? PMD : PAGE))
		return false;
	*out = *h;
	if (!h->large) {
		out->pfn = v->first + gone.at / PAGE;
		out->count = (uint32_t)(gone.len / PAGE);
	}
	return true;
}

/* The first pages of @list whose blocks are free. */
static enum held_answer first_free(const struct held_view *v, const struct held_list *list,
				   struct ledger_held *out)
{
	enum held_answer answer = HELD_OWNED;

	for (size_t i = 0; i < list->n && answer == HELD_OWNED; i++)
		if (is_free(v, &list->v[i], out, &answer))
			return HELD_FREED;
	return answer;
}

/* Sees @pages free, held, and free again: HELD_FREED, with those that stayed so in @out. */
static enum held_answer confirm(const struct held_view *v, const struct held_list *pages,
				struct ledger_held *out)
{
	_cleanup_free_ struct held_list *now = xcalloc(1, sizeof(*now));
	_cleanup_free_ struct held_list *gone = xcalloc(1, sizeof(*gone));
	enum held_answer answer = first_free(v, pages, gone->v);

	if (answer != HELD_FREED)
		return answer;
	v->wait(v->arg);
	if (!v->held(v->arg, gone->v->pfn, gone->v->count, now))
		return HELD_UNKNOWN;
	gone->n = 1;
	keep_common(now, gone);
	return first_free(v, now, out);
}

enum held_answer held_look(const struct held_view *view, uint64_t pfn, uint64_t count,
			   struct held_list *last, struct ledger_held *out)
{
	_cleanup_free_ struct held_list *now = xcalloc(1, sizeof(*now));
	enum held_answer answer;
	struct ledger_held gone;

	if (!view->held(view->arg, pfn, count, now))
		return HELD_UNKNOWN;
	keep_common(last, now);
	answer = now->n ? first_free(view, last, &gone) : HELD_NONE;
	/* most programs that hold a page sleep: they need not notice anything */
	for (int stop = 0; stop < 2 && answer == HELD_FREED; stop++) {
		view->still_begin(view->arg, stop);
		answer = confirm(view, last, out);
		if (view->still_end(view->arg) && answer == HELD_FREED)
			break;
		if (answer == HELD_FREED && stop)
			answer = HELD_OWNED;
	}
	*last = *now;
	return answer;
}
