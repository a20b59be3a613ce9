/* SPDX-License-Identifier: GPL-2.0-only */
/* Step after step, with the scenario's comments; a block of rounds as a loop. */
#include <stdio.h>
#include <string.h>

#include "workloads/c/told.h"

#define ROUNDS_MAX 1000u
#define GEN_MAX 0xffffu /* of parts/bytes.c */

void told_comment(struct buf *out, const char *text, size_t len)
{
	char last = ' ';

	for (size_t i = 0; i < len; i++) {
		char c = text[i];

		if (c < ' ' || c > '~' || c == '\\')
			c = '?';
		if ((last == '*' && c == '/') || (last == '/' && c == '*') ||
		    (last == '?' && c == '?'))
			buf_addc(out, ' ');
		buf_addc(out, c);
		last = c;
	}
}

static const char *nth_line(const char *text, unsigned int number, size_t *len)
{
	while (--number && strchr(text, '\n'))
		text = strchr(text, '\n') + 1;
	*len = strcspn(text, "\n");
	return text;
}

/* The comments of line @number, and of the lines before it that have nothing else. */
static void tell_comments(struct told *t, unsigned int after, unsigned int number)
{
	for (unsigned int i = after + 1; i <= number; i++) {
		_cleanup_buf_ struct buf comment = BUF_INIT;
		const char *hash;
		size_t len;
		const char *line = nth_line(t->text, i, &len);

		hash = memchr(line, '#', len);
		if (!hash)
			continue;
		hash += 1 + strspn(hash + 1, " \t");
		if (hash >= line + len)
			continue;
		told_comment(&comment, hash, (size_t)(line + len - hash));
		told_line(t, "/* %s */", buf_str(&comment));
	}
}

static struct err *tell_one(struct told *t, const struct step *st, unsigned int before)
{
	if (t->body.len || !t->in_block)
		buf_addc(&t->body, '\n');
	if (st->derived)
		told_line(t, "/* by the contract */");
	else
		tell_comments(t, before, st->line);
	told_line(t, "step = \"%s\";", st->text);
	return told_step(t, st);
}

/* The steps after @from up to @to; a comment before the first belongs to it. */
static struct err *tell_steps(struct told *t, unsigned int from, unsigned int to)
{
	struct err *err = NULL;

	for (unsigned int i = from; i < to && !err; i++)
		err = tell_one(t, &t->s->steps[i],
			       i ? t->s->steps[i - 1].line : t->s->steps[i].line - 1);
	if (!err && t->tabs > 1 && t->m.nr_ops) {
		if (told_pending(t, NULL))
			return told_refuse(t, &t->s->steps[to], "end",
					   "an operation may not have ended");
		told_line(t, "tasks_end();");
	}
	return err;
}

/* Writes a generation of round t->round, in terms of the variable round of a loop. */
static void add_gen(const struct told *t, unsigned int origin, unsigned int gen, struct buf *out)
{
	unsigned int each = t->each[origin];
	int first = (int)gen - (int)(each * t->round);

	if (!each || gen <= t->before[origin])
		buf_addf(out, "%u", gen);
	else if (each == 1)
		buf_addf(out, "round + %d", first);
	else
		buf_addf(out, "%u * round %c %d", each, first < 0 ? '-' : '+', abs(first));
}

/* Writes a round's text, its generations as numbers or (@loop) as they are in a loop. */
static struct err *add_round(struct told *t, const struct step *st, const char *text, bool loop,
			     struct buf *out)
{
	for (; *text; text++) {
		unsigned int origin, gen;
		int n = 0;

		if (*text != TOLD_GEN[0]) {
			buf_addc(out, *text);
			continue;
		}
		if (sscanf(text, TOLD_GEN "%n", &origin, &gen, &n) != 2 || !n ||
		    origin >= TOLD_WORDS_MAX || gen > GEN_MAX)
			return told_refuse(t, st, "repeat", "it writes too often");
		text += n - 1;
		if (loop)
			add_gen(t, origin, gen, out);
		else
			buf_addf(out, "%u", gen);
	}
	return NULL;
}

