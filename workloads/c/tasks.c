/* SPDX-License-Identifier: GPL-2.0-only */
/* Operations: called, started, expected and awaited. */
#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>

#include "workloads/c/told.h"

/* Fills a $ of the text of an operation. */
static void fill(struct told *t, const struct op_call *c, char letter, const char *data,
		 struct buf *out)
{
	switch (letter) {
	case 'f':
	case 'g':
		buf_addf(out, "fd_%s", told_id(t, c->file[letter == 'g']));
		break;
	case 'F':
		buf_addf(out, "\"%s\"", c->file[0]);
		break;
	case 'o':
	case 'p':
		buf_adds(out, told_size(t, c->off[letter == 'p']));
		break;
	case 'l':
		buf_adds(out, told_size(t, c->len));
		break;
	case 's':
		buf_adds(out, told_size(t, c->size));
		break;
	case 'm':
		buf_adds(out, told_at(t, c->map, c->off[0]));
		break;
	case 'd':
		buf_adds(out, data);
		break;
	}
}

static void call_text(struct told *t, const struct op_call *c, const char *data, struct buf *out)
{
	for (const char *p = c->op->c.call; *p; p++) {
		if (*p == '$' && p[1])
			fill(t, c, *++p, data, out);
		else
			buf_addc(out, *p);
	}
}

static struct model_file *file_of(struct told *t, const struct op_call *c)
{
	return c->map ? model_map(&t->m, c->map)->file : model_file(&t->m, c->file[0]);
}

/* Whether a dedupe may refuse, as it looks at what lies beneath unwritten blocks. */
static bool may_refuse(struct told *t, const struct op_call *c)
{
	return (c->op->traits & OP_COMPARES) &&
	       !(model_is_written(model_file(&t->m, c->file[0]), c->off[0], c->len) &&
		 model_is_written(model_file(&t->m, c->file[1]), c->off[1], c->len));
}

/* Makes what the call needs: open files, and new bytes in @data. */
static struct err *prepare(struct told *t, const struct step *st, const char *data)
{
	const struct op_call *c = &st->call;
	struct model_file *f;

	if (c->op->c.no)
		return told_refuse(t, st, c->op->name, c->op->c.no);
	for (int i = 0; i < OP_FILES_MAX && c->file[i]; i++) {
		if (t->rest[told_word(&t->files, c->file[i])] && !(c->op->traits & OP_LAST_CLOSE))
			return told_refuse(t, st, c->op->name, "the size of its file is not known");
		if (!c->map)
			told_fd(t, c->file[i]);
	}
	if (c->op->c.part)
		told_use(t, c->op->c.part);
	if (c->op->c.needs)
		told_word(&t->needs, c->op->c.needs);
	if (c->op->traits & OP_UNBINDS) {
		told_mount(t);
		t->unbound = true;
	}
	if (c->op->c.first)
		told_word(&t->first, c->op->c.first);
	if (c->op->traits & OP_UNMOUNTS)
		told_unmount(t);
	if (!(c->op->traits & OP_NEW_BYTES))
		return NULL;
	f = file_of(t, c);
	told_use(t, "bytes");
	told_global(t, "static char *%s;", data);
	told_line(t, "%s = make_bytes(%s, %s);", data,
		  told_wrote(t, f->origin, told_gen(t, st, f),
			     c->off[0] + (c->map ? model_map(&t->m, c->map)->off : 0)),
		  told_size(t, c->len));
	return NULL;
}

static void apply(struct told *t, const struct step *st)
{
	model_apply(&t->m, &st->call, t->gens[st - t->s->steps]);
}

static struct err *not_refused(struct told *t, const struct step *st)
{
	_cleanup_buf_ struct buf text = BUF_INIT;

	call_text(t, &st->call, "data", &text);
	told_use(t, "skip-refused");
	told_line(t, "skip_refused(\"%s\", %s);", st->call.op->name, buf_str(&text));
	apply(t, st);
	return NULL;
}

