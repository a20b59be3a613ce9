/* SPDX-License-Identifier: GPL-2.0-only */
/* Runs one case on a running guest, from sending it to filling its record. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "host/confine.h"
#include "guest/case-private.h"
#include "host/proc.h"
#include "workloads/lang/scenario.h"

/*
 * The agent ends a case that takes longer; the host ends it when the agent does not.
 * A case of the quick plan takes well under a second with KVM.
 */
#define CASE_MS 15000
/* After the kernel killed a task, others may wait for its locks forever: no long wait. */
#define OOPS_MS 5000
/* How long the console may lag the channel: a slow printk takes no longer. */
#define CONSOLE_MS 3000

static void lost(struct running *r, enum guest_end end, const char *why)
{
	r->g->spent = true;
	r->rec->guest_end = end;
	free(r->rec->guest_reason);
	r->rec->guest_reason = xstrdup(why);
}

void case_take_splats(struct running *r, bool all)
{
	struct splat *s;

	while ((s = console_take_splat(&r->g->console, all)) != NULL) {
		if (s->cls == SPLAT_OOPS || s->cls == SPLAT_BUG)
			r->deadline = MIN(r->deadline, guest_now(r->g) + r->oops_ms * 1000000);
		r->g->spent = true;
		case_record_add_splat(r->rec, s);
	}
}

/*
 * Splats printed before the case began, during boot or after the previous case, are not
 * caused by this case, but must not get lost: their titles say where they come from.
 */
static void take_early_splats(struct running *r)
{
	struct splat *s;

	console_read(&r->g->console);
	while ((s = console_take_splat(&r->g->console, true)) != NULL) {
		char *title = xasprintf("%s (%s)", s->title,
					r->g->cases ? "after the case before this one" :
						      "while the guest booted");

		free(s->title);
		s->title = title;
		r->g->spent = true;
		case_record_add_splat(r->rec, s);
	}
	r->g->cases++;
}

/* The agent does not answer: saves the processors' state from QEMU, and ends the guest. */
static void silent(struct running *r)
{
	static const char *const commands[] = { "info registers -a", "info cpus" };

	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		_cleanup_free_ char *reply = NULL;
		_cleanup_err_ struct err *err = virt_domain_monitor(r->g->domain, true, commands[i],
								    &reply);

		if (err)
			break; /* QEMU itself does not answer */
		if (reply)
			case_save_file(r, i ? "cpus" : "registers", reply, strlen(reply));
	}
	lost(r, GUEST_END_SILENT, "the guest did not answer in time");
}

/* Records why QEMU is gone. */
static void gone(struct running *r)
{
	console_read(&r->g->console);
	case_take_splats(r, true);
	if (r->g->console.panicked)
		lost(r, GUEST_END_PANIC, "the kernel panicked");
	else if (!virt_domain_is_gone(r->g->domain))
		lost(r, GUEST_END_LINK, "the agent closed the channel");
	else if (virt_domain_was_killed(r->g->domain))
		lost(r, GUEST_END_KILLED,
		     r->g->console.size < CONFINE_FILE_MAX ?
			     "QEMU was killed" :
			     "QEMU was killed: the kernel's log filled its file");
	else
		lost(r, GUEST_END_DIED, "the guest reset or powered off by itself");
}

/* At the first deadline tells the agent to end the case; at the second ends it here. */
static struct err *timed_out(struct running *r, bool *over)
{
	r->timed_out = true;
	if (!r->aborting)
		return case_abort(r);
	silent(r);
	*over = true;
	return case_hold_dead(r, "does not answer");
}

static struct err *panicked(struct running *r)
{
	lost(r, GUEST_END_PANIC, "the kernel panicked");
	return case_hold_dead(r, "panicked");
}

static struct err *talk(struct running *r)
{
	struct err *err = NULL;
	struct frame f;
	bool over = false;

	while (!over && !err) {
		/* a guest that keeps sending messages gets no more time than a silent one */
		if (guest_now(r->g) >= r->deadline) {
			err = timed_out(r, &over);
			continue;
		}
		switch (guest_wait(r->g, r->deadline, &f, &err)) {
		case GUEST_FRAME:
			err = case_take_frame(r, &f, &over);
			break;
		case GUEST_QUIET:
			case_take_splats(r, true);
			over = r->g->console.panicked;
			if (over)
				err = panicked(r);
			break;
		case GUEST_TIMEOUT:
			break;
		case GUEST_GONE:
			gone(r);
			over = true;
			break;
		case GUEST_CANCELLED:
			return err_create(ERR_CANCELLED, "interrupted");
		case GUEST_SIDE:
		case GUEST_MARK:
		case GUEST_BROKEN:
			break;
		}
	}
	return err;
}

/* The kernel prints this when its log outran the console; what it dropped is not known. */
#define PRINTK_DROPPED " printk messages dropped"

