/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Compares how the kernel counts each page with what the program holds: the host reads the
 * struct pages from outside. Only while no task of the program runs; an operation may wait.
 */
#include "workloads/oracles/oracle.h"
#include "workloads/exec/pins.h"
#include "workloads/exec/tasks.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/release.h"
#include "base/task.h"
#include "workloads/oracles/pagemap.h"

/* A difference counts only if so many looks find it, as some are temporary. */
#define LOOKS 3
#define LOOK_GAP_NS 4000000
#define TEXT_MAX 16384u
#define LEDGER_RULES RULE_BITS(RULE_LEDGER_REFCOUNT, RULE_LEDGER_IDLE)

struct ledger {
	struct pagemap pagemap;
	bool off;
	/* index: as in x->pins */
	struct held {
		bool live;
		unsigned int id;
		uint64_t *pfns; /* 0: no page of the namespace */
		size_t n;
	} held[EXEC_THINGS_MAX];
	struct ledger_row *rows;
	size_t n, room;
	char (*text)[LEDGER_ROW_MAX]; /* the rows of the last comparison */
	size_t asked;
	char reply[TEXT_MAX];
	enum rule rule; /* the rule in the reply */
};

static void lose(struct exec *x, struct ledger *l, enum sight sight, const char *why)
{
	l->off = true;
	oracle_lost(x, ORACLE_LEDGER, sight, "%s", why);
}

static void make_room(struct ledger *l, size_t rows)
{
	l->room = rows;
	l->rows = xrealloc(l->rows, rows, sizeof(*l->rows));
	l->text = xrealloc(l->text, rows, sizeof(*l->text));
}

/* NULL when the oracle is lost. */
static struct ledger *ledger(struct exec *x)
{
	struct ledger *l = x->oracle[ORACLE_LEDGER];
	const char *why;

	if (!l) {
		l = x->oracle[ORACLE_LEDGER] = xcalloc(1, sizeof(*l));
		make_room(l, LEDGER_ROWS_MAX);
		why = pagemap_init(&l->pagemap, x->ctx->guest->pmem);
		if (why)
			lose(x, l, SIGHT_LACKING, why);
	}
	return l->off ? NULL : l;
}

static unsigned int traits_of(const struct exec_pin *p)
{
	const struct pin_info *info = p->pin.kind ? pin_info_find(p->pin.kind->name) : NULL;

	return info ? info->traits : 0;
}

/* How @p holds its pages: PIN_GETS, PIN_PINS or 0. */
static unsigned int hold_of(const struct exec *x, const struct exec_pin *p)
{
	const struct guest_facts *g = x->ctx->guest;
	unsigned int traits = traits_of(p);

	/* since then a bio of O_DIRECT pins its pages */
	if (traits & PIN_BIO)
		return release_since(g->kernel_major, g->kernel_minor, 6, 5) ? PIN_PINS : PIN_GETS;
	return traits & (PIN_GETS | PIN_PINS);
}

/* Finds the pages that a new pin holds: those mapped in its range. False: they are unknown. */
static bool note_frames(struct held *h, const struct exec_pin *p)
{
	uintptr_t from = (uintptr_t)p->pin.addr / PIN_PAGE;
	uintptr_t to = ((uintptr_t)p->pin.addr + p->pin.len + PIN_PAGE - 1) / PIN_PAGE;

	free(h->pfns);
	*h = (struct held){ .live = true, .id = p->pin.id, .n = to - from };
	h->pfns = xcalloc(h->n, sizeof(*h->pfns));
	if (pagemap_frames(p->pin.pid, p->pin.addr, p->pin.len, h->pfns))
		return false;
	for (size_t i = 0; i < h->n; i++)
		if (!h->pfns[i])
			return false;
	return true;
}

static void name_note(struct note *n, const struct exec_pin *p, uint64_t index)
{
	if (n->name[0])
		return;
	snprintf(n->name, sizeof(n->name), "%.*s", (int)sizeof(n->name) - 1, p->pin.name);
	n->index = index;
}

/* Adds the page after each run, too: the kernel may wrongly count one page too many. */
static void add_pin(struct pagemap *b, const struct held *h, const struct exec_pin *p,
		    unsigned int hold)
{
	for (size_t i = 0; i < h->n; i++) {
		struct note *n = pagemap_note(b, h->pfns[i]);

		if (!n)
			continue;
		if (hold == PIN_PINS)
			n->pins++;
		else
			n->gets++;
		name_note(n, p, i);
		if (i + 1 < h->n && h->pfns[i + 1] == h->pfns[i] + 1)
			continue;
		n = pagemap_note(b, h->pfns[i] + 1);
		if (n)
			name_note(n, p, i + 1);
	}
}

