/* SPDX-License-Identifier: GPL-2.0-only */
/* One case on a running guest: what is sent, heard and written down. */
#include <stdio.h>
#include <string.h>

#include "guest-private.h"
#include "workloads/scenario.h"

/*
 * The agent ends a case that takes longer; the host one whose agent does not even
 * do that. A case of the quick plan takes well under a second with KVM.
 */
#define CASE_MS 15000
#define AGENT_MS 6000
/* Where the kernel killed a task what holds its locks does not end: no long wait for it. */
#define OOPS_MS 5000
/* The console is behind the channel by at most what a slow printk takes. */
#define CONSOLE_MS 3000
#define EVIDENCE_MAX (1u << 20)
#define LINE_MAX_BYTES 1024

struct running {
	struct guest *g;
	const struct plan_case *c;
	enum lie lie;
	struct rundir_case *dir;
	struct case_record *rec;
	uint64_t console_from;
	uint64_t limit_ms;	/* that the agent gives the case */
	uint64_t deadline;
	uint64_t oops_ms;	/* that is left of it once a task was killed */
	bool torn_down;			/* the interpreter reported its last step */
	bool aborting;		/* the agent was told to end the case */
	bool timed_out;		/* because it took too long */
};

static char *field_text(const struct msg_field *f, size_t max)
{
	return msg_str(f, max);
}

/* Line @number of the scenario, without its comment. */
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
		step->status = (enum case_step_status)MIN(msg_u64(f), CASE_STEP_ERROR);
		break;
	case TAG_RULE:
		free(step->rule);
		step->rule = field_text(f, LINE_MAX_BYTES);
		break;
	case TAG_EXPECTED:
		free(step->expected);
		step->expected = field_text(f, LINE_MAX_BYTES);
		break;
	case TAG_FOUND:
		free(step->found);
		step->found = field_text(f, LINE_MAX_BYTES);
		break;
	case TAG_DETAIL:
		free(step->detail);
		step->detail = field_text(f, FRAME_PAYLOAD_MAX);
		break;
	case TAG_ERRNO:
		step->error = (unsigned int)msg_u64(f);
		break;
	case TAG_NS:
		step->ns = msg_u64(f);
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

static struct err *abort_case(struct running *r)
{
	const struct buf nothing = BUF_INIT;

	if (r->aborting)
		return NULL;
	r->aborting = true;
	r->deadline = now_ns() + guest_ms(r->g, AGENT_MS) * 1000000;
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
	return hung ? abort_case(r) : NULL;
}

static struct err *gate_call(struct running *r, const char *name)
{
	struct gate_counts counts;
	struct err *err;

	if (r->lie == LIE_NO_GATE)
		return NULL;
	if (!r->g->gate)
		return err_create(ERR_INFRA, "%s", r->g->no_gate);
	if (strcmp(name, "gate-lift") == 0)
		return gate_lift(r->g->gate);
	err = gate_drop(r->g->gate, &counts);
	if (!err && !counts.cleared)
		err = err_create(ERR_INFRA, "the long-term gate was not passed (%llu calls of "
				 "pin_user_pages_fast seen)", (unsigned long long)counts.hits);
	return err;
}

static struct err *ledger_call(struct running *r, const char *name, const struct frame *f)
{
	_cleanup_buf_ struct buf reply = BUF_INIT;

	guest_ledger(r->g, name, f, r->rec, &reply);
	return link_send(&r->g->link, MSG_REPLY, &reply);
}

static struct err *take_call(struct running *r, const struct frame *f)
{
	_cleanup_buf_ struct buf reply = BUF_INIT;
	_cleanup_err_ struct err *err = NULL;
	_cleanup_free_ char *name = NULL;
	struct msg_field field;

	if (!msg_find(f->payload, f->len, TAG_NAME, &field))
		return err_create(ERR_INFRA, "the agent called for nothing");
	name = field_text(&field, 64);
	if (strcmp(name, "gate-lift") == 0 || strcmp(name, "gate-drop") == 0)
		err = gate_call(r, name);
	else if (strcmp(name, LEDGER_CALL) == 0 || strcmp(name, LEDGER_IDLE_CALL) == 0)
		return ledger_call(r, name, f);
	else
		err = err_create(ERR_INFRA, "the host knows no such call");
	msg_put_u64(&reply, TAG_STATUS, err ? 1 : 0);
	if (err)
		msg_put_str(&reply, TAG_TEXT, err->message);
	return link_send(&r->g->link, MSG_REPLY, &reply);
}

