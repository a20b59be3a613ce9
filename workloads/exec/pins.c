/* SPDX-License-Identifier: GPL-2.0-only */
/* Takes, checks and releases pins. */
#include "workloads/exec/files.h"
#include "workloads/exec/maps.h"
#include "workloads/exec/pins.h"
#include "workloads/exec/tasks.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/task.h"
#include "workloads/oracles/oracle.h"
#include "workloads/model/pattern.h"

struct exec_pin *exec_pin(struct exec *x, const char *name)
{
	for (unsigned int i = x->nr_pins; i-- > 0;)
		if (word_eq(x->pins[i].pin.name, name))
			return &x->pins[i];
	return NULL;
}

static bool has_trait(const struct exec_pin *p, enum pin_trait trait)
{
	return p->traits & trait;
}

/* Waits until @p's device has written @rounds more generations. */
static void wait_rounds(struct exec *x, struct exec_pin *p, unsigned int rounds)
{
	uint64_t from = pin_rounds(&p->pin);

	if (has_trait(p, PIN_DMA_WRITES) && !p->pin.readonly)
		pin_wait_rounds(&p->pin, from, rounds, now_ns() + x->grace_ms * 1000000);
}

void exec_dma_settle(struct exec *x)
{
	for (unsigned int i = 0; i < x->nr_pins; i++)
		if (x->pins[i].live)
			wait_rounds(x, &x->pins[i], 2);
}

/*
 * Reports a DMA fault: wrong bytes and a refused access are failures of the kernel, all
 * else (a lost packet, a full table) are errors of the transport or of daxrig.
 */
static void judge_dma(const struct exec_pin *p, int errnum, const char *what, struct outcome *o)
{
	if (errnum == EILSEQ || errnum == EFAULT)
		outcome_fail(o, RULE_CONTENT_PIN, "DMA goes on undisturbed", "pin '%s': %s: %s",
			     p->pin.name, errno_name(errnum), what);
	else
		outcome_error(o, "pin '%s': %s: %s", p->pin.name, errno_name(errnum), what);
}

/* An id of no other pin in x->pins and, as far as possible, of no earlier pin. */
static unsigned int choose_id(struct exec *x)
{
	unsigned int id, i;

	do {
		id = x->pins_made++ % (ORIGIN_STALE - ORIGIN_PIN);
		for (i = 0; i < x->nr_pins - 1 && x->pins[i].pin.id != id; i++)
			;
	} while (i < x->nr_pins - 1);
	return id;
}

static bool is_sabotaged(const struct exec *x, const struct step *st)
{
	return x->ctx->sabotage == SABOTAGE_NO_PIN && !st->errnum;
}

static const struct pin_kind *kind_of(const struct exec *x, const struct step *st)
{
	return pin_kind_find(is_sabotaged(x, st) ? "null" : st->pin->name);
}

static void setup_pin(struct exec *x, const struct step *st, struct exec_pin *p)
{
	struct exec_map *m = exec_map(x, st->other);
	/* all but why, which is large and only read after a failure */
	memset(p, 0, offsetof(struct exec_pin, pin.why));
	p->pin.why[0] = '\0';
	p->pin.kind = kind_of(x, st);
	p->pin.ctx = x->ctx;
	p->pin.name = st->name;
	p->pin.id = choose_id(x);
	p->pin.addr = m->addr + st->off;
	p->pin.len = st->len;
	p->pin.readonly = !m->writable;
	p->file = m->file;
	p->off = m->off + st->off;
	p->traits = is_sabotaged(x, st) ? 0 : st->pin->traits;
}

static void judge_refusal(struct exec *x, const struct step *st, struct exec_pin *p, int ret,
			  struct outcome *o)
{
	char expected[64];

	o->errnum = -ret;
	if (!p->pin.asked) {
		outcome_error(o, "the kernel was not asked for %s: %s: %s", st->pin->name,
			      errno_name(-ret), p->pin.why);
		return;
	}
	if (-ret == st->errnum)
		return;
	snprintf(expected, sizeof(expected), "%s is refused with %s", st->pin->name,
		 errno_name(st->errnum));
	outcome_fail(o, RULE_CONTRACT_REFUSED, expected, "%s",
		     ret ? errno_name(-ret) : "it was granted");
	if (!ret) {
		p->m = model_add_pin(&x->model, st->name, st->pin, p->pin.id,
				     exec_map(x, st->other)->m, st->off, st->len);
		p->live = true;
		exec_pin_release(x, p, o);
	}
}

/*
 * Whether the kernel wrongly refused the pin: no gate had to be lifted, and the errno is
 * about the page, not about something that the machine lacks.
 */
