/* SPDX-License-Identifier: GPL-2.0-only */
#include "workloads/scenario.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "workloads/words.h"

#define NAMES_MAX 64

struct name {
	char name[32];
	enum thing thing;
	bool gone;		/* unmapped, unpinned, unlinked: the name stays taken */
	bool unmounted;		/* gone until the next remount */
	bool process;		/* operations: in a process of its own */
	uint64_t len;		/* maps, pins */
	char file[32];		/* maps: the file beneath */
};

struct parser {
	struct scenario *s;
	struct name names[NAMES_MAX];
	unsigned int nr_names;
	struct line line;
};

static const char *const thing_names[] = {
	[THING_NONE] = "a name", [THING_FILE] = "a file", [THING_MAP] = "a mapping",
	[THING_PIN] = "a pin", [THING_TASK] = "a started operation",
};

const char *scenario_fs_name(enum scenario_fs fs)
{
	return fs == FS_XFS ? "xfs" : "ext4";
}

static struct name *find_name(struct parser *p, const char *name)
{
	for (unsigned int i = 0; i < p->nr_names; i++)
		if (strcmp(p->names[i].name, name) == 0)
			return &p->names[i];
	return NULL;
}

static struct err *define(struct parser *p, struct step *st, enum thing thing,
			  struct name **out)
{
	const char *s;
	struct err *err = line_name(&p->line, "a new name (a-z, 0-9, -, _)", &s);

	if (err)
		return err;
	if (find_name(p, s) || strcmp(s, "devdax") == 0)
		return line_error(&p->line, "'%s' is in use already", s);
	if (p->nr_names == NAMES_MAX)
		return line_error(&p->line, "more than %d names", NAMES_MAX);
	*out = &p->names[p->nr_names++];
	strcpy((*out)->name, s);
	(*out)->thing = thing;
	st->name = xstrdup(s);
	return NULL;
}

/* Takes a word that names a living @thing. */
static struct err *refer(struct parser *p, enum thing thing, char **copy, struct name **out)
{
	const char *s = line_peek(&p->line);
	struct name *n = s ? find_name(p, s) : NULL;

	if (!n || (thing != THING_NONE && n->thing != thing))
		return line_expected(&p->line, thing_names[thing]);
	p->line.next++;
	if (n->gone)
		return line_error(&p->line, "'%s' is gone by then", s);
	*copy = xstrdup(s);
	*out = n;
	return NULL;
}

static struct err *parse_errno(struct line *l, int *out)
{
	const char *s = line_peek(l);
	int e = s ? errno_by_name(s) : -1;

	if (e <= 0)
		return line_expected(l, "an errno such as EINTR");
	l->next++;
	*out = e;
	return NULL;
}

static struct err *parse_file(struct parser *p, struct step *st)
{
	static const struct {
		const char *word;
		enum file_kind kind;
		bool other;
	} kinds[] = {
		{ "written", FILE_WRITTEN, false }, { "fallocated", FILE_FALLOCATED, false },
		{ "hole", FILE_HOLE, false },	    { "clone", FILE_CLONE, true },
		{ "copy", FILE_COPY, true },
	};
	struct name *n, *other;
	struct err *err = define(p, st, THING_FILE, &n);

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
		if (st->fill_rest && st->file != FILE_WRITTEN)
			return line_error(&p->line, "only a written file takes the rest");
		p->s->reflink |= st->file == FILE_CLONE;
		n->gone = true; /* not its own origin */
		err = kinds[i].other ? refer(p, THING_FILE, &st->other, &other) : NULL;
		n->gone = false;
		return err;
	}
	return line_expected(&p->line, "written, fallocated, hole, clone or copy");
}

static struct err *parse_map(struct parser *p, struct step *st)
{
	struct line *l = &p->line;
	struct name *n, *file;
	struct err *err = define(p, st, THING_MAP, &n);

