/* SPDX-License-Identifier: GPL-2.0-only */
/* The steps of the scenario language, one function each. */
#include <string.h>

#include "workloads/lang/parser.h"

struct err *parser_define(struct parser *p, struct step *st, enum thing thing, struct name **out)
{
	struct err *err = names_define(&p->names, &p->line, thing, out);

	if (!err)
		st->name = xstrdup((*out)->name);
	return err;
}

struct err *parser_refer(struct parser *p, enum thing thing, char **copy, struct name **out)
{
	struct err *err = names_refer(&p->names, &p->line, thing, out);

	if (!err)
		*copy = xstrdup((*out)->name);
	return err;
}

struct err *parser_errno(struct line *l, int *out)
{
	const char *s = line_peek(l);
	int e = s ? errno_by_name(s) : -1;

	if (e <= 0)
		return line_expected(l, "an errno such as EINTR");
	l->next++;
	*out = e;
	return NULL;
}

struct err *parser_pin(struct line *l, const struct pin_info **out)
{
	struct nearest n = { 0 };
	struct err *err = line_word(l, "a kind of pin (see 'daxrig list pins')", &n.word);

	if (err)
		return err;
	*out = pin_info_find(n.word);
	if (*out)
		return NULL;
	for (const struct pin_info *i = pin_infos; i->name; i++)
		nearest_offer(&n, i->name);
	return line_unknown(l, &n, "pin", "see 'daxrig list pins'");
}

static struct err *parse_file(struct parser *p, struct step *st)
{
	static const struct {
		const char *word;
		enum file_kind kind;
		unsigned int needs; /* enum filesystem_feature */
		bool other;
	} kinds[] = {
		{ "written", FILE_WRITTEN, 0, false },
		{ "fallocated", FILE_FALLOCATED, FILESYSTEM_PREALLOCATION, false },
		{ "hole", FILE_HOLE, 0, false },
		{ "clone", FILE_CLONE, FILESYSTEM_REFLINK, true },
		{ "copy", FILE_COPY, 0, true },
	};
	struct name *n, *other;
	struct err *err;

	if (p->unmounted)
		return line_error(&p->line,
				  "no filesystem is mounted at this point: remount first");
	err = parser_define(p, st, THING_FILE, &n);
	if (err)
		return err;
	st->fill_rest = line_take(&p->line, "rest");
	if (!st->fill_rest)
		err = line_size(&p->line, "a size or 'rest'", &st->len);
	if (err)
		return err;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (!line_take(&p->line, kinds[i].word))
			continue;
		st->file = kinds[i].kind;
		p->s->needs |= kinds[i].needs;
		if (st->fill_rest && st->file != FILE_WRITTEN)
			return line_error(&p->line, "only a written file takes the size 'rest'");
		n->gone = true; /* a file cannot be a clone of itself */
		err = kinds[i].other ? parser_refer(p, THING_FILE, &st->other, &other) : NULL;
		n->gone = false;
		return err;
	}
	return line_expected(&p->line, "written, fallocated, hole, clone or copy");
}

static struct err *parse_map(struct parser *p, struct step *st)
{
	struct line *l = &p->line;
	struct name *n, *file;
	struct err *err = parser_define(p, st, THING_MAP, &n);

	if (err)
		return err;
	if (line_take(l, "devdax")) {
		st->other = xstrdup("devdax");
	} else {
		err = parser_refer(p, THING_FILE, &st->other, &file);
		if (err)
			return err;
		strcpy(n->file, file->name);
	}
	err = line_size(l, "an offset", &st->off);
	if (!err)
		err = line_size(l, "a length", &st->len);
	if (err)
		return err;
	if (st->off % PAGE || st->len % PAGE || !st->len || st->len > (1u << 30))
		return line_error(l, "a mapping must be whole pages, up to 1G");
	n->len = st->len;
	st->shared = line_take(l, "shared");
	if (!st->shared && !line_take(l, "private"))
		return line_expected(l, "shared or private");
	st->writable = line_take(l, "rw");
	if (!st->writable && !line_take(l, "r"))
		return line_expected(l, "r or rw");
	n->shared = st->shared;
	st->pmd = line_take(l, "pmd");
	st->sync = line_take(l, "sync");
	if (st->sync && (!st->shared || !n->file[0]))
		return line_error(l, "only a shared mapping of a file can be synchronous");
	return NULL;
}

/*
 * Parses MAP[+OFF] LEN, a range inside the mapping; @on_demand: a pin that sees pages but
 * holds none may stand for MAP. *@in is set to the mapping or pin.
 */
static struct err *parse_range(struct parser *p, struct step *st, bool on_demand, struct name **in)
{
	struct line *l = &p->line;
	const char *s = line_peek(l);
	const char *plus = s ? strchr(s, '+') : NULL;
	char name[32] = "";
	struct err *err;
	struct name *n;

