/* SPDX-License-Identifier: GPL-2.0-only */
#include "worsen/draft.h"

#include <stdarg.h>
#include <string.h>

#include "base/buf.h"
#include "workloads/model/derive.h"

static void add_line(struct draft *d, size_t at, const char *s, size_t len)
{
	d->lines = xrealloc(d->lines, d->n + 1, sizeof(*d->lines));
	memmove(d->lines + at + 1, d->lines + at, (d->n - at) * sizeof(*d->lines));
	d->lines[at] = xstrndup(s, len);
	d->n++;
}

/* Returns how many. */
static size_t add_lines(struct draft *d, size_t at, const char *text)
{
	size_t n = 0;

	while (*text) {
		size_t len = strcspn(text, "\n");

		add_line(d, at + n++, text, len);
		text += len + (text[len] == '\n');
	}
	return n;
}

static void drop_lines(struct draft *d, size_t first, size_t n)
{
	for (size_t i = first; i < first + n; i++)
		free(d->lines[i]);
	if (n)
		memmove(d->lines + first, d->lines + first + n,
			(d->n - first - n) * sizeof(*d->lines));
	d->n -= n;
}

char *draft_text(const struct draft *d)
{
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < d->n; i++)
		buf_addf(&b, "%s\n", d->lines[i]);
	return buf_take(&b);
}

bool draft_settle(struct draft *d)
{
	_cleanup_free_ char *text = draft_text(d);
	struct scenario *s = NULL;
	struct err *err = model_parse("line", text, strlen(text), &s);

	free(take_ptr(d->why));
	if (err) {
		/* about the whole scenario, it names no line */
		d->why = xstrdup(err->message + (strncmp(err->message, "line: ", 6) ? 0 : 6));
		err_free(err);
		return false;
	}
	scenario_free(d->s);
	d->s = s;
	return true;
}

struct err *draft_init(struct draft *d, const char *name, const char *text)
{
	*d = (struct draft){ 0 };
	add_lines(d, 0, text);
	return model_parse(name, text, strlen(text), &d->s);
}

void draft_deinit(struct draft *d)
{
	drop_lines(d, 0, d->n);
	free(d->lines);
	free(d->why);
	scenario_free(d->s);
	*d = (struct draft){ 0 };
}

bool draft_replace(struct draft *d, size_t first, size_t n, const char *text)
{
	struct buf old = BUF_INIT;
	size_t added;

	for (size_t i = first; i < first + n; i++)
		buf_addf(&old, "%s\n", d->lines[i]);
	drop_lines(d, first, n);
	added = add_lines(d, first, text);
	if (!draft_settle(d)) {
		drop_lines(d, first, added);
		add_lines(d, first, buf_str(&old));
		buf_deinit(&old);
		return false;
	}
	buf_deinit(&old);
	return true;
}

bool draft_add(struct draft *d, const char *fmt, ...)
{
	_cleanup_free_ char *line = NULL;
	va_list ap;

	va_start(ap, fmt);
	line = xvasprintf(fmt, ap);
	va_end(ap);
	if (!draft_replace(d, d->at, 0, line))
		return false;
	d->at++;
	return true;
}

bool draft_refuse(struct draft *d, const char *why)
{
	free(d->why);
	d->why = xstrdup(why);
	return false;
}

void draft_change_word(struct draft *d, size_t i, const char *from, const char *to)
{
	struct buf b = BUF_INIT;

	for (const char *p = d->lines[i]; *p;) {
		size_t blank = strspn(p, " \t"), len = strcspn(p + blank, " \t");

		buf_add(&b, p, blank);
		p += blank;
		if (len == strlen(from) && strncmp(p, from, len) == 0)
			buf_adds(&b, to);
		else
			buf_add(&b, p, len);
		p += len;
	}
	free(d->lines[i]);
	d->lines[i] = buf_take(&b);
}

size_t draft_held(const struct draft *d)
{
	size_t unmapped = d->n;

	for (unsigned int i = 0; i < d->s->nr_steps; i++) {
		const struct step *st = &d->s->steps[i];

		if (st->verb == STEP_UNPIN)
			return st->line - 1;
		if (st->verb == STEP_UNMAP)
			unmapped = MIN(unmapped, (size_t)st->line - 1);
	}
	return unmapped;
}

static bool closes(const struct step *st)
{
	return st->verb == STEP_OPERATION && (st->call.op->traits & OP_LAST_CLOSE);
}

size_t draft_end(const struct draft *d)
{
	size_t end = d->n, closed = 0;
	bool in_block = false;

	for (unsigned int i = 0; i < d->s->nr_steps; i++) {
		const struct step *st = &d->s->steps[i];

		if (st->verb == STEP_REPEAT)
			in_block = true;
		if (!in_block)
			continue;
		if (st->verb == STEP_START || st->verb == STEP_WAIT)
			closed = 0;
		if (!closed && (closes(st) || st->verb == STEP_END))
			closed = st->line;
		if (st->verb == STEP_END) {
			in_block = false;
			end = closed - 1;
		}
	}
	return end;
}

size_t draft_body(const struct draft *d)
{
	return d->s->steps[0].line - 1;
}

static void drop(const struct step **v, size_t *n, const char *name)
{
	for (size_t i = 0; i < *n; i++)
		if (strcmp(v[i]->name, name) == 0) {
			memmove(v + i, v + i + 1, (*n - i - 1) * sizeof(*v));
			--*n;
			return;
		}
}

static void take(const struct step **v, size_t *n, const struct step *st)
{
	if (*n < DRAFT_THINGS_MAX)
		v[(*n)++] = st;
}

/* After an umount the files are still there for a remount. */
static void drop_closed(const struct op_call *c, struct draft_living *out)
{
	if (c->op && (c->op->traits & OP_LAST_CLOSE) && c->file[0])
		drop(out->files, &out->nr_files, c->file[0]);
	else if (c->op && (c->op->traits & OP_UNBINDS))
		out->nr_files = 0;
}

void draft_living(const struct draft *d, size_t place, struct draft_living *out)
{
	*out = (struct draft_living){ 0 };
	for (unsigned int i = 0; i < d->s->nr_steps; i++) {
		const struct step *st = &d->s->steps[i];

		if (st->line > place)
			break;
		if (st->verb == STEP_FILE)
			take(out->files, &out->nr_files, st);
		else if (st->verb == STEP_MAP)
			take(out->maps, &out->nr_maps, st);
		else if (st->verb == STEP_PIN && !st->errnum)
			take(out->pins, &out->nr_pins, st);
		else if (st->verb == STEP_MKFS)
			out->nr_files = 0;
		else if (st->verb == STEP_UNPIN)
			drop(out->pins, &out->nr_pins, st->name);
		else if (st->verb == STEP_UNMAP)
			drop(out->maps, &out->nr_maps, st->name);
		else
			drop_closed(&st->call, out);
	}
}