struct err *told_operation(struct told *t, const struct step *st)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct err *err = prepare(t, st, "data");
	int result;

	if (err)
		return err;
	result = model_result(&t->m, &st->call);
	if (!st->errnum && result == MODEL_EITHER && (st->call.op->traits & OP_REFUSES))
		return not_refused(t, st);
	if (!st->errnum && (result || may_refuse(t, &st->call)))
		return told_refuse(t, st, st->call.op->name, "its result is not certain");
	told_use(t, "judge-call");
	call_text(t, &st->call, "data", &text);
	told_line(t, "judge_call(\"%s\", %s, %s);", st->call.op->name, buf_str(&text),
		  st->errnum ? errno_name(st->errnum) : "0");
	if (st->call.op->traits & OP_NEW_BYTES)
		told_line(t, "free(data);");
	if (!st->errnum)
		apply(t, st);
	return NULL;
}

/* Starts the operation by its function, in a thread or in a process. */
static void tell_start(struct told *t, const struct step *st, const char *text)
{
	_cleanup_free_ char *body = xasprintf("(void)\n{\n\treturn %s;\n}\n", text);
	const char *only = st->process ? told_only(t, st, st->call.map, st->call.file) : NULL;
	const char *call = told_function(t, st, "long call", body), *id = told_id(t, st->name);

	told_global(t, "static struct task op_%s = { .name = \"%s\" };", id, st->name);
	if (st->process) {
		told_use(t, "process");
		told_line(t, "start_process(&op_%s, %s, %s);", id, call, only);
		return;
	}
	told_use(t, "start");
	told_line(t, "start(&op_%s, %s, %d);", id, call,
		  (st->call.op->traits & OP_LAST_CLOSE) != 0);
}

struct err *told_start(struct told *t, const struct step *st)
{
	const char *data = told_short(t, "data_%s", told_id(t, st->name));
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct model_op *op;
	struct err *err;

	err = prepare(t, st, data);
	if (err)
		return err;
	op = model_add_op(&t->m, st->name, &st->call);
	if (!op)
		return told_refuse(t, st, "start", "there are too many operations");
	op->state = MODEL_OP_ENDED;
	op->raced = false;
	for (unsigned int i = 0; st->call.map && i < t->m.nr_ops; i++)
		if (t->m.ops[i].state != MODEL_OP_ENDED &&
		    model_races(&t->m, &st->call, t->m.ops[i].call))
			op->raced = true;
	op->state = MODEL_OP_UNKNOWN;
	op->result = model_result(&t->m, &st->call);
	t->settled[op - t->m.ops] = t->signalled[op - t->m.ops] = false;
	call_text(t, &st->call, data, &text);
	tell_start(t, st, buf_str(&text));
	return NULL;
}

static const struct step *start_of(const struct model_op *op)
{
	return (const void *)((const char *)op->call - offsetof(struct step, call));
}

static bool is_same(const struct shadow *a, const struct shadow *b)
{
	size_t i = 0, j = 0;

	for (; i < a->n && j < b->n; i++, j++) {
		struct piece p = a->v[i], q = b->v[j];

		while (i + 1 < a->n && told_goes_on(&p, &a->v[i + 1]))
			p.len += a->v[++i].len;
		while (j + 1 < b->n && told_goes_on(&q, &b->v[j + 1]))
			q.len += b->v[++j].len;
		if (p.len != q.len || p.kind != q.kind || p.origin != q.origin || p.gen != q.gen ||
		    p.src != q.src)
			return false;
	}
	return i == a->n && j == b->n;
}

/* Its result is unknown: the files whose bytes it changes are unsure. */
static void apply_unsure(struct told *t, const struct step *st)
{
	struct model_file *f[OP_FILES_MAX];
	struct shadow before[OP_FILES_MAX], after;
	int n = 0;

	for (; n < OP_FILES_MAX && st->call.file[n]; n++) {
		f[n] = model_file(&t->m, st->call.file[n]);
		model_file_bytes(&t->m, f[n], &before[n]);
	}
	apply(t, st);
	while (n-- > 0) {
		model_file_bytes(&t->m, f[n], &after);
		f[n]->unsure |= f[n]->gone || !is_same(&before[n], &after);
		shadow_deinit(&before[n]);
		shadow_deinit(&after);
	}
}

