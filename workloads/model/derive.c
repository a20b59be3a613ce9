/* SPDX-License-Identifier: GPL-2.0-only */
#include "workloads/model/derive.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

#include "workloads/model/model.h"

/* The assumed size of a file that fills the filesystem. */
#define REST (1ull << 30)

struct player {
	const char *origin;
	struct model m;
	const struct step *in; /* the scenario as it was written */
	unsigned int nr_in, at;
	struct step *out;
	unsigned int nr_out;
	bool unmounted;			  /* an umount was started, and nothing mounted since */
	bool signalled[MODEL_THINGS_MAX]; /* index: the number of the operation */
	int signo[MODEL_THINGS_MAX];
};

static void put(struct player *p, const struct step *st)
{
	p->out = xrealloc(p->out, p->nr_out + 1, sizeof(*p->out));
	p->out[p->nr_out++] = *st;
}

static struct err *refuse(const struct player *p, const char *what, const char *why,
			  const struct model_pin *pin)
{
	const struct step *st = &p->in[p->at];

	if (pin)
		return err_create(ERR_USAGE, "%s:%u: %s: %s by '%s'", p->origin, st->line, what,
				  why, pin->name);
	return err_create(ERR_USAGE, "%s:%u: %s: %s", p->origin, st->line, what, why);
}

/* Adds a step that waits for or expects something of @name; an error if there are too many. */
static struct err *demand(struct player *p, const char *name, enum step_verb verb,
			  enum expectation expect, int errnum)
{
	static const char *const words[] = {
		[EXPECT_BLOCKS] = "blocks",
		[EXPECT_COMPLETES] = "completes",
		[EXPECT_FAILS] = "fails",
		[EXPECT_KILLED] = "killed",
	};
	struct step st = { .verb = verb,
			   .line = p->in[p->at].line,
			   .name = xstrdup(name),
			   .expect = expect,
			   .errnum = errnum,
			   .derived = true };

	if (verb == STEP_SETTLE || verb == STEP_WAIT)
		st.text = xasprintf("%s %s", verb == STEP_WAIT ? "wait" : "settle", name);
	else if (errnum)
		st.text = xasprintf("expect %s fails %s", name, errno_name(errnum));
	else
		st.text = xasprintf("expect %s %s", name, words[expect]);
	put(p, &st);
	if (p->nr_out > SCENARIO_STEPS_MAX)
		return err_create(ERR_USAGE,
				  "%s:%u: more than %u steps with what follows from "
				  "them",
				  p->origin, st.line, SCENARIO_STEPS_MAX);
	return NULL;
}

static bool about(const struct step *st, const char *name)
{
	return (st->verb == STEP_EXPECT || st->verb == STEP_WAIT || st->verb == STEP_SETTLE) &&
	       strcmp(st->name, name) == 0;
}

/* Whether a later step of this block of the scenario says how @name ends. */
static bool spoken_for(const struct player *p, const char *name)
{
	for (unsigned int i = p->at + 1; i < p->nr_in && p->in[i].verb != STEP_END; i++)
		if (about(&p->in[i], name) && p->in[i].verb != STEP_SETTLE &&
		    !(p->in[i].verb == STEP_EXPECT && p->in[i].expect == EXPECT_BLOCKS))
			return true;
	return false;
}

static bool next_is_about(const struct player *p, const char *name)
{
	return p->at + 1 < p->nr_in && about(&p->in[p->at + 1], name);
}

/* Ends @op, which has nothing left to wait for; returns its result as model_result() does. */
static int finish(struct player *p, struct model_op *op)
{
	const struct op_call *c = op->call;
	int result = model_result(&p->m, c);

	op->state = MODEL_OP_ENDED;
	/* it may have ended before the file changed, with its old result */
	if (c->map && result != op->result)
		result = MODEL_EITHER;
	if (c->map && (c->op->traits & OP_NEW_BYTES) && (op->raced || result))
		model_map_spoil(&p->m, model_map(&p->m, c->map), c->off[0], c->len);
	else if (!result)
		model_apply(&p->m, c, 0);
	return result;
}

