/* SPDX-License-Identifier: GPL-2.0-only */
/* Handles the agent's messages while a case runs: steps, calls to the host, evidence, the end. */
#include <signal.h>
#include <string.h>

#include "guest/case-private.h"
#include "wire/agent.h"
#include "workloads/lang/scenario.h"

#define LINE_MAX_BYTES 1024

/* Line @number of the scenario, without its comment; free() it. */
static char *step_words(const char *text, unsigned int number)
{
	while (--number && text)
		text = strchr(text, '\n') ? strchr(text, '\n') + 1 : NULL;
	return text ? xstrndup(text, strcspn(text, "\n#")) : NULL;
}

static void take_step_field(struct running *r, struct case_step *step, bool *hung,
			    const struct msg_field *f)
{
	switch (f->tag) {
	case TAG_LINE:
		step->line = (unsigned int)MIN(msg_u64(f), SCENARIO_MAX);
		break;
	case TAG_STATUS:
		step->status = (enum step_status)MIN(msg_u64(f), STEP_ERROR);
		break;
	case TAG_RULE:
		free(step->rule);
		step->rule = msg_str(f, LINE_MAX_BYTES);
		break;
	case TAG_EXPECTED:
		free(step->expected);
		step->expected = msg_str(f, LINE_MAX_BYTES);
		break;
	case TAG_FOUND:
		free(step->found);
		step->found = msg_str(f, LINE_MAX_BYTES);
		break;
	case TAG_DETAIL:
		free(step->detail);
		step->detail = msg_str(f, FRAME_PAYLOAD_MAX);
		break;
	case TAG_ERRNO:
		step->error = (unsigned int)msg_u64(f);
		break;
	case TAG_NS:
		step->ns = msg_u64(f);
		break;
	case TAG_NUMBER:
		step->test = (unsigned int)MIN(msg_u64(f), CASE_STEPS_MAX);
		break;
	case TAG_WINDOW_MS:
		r->rec->window_ms = msg_u64(f);
		break;
	case TAG_DIRTY:
		*hung = true;
		break;
	case TAG_FEATURE:
		if (f->len == 3 && memcmp(f->data, "dax", 3) == 0)
			r->rec->dax_proven = true;
		else if (f->len == 3 && memcmp(f->data, "end", 3) == 0)
			r->torn_down = true;
		break;
	default:
		break;
	}
}

struct err *case_abort(struct running *r)
{
	const struct buf nothing = BUF_INIT;

	if (r->aborting)
		return NULL;
	r->aborting = true;
	r->deadline = guest_now(r->g) + guest_ms(r->g, CASE_AGENT_MS) * 1000000;
	return link_send(&r->g->link, MSG_ABORT, &nothing);
}

static struct err *take_step(struct running *r, const struct frame *f)
{
	struct case_step step = { 0 };
	struct msg_reader reader;
	struct msg_field field;
	bool hung = false;

	msg_reader_init(&reader, f->payload, f->len);
	while (msg_next(&reader, &field))
		take_step_field(r, &step, &hung, &field);
	if (step.line)
		step.step = step_words(r->c->text, step.line);
	case_record_add_step(r->rec, &step);
	free(step.step);
	free(step.rule);
	free(step.expected);
	free(step.found);
	free(step.detail);
	r->hung = hung;
	/* one that may stand still asks first */
	return hung && !r->g->setup->hold ? case_abort(r) : NULL;
}

static struct err *ledger_call(struct running *r, const char *name, const struct frame *f)
{
	_cleanup_buf_ struct buf reply = BUF_INIT;

	bool within = strcmp(name, LEDGER_HELD_CALL) == 0 ?
			      guest_ledger_held(r->g, &r->held_pages, f, &reply) :
			      guest_ledger(r->g, &r->ledger, name, f, &reply);

	if (!within)
		r->rec->dropped++;
	return link_send(&r->g->link, MSG_REPLY, &reply);
}

static struct err *take_call(struct running *r, const struct frame *f, bool *over)
{
	_cleanup_buf_ struct buf reply = BUF_INIT;
	_cleanup_err_ struct err *err = NULL;
	_cleanup_free_ char *name = NULL;
	struct injection *in;
	struct msg_field field;
	size_t call;

	if (!msg_find(f->payload, f->len, TAG_NAME, &field))
		return err_create(ERR_INFRA, "the agent sent a call without a name");
	name = msg_str(&field, 64);
	in = injection_find(r->g->injections, name, &call);
	if (in)
		err = injection_call(in, r->sabotage, call);
	else if (strcmp(name, HOLD_CALL) == 0)
		return case_hold(r, f, over);
	else if (strcmp(name, LEDGER_CALL) == 0 || strcmp(name, LEDGER_IDLE_CALL) == 0 ||
		 strcmp(name, LEDGER_HELD_CALL) == 0)
		return ledger_call(r, name, f);
	else
		err = err_create(ERR_INFRA, "the agent sent an unknown call");
	msg_put_u64(&reply, TAG_STATUS, err ? REPLY_NOT : REPLY_DONE);
	if (err)
		msg_put_str(&reply, TAG_TEXT, err->message);
	return link_send(&r->g->link, MSG_REPLY, &reply);
}