/* Adds all pins of the program. False: the pages of one of them are unknown. */
static bool add_pins(struct exec *x, struct ledger *l)
{
	bool sabotaged = x->ctx->sabotage == SABOTAGE_NO_COUNT;

	for (unsigned int i = 0; i < x->nr_pins; i++) {
		const struct exec_pin *p = &x->pins[i];
		unsigned int hold = hold_of(x, p);
		struct held *h = &l->held[i];

		if (!p->live || !p->file || !hold) {
			h->live = false;
			continue;
		}
		if ((!h->live || h->id != p->pin.id) && !note_frames(h, p))
			return false;
		if (!sabotaged)
			add_pin(&l->pagemap, h, p, hold);
		sabotaged = false;
	}
	return true;
}

/* Collects who maps and holds which page. NULL, or why that is incomplete. */
static const char *gather(struct exec *x, struct ledger *l)
{
	pagemap_clear(&l->pagemap);
	if (pagemap_scan(&l->pagemap))
		return "cannot read the page tables of the program's processes";
	return add_pins(x, l) ? NULL : "cannot find the pages of a pin";
}

/* Makes a row of each page. */
static void list(struct ledger *l)
{
	l->n = pagemap_rows(&l->pagemap, l->rows, l->room);
	if (l->n <= l->room)
		return;
	make_room(l, 2 * l->n);
	pagemap_rows(&l->pagemap, l->rows, l->room);
}

static uint64_t block_of(uint64_t pfn)
{
	return pfn / PAGEMAP_PMD_PAGES;
}

/*
 * The end of the rows from @from on that fit in one call. A call must have all rows of a
 * large page or none: it ends before the 2 MiB block that does not fit.
 */
static size_t fit(const struct ledger *l, size_t from)
{
	size_t to = MIN(l->n, from + LEDGER_ROWS_MAX), cut = to;
	uint64_t block;

	if (to == l->n)
		return to;
	block = block_of(l->rows[to].pfn);
	while (cut > from && block_of(l->rows[cut - 1].pfn + l->rows[cut - 1].count - 1) >= block)
		cut--;
	return cut > from ? cut : to;
}

/* Whether the first line of the reply is the name of a rule; ends that line with a NUL. */
static bool names_rule(struct ledger *l)
{
	char *end = strchr(l->reply, '\n');

	if (!end)
		return false;
	*end = '\0';
	if (rule_find(l->reply, &l->rule) && (LEDGER_RULES & RULE_BIT(l->rule)))
		return true;
	*end = '\n';
	return false;
}

enum answer { ANSWER_FINE, ANSWER_DIFFERS, ANSWER_LOST };

/* Sends rows [@from, @to) to the host. */
static enum answer ask(struct exec *x, struct ledger *l, const char *call, size_t from, size_t to)
{
	const char *args[LEDGER_ROWS_MAX + 1];
	int ret;

	for (size_t i = from; i < to; i++) {
		ledger_row_format(&l->rows[i], l->text[i]);
		args[i - from] = l->text[i];
	}
	args[to - from] = NULL;
	l->asked = to;
	l->reply[0] = '\0';
	ret = case_call(x->ctx, call, args, l->reply, sizeof(l->reply));
	if (!ret)
		return ANSWER_FINE;
	if (names_rule(l))
		return ANSWER_DIFFERS;
	lose(x, l, ret == CALL_LACKS ? SIGHT_LACKING : SIGHT_CUT, l->reply);
	return ANSWER_LOST;
}

static enum answer look(struct exec *x, struct ledger *l)
{
	const char *why = gather(x, l);
	enum answer a = ANSWER_FINE;

	if (why) {
		lose(x, l, SIGHT_CUT, why);
		return ANSWER_LOST;
	}
	list(l);
	for (size_t at = 0, end; at < l->n && a == ANSWER_FINE; at = end) {
		end = fit(l, at);
		a = ask(x, l, LEDGER_CALL, at, end);
	}
	return a;
}

/*
 * Whether pages or holders exist that the last look did not compare. This only walks the
 * page tables in the guest, while a look stops the guest.
 */
static bool has_news(struct exec *x)
{
	struct ledger *l = ledger(x);
	char line[LEDGER_ROW_MAX];

	if (!l)
		return false;
	if (gather(x, l))
		return true; /* look() reports what is lost */
	list(l);
	for (size_t i = 0; i < l->n && l->n == l->asked; i++) {
		ledger_row_format(&l->rows[i], line);
		if (strcmp(line, l->text[i]) != 0)
			return true;
	}
	return l->n != l->asked;
}

