/* SPDX-License-Identifier: GPL-2.0-only */
/* The cases of a plan: no duplicates, ordered, and selected. */
#include "plan/private.h"

#include <inttypes.h>
#include <string.h>

#include "base/glob.h"
#include "base/random.h"

#define SHARDS_MAX 10000u

/* FNV-1a */
static uint32_t hash(const char *s)
{
	uint32_t h = 2166136261u;

	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 16777619u;
	return h;
}

/* The slot of @name, or the free slot where it goes. */
static uint32_t *find_slot(const struct plan *plan, const char *name)
{
	size_t i = hash(name) & (plan->index_size - 1);

	while (plan->index[i] && strcmp(plan->cases[plan->index[i] - 1].name, name) != 0)
		i = (i + 1) & (plan->index_size - 1);
	return &plan->index[i];
}

/* Makes an index with at least twice as many slots as cases. */
static void build_index(struct plan *plan)
{
	size_t size = 1024;

	while (size < 4 * (plan->nr_cases + 1))
		size *= 2;
	free(plan->index);
	plan->index = xcalloc(size, sizeof(*plan->index));
	plan->index_size = size;
	for (size_t i = 0; i < plan->nr_cases; i++)
		*find_slot(plan, plan->cases[i].name) = (uint32_t)i + 1;
	plan->indexed = plan->nr_cases;
}

/* Call it after cases moved. */
static void drop_index(struct plan *plan)
{
	free(plan->index);
	plan->index = NULL;
	plan->index_size = plan->indexed = 0;
}

static void *grow(void *v, size_t nr, size_t *cap, size_t size)
{
	if (nr < *cap)
		return v;
	*cap = MAX(2 * *cap, nr + 64);
	return xrealloc(v, *cap, size);
}

static void free_case(struct plan_case *c)
{
	program_put(c->program);
	free(c->name);
	free(c->bad);
	free(c->text);
}

void plan_add_case(struct plan *plan, struct plan_case c)
{
	uint32_t *slot;

	if (plan->indexed != plan->nr_cases || 2 * (plan->nr_cases + 1) > plan->index_size)
		build_index(plan);
	slot = find_slot(plan, c.name);
	if (*slot) {
		free_case(&c);
		return;
	}
	plan->cases = grow(plan->cases, plan->nr_cases, &plan->cap_cases, sizeof(c));
	plan->cases[plan->nr_cases++] = c;
	*slot = (uint32_t)plan->nr_cases;
	plan->indexed = plan->nr_cases;
}

void plan_add_point(struct plan *plan, const struct matrix_point *p,
		    const struct matrix_reason *reason)
{
	size_t place = matrix_place(p);

	if (!reason) {
		plan_add_case(plan, (struct plan_case){
					    .name = matrix_name(p),
					    .fs = matrix_fs(p),
					    .point = *p,
				    });
		return;
	}
	if (!plan->seen)
		plan->seen = xcalloc(matrix_size() / 8 + 1, 1);
	if (plan->seen[place / 8] & 1 << place % 8)
		return;
	plan->seen[place / 8] |= (uint8_t)(1 << place % 8);
	plan->left_out = grow(plan->left_out, plan->nr_left_out, &plan->cap_left_out,
			      sizeof(*plan->left_out));
	plan->left_out[plan->nr_left_out++] = (struct plan_left_out){ *p, reason };
}

void plan_add_program(struct plan *plan, struct program *program)
{
	for (size_t i = 0; filesystems[i]; i++)
		if (program->fs & filesystem_bit(filesystems[i]))
			plan_add_case(plan, (struct plan_case){
						    .name = xasprintf("%s/%s", filesystems[i]->name,
								      program->name),
						    .fs = filesystems[i],
						    .program = program_get(program),
						    .text = program_text(program),
					    });
}

struct err *plan_make_programs(struct plan *plan)
{
	struct err *err = NULL;

	for (size_t i = 0; i < plan->nr_cases && !err; i++) {
		struct plan_case *c = &plan->cases[i];

		if (!c->program)
			continue;
		err = program_make(c->program);
		free(c->text);
		c->text = program_text(c->program);
	}
	return err;
}

void plan_add_note(struct plan *plan, char *note)
{
	for (size_t i = 0; i < plan->nr_notes; i++) {
		if (strcmp(plan->notes[i], note) == 0) {
			free(note);
			return;
		}
	}
	plan->notes = xrealloc(plan->notes, plan->nr_notes + 1, sizeof(*plan->notes));
	plan->notes[plan->nr_notes++] = note;
}