/* Records whether @text, the console's output during the case, is complete. */
static void judge_log(struct running *r, const struct buf *text)
{
	if (r->rec->guest_end != GUEST_END_FINE)
		return; /* not a pass anyway, and the record says how the guest ended */
	if (!r->g->console.marked)
		case_record_see(r->rec, ORACLE_LOG, SIGHT_CUT,
				"the console does not show the "
				"mark of the case's end; is the disk of the run's folder full?");
	else if (text->len && memmem(text->data, text->len, PRINTK_DROPPED, strlen(PRINTK_DROPPED)))
		case_record_see(r->rec, ORACLE_LOG, SIGHT_CUT,
				"the kernel dropped messages before the console showed them");
	else
		case_record_see(r->rec, ORACLE_LOG, SIGHT_WHOLE, NULL);
}

/*
 * The console may lag the channel: waits until it shows the end of the case, at most
 * CONSOLE_MS.
 */
static void drain_console(struct running *r)
{
	uint64_t deadline = guest_now(r->g) + guest_ms(r->g, CONSOLE_MS) * 1000000;
	_cleanup_err_ struct err *err = NULL;
	struct frame f;

	while (r->rec->guest_end == GUEST_END_FINE && !r->g->console.marked) {
		enum guest_event e = guest_wait(r->g, deadline, &f, &err);

		if (e != GUEST_FRAME && e != GUEST_QUIET)
			break;
	}
	console_read(&r->g->console);
	case_take_splats(r, true);
}

static void take_console(struct running *r)
{
	_cleanup_buf_ struct buf text = BUF_INIT;

	/* all of it: what follows 8 MiB of noise may be the panic */
	console_copy(&r->g->console, r->console_from, CONFINE_FILE_MAX, &text);
	judge_log(r, &text);
	console_expect(&r->g->console, NULL);
	if (text.len)
		case_save_file(r, "console.log", text.data, text.len);
}

/* The time limit of @c on @g: @plain_ms and the time for its repeat blocks, scaled. */
static uint64_t case_ms(const struct guest *g, const struct plan_case *c, uint64_t plain_ms)
{
	struct scenario *s = NULL;
	uint64_t ms;

	err_free(scenario_parse(c->name, c->text, strlen(c->text), &s));
	ms = plain_ms + (s ? scenario_blocks_ms(s) : 0);
	scenario_free(s);
	return guest_ms(g, ms);
}

static struct err *send_case(struct running *r, uint64_t seed)
{
	_cleanup_buf_ struct buf msg = BUF_INIT;

	msg_put_str(&msg, TAG_NAME, r->c->name);
	msg_put_str(&msg, TAG_TEXT, r->c->text);
	msg_put_str(&msg, TAG_FS, r->c->fs->name);
	msg_put_u64(&msg, TAG_SABOTAGE, r->sabotage);
	msg_put_u64(&msg, TAG_SEED, seed);
	msg_put_u64(&msg, TAG_LIMIT_MS, r->limit_ms);
	if (r->g->setup->hold)
		msg_put_u64(&msg, TAG_HOLD, 1);
	r->sent_ns = now_ns();
	return link_send(&r->g->link, MSG_CASE, &msg);
}

/* The mark as the agent writes it to the log. */
static char *end_mark(const char *name)
{
	_cleanup_free_ char *text = xasprintf("case %s ends", name);
	struct buf b = BUF_INIT;

	buf_adds(&b, AGENT_LOG_HEAD);
	buf_add_escaped(&b, text, strlen(text), AGENT_LOG_MAX);
	return buf_take(&b);
}

/* The ns during which this process or QEMU was stopped so far. */
static uint64_t stood_still(const struct guest *g)
{
	return clock_still_ns() + g->still_ns;
}

struct err *guest_run_case(struct guest *g, const struct plan_case *c, enum sabotage sabotage,
			   uint64_t seed, struct rundir_case *dir, struct case_record *rec)
{
	_cleanup_free_ char *mark = end_mark(c->name);
	uint64_t start = now_ns(), delay = proc_run_delay(virt_domain_pid(g->domain));
	uint64_t still = stood_still(g);
	struct running r = {
		.g = g,
		.c = c,
		.sabotage = sabotage,
		.dir = dir,
		.rec = rec,
		.ledger = guest_ledger_budget(g),
		.limit_ms = case_ms(g, c,
				    g->setup->limit_s ? 1000ull * g->setup->limit_s : CASE_MS),
		.oops_ms = case_ms(g, c, OOPS_MS),
	};
	struct err *err;

	r.held_pages = guest_held_budget(g, r.limit_ms);
	take_early_splats(&r);
	r.console_from = g->console.size;
	console_expect(&g->console, mark);
	err = c->program ? guest_send_files(g, &c->program->files) : NULL;
	if (!err && g->setup->hold && g->setup->hold->shell)
		err = guest_send_files(g, g->setup->hold->shell);
	/* the case's time begins when its files are there */
	r.deadline = guest_now(g) + (r.limit_ms + guest_ms(g, CASE_AGENT_MS)) * 1000000;
	if (!err)
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
	take_console(&r);
	rec->guest = g->who;
	rec->starved_ns = proc_run_delay(virt_domain_pid(g->domain));
	rec->starved_ns -= MIN(rec->starved_ns, delay);
	rec->still_ns = stood_still(g) - still;
	rec->duration_ns = now_ns() - start;
	return NULL;
}