static void save_file(struct running *r, const char *name, const void *data, size_t len)
{
	_cleanup_free_ char *path = NULL;
	_cleanup_err_ struct err *err = rundir_case_write(r->dir, name, data, len, &path);

	if (err)
		case_record_add_error(r->rec, "%s", err->message);
	else if (path)
		case_record_add_evidence(r->rec, name, path, NULL);
}

static void take_evidence(struct running *r, const struct frame *f)
{
	struct msg_field name, text;
	_cleanup_free_ char *raw = NULL;
	_cleanup_free_ char *safe = NULL;

	if (!msg_find(f->payload, f->len, TAG_NAME, &name) ||
	    !msg_find(f->payload, f->len, TAG_TEXT, &text))
		return;
	raw = field_text(&name, 80);
	safe = rundir_safe_name(raw);
	save_file(r, safe, text.data, MIN(text.len, EVIDENCE_MAX));
}

static void take_log(struct running *r, const struct frame *f)
{
	_cleanup_buf_ struct buf line = BUF_INIT;
	struct msg_field text;

	if (!msg_find(f->payload, f->len, TAG_TEXT, &text))
		return;
	buf_add_escaped(&line, text.data, text.len, LINE_MAX_BYTES);
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
	r->rec->end_seen = true;
	if (status && msg_find(f->payload, f->len, TAG_FOUND, &field)) {
		_cleanup_free_ char *found = field_text(&field, LINE_MAX_BYTES);

		free(r->rec->guest_reason);
		r->rec->guest_reason = xstrdup(found);
	}
	/* a time limit, the agent's or ours: something in the case does not end */
	if (status == END_LIMIT || r->timed_out) {
		r->rec->guest_end = GUEST_END_SILENT;
		r->rec->end_seen = false;
	} else if (!status && !r->torn_down) {
		case_record_add_error(r->rec, "the interpreter did not report its end");
	} else if (status && !r->aborting) {
		case_record_add_error(r->rec, "the interpreter failed: %s",
				      r->rec->guest_reason ? r->rec->guest_reason : "?");
	}
}

static struct err *take_frame(struct running *r, const struct frame *f, bool *over)
{
	switch (f->type) {
	case MSG_STEP:
		return take_step(r, f);
	case MSG_CALL:
		return take_call(r, f);
	case MSG_EVIDENCE:
		take_evidence(r, f);
		return NULL;
	case MSG_LOG:
		take_log(r, f);
		return NULL;
	case MSG_END:
		take_end(r, f);
		*over = true;
		return NULL;
	default:
		return err_create(ERR_INFRA, "message %u is not for the host", f->type);
	}
}

static void lost(struct running *r, enum guest_end end, const char *why)
{
	r->g->spent = true;
	r->rec->guest_end = end;
	free(r->rec->guest_reason);
	r->rec->guest_reason = xstrdup(why);
}

static void take_splats(struct running *r, bool all)
{
	struct splat *s;

	while ((s = console_take_splat(&r->g->console, all)) != NULL) {
		if (s->cls == SPLAT_OOPS || s->cls == SPLAT_BUG)
			r->deadline = MIN(r->deadline, now_ns() + r->oops_ms * 1000000);
		r->g->spent = true;
		case_record_add_splat(r->rec, s);
	}
}

/*
 * What the kernel said before the case began, while it booted or behind the case
 * before, is no doing of this one, but must not get lost: it says so.
 */
static void take_early_splats(struct running *r)
{
	struct splat *s;

	console_read(&r->g->console);
	while ((s = console_take_splat(&r->g->console, true)) != NULL) {
		char *title = xasprintf("%s (%s)", s->title, r->g->cases ?
					"after the case before this one" :
					"while the guest booted");

		free(s->title);
		s->title = title;
		r->g->spent = true;
		case_record_add_splat(r->rec, s);
	}
	r->g->cases++;
}

/* The agent does not speak: what QEMU can tell of the processors, then no more. */
static void silent(struct running *r)
{
	static const char *const commands[] = { "info registers -a", "info cpus" };

	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		_cleanup_free_ char *reply = NULL;
		_cleanup_err_ struct err *err =
			virt_domain_monitor(r->g->domain, true, commands[i], &reply);

		if (!err && reply)
			save_file(r, i ? "cpus" : "registers", reply, strlen(reply));
	}
	lost(r, GUEST_END_SILENT, "the guest gave no answer in time");
}

/* Why QEMU is gone. */
static void gone(struct running *r)
{
	console_read(&r->g->console);
	take_splats(r, true);
	if (r->g->console.panicked)
		lost(r, GUEST_END_PANIC, "the kernel panicked");
	else if (!virt_domain_is_gone(r->g->domain))
		lost(r, GUEST_END_LINK, "the agent closed the channel");
	else if (virt_domain_was_killed(r->g->domain))
		lost(r, GUEST_END_KILLED, "QEMU was killed");
	else
		lost(r, GUEST_END_DIED, "the guest reset or powered off by itself");
}