void plan_move(struct plan *to, struct plan *from)
{
	for (size_t i = 0; i < from->nr_notes; i++)
		plan_add_note(to, from->notes[i]);
	from->nr_notes = 0;
	for (size_t i = 0; i < from->nr_cases; i++) {
		to->cases = grow(to->cases, to->nr_cases, &to->cap_cases, sizeof(*to->cases));
		to->cases[to->nr_cases++] = from->cases[i];
	}
	from->nr_cases = 0;
	drop_index(to);
	drop_index(from);
}

void plan_match(struct plan *plan, const char *glob)
{
	size_t kept = 0;

	for (size_t i = 0; i < plan->nr_cases; i++) {
		if (glob_match(glob, plan->cases[i].name))
			plan->cases[kept++] = plan->cases[i];
		else
			free_case(&plan->cases[i]);
	}
	plan->nr_cases = kept;
	drop_index(plan);
}

void plan_repeat(struct plan *plan, unsigned int n)
{
	size_t once = plan->nr_cases;

	drop_index(plan);
	plan->cases = xrealloc(plan->cases, once * n, sizeof(*plan->cases));
	plan->cap_cases = plan->nr_cases = once * n;
	/* the first round last: the others are copied from it */
	for (unsigned int round = n; round-- > 0;) {
		for (size_t i = 0; i < once; i++) {
			struct plan_case c = plan->cases[i];

			c.name = xasprintf("%s" PLAN_REPEAT "%u", c.name, round + 1);
			if (!round)
				free(plan->cases[i].name);
			else if (c.text)
				c.text = xstrdup(c.text);
			if (round && c.program)
				program_get(c.program);
			if (round && c.bad)
				c.bad = xstrdup(c.bad);
			plan->cases[round * once + i] = c;
		}
	}
}

static bool parse_number(const char *s, size_t len, unsigned int *out)
{
	uint64_t n = 0;

	for (size_t i = 0; i < len; i++) {
		if (s[i] < '0' || s[i] > '9' || n > SHARDS_MAX)
			return false;
		n = 10 * n + (uint64_t)(s[i] - '0');
	}
	*out = (unsigned int)n;
	return n && n <= SHARDS_MAX;
}

struct err *plan_shard_parse(const char *text, struct plan_shard *out)
{
	const char *slash = strchr(text, '/');

	if (!slash || !parse_number(text, (size_t)(slash - text), &out->number) ||
	    !parse_number(slash + 1, strlen(slash + 1), &out->of) || out->number > out->of)
		return err_create(ERR_USAGE,
				  "'%s' is not a shard: expected I/N, with I from 1 to N "
				  "and N up to %u",
				  text, SHARDS_MAX);
	return NULL;
}

void plan_take_shard(struct plan *plan, struct plan_shard shard)
{
	size_t kept = 0;

	for (size_t i = 0; i < plan->nr_cases; i++) {
		if (i % shard.of == shard.number - 1)
			plan->cases[kept++] = plan->cases[i];
		else
			free_case(&plan->cases[i]);
	}
	plan->nr_cases = kept;
	drop_index(plan);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void plan_put_first(struct plan *plan, const char *const *names, size_t n)
{
	_cleanup_free_ const char **sorted = xcalloc(n + 1, sizeof(*sorted));
	_cleanup_free_ struct plan_case *rest = xcalloc(plan->nr_cases + 1, sizeof(*rest));
	size_t front = 0, back = 0;

	for (size_t i = 0; i < n; i++)
		sorted[i] = names[i];
	qsort(sorted, n, sizeof(*sorted), by_name);
	for (size_t i = 0; i < plan->nr_cases; i++) {
		const char *name = plan->cases[i].name;

		if (bsearch(&name, sorted, n, sizeof(*sorted), by_name))
			plan->cases[front++] = plan->cases[i];
		else
			rest[back++] = plan->cases[i];
	}
	for (size_t i = 0; i < back; i++)
		plan->cases[front + i] = rest[i];
	drop_index(plan);
}

void plan_shuffle(struct plan *plan, uint64_t seed)
{
	for (size_t i = plan->nr_cases; i > 1; i--) {
		size_t j = random_next(&seed) % i;
		struct plan_case c = plan->cases[j];

		plan->cases[j] = plan->cases[i - 1];
		plan->cases[i - 1] = c;
	}
	drop_index(plan);
}

void plan_write_texts(struct plan *plan)
{
	for (size_t i = 0; i < plan->nr_cases; i++)
		if (!plan->cases[i].text)
			plan->cases[i].text = matrix_text(&plan->cases[i].point);
}

void plan_deinit(struct plan *plan)
{
	for (size_t i = 0; i < plan->nr_cases; i++)
		free_case(&plan->cases[i]);
	for (size_t i = 0; i < plan->nr_notes; i++)
		free(plan->notes[i]);
	free(plan->notes);
	free(plan->cases);
	free(plan->left_out);
	free(plan->geometry);
	free(plan->index);
	free(plan->seen);
	*plan = (struct plan){ 0 };
}
