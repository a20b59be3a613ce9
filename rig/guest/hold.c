/* SPDX-License-Identifier: GPL-2.0-only */
/* Decides where a case stands still, and where the memory of its guest is written. */
#include "guest/hold.h"

#include <stdlib.h>
#include <string.h>

#include "guest/case-private.h"
#include "workloads/lang/scenario.h"

/* What was found first, or NULL. */
static const char *kind_of(const struct case_record *rec)
{
	return rec->finding_count ? rec->findings[0].rule : NULL;
}

/* Whether the memory is to be written: the first time for @kind, while there is room. */
static bool take_kind(struct hold *o, const char *kind)
{
	bool first = true;

	pthread_mutex_lock(&o->lock);
	first = o->nr_kinds < MIN(o->cores, HOLD_CORES_MAX);
	for (unsigned int i = 0; i < o->nr_kinds && first; i++)
		first = strcmp(o->kinds[i], kind) != 0;
	if (first)
		o->kinds[o->nr_kinds++] = xstrdup(kind);
	pthread_mutex_unlock(&o->lock);
	return first;
}

static struct err *keep_memory(struct running *r)
{
	_cleanup_free_ char *path = NULL, *full = NULL;
	uint64_t since = guest_now(r->g);
	struct err *err;

	err = rundir_case_write(r->dir, HOLD_VMCORE, "", 0, &path);
	if (err || !path)
		return err;
	full = xasprintf("%s/%s", r->g->setup->hold->folder, path);
	err = guest_vmcore(r->g, full);
	r->deadline += guest_now(r->g) - since;
	if (!err)
		case_record_add_evidence(r->rec, HOLD_VMCORE, path, NULL);
	else if (err->code != ERR_CANCELLED)
		case_record_add_evidence(r->rec, HOLD_VMCORE, NULL, err->message);
	if (err && err->code == ERR_CANCELLED)
		return err;
	err_free(err);
	return NULL;
}

/* At a finding: the first of its kind leaves the memory, and may stand still. */
static struct err *at_finding(struct running *r, const char *why, bool dead, bool *over)
{
	struct hold *o = r->g->setup->hold;
	struct err *err = NULL;

	if (r->found || !o->wanted(o->arg, r->rec) || !kind_of(r->rec))
		return NULL;
	r->found = true;
	if (take_kind(o, kind_of(r->rec)))
		err = keep_memory(r);
	if (!err && o->finding && !r->held) {
		_cleanup_free_ char *text = xasprintf("%s: %s", why, r->rec->findings[0].found);

		err = case_stand_still(r, text, dead, over);
	}
	return err;
}

struct err *case_hold_dead(struct running *r, const char *why)
{
	bool over = false;

	return r->g->setup->hold ? at_finding(r, why, true, &over) : NULL;
}

struct err *case_hold(struct running *r, const struct frame *f, bool *over)
{
	const struct hold *o = r->g->setup->hold;
	_cleanup_buf_ struct buf reply = BUF_INIT;
	_cleanup_free_ char *why = NULL;
	struct msg_reader reader;
	struct msg_field field;
	unsigned int line = 0;
	bool before = false;
	struct err *err;

	msg_reader_init(&reader, f->payload, f->len);
	while (msg_next(&reader, &field)) {
		_cleanup_free_ char *word = field.tag == TAG_ARG ? msg_str(&field, 16) : NULL;

		if (word && strcmp(word, "before") == 0)
			before = true;
		else if (word)
			line = (unsigned int)MIN(strtoul(word, NULL, 10), SCENARIO_MAX);
	}
	msg_put_u64(&reply, TAG_STATUS, REPLY_DONE);
	if (!o)
		return link_send(&r->g->link, MSG_REPLY, &reply);
	console_read(&r->g->console);
	case_take_splats(r, true);
	why = line ? xasprintf("%s line %u", before ? "before" : "after", line) :
		     xstrdup("after its last step");
	err = at_finding(r, why, false, over);
	if (!err && before && !r->held && !*over &&
	    ((o->line && line >= o->line) || (o->end && !line)))
		err = case_stand_still(r, why, false, over);
	if (err || *over)
		return err;
	return r->hung ? case_abort(r) : link_send(&r->g->link, MSG_REPLY, &reply);
}