/*
 * Whether @op may have ended without an effect while it waited: by a signal, of which only KILL
 * ends a waiting last close; or because it refused.
 */
static bool may_be_undone(const struct player *p, const struct model_op *op)
{
	size_t i = op - p->m.ops;

	if (op->call->op->traits & OP_REFUSES)
		return true;
	return p->signalled[i] &&
	       (p->signo[i] == SIGKILL || !(op->call->op->traits & OP_LAST_CLOSE));
}

static int leave_unsure(struct player *p, const struct op_call *c)
{
	for (int i = 0; i < OP_FILES_MAX && c->file[i]; i++)
		model_file(&p->m, c->file[i])->unsure = true;
	return MODEL_EITHER;
}

/* Adds the step that expects @name to end with @result. */
static struct err *demand_end(struct player *p, const char *name, int result)
{
	if (result == MODEL_EITHER)
		return demand(p, name, STEP_WAIT, 0, 0);
	return demand(p, name, STEP_EXPECT, result ? EXPECT_FAILS : EXPECT_COMPLETES, result);
}

/* Whether an operation that has not ended changes pages that @c accesses. */
static bool races(struct player *p, const struct op_call *c)
{
	for (unsigned int i = 0; c->map && i < p->m.nr_ops; i++)
		if (p->m.ops[i].state != MODEL_OP_ENDED && p->m.ops[i].call != c &&
		    model_races(&p->m, c, p->m.ops[i].call))
			return true;
	return false;
}

static enum model_op_state state_of(struct model_verdict v)
{
	return !v.may_wait ? MODEL_OP_ENDED : v.may_return ? MODEL_OP_UNKNOWN : MODEL_OP_WAITS;
}

/* After a pin, a mapping or an operation ended: adds what each operation must do now. */
static struct err *look_again(struct player *p)
{
	/*
	 * A waiter may return wrongly: after the release of one of two pins, or when the file
	 * has no mapping any more (dax_layout_busy_page() up to 6.14 then finds no page busy).
	 */
	bool may_wake = p->in[p->at].verb == STEP_UNPIN || p->in[p->at].verb == STEP_UNMAP;
	struct err *err = NULL;

	for (unsigned int i = 0; i < p->m.nr_ops && !err; i++) {
		struct model_op *op = &p->m.ops[i];
		int result;

		if (op->state == MODEL_OP_ENDED)
			continue;
		if (state_of(model_predict(&p->m, op->call)) != MODEL_OP_ENDED) {
			/* an operation that waited already may now wait for any page of the file */
			if (op->state == MODEL_OP_WAITS)
				op->state = state_of(model_predict(&p->m, op->call));
			if (op->state == MODEL_OP_WAITS && may_wake && !next_is_about(p, op->name))
				err = demand(p, op->name, STEP_EXPECT, EXPECT_BLOCKS, 0);
			continue;
		}
		result = finish(p, op);
		if (may_be_undone(p, op))
			result = leave_unsure(p, op->call);
		if (!spoken_for(p, op->name))
			err = demand_end(p, op->name, result);
	}
	return err;
}

static struct err *play_start(struct player *p, const struct step *st)
{
	struct model_verdict v = model_predict(&p->m, &st->call);
	struct model_op *op = model_add_op(&p->m, st->name, &st->call);
	int result = 0;

	if (!op)
		return refuse(p, st->text, "too many operations", NULL);
	p->signalled[op - p->m.ops] = false;
	p->unmounted |= (st->call.op->traits & OP_UNMOUNTS) != 0;
	op->state = state_of(v);
	op->result = model_result(&p->m, op->call);
	op->raced = races(p, op->call);
	if (op->state == MODEL_OP_ENDED)
		result = finish(p, op);
	if (next_is_about(p, st->name))
		return NULL;
	if (op->state == MODEL_OP_WAITS)
		return demand(p, st->name, STEP_EXPECT, EXPECT_BLOCKS, 0);
	if (op->state == MODEL_OP_UNKNOWN)
		return demand(p, st->name, STEP_SETTLE, 0, 0);
	return spoken_for(p, st->name) ? NULL : demand_end(p, st->name, result);
}