	if (err)
		return err;
	if (line_take(l, "devdax")) {
		st->other = xstrdup("devdax");
	} else {
		err = refer(p, THING_FILE, &st->other, &file);
		if (err)
			return err;
		strcpy(n->file, file->name);
	}
	err = line_size(l, "an offset", &st->off);
	if (!err)
		err = line_size(l, "a length", &st->len);
	if (err)
		return err;
	if (st->off % 4096 || st->len % 4096 || !st->len || st->len > (1u << 30))
		return line_error(l, "a mapping is whole pages, up to 1G");
	n->len = st->len;
	st->shared = line_take(l, "shared");
	if (!st->shared && !line_take(l, "private"))
		return line_expected(l, "shared or private");
	st->writable = line_take(l, "rw");
	if (!st->writable && !line_take(l, "r"))
		return line_expected(l, "r or rw");
	st->pmd = line_take(l, "pmd");
	return NULL;
}

/* MAP[+OFF] LEN, inside the mapping. */
static struct err *parse_range(struct parser *p, struct step *st)
{
	struct line *l = &p->line;
	const char *s = line_peek(l);
	const char *plus = s ? strchr(s, '+') : NULL;
	char name[32] = "";
	struct err *err;
	struct name *n;

	if (s && (plus ? (size_t)(plus - s) : strlen(s)) < sizeof(name))
		memcpy(name, s, plus ? (size_t)(plus - s) : strlen(s));
	n = find_name(p, name);
	if (!n || n->thing != THING_MAP || (plus && !parse_size(plus + 1, &st->off)))
		return line_expected(l, "a mapping as MAP or MAP+OFFSET");
	l->next++;
	if (n->gone)
		return line_error(l, "'%s' is gone by then", name);
	st->other = xstrdup(name);
	err = line_size(l, "a length", &st->len);
	if (err)
		return err;
	if (!st->len || st->off > n->len || st->len > n->len - st->off)
		return line_error(l, "the range leaves the mapping '%s'", name);
	return NULL;
}

static struct err *parse_touch(struct parser *p, struct step *st)
{
	struct err *err = parse_range(p, st);

	if (err)
		return err;
	st->writable = line_take(&p->line, "write");
	if (!st->writable && !line_take(&p->line, "read"))
		return line_expected(&p->line, "read or write");
	return NULL;
}

static struct err *parse_pin(struct parser *p, struct step *st)
{
	struct line *l = &p->line;
	struct name *n;
	struct err *err = define(p, st, THING_PIN, &n);
	const char *kind;

	if (err)
		return err;
	kind = line_peek(l);
	st->pin = kind ? pin_info_find(kind) : NULL;
	if (!st->pin)
		return line_expected(l, "a kind of pin (see 'daxrig list pins')");
	l->next++;
	err = parse_range(p, st);
	if (err)
		return err;
	if (st->off % 4096 || st->len % 4096)
		return line_error(l, "a pin holds whole pages");
	n->len = st->len;
	if (!line_take(l, "refused"))
		return NULL;
	n->gone = true;
	return parse_errno(l, &st->errnum);
}

static struct err *parse_drop(struct parser *p, struct step *st, enum thing thing)
{
	struct name *n;
	struct err *err = refer(p, thing, &st->name, &n);

	if (!err)
		n->gone = true;
	return err;
}

static struct err *parse_unpin(struct parser *p, struct step *st)
{
	return parse_drop(p, st, THING_PIN);
}

static struct err *parse_unmap(struct parser *p, struct step *st)
{
	return parse_drop(p, st, THING_MAP);
}

static struct err *parse_on_file(struct parser *p, struct step *st)
{
	struct name *n;

	return refer(p, THING_FILE, &st->name, &n);
}

static struct err *parse_call(struct parser *p, struct step *st)
{
	struct mutator_call *c = &st->call;
	unsigned int file = 0, off = 0;
	struct err *err = NULL;
	const char *word = line_peek(&p->line);
	struct name *n;

	c->mutator = word ? mutator_find(word) : NULL;
	if (!c->mutator)
		return line_expected(&p->line, "an operation (see 'daxrig list mutators')");
	p->line.next++;
	for (const char *a = c->mutator->args; *a && !err; a++) {
		if (*a == 'f')
			err = refer(p, THING_FILE, &c->file[file++], &n);
		else if (*a == 'o')
			err = line_size(&p->line, "an offset", &c->off[off++]);
		else if (*a == 'l')
			err = line_size(&p->line, "a length", &c->len);
		else
			err = line_size(&p->line, "a size", &c->size);
	}
	if (err)
		return err;
	p->s->reflink |= (c->mutator->traits & MUTATOR_REFLINK) != 0;
	for (unsigned int i = 0; i < p->nr_names; i++) {
		struct name *f = &p->names[i];

		if (f->thing != THING_FILE || !(c->mutator->traits & MUTATOR_LAST_CLOSE))
			continue;
		if (!c->file[0])
			f->unmounted = !f->gone;
		if (!c->file[0] || strcmp(f->name, c->file[0]) == 0)
			f->gone = true;
	}
	return NULL;
}