static bool is_wrong_refusal(struct exec *x, const struct step *st, const struct exec_pin *p,
			     int errnum)
{
	static const int words[] = { EFAULT, EOPNOTSUPP, EINVAL, EPERM, EACCES };
	enum model_access least = model_access_least(&x->model, exec_map(x, st->other)->m, st->off,
						     st->len);

	if (!p->pin.asked || (p->traits & PIN_NEEDS_GATE))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (errnum == words[i])
			return (p->traits & PIN_DEVDAX) || least >= MODEL_ACCESS_HOLE;
	return false;
}

/*
 * Whether the device should exist: its driver, or the second NVDIMM, is there, and its setup
 * failed. Then the kernel does not lack it.
 */
static bool setup_failed(const struct exec *x, const struct step *st)
{
	if (strncmp(st->pin->name, "rdma", 4) == 0 && !x->ctx->guest->rdma_dev[0] &&
	    access("/sys/module/rdma_rxe", F_OK) == 0)
		return true;
	return (st->pin->traits & PIN_DEVDAX) && !x->ctx->guest->devdax[0] &&
	       access("/sys/bus/nd/devices/region1", F_OK) == 0;
}

struct child {
	struct exec *x;
	const struct exec_map *map;
};

static void keep_for_pin(void *arg, int fd)
{
	const struct child *c = arg;
	const int keep[] = { fd, c->x->ctx->link };

	exec_keep_only(c->x, keep, ARRAY_SIZE(keep), c->map);
}

static int take(struct exec *x, const struct step *st, struct exec_pin *p)
{
	struct child c = { x, exec_map(x, st->other) };

	if (st->process && p->traits)
		return pin_process_take(&p->pin, keep_for_pin, &c);
	return p->pin.kind->take(&p->pin);
}

/* The process of @p does not answer or end: the case stops. */
static void judge_holder(struct exec *x, struct exec_pin *p, struct outcome *o)
{
	exec_judge_stuck(x, p->pin.name, p->pin.pid, p->pin.pid, x->grace_ms, o);
}

void exec_pin_lacking(struct exec *x, const struct step *st, struct outcome *o)
{
	char why[256];
	const char *missing = kind_of(x, st)->missing(x->ctx, why, sizeof(why));

	if (missing && setup_failed(x, st))
		outcome_error(o, "%s: %s", st->pin->name, missing);
	else if (missing)
		outcome_skip(o, "%s: %s", st->pin->name, missing);
}

void exec_pin_take(struct exec *x, const struct step *st, struct outcome *o)
{
	struct exec_pin *p = &x->pins[x->nr_pins++];
	int ret;

	setup_pin(x, st, p);
	if (exec_on_demand(p))
		exec_on_demand_plan(x, p, PLAN_TAKE);
	ret = take(x, st, p);
	if (p->pin.stuck) {
		judge_holder(x, p, o);
		return;
	}
	if (ret && p->pin.granted) {
		judge_dma(p, -ret, p->pin.why, o);
		return;
	}
	if (st->errnum) {
		judge_refusal(x, st, p, ret, o);
		return;
	}
	if (ret && p->pin.spins) {
		outcome_fail(o, RULE_CONTRACT_GRANTED, "the page is pinned",
			     "pin '%s' (%s): the call uses the CPU and does not come back",
			     st->name, st->pin->name);
		task_stack(p->pin.pid ? p->pin.pid : getpid(), p->pin.spins, &o->detail);
		o->hung = true;
		return;
	}
	if (ret && is_wrong_refusal(x, st, p, -ret)) {
		outcome_fail(o, RULE_CONTRACT_GRANTED, "the page is pinned",
			     "pin '%s' (%s) was refused with %s", st->name, st->pin->name,
			     errno_name(-ret));
		buf_addf(&o->detail, "%s\n", p->pin.why);
		return;
	}
	if (ret) {
		outcome_error(o, "pin '%s' (%s) was not granted: %s: %s", st->name, st->pin->name,
			      errno_name(-ret), p->pin.why);
		return;
	}
	p->m = model_add_pin(&x->model, st->name, st->pin, p->pin.id, exec_map(x, st->other)->m,
			     st->off, st->len);
	p->live = true;
	if (exec_on_demand(p))
		exec_on_demand_judge(x, p, NULL, o);
	oracles_tell(x, pinned, p);
	wait_rounds(x, p, 1);
}

static void compare(struct exec *x, struct exec_pin *p, const struct shadow *want, uint64_t off,
		    const void *data, uint64_t len, bool zero, struct outcome *o)
{
	struct mismatch m;
	char what[64];

	if (!zero && shadow_check(want, off, data, len, &m))
		return;
	snprintf(what, sizeof(what), "pin '%s'", p->pin.name);
	exec_compare(x, want, off, data, len, zero, what, RULE_CONTENT_PIN, o);
}