static struct err *play_expect(struct player *p, const struct step *st)
{
	struct model_op *op = model_op(&p->m, st->name);
	struct model_verdict v = op->state == MODEL_OP_ENDED ?
					 (struct model_verdict){ true, false, NULL,
								 "it has nothing to wait for" } :
					 model_predict(&p->m, op->call);
	bool signalled = p->signalled[op - p->m.ops];

	if (st->expect == EXPECT_BLOCKS) {
		if (op->state == MODEL_OP_WAITS && !signalled)
			return NULL;
		return refuse(p,
			      op->state == MODEL_OP_UNKNOWN && !signalled ?
				      "it may or may not wait (write 'settle')" :
				      "it does not wait",
			      v.why, v.because);
	}
	if (st->expect == EXPECT_KILLED && p->signo[op - p->m.ops] != SIGKILL)
		return refuse(p, "it cannot be killed", "no KILL was sent", NULL);
	if (op->state != MODEL_OP_ENDED && !signalled) {
		if (op->state == MODEL_OP_WAITS)
			return refuse(p, "it still waits", v.why, v.because);
		if (v.because)
			return refuse(p, "it may still wait (write 'settle')", v.why, v.because);
	}
	if (op->state != MODEL_OP_ENDED) {
		op->state = MODEL_OP_ENDED;
		if (st->expect == EXPECT_COMPLETES)
			finish(p, op);
	}
	return look_again(p);
}

static struct err *play_wait(struct player *p, const struct step *st)
{
	struct model_op *op = model_op(&p->m, st->name);
	struct model_verdict v;

	if (op->state != MODEL_OP_ENDED && !p->signalled[op - p->m.ops]) {
		v = model_predict(&p->m, op->call);
		if (v.because)
			return refuse(
				p, v.may_return ? "it may wait for ever" : "it would wait for ever",
				v.why, v.because);
	}
	if (op->state == MODEL_OP_UNKNOWN && may_be_undone(p, op))
		leave_unsure(p, op->call);
	if (op->state == MODEL_OP_UNKNOWN)
		finish(p, op);
	op->state = MODEL_OP_ENDED;
	return look_again(p);
}

static struct err *play_signal(struct player *p, const struct step *st)
{
	struct model_op *op = model_op(&p->m, st->name);
	bool waited = op->state == MODEL_OP_WAITS;

	p->signalled[op - p->m.ops] = true;
	p->signo[op - p->m.ops] = st->signo;
	if (op->state == MODEL_OP_ENDED || spoken_for(p, st->name))
		return NULL;
	if (!waited)
		return NULL; /* it may have ended, or wait where a signal does not end the wait */
	op->state = MODEL_OP_ENDED;
	if (st->signo == SIGKILL)
		return demand(p, st->name, STEP_EXPECT, EXPECT_KILLED, 0);
	return demand(p, st->name, STEP_EXPECT, EXPECT_FAILS, EINTR);
}

static struct err *play_operation(struct player *p, const struct step *st)
{
	struct model_verdict v = model_predict(&p->m, &st->call);
	int result;

	if (!v.may_return)
		return refuse(p, "it would wait for ever (write 'start')", v.why, v.because);
	if (v.may_wait && v.because)
		return refuse(p, "it may wait for ever (write 'start')", v.why, v.because);
	result = model_result(&p->m, &st->call);
	if (result > 0 && result != st->errnum)
		return refuse(p, "it cannot succeed", errno_name(result), NULL);
	p->unmounted |= !st->errnum && (st->call.op->traits & OP_UNMOUNTS);
	if (!st->errnum)
		model_apply(&p->m, &st->call, 0);
	return NULL;
}

/* Whether any operation on file @name is in @state. */
static bool is_worked_on(const struct player *p, const char *name, enum model_op_state state)
{
	for (unsigned int i = 0; i < p->m.nr_ops; i++)
		for (int j = 0; j < OP_FILES_MAX; j++)
			if (p->m.ops[i].state == state && p->m.ops[i].call->file[j] &&
			    strcmp(p->m.ops[i].call->file[j], name) == 0)
				return true;
	return false;
}