static void note_unkept(struct running *r, const char *name)
{
	_cleanup_free_ char *why = xasprintf("not kept: the case has %u files of %zu KiB already",
					     r->dir->files, r->dir->bytes >> 10);

	case_record_add_evidence(r->rec, name, NULL, why);
	r->rec->dropped++;
}

void case_save_file(struct running *r, const char *name, const void *data, size_t len)
{
	_cleanup_free_ char *path = NULL;
	_cleanup_err_ struct err *err = rundir_case_write(r->dir, name, data, len, &path);

	if (err)
		case_record_add_error(r->rec, "%s", err->message);
	else if (path)
		case_record_add_evidence(r->rec, name, path, NULL);
	else
		note_unkept(r, name);
}

static void take_evidence(struct running *r, const struct frame *f)
{
	struct msg_field name, text;
	_cleanup_free_ char *raw = NULL;
	_cleanup_free_ char *safe = NULL;

	if (!msg_find(f->payload, f->len, TAG_NAME, &name) ||
	    !msg_find(f->payload, f->len, TAG_TEXT, &text))
		return;
	raw = msg_str(&name, 80);
	safe = rundir_safe_name(raw);
	if (rundir_case_takes(r->dir, text.len))
		case_save_file(r, safe, text.data, text.len);
	else
		note_unkept(r, safe);
}

static void take_log(struct running *r, const struct frame *f)
{
	_cleanup_buf_ struct buf line = BUF_INIT;
	struct msg_field text, oracle, sight;
	bool is_sight = msg_find(f->payload, f->len, TAG_ORACLE, &oracle) &&
			msg_find(f->payload, f->len, TAG_SIGHT, &sight);

	if (!msg_find(f->payload, f->len, TAG_TEXT, &text))
		return;
	buf_add_escaped(&line, text.data, text.len, LINE_MAX_BYTES);
	if (is_sight)
		case_record_see(r->rec, (enum oracle)MIN(msg_u64(&oracle), ORACLES),
				(enum sight)MIN(msg_u64(&sight), SIGHTS), buf_str(&line));
	else
		case_record_add_evidence(r->rec, "agent", NULL, buf_str(&line));
}

static void take_end(struct running *r, const struct frame *f)
{
	struct msg_field field;
	uint64_t status = 0;

	if (msg_find(f->payload, f->len, TAG_DIRTY, &field) && msg_u64(&field))
		r->g->spent = true;
	if (msg_find(f->payload, f->len, TAG_STATUS, &field))
		status = msg_u64(&field);
	if (msg_find(f->payload, f->len, TAG_NS, &field))
		r->rec->guest_ns = msg_u64(&field);
	r->rec->host_ns = now_ns() - r->sent_ns;
	r->rec->end_seen = true;
	if (status && msg_find(f->payload, f->len, TAG_FOUND, &field)) {
		_cleanup_free_ char *found = msg_str(&field, LINE_MAX_BYTES);

		free(r->rec->guest_reason);
		r->rec->guest_reason = xstrdup(found);
	}
	/* the agent's time limit or ours: something in the case does not end */
	if (status == END_LIMIT || r->timed_out) {
		r->rec->guest_end = GUEST_END_SILENT;
		r->rec->end_seen = false;
	} else if (!status && !r->torn_down) {
		case_record_add_error(r->rec, "the interpreter did not report its end");
	} else if (status == 128 + SIGKILL && !r->aborting) {
		r->rec->killed = true;
	} else if (status && !r->aborting) {
		case_record_add_error(r->rec, "the interpreter failed: %s",
				      r->rec->guest_reason ? r->rec->guest_reason : "?");
	}
}

struct err *case_take_frame(struct running *r, const struct frame *f, bool *over)
{
	switch (f->type) {
	case MSG_STEP:
		return take_step(r, f);
	case MSG_CALL:
		return take_call(r, f, over);
	case MSG_EVIDENCE:
		take_evidence(r, f);
		return NULL;
	case MSG_LOG:
		take_log(r, f);
		return NULL;
	case MSG_SHELL:
		return NULL; /* it was on its way when the case went on */
	case MSG_END:
		take_end(r, f);
		*over = true;
		return NULL;
	default:
		return err_create(ERR_INFRA, "the agent sent message %u, which is not for the host",
				  f->type);
	}
}