static void compare_last(struct exec *x, struct exec_pin *p, struct outcome *o)
{
	struct shadow want;

	if (!exec_looks(x) || model_pin_shows(&x->model, p->m, x->last))
		return;
	model_pin_bytes(&x->model, p->m, &want);
	compare(x, p, &want, 0, x->last, p->pin.len, false, o);
	shadow_deinit(&want);
}

/* A release: an operation that ends from now on may have ended because of it. */
static void about_to_let_go(struct exec *x)
{
	if (x->nr_tasks) { /* nobody else asks when */
		exec_tasks_settle(x);
		x->released_ns = now_ns();
		for (unsigned int i = 0; i < x->nr_tasks; i++)
			x->tasks[i].let_go |= !exec_task_done(&x->tasks[i]);
	}
}

void exec_pin_release(struct exec *x, struct exec_pin *p, struct outcome *o)
{
	int ret;

	oracles_tell(x, standing, p, o);
	about_to_let_go(x);
	if (x->last_size < p->pin.len) {
		free(x->last);
		x->last_size = p->pin.len;
		x->last = xcalloc(1, x->last_size);
	}
	if (has_trait(p, PIN_HOLDS))
		exec_pins_fault(x, o);
	if (exec_on_demand(p))
		exec_on_demand_plan(x, p, PLAN_RELEASE);
	ret = p->pin.kind->release(&p->pin, x->last);
	if (p->pin.stuck) {
		judge_holder(x, p, o);
		return;
	}
	if (ret)
		judge_dma(p, -ret, p->pin.why, o);
	else if (exec_on_demand(p))
		exec_on_demand_judge(x, p, x->last, o);
	else if (o->status == STEP_OK && p->traits)
		compare_last(x, p, o);
	exec_on_demand_end(p);
	model_drop_pin(&x->model, p->m, p->pin.dma_gen & 0xffff);
	p->live = false;
}

void exec_pin_end(struct exec *x, struct exec_pin *p, bool killed, struct outcome *o)
{
	int ret;

	oracles_tell(x, standing, p, o);
	about_to_let_go(x);
	if (has_trait(p, PIN_HOLDS))
		exec_pins_fault(x, o);
	ret = pin_process_end(&p->pin, killed);
	if (p->pin.stuck)
		judge_holder(x, p, o);
	else if (ret)
		judge_dma(p, -ret, p->pin.why, o);
	exec_on_demand_end(p);
	model_lose_pin(&x->model, p->m);
	p->live = false;
}

void exec_pin_check(struct exec *x, const struct step *st, struct outcome *o)
{
	struct exec_pin *p = exec_pin(x, st->name);
	uint64_t len = st->len ? st->len : p->pin.len - st->off;
	struct shadow want;
	char *data;
	int ret;

	if (!p->pin.kind->look) {
		outcome_error(o, "the bytes of a %s pin cannot be read", p->pin.kind->name);
		return;
	}
	exec_dma_settle(x);
	if (exec_on_demand(p) && st->len && !st->check_zero) {
		exec_on_demand_part(x, p, st->off, len, o);
		return;
	}
	data = xcalloc(1, p->pin.len);
	if (exec_on_demand(p))
		exec_on_demand_plan(x, p, PLAN_LOOK);
	ret = p->pin.kind->look(&p->pin, data);
	if (ret) {
		judge_dma(p, -ret, p->pin.why, o);
	} else if (exec_on_demand(p) && !st->check_zero) {
		exec_on_demand_judge(x, p, data, o);
	} else {
		model_pin_bytes(&x->model, p->m, &want);
		compare(x, p, &want, st->off, data + st->off, len, st->check_zero, o);
		shadow_deinit(&want);
	}
	free(data);
	oracles_tell(x, standing, p, o);
}

const char *exec_holders(struct exec *x, char *buf, size_t size)
{
	size_t n = 0;

	buf[0] = '\0';
	for (unsigned int i = 0; i < x->nr_pins && n < size; i++) {
		const struct exec_pin *p = &x->pins[i];

		if (p->live)
			n += (size_t)snprintf(buf + n, size - n, "%s'%s' (%s)", n ? ", " : "",
					      p->pin.name, p->pin.kind->name);
	}
	return buf;
}

void exec_pins_fault(struct exec *x, struct outcome *o)
{
	char line[256];
	int ret;

	for (unsigned int i = 0; i < x->nr_pins && o->status == STEP_OK; i++) {
		struct exec_pin *p = &x->pins[i];

		if (!p->live || p->m->lost || !p->pin.kind->fault)
			continue;
		ret = p->pin.kind->fault(&p->pin, line, sizeof(line));
		if (ret)
			judge_dma(p, -ret, line, o);
	}
}