/* An operation that waits with the inode locked blocks a read. */
static struct err *play_check(struct player *p, const struct step *st)
{
	if (st->thing == THING_FILE && is_worked_on(p, st->name, MODEL_OP_WAITS))
		return refuse(p, "the read would wait", "a waiting operation has locked the file",
			      NULL);
	return NULL;
}

static struct err *play_file(struct player *p, const struct step *st)
{
	unsigned int origin = (unsigned int)p->m.nr_files + 1;
	struct model_file *f = model_add_file(&p->m, st->name, origin, 0);
	uint64_t size = st->fill_rest ? REST : st->len;

	if (!f)
		return refuse(p, st->text, "too many files", NULL);
	switch (st->file) {
	case FILE_WRITTEN:
		model_file_write_new(&p->m, f, size);
		break;
	case FILE_FALLOCATED:
		model_file_reserve(&p->m, f, size);
		break;
	case FILE_HOLE:
		model_file_extend(&p->m, f, size);
		break;
	case FILE_CLONE:
	case FILE_COPY:
		model_file_copy(&p->m, f, model_file(&p->m, st->other), size,
				st->file == FILE_CLONE);
		break;
	}
	return NULL;
}

static struct err *play_map(struct player *p, const struct step *st)
{
	if (!model_add_map(&p->m, st->name, model_file(&p->m, st->other), st->off, st->len,
			   st->shared, st->writable))
		return refuse(p, st->text, "too many mappings", NULL);
	return NULL;
}

/* Beyond the end of its file a mapping has no page to touch or pin: SIGBUS. */
static bool reaches_beyond(const struct player *p, const struct model_map *map, uint64_t off,
			   uint64_t len)
{
	return model_access_least(&p->m, map, off, len) == MODEL_ACCESS_FAILS;
}

static struct err *play_touch(struct player *p, const struct step *st)
{
	const struct model_pin *pin = st->thing == THING_PIN ? model_pin(&p->m, st->other) : NULL;
	struct model_map *map = pin ? pin->map : model_map(&p->m, st->other);
	uint64_t off = st->off + (pin ? pin->off : 0);

	if (!map->live)
		return refuse(p, st->text, "its mapping is gone", NULL);
	if (reaches_beyond(p, map, off, st->len))
		return refuse(p, st->text, "the range is beyond the end of the file", NULL);
	if (pin && model_access_least(&p->m, map, off, st->len) == MODEL_ACCESS_ANY)
		return refuse(p, st->text, "the bytes there are unknown", NULL);
	if (pin && (is_worked_on(p, map->file->name, MODEL_OP_WAITS) ||
		    is_worked_on(p, map->file->name, MODEL_OP_UNKNOWN)))
		return refuse(p, st->text, "an operation on its file has not ended", NULL);
	if (st->writable && !map->writable)
		return refuse(p, st->text, "the mapping is read-only", NULL);
	if (st->writable)
		model_map_write(&p->m, map, off, st->len, ++map->file->gen);
	return NULL;
}

static struct err *play_pin(struct player *p, const struct step *st)
{
	if (st->errnum)
		return NULL;
	if (reaches_beyond(p, model_map(&p->m, st->other), st->off, st->len))
		return refuse(p, st->text, "the range is beyond the end of the file", NULL);
	if (!model_add_pin(&p->m, st->name, st->pin, p->m.nr_pins, model_map(&p->m, st->other),
			   st->off, st->len))
		return refuse(p, st->text, "too many pins", NULL);
	return NULL;
}

static struct err *play_unpin(struct player *p, const struct step *st)
{
	if (st->how == UNPIN_RELEASE)
		model_drop_pin(&p->m, model_pin(&p->m, st->name), 0);
	else
		model_lose_pin(&p->m, model_pin(&p->m, st->name));
	return look_again(p);
}

/* An umount that was started may wait for pins: then it stays as it is. */
static struct err *play_mkfs(struct player *p, const struct step *st)
{
	const struct model_pin *pin = NULL;
	bool works = false;

