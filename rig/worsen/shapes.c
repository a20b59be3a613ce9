/* SPDX-License-Identifier: GPL-2.0-only */
/* The shapes, and what else the two tables need. */
#include "worsen/ways.h"

#include <string.h>

#define PAGE_WORD "4K"
#define MORE_WORD "64K"

bool way_apply(const struct way *w, struct draft *d)
{
	return !w->apply || w->apply(d, w->word);
}

/* Another kind of pin, for each that holds pages. */
static bool other_pin(struct draft *d, const char *kind)
{
	bool changed = false;

	for (unsigned int i = 0; i < d->s->nr_steps; i++) {
		const struct step *st = &d->s->steps[i];

		if (st->verb != STEP_PIN || !(st->pin->traits & PIN_HOLDS) ||
		    strcmp(st->pin->name, kind) == 0)
			continue;
		draft_change_word(d, st->line - 1, st->pin->name, kind);
		changed = true;
	}
	return changed ? draft_settle(d) : draft_refuse(d, "no other pin holds a page");
}

/* The place in its file where a pin is. */
static uint64_t place_of(const struct draft *d, const struct step *pin)
{
	for (unsigned int i = 0; i < d->s->nr_steps; i++) {
		const struct step *st = &d->s->steps[i];

		if (st->verb == STEP_MAP && strcmp(st->name, pin->other) == 0)
			return st->off + pin->off;
	}
	return pin->off;
}

/* Sixteen pages where a case pins one, and does something to this one. */
static bool longer(struct draft *d, const char *word)
{
	bool changed = false;

	(void)word;
	for (unsigned int i = 0; i < d->s->nr_steps; i++) {
		const struct step *pin = &d->s->steps[i];
		uint64_t place;

		if (pin->verb != STEP_PIN || pin->len != PAGE)
			continue;
		place = place_of(d, pin);
		draft_change_word(d, pin->line - 1, PAGE_WORD, MORE_WORD);
		for (unsigned int j = 0; j < d->s->nr_steps; j++) {
			const struct step *st = &d->s->steps[j];

			if (st->call.op && st->call.len == PAGE && st->call.off[0] == place &&
			    !st->call.file[1])
				draft_change_word(d, st->line - 1, PAGE_WORD, MORE_WORD);
		}
		changed = true;
	}
	return changed ? draft_settle(d) : draft_refuse(d, "no pin of one page");
}

/* Lets a mapping that is only read be written, too: its holder may then write. */
static bool writable(struct draft *d, const char *word)
{
	bool changed = false;

	(void)word;
	for (unsigned int i = 0; i < d->s->nr_steps; i++) {
		const struct step *st = &d->s->steps[i];

		if (st->verb != STEP_MAP || st->writable || !st->shared)
			continue;
		draft_change_word(d, st->line - 1, "r", "rw");
		changed = true;
	}
	return changed ? draft_settle(d) : draft_refuse(d, "no shared mapping is read-only");
}

#define PIN_SHAPE(symbol, name, summary, traits)                                                   \
	{ name, "the page is held by " name,                                                       \
	  ((traits) & (PIN_HOLDS | PIN_DEVDAX)) == PIN_HOLDS ? other_pin : no_pin, name },

static bool no_pin(struct draft *d, const char *kind)
{
	(void)kind;
	return draft_refuse(d, "it holds no page of a file");
}

const struct way way_shapes[] = {
	{ "", "as it is", NULL, NULL },
	{ "longer", "64K are held and changed where it was one page", longer, NULL },
	{ "writable", "its mappings are writable", writable, NULL },
	PIN_EACH(PIN_SHAPE){ NULL, NULL, NULL, NULL },
};

bool way_filesystem(struct draft *d, const char *name)
{
	_cleanup_free_ char *line = xasprintf("fs      %s", name);

	for (size_t i = 0; i < draft_body(d); i++)
		if (strncmp(d->lines[i], "fs", 2) == 0 && strchr(" \t", d->lines[i][2]))
			return draft_replace(d, i, 1, line);
	return draft_replace(d, draft_body(d), 0, line);
}

/* A step that does something to a file, or to a mapping of it. */
static bool is_cause(const struct step *st)
{
	return !st->derived &&
	       (st->verb == STEP_TOUCH || st->verb == STEP_START || st->verb == STEP_OPERATION ||
		st->verb == STEP_STORM || (st->verb == STEP_FILE && st->file == FILE_CLONE));
}

bool way_has_cause(const char *own, const char *text)
{
	struct draft a = { 0 }, b = { 0 };
	struct err *err = draft_init(&a, "own", own);
	bool found = false;

	if (!err)
		err = draft_init(&b, "text", text);
	for (unsigned int i = 0; !err && i < a.s->nr_steps; i++)
		for (unsigned int j = 0; is_cause(&a.s->steps[i]) && j < b.s->nr_steps; j++)
			found |= strcmp(a.s->steps[i].text, b.s->steps[j].text) == 0;
	err_free(err);
	draft_deinit(&a);
	draft_deinit(&b);
	return found;
}
