/* SPDX-License-Identifier: GPL-2.0-only */
/* Pins: taken by the program or by a child, looked at, released. */
#include <string.h>

#include "workloads/c/odp-steps.h"
#include "workloads/c/pins.h"
#include "workloads/c/told.h"

/* The kernel must refuse it, so that no pin comes to be. */
static struct err *refused(struct told *t, const struct step *st)
{
	const struct c_pin *c = c_pin(st->pin);

	if (!c->ask || st->process || !model_map(&t->m, st->other)->writable)
		return told_refuse(t, st, "refused",
				   "a program asks itself, for rdma-plain or uring, and through a "
				   "writable mapping");
	told_use(t, c->ask);
	told_use(t, "judge-call");
	told_line(t, "judge_call(\"%s\", %s_ask(%s, %s), %s);", st->pin->name, c->type,
		  told_at(t, st->other, st->off), told_size(t, st->len), errno_name(st->errnum));
	return NULL;
}

static char *take_text(struct told *t, const struct step *st, unsigned int number)
{
	const struct c_pin *c = c_pin(st->pin);

	return xasprintf("%s_take(&pin_%s, %s%s, %s%s);", c->type, told_id(t, st->name),
			 c->numbered ? told_short(t, "%u, ", number) : "",
			 told_at(t, st->other, st->off), told_size(t, st->len),
			 c->access ? told_short(t, ", %d", model_map(&t->m, st->other)->writable) :
				     "");
}

/* What the child does with the pin. */
static void take_far(struct told *t, const struct step *st, const char *take)
{
	const struct c_pin *c = c_pin(st->pin);
	const char *only = told_only(t, st, st->other, NULL), *act;
	const char *id = told_id(t, st->name);
	_cleanup_buf_ struct buf body = BUF_INIT;

	buf_addf(&body, "(char request)\n{\n\tif (request == TAKE)\n\t\t%s\n", take);
	if (c->look) {
		told_use(t, c->look);
		buf_addf(&body, "\tif (request == LOOK)\n\t\treturn %s_look(&pin_%s);\n", c->type,
			 id);
	}
	buf_addf(&body, "\treturn request == RELEASE ? %s_release(&pin_%s) : NULL;\n}\n", c->type,
		 id);
	told_use(t, "holder");
	act = told_function(t, st, "char *act", buf_str(&body));
	told_global(t, "static struct holder by_%s = { .name = \"%s\" };", id, st->name);
	told_line(t, "hold(&by_%s, %s, %s, %s);", id, act, only, told_size(t, st->len));
}

struct err *told_pin(struct told *t, const struct step *st)
{
	const struct c_pin *c = c_pin(st->pin);
	_cleanup_free_ char *take = NULL;
	struct model_pin *p;

	if (c->no)
		return told_refuse(t, st, st->pin->name, c->no);
	if (c->needs)
		told_word(&t->needs, c->needs);
	if (c->libs)
		told_word(&t->libs, c->libs);
	if (st->errnum)
		return refused(t, st);
	if (c->ask)
		return told_refuse(t, st, st->pin->name, "it is told only as one to be refused");
	p = model_add_pin(&t->m, st->name, st->pin, 0, model_map(&t->m, st->other), st->off,
			  st->len);
	if (!p)
		return told_refuse(t, st, "pin", "there are too many");
	if (!c->type) {
		told_line(t, "/* such a pin holds nothing */");
		return NULL;
	}
	told_use(t, c->part);
	told_global(t, "static struct %s pin_%s = { .name = \"%s\" };", c->type,
		    told_id(t, st->name), st->name);
	t->far[p - t->m.pins] = st->process;
	t->unmapped[p - t->m.pins] = false;
	if (pin_traits_on_demand(st->pin->traits))
		return st->process ? told_refuse(t, st, "process", "it holds nothing to outlive") :
				     told_odp_take(t, st, p);
	take = take_text(t, st, p - t->m.pins);
	if (st->process)
		take_far(t, st, take);
	else
		told_line(t, "%s", take);
	return NULL;
}

/* An umount or unbind must not have taken the device away from a pin. */
static void check_ground(struct told *t, const struct model_pin *p)
{
	if (!(p->info->traits & PIN_HOLDS))
		return;
	if (t->unmounted) {
		told_use(t, "check-device");
		told_line(t, "check_device(\"%s\");", p->name);
	}
	for (unsigned int i = 0; i < t->m.nr_ops; i++) {
		const struct model_op *op = &t->m.ops[i];

		if (op->state == MODEL_OP_ENDED || !(op->call->op->traits & OP_UNBINDS))
			continue;
		told_use(t, "check-bound");
		told_line(t, "check_bound(&op_%s, \"%s\");", told_id(t, op->name), p->name);
	}
}

struct err *told_look(struct told *t, const struct step *st, const struct model_pin *p)
{
	const struct c_pin *c = c_pin(p->info);
	const char *id = told_id(t, p->name);

	if (!c->look)
		return told_refuse(t, st, "check", "the bytes of such a pin cannot be read");
	check_ground(t, p);
	told_use(t, c->look);
	told_global(t, "static char *data;");
	if (t->far[p - t->m.pins])
		told_line(t, "data = ask(&by_%s, LOOK);", id);
	else
		told_line(t, "data = %s_look(&pin_%s);", c->type, id);
	return NULL;
}

/* From now on an operation may end. */
static void let_go(struct told *t)
{
	if (!told_pending(t, NULL))
		return;
	told_use(t, "let-go");
	told_line(t, "let_go();");
}

static void wake(struct told *t)
{
	for (unsigned int i = 0; i < t->m.nr_ops; i++)
		if (t->m.ops[i].state == MODEL_OP_WAITS)
			t->m.ops[i].state = MODEL_OP_UNKNOWN;
}

struct err *told_release(struct told *t, const struct step *st, struct model_pin *p)
{
	const struct c_pin *c = c_pin(p->info);
	const char *id = told_id(t, p->name);
	struct err *err = NULL;

	check_ground(t, p);
	let_go(t);
	if (pin_traits_on_demand(p->info->traits)) {
		err = told_odp_release(t, st, p);
	} else if (c->type) {
		told_global(t, "static char *data;");
		if (t->far[p - t->m.pins]) {
			told_use(t, "holder-release");
			told_line(t, "data = holder_release(&by_%s);", id);
		} else {
			told_line(t, "data = %s_release(&pin_%s);", c->type, id);
		}
		err = told_held(t, st, p, 0, p->len, false);
		told_line(t, "free(data);");
	}
	model_drop_pin(&t->m, p, 0);
	wake(t);
	return err;
}

struct err *told_unpin(struct told *t, const struct step *st)
{
	struct model_pin *p = model_pin(&t->m, st->name);

	if (st->how == UNPIN_RELEASE)
		return told_release(t, st, p);
	let_go(t);
	told_use(t, "holder-end");
	told_line(t, "holder_end(&by_%s, %d);", told_id(t, st->name), st->how == UNPIN_KILL);
	model_lose_pin(&t->m, p);
	wake(t);
	return NULL;
}
