/* SPDX-License-Identifier: GPL-2.0-only */
/* Operations: called, started, expected and awaited. */
#include <signal.h>
#include <string.h>

#include "workloads/lang/parser.h"

/* @file is unlinked; NULL: the filesystem is unmounted, so no file exists until remount. */
static struct err *last_close(struct parser *p, const char *file)
{
	if (file)
		return names_drop(&p->names, &p->line, names_find(&p->names, file));
	p->unmounted = true;
	for (unsigned int i = 0; i < p->names.n; i++) {
		struct name *f = &p->names.v[i];

		if (f->thing != THING_FILE)
			continue;
		f->unmounted |= !f->gone;
		f->gone = true;
	}
	return NULL;
}

/* The device is unbound: its files are lost, and it can hold no filesystem any more. */
static void lose_device(struct parser *p)
{
	p->unbound = true;
	for (unsigned int i = 0; i < p->names.n; i++)
		if (p->names.v[i].thing == THING_FILE)
			p->names.v[i].gone = true;
}

/* An operation on a mapping of a file is an operation on that file, too. */
static struct err *parse_call_map(struct parser *p, struct op_call *c, struct name **map)
{
	struct err *err = parser_refer(p, THING_MAP, &c->map, map);

	if (err)
		return err;
	if (!(*map)->file[0])
		return line_error(&p->line, "'%s' is not a mapping of a file", (*map)->name);
	if ((c->op->traits & OP_SPOILS) && !(*map)->shared)
		return line_error(&p->line, "'%s' must be a shared mapping", (*map)->name);
	c->file[0] = xstrdup((*map)->file);
	return NULL;
}

/* An error unless @map covers the range. A call without a length acts on one whole page. */
static struct err *check_range(const struct parser *p, struct op_call *c, const struct name *map)
{
	bool page = !strchr(c->op->args, 'l');

	if (page && c->off[0] % PAGE)
		return line_error(&p->line, "the offset must be page-aligned");
	if (page)
		c->len = PAGE;
	if (!c->len || c->off[0] > map->len || c->len > map->len - c->off[0])
		return line_error(&p->line, "the range exceeds the mapping '%s'", map->name);
	return NULL;
}

static struct err *take_operation(struct line *l, const struct operation **out)
{
	struct nearest n = { 0 };
	struct err *err = line_word(l, "an operation (see 'daxrig list operations')", &n.word);

	if (err)
		return err;
	*out = operation_find(n.word);
	if (*out)
		return NULL;
	for (unsigned int i = 0; operations[i]; i++)
		nearest_offer(&n, operations[i]->name);
	return line_unknown(l, &n, "operation", "see 'daxrig list operations'");
}

static struct err *parse_call(struct parser *p, struct step *st)
{
	struct op_call *c = &st->call;
	unsigned int file = 0, off = 0;
	struct err *err = take_operation(&p->line, &c->op);
	struct name *n, *map = NULL;

	if (err)
		return err;
	for (const char *a = c->op->args; *a && !err; a++) {
		if (*a == 'f')
			err = parser_refer(p, THING_FILE, &c->file[file++], &n);
		else if (*a == 'm')
			err = parse_call_map(p, c, &map);
		else if (*a == 'o')
			err = line_size(&p->line, "an offset", &c->off[off++]);
		else if (*a == 'l')
			err = line_size(&p->line, "a length", &c->len);
		else
			err = line_size(&p->line, "a size", &c->size);
	}
	if (!err && map)
		err = check_range(p, c, map);
	if (err)
		return err;
	p->s->needs |= c->op->needs;
	if (c->op->traits & OP_UNBINDS)
		lose_device(p);
	return c->op->traits & OP_LAST_CLOSE ? last_close(p, c->file[0]) : NULL;
}

struct err *step_start(struct parser *p, struct step *st)
{
	struct name *n;
	struct err *err = parser_define(p, st, THING_TASK, &n);

	if (err)
		return err;
	st->process = n->process = line_take(&p->line, "process");
	err = parse_call(p, st);
	if (!err && st->call.map && (st->call.op->traits & OP_SPOILS))
		err = line_error(&p->line, "it sends SIGBUS to the program's main thread: write it "
					   "inline");
	if (!err && st->process && (st->call.op->traits & OP_LAST_CLOSE))
		err = line_error(&p->line, "the program itself must do a last close, not a "
					   "process of its own");
	return err;
}

struct err *step_operation(struct parser *p, struct step *st)
{
	struct err *err = parse_call(p, st);

	if (!err && line_take(&p->line, "fails"))
		err = parser_errno(&p->line, &st->errnum);
	return err;
}

struct err *step_expect(struct parser *p, struct step *st)
{
	struct line *l = &p->line;
	struct name *n;
	struct err *err = parser_refer(p, THING_TASK, &st->name, &n);

	if (err)
		return err;
	if (line_take(l, "blocks")) {
		st->expect = EXPECT_BLOCKS;
	} else if (line_take(l, "completes")) {
		st->expect = EXPECT_COMPLETES;
		if (line_take(l, "within"))
			return line_size(l, "milliseconds", &st->within_ms);
	} else if (line_take(l, "fails")) {
		st->expect = EXPECT_FAILS;
		return parser_errno(l, &st->errnum);
	} else if (line_take(l, "killed")) {
		st->expect = EXPECT_KILLED;
	} else {
		return line_expected(l, "blocks, completes, fails or killed");
	}
	return NULL;
}

struct err *step_wait(struct parser *p, struct step *st)
{
	struct name *n;

	return parser_refer(p, THING_TASK, &st->name, &n);
}

struct err *step_settle(struct parser *p, struct step *st)
{
	struct name *n;

	return parser_refer(p, THING_TASK, &st->name, &n);
}

struct err *step_signal(struct parser *p, struct step *st)
{
	static const struct {
		const char *name;
		int signo;
	} signals[] = {
		{ "KILL", SIGKILL }, { "TERM", SIGTERM }, { "INT", SIGINT },
		{ "USR1", SIGUSR1 }, { "USR2", SIGUSR2 }, { "ALRM", SIGALRM },
	};
	struct name *n;
	struct err *err = parser_refer(p, THING_TASK, &st->name, &n);

	if (err)
		return err;
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++) {
		if (line_take(&p->line, signals[i].name)) {
			st->signo = signals[i].signo;
			if (st->signo == SIGKILL && !n->process)
				return line_error(&p->line,
						  "KILL would end the whole program: "
						  "start '%s' as a process",
						  n->name);
			return NULL;
		}
	}
	return line_expected(&p->line, "KILL, TERM, INT, USR1, USR2 or ALRM");
}