/* The text of one round. The first shows how many generations of a file each has. */
static struct err *tell_round(struct told *t, unsigned int repeat, struct buf *out)
{
	struct buf before = t->body;
	struct err *err;

	t->body = (struct buf)BUF_INIT;
	err = tell_steps(t, repeat + 1, t->s->steps[repeat].block_end);
	*out = t->body;
	t->body = before;
	for (unsigned int i = 0; !t->round && i < t->m.nr_files; i++) {
		const struct model_file *f = &t->m.files[i];

		t->each[f->origin] = f->gen - t->before[f->origin];
	}
	return err;
}

static void add_loop(struct told *t, const struct step *st, unsigned int from,
		     const struct buf *round)
{
	buf_addc(&t->body, '\n');
	told_line(t, "for (int round = %u; round < %u && !failures; round++) {", from, st->rounds);
	buf_adds(&t->body, buf_str(round));
	told_line(t, "}");
}

/* All rounds but the first, which is told, must be as the second; @first: it is, too. */
static struct err *tell_others(struct told *t, unsigned int repeat, const struct buf *first,
			       struct buf *loop, bool *alike)
{
	const struct step *st = &t->s->steps[repeat];
	struct err *err = add_round(t, st, buf_str(first), true, loop);

	*alike = true;
	for (t->round = 1; t->round < st->rounds && !err; t->round++) {
		_cleanup_buf_ struct buf raw = BUF_INIT, now = BUF_INIT;

		err = tell_round(t, repeat, &raw);
		if (!err)
			err = add_round(t, st, buf_str(&raw), true, &now);
		if (err || strcmp(buf_str(loop), buf_str(&now)) == 0)
			continue;
		if (t->round > 1)
			return told_refuse(t, st, "repeat", "its rounds differ");
		*alike = false;
		buf_reset(loop);
		buf_adds(loop, buf_str(&now));
	}
	return err;
}

/*
 * A block is told as a loop. All its rounds must be alike, but that the first may differ, as it
 * finds the files as they were made: then it comes before the loop.
 */
static struct err *tell_block(struct told *t, unsigned int repeat)
{
	const struct step *st = &t->s->steps[repeat];
	_cleanup_buf_ struct buf first = BUF_INIT, loop = BUF_INIT;
	struct err *err;
	bool alike;

	if (st->rounds > ROUNDS_MAX)
		return told_refuse(t, st, "repeat", "it has more than 1000 rounds");
	for (unsigned int i = 0; i < t->m.nr_files; i++)
		t->before[t->m.files[i].origin] = t->m.files[i].gen;
	t->in_block = true;
	t->tabs++;
	t->round = 0;
	err = tell_round(t, repeat, &first);
	if (!err)
		err = tell_others(t, repeat, &first, &loop, &alike);
	t->tabs--;
	t->in_block = false;
	if (!err && !alike) {
		buf_addc(&t->body, '\n');
		told_line(t, "{");
		told_line(t, "\t/* the first round differs from the others */");
		err = add_round(t, st, buf_str(&first), false, &t->body);
		told_line(t, "}");
	}
	if (!err)
		add_loop(t, st, alike ? 0 : 1, &loop);
	return err;
}

struct err *told_all(struct told *t)
{
	struct err *err = NULL;

	t->tabs = 1;
	for (unsigned int i = 0; i < t->s->nr_steps && !err; i++) {
		if (t->s->steps[i].verb == STEP_REPEAT) {
			err = tell_block(t, i);
			i = t->s->steps[i].block_end;
		} else {
			err = tell_steps(t, i, i + 1);
		}
	}
	buf_addc(&t->body, '\n');
	return err ? err : told_end(t);
}