/* @result: 0, an errno, or MODEL_EITHER. */
static void ended(struct told *t, struct model_op *op, int result)
{
	const struct op_call *c = op->call;
	bool store = c->map && (c->op->traits & OP_NEW_BYTES);

	op->state = MODEL_OP_ENDED;
	if (store && (result || op->raced))
		model_map_spoil(&t->m, model_map(&t->m, c->map), c->off[0], c->len);
	else if (!result)
		apply(t, start_of(op));
	else if (result == MODEL_EITHER && !c->map)
		apply_unsure(t, start_of(op));
	if (c->op->traits & OP_NEW_BYTES)
		told_line(t, "free(data_%s);", told_id(t, op->name));
}

struct err *told_expect(struct told *t, const struct step *st)
{
	struct model_op *op = model_op(&t->m, st->name);
	const char *id = told_id(t, st->name);
	int want = st->expect == EXPECT_FAILS ? st->errnum : 0;

	if (st->expect == EXPECT_KILLED) {
		told_use(t, "expect-killed");
		told_line(t, "expect_killed(&op_%s);", id);
		if (op->state != MODEL_OP_ENDED)
			ended(t, op, EINTR);
		return NULL;
	}
	if (st->expect == EXPECT_BLOCKS) {
		told_use(t, "expect-blocks");
		told_line(t, "expect_blocks(&op_%s, %d);", id,
			  (op->call->op->traits & OP_REFUSES) != 0);
		op->state = MODEL_OP_WAITS;
		return NULL;
	}
	if (!want && may_refuse(t, op->call))
		return told_refuse(t, st, "expect", "a dedupe of unwritten blocks may refuse");
	told_use(t, "expect-end");
	told_line(t, "expect_end(&op_%s, %s, %s);", id, want ? errno_name(want) : "0",
		  st->within_ms ? told_short(t, "%llu", (unsigned long long)st->within_ms) :
				  "grace_ms");
	if (op->state != MODEL_OP_ENDED)
		ended(t, op, want);
	return NULL;
}

struct err *told_wait(struct told *t, const struct step *st)
{
	struct model_op *op = model_op(&t->m, st->name);
	int result = model_result(&t->m, op->call);

	if ((op->call->op->traits & OP_REFUSES) && !t->signalled[op - t->m.ops]) {
		told_use(t, "wait-refused");
		told_line(t, "wait_refused(&op_%s);", told_id(t, st->name));
	} else {
		told_use(t, "wait-for");
		told_line(t, "wait_for(&op_%s);", told_id(t, st->name));
	}
	if (op->state == MODEL_OP_ENDED)
		return NULL;
	/* it may have ended before its file changed, or by the signal */
	if ((op->call->map && result != op->result) || t->signalled[op - t->m.ops] ||
	    may_refuse(t, op->call))
		result = MODEL_EITHER;
	ended(t, op, result);
	return NULL;
}

struct err *told_settle(struct told *t, const struct step *st)
{
	struct model_op *op = model_op(&t->m, st->name);

	told_use(t, "settle");
	told_line(t, "settle(&op_%s);", told_id(t, st->name));
	t->settled[op - t->m.ops] = true;
	return NULL;
}

struct err *told_signal(struct told *t, const struct step *st)
{
	static const struct {
		int signo;
		const char *name;
	} names[] = { { SIGTERM, "SIGTERM" }, { SIGINT, "SIGINT" },   { SIGUSR1, "SIGUSR1" },
		      { SIGUSR2, "SIGUSR2" }, { SIGALRM, "SIGALRM" }, { SIGKILL, "SIGKILL" } };
	struct model_op *op = model_op(&t->m, st->name);
	const char *how = t->settled[op - t->m.ops] ? "settled" : "task";
	size_t i = 0;

	while (names[i].signo != st->signo)
		i++;
	if (!start_of(op)->process && st->signo == SIGKILL)
		return told_refuse(t, st, "signal", "KILL would end the program itself");
	told_use(t, told_short(t, "signal-%s", how));
	told_line(t, "signal_%s(&op_%s, %s);", how, told_id(t, st->name), names[i].name);
	t->signalled[op - t->m.ops] = true;
	op->state = MODEL_OP_UNKNOWN;
	return NULL;
}