/* Time is up: the first time the agent is told so, the second time it is over. */
static struct err *timed_out(struct running *r, bool *over)
{
	r->timed_out = true;
	if (!r->aborting)
		return abort_case(r);
	silent(r);
	*over = true;
	return NULL;
}

static struct err *talk(struct running *r)
{
	struct err *err = NULL;
	struct frame f;
	bool over = false;

	while (!over && !err) {
		/* a guest that never stops talking has no more time than a silent one */
		if (now_ns() >= r->deadline) {
			err = timed_out(r, &over);
			continue;
		}
		switch (guest_wait(r->g, r->deadline, &f, &err)) {
		case GUEST_FRAME:
			err = take_frame(r, &f, &over);
			break;
		case GUEST_QUIET:
			take_splats(r, true);
			over = r->g->console.panicked;
			if (over)
				lost(r, GUEST_END_PANIC, "the kernel panicked");
			break;
		case GUEST_TIMEOUT:
			break;
		case GUEST_GONE:
			gone(r);
			over = true;
			break;
		case GUEST_CANCELLED:
			return err_create(ERR_CANCELLED, "interrupted");
		case GUEST_MARK:
		case GUEST_BROKEN:
			break;
		}
	}
	return err;
}

/*
 * The console may be behind the channel: waits, bounded, until it shows the end of
 * the case. Whether it does decides nothing but how long we wait.
 */
static void drain_console(struct running *r)
{
	uint64_t deadline = now_ns() + guest_ms(r->g, CONSOLE_MS) * 1000000;
	_cleanup_err_ struct err *err = NULL;
	struct frame f;

	while (r->rec->guest_end == GUEST_END_FINE && !r->g->console.marked) {
		enum guest_event e = guest_wait(r->g, deadline, &f, &err);

		if (e != GUEST_FRAME && e != GUEST_QUIET)
			break;
	}
	console_expect(&r->g->console, NULL);
	console_read(&r->g->console);
	take_splats(r, true);
}

static void save_console(struct running *r)
{
	_cleanup_buf_ struct buf text = BUF_INIT;

	console_copy(&r->g->console, r->console_from, RUNDIR_FILE_MAX, &text);
	if (text.len)
		save_file(r, "console.log", text.data, text.len);
}

/* What a case may take here, @plain_ms without blocks: those that are run again and again get more. */
static uint64_t case_ms(const struct guest *g, const struct plan_case *c, uint64_t plain_ms)
{
	struct scenario *s = NULL;
	_cleanup_err_ struct err *err = scenario_parse(c->name, c->text, strlen(c->text), &s);
	uint64_t ms = plain_ms + (s ? scenario_blocks_ms(s) : 0);

	scenario_free(s);
	return guest_ms(g, ms);
}

static struct err *send_case(struct running *r, uint64_t seed)
{
	_cleanup_buf_ struct buf msg = BUF_INIT;

	msg_put_str(&msg, TAG_NAME, r->c->name);
	msg_put_str(&msg, TAG_TEXT, r->c->text);
	msg_put_str(&msg, TAG_FS, r->c->fs);
	msg_put_u64(&msg, TAG_LIE, r->lie);
	msg_put_u64(&msg, TAG_SEED, seed);
	msg_put_u64(&msg, TAG_LIMIT_MS, r->limit_ms);
	return link_send(&r->g->link, MSG_CASE, &msg);
}

struct err *guest_run_case(struct guest *g, const struct plan_case *c, enum lie lie,
			   uint64_t seed, struct rundir_case *dir, struct case_record *rec)
{
	_cleanup_free_ char *mark = xasprintf("daxrig: case %s ends", c->name);
	uint64_t start = now_ns();
	struct running r = {
		.g = g, .c = c, .lie = lie, .dir = dir, .rec = rec,
		.limit_ms = case_ms(g, c, CASE_MS), .oops_ms = case_ms(g, c, OOPS_MS),
	};
	struct err *err;

	r.deadline = start + (r.limit_ms + guest_ms(g, AGENT_MS)) * 1000000;
	take_early_splats(&r);
	r.console_from = g->console.size;
	console_expect(&g->console, mark);
	err = send_case(&r, seed);
	if (!err)
		err = talk(&r);
	if (err && err->code == ERR_CANCELLED)
		return err;
	if (err) {
		lost(&r, GUEST_END_LINK, err->message);
		err_free(err);
	}
	drain_console(&r);
	save_console(&r);
	rec->guest = g->who;
	rec->duration_ns = now_ns() - start;
	return NULL;
}