static struct err *parse_start(struct parser *p, struct step *st)
{
	struct name *n;
	struct err *err = define(p, st, THING_TASK, &n);

	if (err)
		return err;
	st->process = n->process = line_take(&p->line, "process");
	err = parse_call(p, st);
	if (!err && st->process && (st->call.mutator->traits & MUTATOR_LAST_CLOSE))
		err = line_error(&p->line, "a last close happens in the program itself, not in a "
				 "process of its own");
	return err;
}

static struct err *parse_operation(struct parser *p, struct step *st)
{
	struct err *err = parse_call(p, st);

	if (!err && line_take(&p->line, "fails"))
		err = parse_errno(&p->line, &st->errnum);
	return err;
}

static struct err *parse_expect(struct parser *p, struct step *st)
{
	struct line *l = &p->line;
	struct name *n;
	struct err *err = refer(p, THING_TASK, &st->name, &n);

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
		return parse_errno(l, &st->errnum);
	} else if (line_take(l, "killed")) {
		st->expect = EXPECT_KILLED;
	} else {
		return line_expected(l, "blocks, completes, fails or killed");
	}
	return NULL;
}

static struct err *parse_wait(struct parser *p, struct step *st)
{
	struct name *n;

	return refer(p, THING_TASK, &st->name, &n);
}

static struct err *parse_signal(struct parser *p, struct step *st)
{
	static const struct {
		const char *name;
		int signo;
	} signals[] = {
		{ "KILL", SIGKILL }, { "TERM", SIGTERM }, { "INT", SIGINT },
		{ "USR1", SIGUSR1 }, { "USR2", SIGUSR2 }, { "ALRM", SIGALRM },
	};
	struct name *n;
	struct err *err = refer(p, THING_TASK, &st->name, &n);

	if (err)
		return err;
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++) {
		if (line_take(&p->line, signals[i].name)) {
			st->signo = signals[i].signo;
			if (st->signo == SIGKILL && !n->process)
				return line_error(&p->line, "KILL would end the whole program: "
						  "start '%s' as a process", n->name);
			return NULL;
		}
	}
	return line_expected(&p->line, "KILL, TERM, INT, USR1, USR2 or ALRM");
}

static struct err *parse_check(struct parser *p, struct step *st)
{
	struct line *l = &p->line;
	struct err *err;
	struct name *n;

	err = refer(p, THING_NONE, &st->name, &n);
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
		if (n->thing != THING_FILE &&
		    (st->off > n->len || st->len > n->len - st->off))
			return line_error(l, "the range leaves '%s'", n->name);
	}
	st->check_zero = line_take(l, "zero");
	return NULL;
}

/* The filesystem is unmounted for these: no mapping may keep it busy. */
static struct err *parse_fsck(struct parser *p, struct step *st)
{
	(void)st;
	for (unsigned int i = 0; i < p->nr_names; i++) {
		const struct name *n = &p->names[i];

		if (n->thing == THING_MAP && !n->gone && n->file[0])
			return line_error(&p->line, "mapping '%s' keeps the filesystem busy: unmap "
					  "it first", n->name);
	}
	return NULL;
}

static struct err *parse_remount(struct parser *p, struct step *st)
{
	struct err *err = parse_fsck(p, st);

