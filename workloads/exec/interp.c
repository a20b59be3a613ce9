/* SPDX-License-Identifier: GPL-2.0-only */
#include "workloads/exec/interp.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "workloads/exec/files.h"
#include "workloads/exec/fs.h"
#include "workloads/exec/maps.h"
#include "workloads/exec/operation.h"
#include "workloads/exec/pins.h"
#include "workloads/exec/program.h"
#include "workloads/exec/repeat.h"
#include "workloads/exec/storm.h"
#include "workloads/exec/tasks.h"
#include "workloads/oracles/oracle.h"
#include "workloads/model/pattern.h"

static void do_unpin(struct exec *x, const struct step *st, struct outcome *o)
{
	struct exec_pin *p = exec_pin(x, st->name);

	if (x->ctx->sabotage == SABOTAGE_NO_UNPIN || !p->live)
		return;
	if (p->pin.holder && st->how != UNPIN_RELEASE)
		exec_pin_end(x, p, st->how == UNPIN_KILL, o);
	else
		exec_pin_release(x, p, o);
}

static void do_unmap(struct exec *x, const struct step *st, struct outcome *o)
{
	(void)o;
	exec_map_drop(x, exec_map(x, st->name));
}

static void do_close(struct exec *x, const struct step *st, struct outcome *o)
{
	(void)o;
	exec_file_close(exec_file(x, st->name));
}

static void do_open(struct exec *x, const struct step *st, struct outcome *o)
{
	if (!exec_file_open(exec_file(x, st->name)))
		outcome_error(o, "cannot open '%s': %s", st->name, strerror(errno));
}

static void do_check(struct exec *x, const struct step *st, struct outcome *o)
{
	if (!exec_looks(x))
		return;
	if (st->thing == THING_FILE)
		exec_file_check(x, st, o);
	else if (st->thing == THING_MAP)
		exec_map_check(x, st, o);
	else
		exec_pin_check(x, st, o);
}

static void do_touch(struct exec *x, const struct step *st, struct outcome *o)
{
	if (st->thing == THING_PIN)
		exec_on_demand_write(x, exec_pin(x, st->other), st->off, st->len, o);
	else
		exec_map_touch(x, st, o);
}

static void do_remount(struct exec *x, const struct step *st, struct outcome *o)
{
	(void)st;
	exec_fs_remount(x, o);
}

static void do_fsck(struct exec *x, const struct step *st, struct outcome *o)
{
	(void)st;
	exec_fs_check(x, o);
}

static void (*const steps[])(struct exec *x, const struct step *st, struct outcome *o) = {
	[STEP_FILE] = exec_file_create,	   [STEP_MAP] = exec_map_create,
	[STEP_TOUCH] = do_touch,	   [STEP_PIN] = exec_pin_take,
	[STEP_UNPIN] = do_unpin,	   [STEP_UNMAP] = do_unmap,
	[STEP_CLOSE] = do_close,	   [STEP_OPEN] = do_open,
	[STEP_START] = exec_task_start,	   [STEP_EXPECT] = exec_task_expect,
	[STEP_WAIT] = exec_task_wait,	   [STEP_SETTLE] = exec_task_settle,
	[STEP_SIGNAL] = exec_task_signal,  [STEP_CHECK] = do_check,
	[STEP_SYNC] = exec_file_sync,	   [STEP_FSYNC] = exec_file_sync,
	[STEP_REMOUNT] = do_remount,	   [STEP_FSCK] = do_fsck,
	[STEP_OPERATION] = exec_operation, [STEP_STORM] = exec_storm,
	[STEP_MKFS] = exec_mkfs,	   [STEP_PROGRAM] = exec_program,
};

/* Stands still for as long as the host wants it. */
static void ask_host(struct exec *x, const char *when, unsigned int line)
{
	char number[16], why[64];
	const char *const args[] = { when, number, NULL };

	if (!x->ctx->hold)
		return;
	snprintf(number, sizeof(number), "%u", line);
	case_call(x->ctx, HOLD_CALL, args, why, sizeof(why));
}