	if (s && (plus ? (size_t)(plus - s) : strlen(s)) < sizeof(name))
		memcpy(name, s, plus ? (size_t)(plus - s) : strlen(s));
	n = names_find(&p->names, name);
	if (!n || (n->thing != THING_MAP && !(on_demand && n->on_demand)) ||
	    (plus && !parse_size(plus + 1, &st->off)))
		return line_expected(l, on_demand ? "a mapping as MAP or MAP+OFFSET, or a rdma-odp "
						    "pin of the program as PIN or PIN+OFFSET" :
						    "a mapping as MAP or MAP+OFFSET");
	l->next++;
	if (n->gone)
		return line_error(l, "'%s' does not exist at this point", name);
	st->other = xstrdup(name);
	err = line_size(l, "a length", &st->len);
	if (err)
		return err;
	if (!st->len || st->off > n->len || st->len > n->len - st->off)
		return line_error(l, "the range exceeds the %s '%s'",
				  n->thing == THING_MAP ? "mapping" : "pin", name);
	st->thing = n->thing;
	*in = n;
	return NULL;
}

static struct err *parse_touch(struct parser *p, struct step *st)
{
	struct name *in;
	struct err *err = parse_range(p, st, true, &in);

	if (err)
		return err;
	st->writable = line_take(&p->line, "write");
	if (!st->writable && in->thing == THING_PIN)
		return line_expected(&p->line, "write (to read through a pin is 'check')");
	if (!st->writable && !line_take(&p->line, "read"))
		return line_expected(&p->line, "read or write");
	return NULL;
}

/* "process": a child forked for the pin takes it, through the mapping it inherits. */
static struct err *parse_holder(struct line *l, struct step *st, struct name *n,
				const struct name *map)
{
	st->process = n->process = line_take(l, "process");
	if (!st->process)
		return NULL;
	if (!map->shared)
		return line_error(l, "the pin of a process needs a shared mapping");
	n->stays = st->pin->traits & PIN_UNINTERRUPTIBLE;
	strcpy(n->file, map->file);
	return NULL;
}

static struct err *parse_pin(struct parser *p, struct step *st)
{
	struct line *l = &p->line;
	struct name *n, *map;
	struct err *err = parser_define(p, st, THING_PIN, &n);

	if (!err)
		err = parser_pin(l, &st->pin);
	if (!err)
		err = parse_range(p, st, false, &map);
	if (err)
		return err;
	if (st->off % PAGE || st->len % PAGE)
		return line_error(l, "a pin must cover whole pages");
	n->len = st->len;
	err = parse_holder(l, st, n, map);
	n->on_demand = pin_traits_on_demand(st->pin->traits) && !st->process;
	if (err || !line_take(l, "refused"))
		return err;
	n->gone = true;
	return parser_errno(l, &st->errnum);
}

static struct err *parse_unpin(struct parser *p, struct step *st)
{
	struct line *l = &p->line;
	struct name *n;
	struct err *err = parser_refer(p, THING_PIN, &st->name, &n);

	if (err)
		return err;
	if (line_take(l, "kill"))
		st->how = UNPIN_KILL;
	else if (line_take(l, "exit"))
		st->how = UNPIN_EXIT;
	if (st->how && !n->process)
		return line_error(l,
				  "the program itself holds '%s': write 'process' after "
				  "its pin",
				  n->name);
	if (st->how && n->stays)
		return line_error(l, "the holder of '%s' sleeps uninterruptibly", n->name);
	return names_drop(&p->names, l, n);
}

static struct err *parse_unmap(struct parser *p, struct step *st)
{
	struct name *n;
	struct err *err = parser_refer(p, THING_MAP, &st->name, &n);

	return err ? err : names_drop(&p->names, &p->line, n);
}

static struct err *parse_on_file(struct parser *p, struct step *st)
{
	struct name *n;

	return parser_refer(p, THING_FILE, &st->name, &n);
}

static struct err *parse_check(struct parser *p, struct step *st)
{
	struct line *l = &p->line;
	struct err *err;
	struct name *n;

	err = parser_refer(p, THING_NONE, &st->name, &n);
	if (err)
		return err;
	if (n->thing == THING_TASK)
		return line_error(l, "'%s' is an operation: it has no bytes to check", n->name);
	st->thing = n->thing;
	if (n->thing == THING_FILE && line_take(l, "size")) {
		st->check_size = true;
		return line_size(l, "a size", &st->len);
	}
	if (line_peek(l) && strcmp(line_peek(l), "zero") != 0) {
		err = line_size(l, "an offset, 'zero' or the end of the line", &st->off);
		if (!err)
			err = line_size(l, "a length", &st->len);
		if (err)
			return err;
		if (n->thing != THING_FILE && (st->off > n->len || st->len > n->len - st->off))
			return line_error(l, "the range exceeds '%s'", n->name);
	}
	st->check_zero = line_take(l, "zero");
	return NULL;
}