static enum answer look_idle(struct exec *x, struct ledger *l)
{
	l->rows[0] = (struct ledger_row){ .pfn = l->pagemap.first,
					  .count = (uint32_t)l->pagemap.pages };
	return ask(x, l, LEDGER_IDLE_CALL, 0, 1);
}

/* Looks several times: no event announces the end of a temporary difference. */
static enum answer look_again(struct exec *x, struct ledger *l,
			      enum answer (*look_once)(struct exec *x, struct ledger *l))
{
	const struct timespec gap = { .tv_nsec = LOOK_GAP_NS };
	enum answer a = ANSWER_DIFFERS;

	for (int i = 0; i < LOOKS && a == ANSWER_DIFFERS; i++) {
		if (i)
			nanosleep(&gap, NULL);
		a = look_once(x, l);
	}
	return a;
}

/* Fails the case by the reply: lines with a rule, what was expected, what was found; a table. */
static void tell(struct ledger *l, struct outcome *o)
{
	char *expected = l->reply + strlen(l->reply) + 1;
	char *found = strchrnul(expected, '\n'), *table;

	found += *found == '\n';
	table = strchrnul(found, '\n');
	table += *table == '\n';
	if (o->status == STEP_OK) {
		char line[sizeof(o->expected)];

		snprintf(line, sizeof(line), "%.*s", (int)strcspn(expected, "\n"), expected);
		outcome_fail(o, l->rule, line, "%.*s", (int)strcspn(found, "\n"), found);
	} else {
		buf_addf(&o->detail, "%s, too:\n", rules[l->rule].name);
	}
	buf_adds(&o->detail, table);
}

/* Whether @st maps untouched pages: a check through a mapping or a registration does. */
static bool maps_by_looking(const struct step *st)
{
	return st->verb == STEP_CHECK && st->thing != THING_FILE;
}

static bool is_worth_it(const struct step *st)
{
	switch (st->verb) {
	case STEP_TOUCH:
	case STEP_PIN:
	case STEP_UNPIN:
	case STEP_UNMAP:
	case STEP_EXPECT:
	case STEP_WAIT:
	case STEP_SETTLE:
	case STEP_OPERATION:
	case STEP_END:
		return true;
	default:
		return maps_by_looking(st);
	}
}

/* Whether all operations sleep in a layout wait: they hold no mm lock, so a scan is safe. */
static bool is_stuck_in_layout(const struct exec *x)
{
	bool any = false;

	for (unsigned int i = 0; i < x->nr_tasks; i++) {
		const struct exec_task *t = &x->tasks[i];
		struct task_sample s;

		if (!t->started || t->dead || exec_task_done(t))
			continue;
		if (task_sample(exec_task_pid(t), t->shared->tid, &s) || !exec_waits_for_layout(&s))
			return false;
		any = true;
	}
	return any;
}

/* Tells whether a page of the waiter is still held or whether its wake-up was lost. */
static void ledger_hang(struct exec *x, struct outcome *o)
{
	struct ledger *l = ledger(x);
	enum answer a = l ? look_again(x, l, look) : ANSWER_LOST;

	if (a == ANSWER_DIFFERS)
		tell(l, o);
	else if (a == ANSWER_FINE)
		buf_adds(&o->detail, "every page that was mapped or pinned is counted as it must: "
				     "if nothing is held, the wake-up was lost\n");
}

static void ledger_rest(struct exec *x, struct outcome *o)
{
	struct ledger *l = ledger(x);

	if (l && look_again(x, l, look) == ANSWER_DIFFERS)
		tell(l, o);
}

/*
 * Checks the pages that were mapped or pinned so far. A device that was unbound has no
 * struct pages any more.
 */
static void ledger_step(struct exec *x, const struct step *st, struct outcome *o)
{
	if (!is_worth_it(st) || o->status == STEP_SKIP || o->status == STEP_ERROR)
		return;
	if (o->hung && is_stuck_in_layout(x))
		ledger_hang(x, o);
	if (o->hung || x->unbound || exec_tasks_busy(x))
		return;
	if (!maps_by_looking(st) || has_news(x))
		ledger_rest(x, o);
}

/* Nothing is held any more: checks that every page of the namespace is idle. */
static void ledger_unmounted(struct exec *x, struct outcome *o)
{
	struct ledger *l = x->unbound ? NULL : ledger(x);

	if (l && look_again(x, l, look_idle) == ANSWER_DIFFERS)
		tell(l, o);
}

const struct oracle_ops oracle_ledger = {
	.rules = LEDGER_RULES,
	.step = ledger_step,
	.rest = ledger_rest,
	.hang = ledger_hang,
	.unmounted = ledger_unmounted,
};