static void report(struct exec *x, unsigned int line, const struct outcome *o, uint64_t ns,
		   const char *feature)
{
	_cleanup_buf_ struct buf msg = BUF_INIT;

	msg_put_u64(&msg, TAG_LINE, line);
	msg_put_u64(&msg, TAG_STATUS, o->status);
	msg_put_u64(&msg, TAG_NS, ns);
	if (o->errnum)
		msg_put_u64(&msg, TAG_ERRNO, (uint64_t)o->errnum);
	if (o->status == STEP_FAIL)
		msg_put_str(&msg, TAG_RULE, rules[o->rule].name);
	if (o->expected[0])
		msg_put_str(&msg, TAG_EXPECTED, o->expected);
	if (o->found[0])
		msg_put_str(&msg, TAG_FOUND, o->found);
	if (o->detail.len)
		msg_put(&msg, TAG_DETAIL, o->detail.data, MIN(o->detail.len, 32768));
	if (feature)
		msg_put_str(&msg, TAG_FEATURE, feature);
	if (!line && x->window_ms)
		msg_put_u64(&msg, TAG_WINDOW_MS, x->window_ms);
	if (o->hung)
		msg_put_u64(&msg, TAG_DIRTY, 1);
	case_send(x->ctx, MSG_STEP, &msg);
	if (o->status == STEP_FAIL)
		ask_host(x, "after", line);
	/*
	 * An operation that hangs cannot be released, and its stack is the evidence: wait until
	 * the host has taken it and ends the case.
	 */
	while (o->hung)
		pause();
}

void exec_report(struct exec *x, const struct step *st, struct outcome *o, uint64_t ns)
{
	if (x->block)
		exec_block_before(x, st, o);
	report(x, st->line, o, ns, NULL);
}

void exec_part_over(struct exec *x, struct outcome *o)
{
	if (o->status == STEP_OK)
		return;
	report(x, 0, o, 0, "part");
	outcome_reset(o);
}

void exec_step(struct exec *x, const struct step *st, struct outcome *o)
{
	ask_host(x, "before", st->line);
	if (x->nr_tasks)
		exec_tasks_settle(x);
	steps[st->verb](x, st, o);
	if (x->nr_tasks)
		exec_tasks_lacking(x, o);
	if (o->status == STEP_OK && x->nr_pins)
		exec_pins_fault(x, o);
}

/* The steps of a block are not run as separate steps. */
static bool run_bare(struct exec *x, unsigned int repeat)
{
	const struct step *st = &x->s->steps[repeat];
	struct outcome o = { .detail = BUF_INIT };

	exec_bare(x, repeat, &o);
	exec_report(x, st, &o, now_ns() - x->step_ns);
	return o.status == STEP_OK;
}

static bool run_step(struct exec *x, const struct step *st)
{
	struct outcome o = { .detail = BUF_INIT };
	bool on;

	exec_step(x, st, &o);
	oracles_tell(x, step, st, &o);
	exec_report(x, st, &o, now_ns() - x->step_ns);
	on = o.status != STEP_SKIP && o.status != STEP_ERROR;
	buf_deinit(&o.detail);
	return on;
}

/*
 * Runs the steps. A broken rule does not end the case, as later steps may show more. A
 * skip, an error or a hang ends it; then returns false.
 */
static bool run_steps(struct exec *x)
{
	bool on = true;

	for (unsigned int i = 0; i < x->s->nr_steps && on; i++) {
		const struct step *st = &x->s->steps[i];

		x->step_ns = now_ns();
		if (st->verb != STEP_REPEAT)
			on = run_step(x, st);
		else if (x->ctx->sabotage == SABOTAGE_BARE)
			on = run_bare(x, i);
		else
			on = exec_block(x, i);
		if (st->verb == STEP_REPEAT)
			i = st->block_end;
	}
	return on;
}

/* Whether the last step was fsck, so that nothing has changed since. */
static bool just_checked(const struct exec *x)
{
	for (unsigned int i = 0; i < x->nr_pins; i++)
		if (x->pins[i].live)
			return false;
	return x->s->steps[x->s->nr_steps - 1].verb == STEP_FSCK;
}