/* These steps unmount the filesystem, so no mapping may keep it busy. */
static struct err *parse_fsck(struct parser *p, struct step *st)
{
	(void)st;
	if (p->unbound)
		return line_error(&p->line, "the device is already unbound");
	for (unsigned int i = 0; i < p->names.n; i++) {
		const struct name *n = &p->names.v[i];

		if (n->thing == THING_MAP && !n->gone && n->file[0])
			return line_error(&p->line,
					  "mapping '%s' keeps the filesystem busy: unmap "
					  "it first",
					  n->name);
		if (n->thing == THING_PIN && n->process && !n->gone && n->file[0])
			return line_error(&p->line,
					  "the process of pin '%s' keeps the filesystem "
					  "busy: unpin it first",
					  n->name);
	}
	return NULL;
}

static struct err *parse_remount(struct parser *p, struct step *st)
{
	struct err *err = parse_fsck(p, st);

	for (unsigned int i = 0; i < p->names.n; i++)
		if (p->names.v[i].unmounted)
			p->names.v[i].gone = p->names.v[i].unmounted = false;
	p->unmounted = false;
	return err;
}

/* The files are gone for good; an umount that ran before may still wait. */
static struct err *parse_mkfs(struct parser *p, struct step *st)
{
	struct err *err = parse_fsck(p, st);

	for (unsigned int i = 0; i < p->names.n && !err; i++) {
		struct name *n = &p->names.v[i];

		if (n->thing == THING_FILE && (!n->gone || n->unmounted))
			err = names_drop(&p->names, &p->line, n);
		n->unmounted = false;
	}
	return err;
}

static struct err *parse_nothing(struct parser *p, struct step *st)
{
	(void)p;
	(void)st;
	return NULL;
}

static const struct {
	const char *word;
	enum step_verb verb;
	struct err *(*parse)(struct parser *p, struct step *st);
} verbs[] = {
	{ "file", STEP_FILE, parse_file },
	{ "map", STEP_MAP, parse_map },
	{ "touch", STEP_TOUCH, parse_touch },
	{ "pin", STEP_PIN, parse_pin },
	{ "unpin", STEP_UNPIN, parse_unpin },
	{ "unmap", STEP_UNMAP, parse_unmap },
	{ "close", STEP_CLOSE, parse_on_file },
	{ "open", STEP_OPEN, parse_on_file },
	{ "start", STEP_START, step_start },
	{ "expect", STEP_EXPECT, step_expect },
	{ "settle", STEP_SETTLE, step_settle },
	{ "wait", STEP_WAIT, step_wait },
	{ "signal", STEP_SIGNAL, step_signal },
	{ "check", STEP_CHECK, parse_check },
	{ "sync", STEP_SYNC, parse_nothing },
	{ "fsync", STEP_FSYNC, parse_on_file },
	{ "remount", STEP_REMOUNT, parse_remount },
	{ "fsck", STEP_FSCK, parse_fsck },
	{ "mkfs", STEP_MKFS, parse_mkfs },
	{ "repeat", STEP_REPEAT, step_repeat },
	{ "end", STEP_END, step_end },
	{ "storm", STEP_STORM, step_storm },
	{ "program", STEP_PROGRAM, step_program },
};

static struct err *unknown_step(const struct line *l)
{
	struct nearest n = { .word = line_peek(l) };

	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++)
		nearest_offer(&n, verbs[i].word);
	for (unsigned int i = 0; operations[i]; i++)
		nearest_offer(&n, operations[i]->name);
	return line_unknown(l, &n, "step or operation", "see 'daxrig list operations'");
}

struct err *parser_step(struct parser *p)
{
	struct scenario *s = p->s;
	struct err *err;
	struct step *st;

	if (s->nr_steps == SCENARIO_STEPS_MAX)
		return line_expected(&p->line, "the end: a scenario has at most 512 steps");
	s->steps = xrealloc(s->steps, s->nr_steps + 1, sizeof(*st));
	st = &s->steps[s->nr_steps++];
	*st = (struct step){ .line = p->line.number, .text = xstrdup(p->line.text) };
	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++) {
		if (!line_take(&p->line, verbs[i].word))
			continue;
		st->verb = verbs[i].verb;
		err = verbs[i].parse(p, st);
		return err ? err : line_end(&p->line);
	}
	if (!operation_find(line_peek(&p->line)))
		return unknown_step(&p->line);
	st->verb = STEP_OPERATION;
	err = step_operation(p, st);
	return err ? err : line_end(&p->line);
}