	for (unsigned int i = 0; i < p->m.nr_ops; i++)
		works |= p->m.ops[i].state != MODEL_OP_ENDED;
	for (unsigned int i = 0; i < p->m.nr_files && !pin; i++)
		pin = model_pinned(&p->m, &p->m.files[i], 0, UINT64_MAX / 2, false);
	if (works && !p->unmounted)
		return refuse(p, st->text, "an operation has not ended", NULL);
	if (pin && !p->unmounted)
		return refuse(p, "the umount may wait for ever (start one before)", "held", pin);
	model_make_anew(&p->m);
	return NULL;
}

static struct err *play_remount(struct player *p, const struct step *st)
{
	(void)st;
	p->unmounted = false;
	return NULL;
}

static struct err *play_unmap(struct player *p, const struct step *st)
{
	model_drop_map(&p->m, model_map(&p->m, st->name));
	return look_again(p);
}

/* No pin may hold the file and no operation may run: the storm would wait for these, too. */
static struct err *play_storm(struct player *p, const struct step *st)
{
	struct model_file *f = model_file(&p->m, st->name);
	const struct model_pin *pin = model_pinned(&p->m, f, 0, UINT64_MAX / 2, false);

	if (!f->size || f->size % (st->storm.workers * (uint64_t)STORM_RANGE))
		return refuse(p, st->text,
			      "the size of the file must be a multiple of 2M for each worker",
			      NULL);
	if (pin)
		return refuse(p, "the storm would wait for ever", "the file is held", pin);
	for (unsigned int i = 0; i < p->m.nr_ops; i++)
		if (p->m.ops[i].state != MODEL_OP_ENDED)
			return refuse(p, "the storm cannot begin", "an operation has not ended",
				      NULL);
	model_file_write_new(&p->m, f, f->size);
	return NULL;
}

/* Operations must have ended: the next round starts them again. */
static struct err *play_end(struct player *p, const struct step *st)
{
	(void)st;
	for (unsigned int i = 0; i < p->m.nr_ops; i++)
		if (p->m.ops[i].state != MODEL_OP_ENDED)
			return refuse(p, "the block cannot end", "an operation still waits", NULL);
	return NULL;
}

static struct err *(*const plays[])(struct player *p, const struct step *st) = {
	[STEP_FILE] = play_file,       [STEP_MAP] = play_map,
	[STEP_TOUCH] = play_touch,     [STEP_PIN] = play_pin,
	[STEP_UNPIN] = play_unpin,     [STEP_UNMAP] = play_unmap,
	[STEP_START] = play_start,     [STEP_EXPECT] = play_expect,
	[STEP_WAIT] = play_wait,       [STEP_SIGNAL] = play_signal,
	[STEP_CHECK] = play_check,     [STEP_OPERATION] = play_operation,
	[STEP_REMOUNT] = play_remount, [STEP_MKFS] = play_mkfs,
	[STEP_END] = play_end,	       [STEP_STORM] = play_storm,
	[STEP_PROGRAM] = NULL, /* its own files are not the model's */
};

/* Added steps moved the others: finds again where each block ends. */
static void find_block_ends(struct scenario *s)
{
	unsigned int repeat = 0;

	for (unsigned int i = 0; i < s->nr_steps; i++) {
		if (s->steps[i].verb == STEP_REPEAT)
			repeat = i;
		else if (s->steps[i].verb == STEP_END)
			s->steps[repeat].block_end = i;
	}
}

struct err *model_derive(const char *origin, struct scenario *s)
{
	struct player *p = xcalloc(1, sizeof(*p));
	struct err *err = NULL;

	p->origin = origin;
	p->in = s->steps;
	p->nr_in = s->nr_steps;
	model_init(&p->m);
	for (; p->at < p->nr_in; p->at++) {
		const struct step *st = &p->in[p->at];

		put(p, st);
		if (!err && plays[st->verb])
			err = plays[st->verb](p, st);
	}
	model_deinit(&p->m);
	free(s->steps);
	s->steps = p->out;
	s->nr_steps = p->nr_out;
	find_block_ends(s);
	free(p);
	return err;
}

struct err *model_parse(const char *origin, const char *text, size_t len, struct scenario **out)
{
	struct err *err = scenario_parse(origin, text, len, out);

	if (err)
		return err;
	err = model_derive(origin, *out);
	if (err)
		scenario_free(*out);
	return err;
}