/* Releases everything and judges whether all operations end. */
static void let_go(struct exec *x)
{
	struct outcome o = { .detail = BUF_INIT };
	uint64_t start = now_ns();
	struct exec_task *stuck;

	for (unsigned int i = 0; i < x->nr_pins; i++)
		if (x->pins[i].live)
			exec_pin_release(x, &x->pins[i], &o);
	stuck = exec_tasks_end(x);
	if (stuck) {
		outcome_fail(&o, RULE_CONTRACT_ENDS, "ends once nothing is held", "'%s' still runs",
			     stuck->name);
		o.hung = true;
	}
	exec_judge_elsewhere(x, &o);
	for (unsigned int i = 0; i < x->nr_maps; i++)
		exec_map_drop(x, &x->maps[i]);
	report(x, 0, &o, now_ns() - start, stuck ? "end" : "let-go");
	buf_deinit(&o.detail);
}

/* @whole: all steps ran. */
static void teardown(struct exec *x, bool whole)
{
	struct outcome o = { .detail = BUF_INIT };
	bool checked = whole && just_checked(x);
	uint64_t start;

	ask_host(x, "before", 0);
	let_go(x);
	start = now_ns();
	if (exec_residue(x, whole && exec_looks(x), checked, &o))
		oracles_tell(x, unmounted, &o);
	oracles_end(x);
	report(x, 0, &o, now_ns() - start, "end");
	buf_deinit(&o.detail);
}

static void on_signal(int signo)
{
	(void)signo;
}

/* Installs handlers, without SA_RESTART, for the signals that scenarios send. */
static void catch_signals(void)
{
	static const int signals[] = { SIGTERM, SIGINT, SIGUSR1, SIGUSR2, SIGALRM };
	struct sigaction act = { .sa_handler = on_signal };

	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		sigaction(signals[i], &act, NULL);
	exec_map_guard();
}

static bool setup(struct exec *x)
{
	struct outcome o = { .detail = BUF_INIT };
	uint64_t start = now_ns();

	exec_fs_setup(x, &o);
	if (o.status == STEP_OK)
		exec_measure_window(x, &o);
	report(x, 0, &o, now_ns() - start, o.status == STEP_OK ? "dax" : "no-dax");
	buf_deinit(&o.detail);
	return o.status == STEP_OK;
}

/* Reports a pin that this guest cannot take before the setup of the case. */
static bool lacks_pin(struct exec *x)
{
	struct outcome o = { .detail = BUF_INIT };

	for (unsigned int i = 0; i < x->s->nr_steps; i++) {
		const struct step *st = &x->s->steps[i];

		if (st->verb != STEP_PIN)
			continue;
		x->step_ns = now_ns();
		exec_pin_lacking(x, st, &o);
		if (o.status == STEP_OK)
			continue;
		exec_report(x, st, &o, now_ns() - x->step_ns);
		outcome_reset(&o);
		report(x, 0, &o, 0, "end");
		return true;
	}
	return false;
}

bool interp_prepare(const struct guest_facts *guest, const struct filesystem *fs)
{
	struct case_ctx ctx = { .name = "", .fs = fs, .guest = guest, .link = -1 };
	struct exec *x = xcalloc(1, sizeof(*x));
	struct outcome o = { .detail = BUF_INIT };

	x->ctx = &ctx;
	oracles_tell(x, prepare);
	exec_fs_stale(x, &o);
	if (o.status == STEP_OK && fs)
		exec_fs_make(x, &o);
	free(x);
	return o.status == STEP_OK;
}

int interp_run_case(const struct case_ctx *ctx)
{
	struct exec *x = xcalloc(1, sizeof(*x));
	struct scenario *s = NULL;
	_cleanup_err_ struct err *err = model_parse(ctx->name, ctx->text, strlen(ctx->text), &s);
	struct outcome o = { .detail = BUF_INIT };

	x->ctx = ctx;
	x->s = s;
	pattern_case = (uint8_t)(1 + (ctx->number - 1) % UINT8_MAX);
	model_init(&x->model);
	if (err) {
		outcome_error(&o, "%s", err->message);
		report(x, 0, &o, 0, "no-dax");
		return 0;
	}
	if (lacks_pin(x))
		return 0;
	catch_signals();
	teardown(x, setup(x) && run_steps(x));
	return x->spoiled ? CASE_SPOILED : 0;
}