	for (unsigned int i = 0; i < p->nr_names; i++)
		if (p->names[i].unmounted)
			p->names[i].gone = p->names[i].unmounted = false;
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
	{ "file", STEP_FILE, parse_file },	 { "map", STEP_MAP, parse_map },
	{ "touch", STEP_TOUCH, parse_touch },	 { "pin", STEP_PIN, parse_pin },
	{ "unpin", STEP_UNPIN, parse_unpin },	 { "unmap", STEP_UNMAP, parse_unmap },
	{ "close", STEP_CLOSE, parse_on_file },	 { "open", STEP_OPEN, parse_on_file },
	{ "start", STEP_START, parse_start },	 { "expect", STEP_EXPECT, parse_expect },
	{ "settle", STEP_SETTLE, parse_wait },
	{ "wait", STEP_WAIT, parse_wait },	 { "signal", STEP_SIGNAL, parse_signal },
	{ "check", STEP_CHECK, parse_check },	 { "sync", STEP_SYNC, parse_nothing },
	{ "fsync", STEP_FSYNC, parse_on_file },	 { "remount", STEP_REMOUNT, parse_remount },
	{ "fsck", STEP_FSCK, parse_fsck },
};

static struct err *parse_step(struct parser *p)
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
	if (!mutator_find(line_peek(&p->line)))
		return line_expected(&p->line, "a step or an operation");
	st->verb = STEP_OPERATION;
	err = parse_operation(p, st);
	return err ? err : line_end(&p->line);
}

static struct err *parse_fs(struct parser *p)
{
	p->s->fs = 0;
	do {
		if (line_take(&p->line, "xfs"))
			p->s->fs |= FS_XFS;
		else if (line_take(&p->line, "ext4"))
			p->s->fs |= FS_EXT4;
		else
			return line_expected(&p->line, "xfs or ext4");
	} while (line_peek(&p->line));
	return NULL;
}

static struct err *parse_header(struct parser *p, bool *is_header)
{
	struct line *l = &p->line;

	*is_header = true;
	if (line_take(l, "fs"))
		return parse_fs(p);
	if (line_take(l, "room")) {
		struct err *err = line_size(l, "a size", &p->s->room);

		return err ? err : line_end(l);
	}
	if (line_take(l, "each"))
		return line_error(l, "'each' was not expanded");
	*is_header = false;
	return NULL;
}

static struct err *parse_line(struct parser *p)
{
	bool header = false;
	struct err *err;

	if (!*p->s->title && p->line.comment[0] && !p->line.n &&
	    strncmp(p->line.comment, "SPDX", 4) != 0) {
		free(p->s->title);
		p->s->title = xstrdup(p->line.comment);
	}
	if (!p->line.n)
		return NULL;
	err = parse_header(p, &header);
	if (err || !header)
		return err ? err : parse_step(p);
	if (p->s->nr_steps)
		return line_error(&p->line, "headers come before the first step");
	return NULL;
}

/* What the steps ask for decides where the case can run. */
static struct err *choose_fs(const char *origin, struct scenario *s)
{
	if (!s->fs)
		s->fs = s->reflink ? FS_XFS : FS_XFS | FS_EXT4;
	if (s->reflink && (s->fs & FS_EXT4))
		return err_create(ERR_USAGE, "%s: ext4 cannot share extents: write 'fs xfs'", origin);
	return NULL;
}

struct err *scenario_parse(const char *origin, const char *text, size_t len,
			   struct scenario **out)
{
	struct parser p = { .s = xcalloc(1, sizeof(*p.s)) };
	const char *end = text + len;
	unsigned int number = 0;
	struct err *err = NULL;

	p.s->title = xstrdup("");
	if (len > SCENARIO_MAX)
		err = err_create(ERR_USAGE, "%s: larger than %u bytes", origin, SCENARIO_MAX);
	while (!err && text < end) {
		err = line_read(&p.line, origin, ++number, &text, end);
		if (!err)
			err = parse_line(&p);
	}
	if (!err && !p.s->nr_steps)
		err = err_create(ERR_USAGE, "%s: expected at least one step, found none", origin);
	if (!err)
		err = choose_fs(origin, p.s);
	if (err) {
		scenario_free(p.s);
		return err;
	}
	*out = p.s;
	return NULL;
}

void scenario_free(struct scenario *s)
{
	if (!s)
		return;
	for (unsigned int i = 0; i < s->nr_steps; i++) {
		free(s->steps[i].text);
		free(s->steps[i].name);
		free(s->steps[i].other);
		mutator_call_deinit(&s->steps[i].call);
	}
	free(s->steps);
	free(s->title);
	free(s);
}
