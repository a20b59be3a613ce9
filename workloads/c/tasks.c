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
	if (!(c->op->traits & OP_NEW_BYTES))
		return NULL;
	f = file_of(t, c);
	told_use(t, "bytes");
	told_global(t, "static char *%s;", data);
	told_line(t, "%s = make_bytes(WROTE(FILE_%s, %u, %s), %s);", data, told_id(t, f->name),
		  told_gen(t, st, f),
		  told_size(t, c->off[0] + (c->map ? model_map(&t->m, c->map)->off : 0)),
		  told_size(t, c->len));
	return NULL;
}

static void apply(struct told *t, const struct step *st)
{
	model_apply(&t->m, &st->call, t->gens[st - t->s->steps]);
}

struct err *told_operation(struct told *t, const struct step *st)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct err *err = prepare(t, st, "data");
	int result;

	if (err)
		return err;
	result = model_result(&t->m, &st->call);
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

/* A thread's function for this text; one of that name and another text gets another name. */
static const char *thread_function(struct told *t, const struct step *st, const char *text)
{
	const char *id = told_id(t, st->name);
	_cleanup_free_ char *body = xasprintf("(void)\n{\n\treturn %s;\n}\n", text);
	_cleanup_free_ char *one = xasprintf("static long call_%s%s", id, body);
	_cleanup_free_ char *head = xasprintf("static long call_%s(", id);

	if (!strstr(buf_str(&t->calls), head))
		buf_addf(&t->calls, "\n%s", one);
	if (strstr(buf_str(&t->calls), one))
		return told_short(t, "call_%s", id);
	if (!strstr(buf_str(&t->calls), told_short(t, "call_%s%u(", id, st->line)))
		buf_addf(&t->calls, "\nstatic long call_%s%u%s", id, st->line, body);
	return told_short(t, "call_%s%u", id, st->line);
}

struct err *told_start(struct told *t, const struct step *st)
{
	const char *id = told_id(t, st->name), *data = told_short(t, "data_%s", id), *function;
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct model_op *op;
	struct err *err;

	if (st->process)
		return told_refuse(t, st, "process", "an operation is started in a thread");
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
	told_use(t, "task");
	function = thread_function(t, st, buf_str(&text));
	told_global(t, "static struct task op_%s = { .name = \"%s\" };", id, st->name);
	told_line(t, "start(&op_%s, %s, %d);", id, function,
		  (st->call.op->traits & OP_LAST_CLOSE) != 0);
	return NULL;
}

static const struct step *start_of(const struct model_op *op)
{
	return (const void *)((const char *)op->call - offsetof(struct step, call));
}

static void mark_unsure(struct told *t, const struct op_call *c)
{
	for (int i = 0; i < OP_FILES_MAX && c->file[i]; i++)
		model_file(&t->m, c->file[i])->unsure = true;
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
		mark_unsure(t, c);
	if (c->op->traits & OP_NEW_BYTES)
		told_line(t, "free(data_%s);", told_id(t, op->name));
}

struct err *told_expect(struct told *t, const struct step *st)
{
	struct model_op *op = model_op(&t->m, st->name);
	const char *id = told_id(t, st->name);
	int want = st->expect == EXPECT_FAILS ? st->errnum : 0;

	if (st->expect == EXPECT_KILLED)
		return told_refuse(t, st, "killed", "an operation is started in a thread");
	if (st->expect == EXPECT_BLOCKS) {
		told_use(t, "expect-blocks");
		told_line(t, "expect_blocks(&op_%s);", id);
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

	told_use(t, "wait-for");
	told_line(t, "wait_for(&op_%s);", told_id(t, st->name));
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
	size_t i = 0;

	if (t->settled[op - t->m.ops])
		return told_refuse(t, st, "signal", "it may or may not wait");
	while (names[i].signo != st->signo)
		i++;
	told_use(t, "signal-task");
	told_line(t, "signal_task(&op_%s, %s);", told_id(t, st->name), names[i].name);
	t->signalled[op - t->m.ops] = true;
	op->state = MODEL_OP_UNKNOWN;
	return NULL;
}
